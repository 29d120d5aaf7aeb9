"""POST /graphql/jobs: owns job postings and files; their mutations run here."""

from souk.starting import lasting

with lasting():
    from souk.serving import api

    handler = api()
