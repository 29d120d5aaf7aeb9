"""Event bus -> queue -> one delivery for each subscription that matches the event."""

from souk.runtime.cold_start import lasting

with lasting():
    from souk.entry.webhook_fanout import make_handler

    handler = make_handler()
