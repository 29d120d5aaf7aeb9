"""POST /graphql/auth, OAuth 2.0 and the account pages. Owns people, organizations, API keys and tokens."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.auth import make_handler

    handler = make_handler()
