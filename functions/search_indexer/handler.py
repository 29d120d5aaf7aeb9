"""DynamoDB stream -> search indexes. Also handles the events of `souk search`."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.search_indexer import make_handler

    handler = make_handler()
