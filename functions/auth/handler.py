"""POST /graphql/auth, OAuth2, and the pages where people log in: owns people, organizations, keys and tokens."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.auth import make_handler

    handler = make_handler()
