"""Delivery queues -> HTTP POST to a subscriber's address."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.webhook_delivery import make_handler

    handler = make_handler()
