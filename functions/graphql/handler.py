"""POST /graphql: the whole API. Reads run here; a mutation is forwarded to the function that owns it."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.api import make_handler

    handler = make_handler()
