"""Postings on the event bus -> queue -> the matches of saved searches."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.search_matcher import make_handler

    handler = make_handler()
