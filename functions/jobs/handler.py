"""POST /graphql/jobs, and the pictures of people and organizations. Owns job postings and files."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.jobs import make_handler

    handler = make_handler()
