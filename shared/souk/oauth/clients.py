"""API keys as clients (RFC 6749, section 2), and how they prove which they are."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError, InvalidRequestError

from souk.authentication.records import ApiKey, GrantType
from souk.authentication.tokens import digest
from souk.oauth import redirects, scopes

_GRANTS = {grant.value.lower(): grant for grant in GrantType}
_RESPONSES = {"code": GrantType.AUTHORIZATION_CODE, "token": GrantType.IMPLICIT}


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):
    """An API key as Authlib asks about it."""

    key: ApiKey

    def may(self, grant: GrantType) -> bool:
        """Say whether it has a grant. Those of people and those of service accounts exclude each other."""
        alone = grant is GrantType.CLIENT_CREDENTIALS
        return grant in self.key.grants and alone == (self.key.service_account_id is not None)

    def authenticates(self, secret: str | None, now: datetime) -> bool:
        """Say whether this is the secret of the key, or rightly none: then codes and rotation prove the rest."""
        if secret is None:
            return self.key.public or self.key.native
        return self.key.takes(digest(secret), now)

    def get_client_id(self) -> str:
        """Return its `client_id`."""
        return self.key.id

    def get_default_redirect_uri(self) -> str:
        """Return the only redirect URI it has; an empty string where it has none or several."""
        return self.key.redirect_uris[0] if len(self.key.redirect_uris) == 1 else ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Say whether it has a redirect URI."""
        return redirects.allows(self.key.redirect_uris, redirect_uri)

    def check_response_type(self, response_type: str) -> bool:
        """Say whether it may ask for a response type."""
        return response_type in _RESPONSES and self.may(_RESPONSES[response_type])

    def check_grant_type(self, grant_type: str) -> bool:
        """Say whether it may use a grant at the token endpoint."""
        grant = _GRANTS[grant_type]
        return grant in self.key.grants if grant is GrantType.REFRESH_TOKEN else self.may(grant)

    def get_allowed_scope(self, scope: str | None) -> str | None:  # type: ignore[override] # None refuses it
        """Return which scopes a `scope` parameter stands for; None where the key does not have all of them."""
        names = scopes.chosen(scope, self.key.scopes)
        return None if names is None else scopes.wire(names)


class Credentials(NamedTuple):
    """By what a client says which it is."""

    client_id: str
    secret: str | None


def credentials(headers: Mapping[str, str] | None, form: Mapping[str, str]) -> Credentials:
    """Read credentials from the Basic header or from the form (RFC 6749, section 2.3.1).

    Raises InvalidClientError where there are none that can be read, and InvalidRequestError where both places have
    them and they differ.
    """
    header = (headers or {}).get("authorization", "").strip()
    in_form = form.get("client_id"), form.get("client_secret")
    if not header:
        if in_form[0] is None:
            raise InvalidClientError("Send the client_id.")
        return Credentials(in_form[0], in_form[1])
    client_id, secret = _basic(header)
    if any(given not in {None, proven} for given, proven in zip(in_form, (client_id, secret), strict=True)):
        raise InvalidRequestError("The header and the form have different client credentials; send them once.")
    return Credentials(client_id, secret)


def _basic(header: str) -> tuple[str, str | None]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError("Send the client credentials in a Basic header or in the form.")
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise InvalidClientError("The Basic header cannot be read.") from None
    if not client_id or not colon:
        raise InvalidClientError("The Basic header holds no client_id.")
    return unquote_plus(client_id), unquote_plus(secret) or None
