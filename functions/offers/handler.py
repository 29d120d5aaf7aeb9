"""POST /graphql/offers: owns proposals, invitations and offers; their mutations run here."""

from souk.starting import lasting

with lasting():
    from souk.serving import api

    handler = api()
