"""POST /graphql: the whole API. Queries run here; mutations are forwarded to the functions that own them."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.api import make_handler

    handler = make_handler()
