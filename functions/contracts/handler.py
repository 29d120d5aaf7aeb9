"""POST /graphql/contracts, checkout pages and Stripe's webhooks. Owns contracts, milestones and money."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.contracts import make_handler

    handler = make_handler()
