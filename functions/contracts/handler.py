"""POST /graphql/contracts, checkouts, Stripe's webhooks: owns contracts, milestones and money."""

from souk.runtime.cold_start import lasting

with lasting():
    from souk.entry.contracts import make_handler

    handler = make_handler()
