"""POST /graphql/time. Owns the work diary, timesheets and activities, and runs their mutations."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.api import make_handler

    handler = make_handler()
