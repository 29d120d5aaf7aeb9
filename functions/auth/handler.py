"""POST /graphql/auth, OAuth2, and the pages where people log in: owns people, organizations, keys and tokens."""

from souk.starting import lasting

with lasting():
    from souk.web_serving import answer

    handler = answer
