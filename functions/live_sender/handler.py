"""Event bus -> queue -> the open sockets of the people whom an event concerns; and a ping over each, twice a minute."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.live_sender import make_handler

    handler = make_handler()
