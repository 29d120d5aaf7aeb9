"""Stored tokens as Authlib asks about them."""

from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin

from souk.authentication.issuance import RefreshParts
from souk.authentication.records import AccessToken, Grant
from souk.oauth import scopes


@dataclass(frozen=True, slots=True)
class RefreshToken(TokenMixin):
    """A refresh token that this server issued, with its grant."""

    parts: RefreshParts
    grant: Grant

    def check_client(self, client: ClientMixin) -> bool:
        """Return whether the token belongs to a client."""
        return self.grant.key_id == client.get_client_id()

    def get_scope(self) -> str:
        """Return the scopes that can be requested with the token."""
        return scopes.join(self.grant.scopes)


@dataclass(frozen=True, slots=True)
class FoundToken(TokenMixin):
    """An access or refresh token that a client asks about, with its grant."""

    token: AccessToken | None
    """None for a refresh token."""
    grant: Grant
    valid: bool

    def check_client(self, client: ClientMixin) -> bool:
        """Return whether the token belongs to a client."""
        return self.grant.key_id == client.get_client_id()

    def is_expired(self) -> bool:
        """Return whether the token is expired, revoked or replaced."""
        return not self.valid

    def is_revoked(self) -> bool:
        """Return the same as `is_expired`."""
        return not self.valid
