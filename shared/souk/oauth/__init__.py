"""The authorization server: OAuth 2.0 (RFC 6749) as the reference documents it, without pages and passwords."""

from souk.oauth.authorization import AuthorizationRequest, RejectedRequest
from souk.oauth.server import OAuth

__all__ = ["AuthorizationRequest", "OAuth", "RejectedRequest"]
