"""The authorization code grant (RFC 6749, section 4.1) with its proof key (RFC 7636)."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

from souk.authentication.issuing import end_grant, issue, make_grant
from souk.authentication.records import CODES, AuthorizationCode, GrantType
from souk.authentication.tokens import digest
from souk.oauth.answers import Answer, tokens
from souk.oauth.requests import ProtocolRequest
from souk.values.errors import Conflict

if TYPE_CHECKING:
    from souk.oauth.server import OAuth

RACE = timedelta(seconds=5)
"""A code that arrives again this soon after it was redeemed is taken for two tries at once, and only refused."""


@dataclass(frozen=True, slots=True)
class Code(AuthorizationCodeMixin):
    """An authorization code that was sent to us, as Authlib asks about it."""

    record: AuthorizationCode
    redirect_uri: str | None
    """The one that came with it."""

    def get_redirect_uri(self) -> str | None:  # type: ignore[override] # None: it need not be sent
        """Return what must have come with it: the same as at the beginning, unless it was left out both times."""
        if self.record.redirect_uri_given or self.redirect_uri:
            return self.record.redirect_uri
        return None


class CodeGrant(AuthorizationCodeGrant):
    """Exchanging the code that a browser brought (section 4.1)."""

    request: ProtocolRequest
    server: "OAuth"

    def query_authorization_code(self, code: str, client: ClientMixin) -> Code | None:
        """Return a code of this client."""
        record = self.server.table.get(CODES, digest(code), consistent=True)
        if record is None or record.key_id != client.get_client_id():
            return None
        return Code(record, self.request.payload.redirect_uri)

    def create_token_response(self) -> Answer:
        """Redeem the code: of all who try, one gets tokens."""
        table, now = self.server.table, self.server.now()
        key, code = self.request.key, cast("Code", self.request.authorization_code).record
        if code.redeemed is not None:
            raise self._used(code)
        if code.expires <= now.timestamp() or code.generation != key.generation:
            raise InvalidGrantError("The code has expired.")
        self.server.require_member(code.user_id, code.organization_id)
        grant = make_grant(key, code.user_id, code.organization_id, now, code.scopes)
        renewable = GrantType.REFRESH_TOKEN in key.grants
        tx = table.transaction()
        issued = issue(tx, grant, now, self.server.refreshing if renewable else None)
        tx.update(CODES, code.model_copy(update={"redeemed": now.timestamp(), "grant_id": grant.id}))
        try:
            tx.commit()
        except Conflict:
            again = table.get(CODES, code.hash, consistent=True)
            if again is None or again.redeemed is None:
                raise
            raise self._used(again) from None
        return 200, tokens(issued), []

    def _used(self, code: AuthorizationCode) -> InvalidGrantError:
        """Refuse a code's second use. Unless it is a race, somebody stole the code: what it gave ends (4.1.2)."""
        late = self.request.received.timestamp() > (code.redeemed or 0) + RACE.total_seconds()
        if late and code.grant_id:
            end_grant(self.server.table, code.grant_id)
        return InvalidGrantError("The code has been used.")


def _matches(verifier: str, challenge: str) -> bool:
    return hmac.compare_digest(create_s256_code_challenge(verifier), challenge)  # type: ignore[no-untyped-call]


class CodeProof(CodeChallenge):
    """Proof Key for Code Exchange (RFC 7636), S256 only; a client without a secret has to use it."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - Authlib's own form
    CODE_CHALLENGE_METHODS = {"S256": _matches}  # noqa: RUF012

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Check the challenge of an authorization request. One without a method would be plain (section 4.3)."""
        challenge = grant.request.payload.data.get("code_challenge")
        if challenge and not grant.request.payload.data.get("code_challenge_method"):
            raise InvalidRequestError("Send code_challenge_method=S256.")
        if not challenge and grant.request.key.public:
            raise InvalidRequestError("A client without a secret has to send a code_challenge.")
        super().validate_code_challenge(grant, redirect_uri)

    def get_authorization_code_challenge(self, authorization_code: Code) -> str | None:
        """Return the challenge that a code was issued with."""
        return authorization_code.record.challenge

    def get_authorization_code_challenge_method(self, authorization_code: Code) -> str:  # noqa: ARG002
        """Return how it is checked."""
        return "S256"
