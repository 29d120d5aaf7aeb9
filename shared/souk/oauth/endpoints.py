"""Revoking tokens (RFC 7009) and asking about them (RFC 7662)."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError, InvalidRequestError, TokenMixin
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from souk.authentication.issuing import LIFETIME, Place, end_grant
from souk.authentication.records import GRANTS, TOKENS, AccessToken, Grant
from souk.authentication.tokens import digest
from souk.oauth import scopes
from souk.oauth.clients import Client
from souk.oauth.requests import ProtocolRequest
from souk.values.errors import Conflict

if TYPE_CHECKING:
    from souk.oauth.server import OAuth

_LIFETIME = int(LIFETIME.total_seconds())


@dataclass(frozen=True, slots=True)
class Held(TokenMixin):
    """A token that somebody holds, of either kind, and the grant that it follows from."""

    token: AccessToken | None
    """None for a refresh token."""
    grant: Grant
    good: bool

    def check_client(self, client: ClientMixin) -> bool:
        """Say whether it belongs to a client."""
        return self.grant.key_id == client.get_client_id()

    def is_expired(self) -> bool:
        """Say whether it is over, for whatever reason."""
        return not self.good

    def is_revoked(self) -> bool:
        """Say the same."""
        return not self.good


class _TokenParameter:
    """What both endpoints do with their parameter. A hint at the token's kind is not needed, and so not read."""

    server: "OAuth"

    def check_params(self, request: ProtocolRequest, client: Client) -> None:  # noqa: ARG002 - Authlib's form
        """Raise InvalidRequestError where there is no token."""
        if "token" not in request.form:
            raise InvalidRequestError("Send the token.")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Held | None:  # noqa: ARG002
        """Return a token that was issued here."""
        return self._refresh_token(token_string) or self._access_token(token_string)

    def _refresh_token(self, token: str) -> Held | None:
        held = self.server.renewable(token)
        if held is None:
            return None
        newest = self.server.refreshing.place(held.parts, held.grant) is Place.NEWEST
        return Held(None, held.grant, newest and self._lasts(held.grant, held.grant.expires))

    def _access_token(self, token: str) -> Held | None:
        table = self.server.table
        access = table.get(TOKENS, digest(token), consistent=True)
        grant = table.get(GRANTS, access.grant_id, consistent=True) if access else None
        if access is None or grant is None:
            return None
        return Held(access, grant, self._lasts(grant, access.expires))

    def _lasts(self, grant: Grant, expires: int) -> bool:
        key = self.server.query_client(grant.key_id)
        current = key is not None and key.key.generation == grant.generation
        return current and not grant.revoked and expires > self.server.now().timestamp()


class Revocation(_TokenParameter, RevocationEndpoint):
    """Ending a token before its time."""

    def revoke_token(self, token: Held, request: ProtocolRequest) -> None:  # noqa: ARG002 - Authlib's form
        """End one access token alone, or with any refresh token of a grant all that follows from that grant."""
        table = self.server.table
        if token.token is None:
            end_grant(table, token.grant.id)
            return
        tx = table.transaction()
        tx.delete(TOKENS, token.token)
        with suppress(Conflict):  # nothing changes an access token: somebody else has revoked it
            tx.commit()


class Introspection(_TokenParameter, IntrospectionEndpoint):
    """What a token is good for; asked by the client that it belongs to."""

    def authenticate_endpoint_client(self, request: ProtocolRequest) -> Client:
        """Return who asks; who shows no secret could be anybody (RFC 7662, section 2.1)."""
        client: Client = super().authenticate_endpoint_client(request)  # type: ignore[no-untyped-call]
        if request.anonymous:
            raise InvalidClientError("Asking about tokens takes a client_secret.")
        return client

    def check_permission(self, token: Held, client: Client, request: ProtocolRequest) -> bool:  # noqa: ARG002
        """Say whether this client may know about it."""
        return token.check_client(client)

    def introspect_token(self, token: Held) -> dict[str, Any]:
        """Return what it is good for (section 2.2)."""
        grant, access = token.grant, token.token
        about = {
            "active": True,
            "scope": scopes.wire(access.scopes if access else grant.scopes),
            "client_id": grant.key_id,
            "sub": grant.user_id,
            "organization_id": grant.organization_id,
        }
        if access is None:
            return about | {"iat": grant.rotated, "exp": grant.expires}
        return about | {"token_type": "Bearer", "iat": access.expires - _LIFETIME, "exp": access.expires}
