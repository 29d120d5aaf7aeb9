"""Requests as the protocol reads them, whatever a client put into them."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from souk.authentication.records import ApiKey
from souk.oauth.clients import Client
from souk.web import Request

WHERE = frozenset({"client_id", "redirect_uri", "redirect_url"})
"""Who asks at the authorization endpoint, and where the answer goes."""
STATE = frozenset({"state"})
"""What they get back as they sent it."""
WHAT = frozenset({"response_type", "scope", "code_challenge", "code_challenge_method"})
"""What they ask for."""
FORM = frozenset(
    {
        "client_id",
        "client_secret",
        "code",
        "code_verifier",
        "grant_type",
        "redirect_uri",
        "redirect_url",
        "refresh_token",
        "scope",
        "token",
    }
)
"""What clients send to the other endpoints."""

WITHOUT_SECRET, WITH_SECRET = "none", "client_secret"
"""How a client said who it is; the first in Authlib's word for it."""
_MAX_LENGTH = 2_048
_VISIBLE = re.compile(r"[\x20-\x7E]+")
_FORM_TYPE = "application/x-www-form-urlencoded"


class ProtocolRequest(OAuth2Request):
    """A request, with those of its parameters that the protocol knows."""

    payload: BasicOAuth2Payload

    def __init__(self, request: Request, parameters: dict[str, str]) -> None:
        """Read a request. Raises InsecureTransportError for one that came in clear over a network."""
        super().__init__(request.method, request.base_url, headers=request.headers)
        self.payload = BasicOAuth2Payload(parameters)
        self.received: datetime = request.received

    @property
    def key(self) -> ApiKey:
        """The API key of the client that it came from, once Authlib has found that out."""
        return cast("Client", self.client).key

    @property
    def anonymous(self) -> bool:
        """Whether the client only said who it is, and had no secret to prove it."""
        return self.auth_method == WITHOUT_SECRET

    @property
    def form(self) -> dict[str, str]:
        """The same parameters, by the name that Authlib has for them at the token endpoint."""
        return self.payload.data


def parameters(pairs: Iterable[tuple[str, str]], names: frozenset[str]) -> dict[str, str]:
    """Return the parameters that have these names; others are ignored, as are those without a value (RFC 6749, 3.1).

    Raises InvalidRequestError for what comes twice, is too long, or holds what no parameter may hold (appendix A).
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in names or not value:
            continue
        if name in found:
            raise InvalidRequestError(f"The parameter '{name}' comes more than once.")
        if len(value) > _MAX_LENGTH:
            raise InvalidRequestError(f"The parameter '{name}' has more than {_MAX_LENGTH} characters.")
        if not _VISIBLE.fullmatch(value):
            raise InvalidRequestError(f"The parameter '{name}' holds characters that it may not hold.")
        found[name] = value
    alias = found.pop("redirect_url", None)
    if alias and found.setdefault("redirect_uri", alias) != alias:
        raise InvalidRequestError("The parameters 'redirect_uri' and 'redirect_url' are not the same.")
    return found


def posted(request: Request) -> ProtocolRequest:
    """Read what a client posts to one of the endpoints for programs.

    Raises InvalidRequestError for what is no form, and for what is in the address, where logs would keep it (RFC 6749,
    section 2.3.1).
    """
    if request.media_type != _FORM_TYPE:
        raise InvalidRequestError(f"Send the parameters as a form, with 'Content-Type: {_FORM_TYPE}'.")
    if request.body and not request.form:
        raise InvalidRequestError("The form is too large, or it is none.")
    if FORM.intersection(request.query):
        raise InvalidRequestError("Send the parameters in the body and none of them in the address.")
    return ProtocolRequest(request, parameters(request.form, FORM))
