"""Event bus -> queue -> one delivery for each subscription that matches the event."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.webhook_fanout import make_handler

    handler = make_handler()
