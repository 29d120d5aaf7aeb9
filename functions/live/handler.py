"""The sockets of people: they are opened and closed here."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.live import make_handler

    handler = make_handler()
