"""The authorization server: OAuth 2.0 (RFC 6749) as the reference documents it, without pages and without passwords."""

from souk.oauth.authorization import Pending, Refused
from souk.oauth.server import OAuth

__all__ = ["OAuth", "Pending", "Refused"]
