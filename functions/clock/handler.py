"""EventBridge -> deadlines: every minute, and at once for a deadline from the relay."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.clock import make_handler

    handler = make_handler()
