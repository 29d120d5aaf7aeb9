"""POST /graphql/operator. Runs the mutations of operators, on people and organizations."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.api import make_handler

    handler = make_handler()
