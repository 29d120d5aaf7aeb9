"""DynamoDB stream -> EventBridge bus."""

from souk.runtime.cold_start import lasting

with lasting():
    from souk.entry.relay import make_handler

    handler = make_handler()
