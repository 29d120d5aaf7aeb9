"""POST /graphql/webhooks: owns webhook subscriptions; their mutations run here."""

from souk.starting import lasting

with lasting():
    from souk.serving import api

    handler = api()
