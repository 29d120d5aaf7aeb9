"""POST /graphql: the whole API. Reads run here; a mutation is forwarded to the function that owns it."""

from souk.runtime.cold_start import lasting

with lasting():
    from souk.entry.api import make_handler

    handler = make_handler()
