"""POST /graphql/contracts, checkouts, Stripe's webhooks: owns contracts, milestones and money."""

from souk.starting import lasting

with lasting():
    from souk.payments_serving import answer

    handler = answer
