"""POST /graphql/jobs: owns job postings and files; their mutations run here."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.api import make_handler

    handler = make_handler()
