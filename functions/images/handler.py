"""S3 -> EventBridge -> portraits and logos in their sizes."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.images import make_handler

    handler = make_handler()
