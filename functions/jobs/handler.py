"""POST /graphql/jobs: owns job postings and files; their mutations run here."""

from souk.app import api

handler = api()
