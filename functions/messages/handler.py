"""POST /graphql/messages. Owns message rooms and stories, and runs their mutations."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.api import make_handler

    handler = make_handler()
