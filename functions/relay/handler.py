"""DynamoDB stream -> EventBridge bus."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.relay import make_handler

    handler = make_handler()
