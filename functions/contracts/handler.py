"""POST /graphql/contracts: owns contracts, milestones and money; their mutations run here."""

from souk.starting import lasting

with lasting():
    from souk.serving import api

    handler = api()
