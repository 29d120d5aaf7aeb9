"""The refresh token grant (RFC 6749, section 6), with rotation (RFC 9700, section 4.14)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from authlib.oauth2.rfc6749 import ClientMixin, InvalidGrantError, InvalidScopeError, TokenMixin
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from souk.authentication.issuing import Issued, Place, RefreshParts, access_token_of, end_grant, renew
from souk.authentication.records import GRANTS, TOKENS, Grant
from souk.authentication.tokens import digest
from souk.oauth import scopes
from souk.oauth.answers import Answer, tokens
from souk.oauth.requests import ProtocolRequest
from souk.values.errors import Conflict

if TYPE_CHECKING:
    from souk.oauth.server import OAuth

REPEAT = timedelta(seconds=60)
"""A refresh token that arrives again this soon after it was used gets the same answer again."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Renewable(TokenMixin):
    """A genuine refresh token that was sent to us, with its grant, as Authlib asks about it."""

    parts: RefreshParts
    grant: Grant

    def check_client(self, client: ClientMixin) -> bool:
        """Say whether it belongs to a client."""
        return self.grant.key_id == client.get_client_id()

    def get_scope(self) -> str:
        """Return what may be asked for with it."""
        return scopes.wire(self.grant.scopes)


class RefreshGrant(RefreshTokenGrant):
    """A new access token for a refresh token, which is used up by it (section 6; RFC 9700, section 4.14)."""

    request: ProtocolRequest
    server: "OAuth"

    def authenticate_refresh_token(self, refresh_token: str) -> Renewable | None:  # type: ignore[override]
        """Return a refresh token that was made here; None for all others, which end nothing."""
        return self.server.renewable(refresh_token)

    def create_token_response(self) -> Answer:
        """Renew the tokens. Who loses a race reads again, and so finds its refresh token just used."""
        held = cast("Renewable", self.request.refresh_token)
        grant: Grant | None = held.grant
        for _ in range(_ATTEMPTS):
            if grant is None:
                raise InvalidGrantError("The refresh token has expired or has been revoked.")
            try:
                return 200, tokens(self._renewed(held, grant)), []
            except Conflict:
                grant = self.server.table.get(GRANTS, grant.id, consistent=True)
        raise Conflict("Others are using the same refresh token at this moment; try again.")

    def _renewed(self, held: Renewable, grant: Grant) -> Issued:
        now, refreshing = self.server.now(), self.server.refreshing
        key = self.request.key
        if grant.revoked or grant.expires <= now.timestamp() or grant.generation != key.generation:
            raise InvalidGrantError("The refresh token has expired or has been revoked.")
        self.server.require_member(grant.user_id, grant.organization_id)
        wanted = scopes.chosen(self.request.payload.scope, grant.scopes)
        if wanted is None:
            raise InvalidScopeError
        place = refreshing.place(held.parts, grant)
        if place is Place.UNKNOWN:
            raise InvalidGrantError("The refresh token is not valid.")
        if place is Place.NEWEST:
            tx = self.server.table.transaction()
            issued = renew(tx, grant, held.parts, now, refreshing, scopes=wanted)
            tx.commit()
            return issued
        late = self.request.received.timestamp() > grant.rotated + REPEAT.total_seconds()
        if place is Place.USED or late:
            end_grant(self.server.table, grant.id)
            raise InvalidGrantError(
                "The refresh token has been used before; the tokens that followed have been revoked."
            )
        return self._again(held, grant, wanted)

    def _again(self, held: Renewable, grant: Grant, wanted: tuple[str, ...]) -> Issued:
        """Give the answer to the last use of the token once more: it was lost, or several asked at once."""
        refreshing = self.server.refreshing
        refresh_token = refreshing.successor(held.parts)
        access_token = access_token_of(grant, refreshing.access_secret(refresh_token))
        stored = self.server.table.get(TOKENS, digest(access_token), consistent=True)
        if stored is None:
            raise InvalidGrantError("The refresh token has been used.")
        if stored.scopes != wanted:
            raise InvalidScopeError("The refresh token has been used with another scope.")
        return Issued(access_token, refresh_token, int(stored.expires - self.server.now().timestamp()))
