"""The pages of the account, the developer portal and the console of operators. Owns nothing."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.console import make_handler

    handler = make_handler()
