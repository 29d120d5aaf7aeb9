"""Queue -> search indexes: many documents that show the same change, in pieces."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.search_fanout import make_handler

    handler = make_handler()
