"""Responses to clients: tokens and errors (RFC 6749, section 5)."""

from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError

from souk.authentication.issuance import IssuedTokens
from souk.web import Response, json

AuthlibResponse = tuple[int, Any, list[tuple[str, str]]]
"""Status, JSON and headers, as Authlib passes them on."""


def tokens(issued: IssuedTokens) -> dict[str, Any]:
    """Return the body of a token response (section 5.1), with the keys in the reference's order.

    It has no `scope`, because the granted scope is always the requested one.
    """
    refresh = {"refresh_token": issued.refresh_token} if issued.refresh_token else {}
    return {"access_token": issued.access_token, **refresh, "token_type": "Bearer", "expires_in": issued.expires_in}


def json_response(body: dict[str, Any], status: int = 200) -> Response:
    """Return a response to a client. Web pages of any origin can read it, because no cookie is used."""
    return json(body, status, cors=True).with_headers(("Pragma", "no-cache"))


def error_response(error: OAuth2Error) -> Response:
    """Return an error response (section 5.2). A failed client authentication gets a WWW-Authenticate header."""
    if isinstance(error, InvalidClientError):
        return json_response(dict(error.get_body()), 401).with_headers(
            ("WWW-Authenticate", 'Basic realm="souk", charset="UTF-8"')
        )
    return json_response(dict(error.get_body()), error.status_code)
