"""POST /graphql: the whole API. Reads run here; a mutation is forwarded to the function that owns it."""

from souk.app import api

handler = api()
