"""Token revocation (RFC 7009) and introspection (RFC 7662)."""

from contextlib import suppress
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from souk.authentication.issuance import LIFETIME, RefreshStatus, revoke_grant
from souk.authentication.records import GRANTS, TOKENS, Grant
from souk.authentication.tokens import digest
from souk.oauth import scopes
from souk.oauth.base import BaseServer
from souk.oauth.clients import Client
from souk.oauth.requests import ProtocolRequest
from souk.oauth.tokens import FoundToken
from souk.values.errors import Conflict

_LIFETIME = int(LIFETIME.total_seconds())


class _TokenParameter:
    """The `token` parameter of both endpoints. `token_type_hint` is not needed and ignored."""

    server: BaseServer

    def check_params(self, request: ProtocolRequest, client: Client) -> None:  # noqa: ARG002 - Authlib's form
        """Raise InvalidRequestError if there is no token."""
        if "token" not in request.form:
            raise InvalidRequestError("Send the token.")

    def query_token(self, token_string: str, token_type_hint: str | None) -> FoundToken | None:  # noqa: ARG002
        """Return a token that this server issued."""
        return self._refresh_token(token_string) or self._access_token(token_string)

    def _refresh_token(self, token: str) -> FoundToken | None:
        found = self.server.find_refresh_token(token)
        if found is None:
            return None
        current = self.server.refresh_tokens.status(found.parts, found.grant) is RefreshStatus.CURRENT
        return FoundToken(None, found.grant, current and self._is_valid(found.grant, found.grant.expires))

    def _access_token(self, token: str) -> FoundToken | None:
        table = self.server.table
        access = table.get(TOKENS, digest(token), consistent=True)
        grant = table.get(GRANTS, access.grant_id, consistent=True) if access else None
        if access is None or grant is None:
            return None
        return FoundToken(access, grant, self._is_valid(grant, access.expires))

    def _is_valid(self, grant: Grant, expires: int) -> bool:
        client = self.server.query_client(grant.key_id)
        if client is None or client.key.generation != grant.generation:
            return False
        if grant.revoked or expires <= self.server.now().timestamp():
            return False
        return self.server.may_act(client.key, grant.user_id, grant.organization_id, grant.created)


class Revocation(_TokenParameter, RevocationEndpoint):
    """The revocation endpoint."""

    def revoke_token(self, token: FoundToken, request: ProtocolRequest) -> None:  # noqa: ARG002 - Authlib's form
        """Revoke an access token; for a refresh token, the whole grant with all its tokens."""
        table = self.server.table
        if token.token is None:
            revoke_grant(table, token.grant.id)
            return
        tx = table.transaction()
        tx.delete(TOKENS, token.token)
        with suppress(Conflict):  # access tokens never change: another request has revoked it
            tx.commit()


class Introspection(_TokenParameter, IntrospectionEndpoint):
    """The introspection endpoint. A client can introspect its own tokens."""

    def authenticate_endpoint_client(self, request: ProtocolRequest) -> Client:
        """Return the client. It must send its secret: anybody can send a client_id (RFC 7662, section 2.1)."""
        client: Client = super().authenticate_endpoint_client(request)  # type: ignore[no-untyped-call]
        if request.without_secret:
            raise InvalidClientError("Introspection requires the client_secret.")
        return client

    def check_permission(self, token: FoundToken, client: Client, request: ProtocolRequest) -> bool:  # noqa: ARG002
        """Return whether the client may introspect the token."""
        return token.check_client(client)

    def introspect_token(self, token: FoundToken) -> dict[str, Any]:
        """Return the introspection response (section 2.2)."""
        grant, access = token.grant, token.token
        body = {
            "active": True,
            "scope": scopes.join(access.scopes if access else grant.scopes),
            "client_id": grant.key_id,
            "sub": grant.user_id,
            "organization_id": grant.organization_id,
        }
        if access is None:
            return body | {"iat": grant.rotated, "exp": grant.expires}
        return body | {"token_type": "Bearer", "iat": access.expires - _LIFETIME, "exp": access.expires}
