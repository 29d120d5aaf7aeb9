"""The refresh token grant (RFC 6749, section 6), with rotation (RFC 9700, section 4.14)."""

from datetime import timedelta
from typing import cast

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from souk.authentication.issuance import IssuedTokens, RefreshStatus, new_access_token, refresh, revoke_grant
from souk.authentication.records import GRANTS, TOKENS, Grant
from souk.authentication.tokens import digest
from souk.oauth import scopes
from souk.oauth.base import BaseServer
from souk.oauth.requests import ProtocolRequest
from souk.oauth.responses import AuthlibResponse, tokens
from souk.oauth.tokens import RefreshToken
from souk.storage import Transaction
from souk.values.errors import Conflict

GRACE_PERIOD = timedelta(seconds=60)
"""A refresh token that is used again this soon gets the same response again."""


class RefreshGrant(RefreshTokenGrant):
    """Exchanges a refresh token for new tokens. Each refresh token is used once (RFC 9700, section 4.14)."""

    request: ProtocolRequest
    server: BaseServer

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:  # type: ignore[override]
        """Return a refresh token that this server issued; None for any other text."""
        return self.server.find_refresh_token(refresh_token)

    def create_token_response(self) -> AuthlibResponse:
        """Rotate the tokens. The loser of a race reads the grant again and gets the same response as the winner."""
        token = cast("RefreshToken", self.request.refresh_token)
        known = [token.grant]  # read again only after a lost race

        def attempt(tx: Transaction) -> IssuedTokens:
            grant = known.pop() if known else self.server.table.get(GRANTS, token.grant.id, consistent=True)
            if grant is None:
                raise InvalidGrantError("The refresh token has expired or has been revoked.")
            return self._refresh(tx, token, grant)

        refused = Conflict("The refresh token is being used by other requests. Please try again.")
        return 200, tokens(self.server.table.retry_until_committed(attempt, refused)), []

    def _refresh(self, tx: Transaction, token: RefreshToken, grant: Grant) -> IssuedTokens:
        now, refresh_tokens = self.server.now(), self.server.refresh_tokens
        key = self.request.key
        if grant.revoked or grant.expires <= now.timestamp() or grant.generation != key.generation:
            raise InvalidGrantError("The refresh token has expired or has been revoked.")
        self.server.require_acting(key, grant.user_id, grant.organization_id, grant.created)
        requested = scopes.select(self.request.payload.scope, grant.scopes)
        if requested is None:
            raise InvalidScopeError
        status = refresh_tokens.status(token.parts, grant)
        if status is RefreshStatus.UNKNOWN:
            raise InvalidGrantError("The refresh token is not valid.")
        if status is RefreshStatus.CURRENT:
            return refresh(tx, grant, token.parts, now, refresh_tokens, scopes=requested)
        expired = self.request.received.timestamp() > grant.rotated + GRACE_PERIOD.total_seconds()
        if status is RefreshStatus.REPLACED or expired:
            revoke_grant(self.server.table, grant.id)
            raise InvalidGrantError("The refresh token has been reused. All tokens of this grant have been revoked.")
        return self._repeat(token, grant, requested)

    def _repeat(self, token: RefreshToken, grant: Grant, requested: tuple[str, ...]) -> IssuedTokens:
        """Return the response to the token's last use again: it was lost, or there were concurrent requests."""
        refresh_tokens = self.server.refresh_tokens
        refresh_token = refresh_tokens.successor(token.parts)
        access_token = new_access_token(grant, refresh_tokens.access_secret(refresh_token))
        stored = self.server.table.get(TOKENS, digest(access_token), consistent=True)
        if stored is None:
            raise InvalidGrantError("The refresh token has already been used.")
        if stored.scopes != requested:
            raise InvalidScopeError("The refresh token has already been used with another scope.")
        return IssuedTokens(access_token, refresh_token, int(stored.expires - self.server.now().timestamp()))
