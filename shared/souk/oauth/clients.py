"""API keys as OAuth clients (RFC 6749, section 2), and client authentication."""

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
from souk.values.addresses import normalized_origin

_GRANTS = {grant.value.lower(): grant for grant in GrantType}
_RESPONSES = {"code": GrantType.AUTHORIZATION_CODE, "token": GrantType.IMPLICIT}


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):
    """An API key as Authlib sees it."""

    key: ApiKey

    def may_use(self, grant: GrantType) -> bool:
        """Return whether the client may use a grant. Keys of service accounts have only CLIENT_CREDENTIALS."""
        for_service_accounts = grant is GrantType.CLIENT_CREDENTIALS
        return grant in self.key.grants and for_service_accounts == (self.key.service_account_id is not None)

    def authenticates(self, secret: str | None, now: datetime) -> bool:
        """Return whether the secret is right. Public and native clients may send none: they rely on PKCE."""
        if secret is None:
            return self.key.public or self.key.native
        return self.key.accepts_secret(digest(secret), now)

    def get_client_id(self) -> str:
        """Return the `client_id`."""
        return self.key.id

    def get_default_redirect_uri(self) -> str:
        """Return the client's only redirect URI; "" if it has none or several."""
        return normalized_origin(self.key.redirect_uris[0]) if len(self.key.redirect_uris) == 1 else ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Return whether a redirect URI is registered."""
        return redirects.is_registered(self.key.redirect_uris, redirect_uri)

    def check_response_type(self, response_type: str) -> bool:
        """Return whether the client may request a response type."""
        return response_type in _RESPONSES and self.may_use(_RESPONSES[response_type])

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether the client may use a grant at the token endpoint."""
        grant = _GRANTS[grant_type]
        return grant in self.key.grants if grant is GrantType.REFRESH_TOKEN else self.may_use(grant)

    def get_allowed_scope(self, scope: str | None) -> str | None:  # type: ignore[override] # None rejects it
        """Return the requested scopes; None if the key lacks one of them."""
        names = scopes.select(scope, self.key.scopes)
        return None if names is None else scopes.join(names)


class Credentials(NamedTuple):
    """A client's credentials."""

    client_id: str
    secret: str | None


def credentials(headers: Mapping[str, str] | None, form: Mapping[str, str]) -> Credentials:
    """Return the credentials in the Basic header or the form (RFC 6749, section 2.3.1).

    Raises InvalidClientError if there are none or they are malformed, and InvalidRequestError if header and form
    disagree.
    """
    header = (headers or {}).get("authorization", "").strip()
    in_form = form.get("client_id"), form.get("client_secret")
    if not header:
        if in_form[0] is None:
            raise InvalidClientError("Send the client_id.")
        return Credentials(in_form[0], in_form[1])
    client_id, secret = _basic(header)
    if any(
        from_form not in {None, from_header}
        for from_form, from_header in zip(in_form, (client_id, secret), strict=True)
    ):
        raise InvalidRequestError("The header and the form have different client credentials. Send them only once.")
    return Credentials(client_id, secret)


def _basic(header: str) -> tuple[str, str | None]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError("Send the client credentials in a Basic header or in the form.")
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise InvalidClientError("The Basic header is malformed.") from None
    if not client_id or not colon:
        raise InvalidClientError("The Basic header has no client_id.")
    return unquote_plus(client_id), unquote_plus(secret) or None
