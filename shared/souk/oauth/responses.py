"""Answers to programs: tokens, and errors as RFC 6749 has them (section 5)."""

from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError

from souk.authentication.issuance import Issued
from souk.web import Response, json

Answer = tuple[int, Any, list[tuple[str, str]]]
"""Status, JSON and headers, as Authlib hands them on."""


def tokens(issued: Issued) -> dict[str, Any]:
    """Return the JSON of an answer with tokens (section 5.1), in the reference's order.

    It holds no `scope`: everybody gets what they asked for, or an error.
    """
    refresh = {"refresh_token": issued.refresh_token} if issued.refresh_token else {}
    return {"access_token": issued.access_token, **refresh, "token_type": "Bearer", "expires_in": issued.expires_in}


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """Answer a program, which may be in a page: no cookie is involved, so every page may read it."""
    return json(body, status, cors=True).adding(("Pragma", "no-cache"))


def refusal(error: OAuth2Error) -> Response:
    """Tell a program what is wrong (section 5.2). Who could not prove who they are is told how to."""
    if isinstance(error, InvalidClientError):
        return answer(dict(error.get_body()), 401).adding(("WWW-Authenticate", 'Basic realm="souk", charset="UTF-8"'))
    return answer(dict(error.get_body()), error.status_code)
