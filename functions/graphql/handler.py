"""POST /graphql: the whole API. Reads run here; a mutation is forwarded to the function that owns it."""

from souk.starting import lasting

with lasting():
    from souk.serving import api

    handler = api()
