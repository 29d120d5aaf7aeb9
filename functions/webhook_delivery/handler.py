"""Delivery queues -> HTTP POST to a subscriber's address."""

from souk.runtime.cold_start import lasting

with lasting():
    from souk.entry.webhook_delivery import make_handler

    handler = make_handler()
