"""The authorization server: OAuth 2.0 (RFC 6749) as the reference documents it, without pages and passwords.

`server.OAuth` is all of it.
"""
