"""POST /graphql/contracts, checkouts, Stripe's webhooks: owns contracts, milestones and money."""

from souk.runtime.cold_start import gc_paused

with gc_paused():
    from souk.entry.contracts import make_handler

    handler = make_handler()
