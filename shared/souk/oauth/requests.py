"""Reading and validating the parameters of requests."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from souk.authentication.records import ApiKey
from souk.oauth.clients import Client
from souk.values.addresses import normalized_origin
from souk.web import Request

TARGET_PARAMETERS = frozenset({"client_id", "redirect_uri", "redirect_url"})
"""Parameters of an authorization request that name the client and the redirect URI."""
STATE_PARAMETER = frozenset({"state"})
"""The parameter that is returned to the client unchanged."""
REQUEST_PARAMETERS = frozenset({"response_type", "scope", "code_challenge", "code_challenge_method"})
"""The other parameters of an authorization request."""
FORM_PARAMETERS = frozenset(
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
"""Parameters of the other endpoints."""

WITHOUT_SECRET, WITH_SECRET = "none", "client_secret"
"""Client authentication methods; `none` is Authlib's name."""
_REDIRECT_PARAMETERS = frozenset({"redirect_uri", "redirect_url"})
_MAX_LENGTH = 2_048
_VISIBLE = re.compile(r"[\x20-\x7E]+")
_FORM_TYPE = "application/x-www-form-urlencoded"


class ProtocolRequest(OAuth2Request):
    """A request, with the parameters that the endpoint knows."""

    payload: BasicOAuth2Payload

    def __init__(self, request: Request, parameters: dict[str, str]) -> None:
        """Read a request. Raises InsecureTransportError for plain HTTP, except on a loopback address."""
        super().__init__(request.method, request.base_url, headers=request.headers)
        self.payload = BasicOAuth2Payload(parameters)
        self.received: datetime = request.received

    @property
    def key(self) -> ApiKey:
        """The client's API key, after Authlib has authenticated the client."""
        return cast("Client", self.client).key

    @property
    def without_secret(self) -> bool:
        """Whether the client sent no secret."""
        return self.auth_method == WITHOUT_SECRET

    @property
    def form(self) -> dict[str, str]:
        """The parameters, under the name that Authlib uses at the token endpoint."""
        return self.payload.data


def parameters(pairs: Iterable[tuple[str, str]], names: frozenset[str]) -> dict[str, str]:
    """Return the parameters with these names. Others, and empty ones, are ignored (RFC 6749, section 3.1).

    A redirect URI is in normal form: scheme and host compare without case (RFC 3986), path and query exactly.

    Raises InvalidRequestError if one is repeated, is too long, or contains forbidden characters (appendix A).
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in names or not value:
            continue
        if name in found:
            raise InvalidRequestError(f"The parameter '{name}' is repeated.")
        if len(value) > _MAX_LENGTH:
            raise InvalidRequestError(f"The parameter '{name}' has more than {_MAX_LENGTH} characters.")
        text = normalized_origin(value) if name in _REDIRECT_PARAMETERS else value
        if not _VISIBLE.fullmatch(text):
            raise InvalidRequestError(f"The parameter '{name}' contains characters that are not allowed.")
        found[name] = text
    alias = found.pop("redirect_url", None)
    if alias and found.setdefault("redirect_uri", alias) != alias:
        raise InvalidRequestError("The parameters 'redirect_uri' and 'redirect_url' differ.")
    return found


def read_form(request: Request) -> ProtocolRequest:
    """Read the form that a client posts to an endpoint.

    Raises InvalidRequestError if the body is not a form, or parameters are in the URL, which may be logged (RFC 6749,
    section 2.3.1).
    """
    if request.media_type != _FORM_TYPE:
        raise InvalidRequestError(f"Send the parameters as a form, with 'Content-Type: {_FORM_TYPE}'.")
    if request.body and not request.form:
        raise InvalidRequestError("The form is too large or malformed.")
    if FORM_PARAMETERS.intersection(request.query):
        raise InvalidRequestError("Send the parameters in the body, not in the URL.")
    return ProtocolRequest(request, parameters(request.form, FORM_PARAMETERS))
