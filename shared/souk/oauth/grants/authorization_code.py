"""The authorization code grant (RFC 6749, section 4.1) with PKCE (RFC 7636)."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

from souk.authentication.issuance import issue, make_grant, revoke_grant
from souk.authentication.records import CODES, AuthorizationCode, GrantType
from souk.authentication.tokens import digest
from souk.oauth.base import BaseServer
from souk.oauth.requests import ProtocolRequest
from souk.oauth.responses import AuthlibResponse, tokens
from souk.values.addresses import normalized_origin
from souk.values.errors import Conflict

RACE_WINDOW = timedelta(seconds=5)
"""A code that is used again this soon is taken for a concurrent request. Its second use fails but revokes nothing."""


@dataclass(frozen=True, slots=True)
class Code(AuthorizationCodeMixin):
    """An authorization code that a client sent, as Authlib sees it."""

    record: AuthorizationCode
    redirect_uri: str | None
    """The token request's redirect URI."""

    def get_redirect_uri(self) -> str | None:  # type: ignore[override] # None: need not be sent
        """Return the redirect URI that the token request must have; None if both requests left it out."""
        if self.record.redirect_uri_given or self.redirect_uri:
            return normalized_origin(self.record.redirect_uri)
        return None


class CodeGrant(AuthorizationCodeGrant):
    """Exchanges an authorization code for tokens (section 4.1)."""

    request: ProtocolRequest
    server: BaseServer

    def query_authorization_code(self, code: str, client: ClientMixin) -> Code | None:
        """Return the code, if it was issued to this client."""
        record = self.server.table.get(CODES, digest(code), consistent=True)
        if record is None or record.key_id != client.get_client_id():
            return None
        return Code(record, self.request.payload.redirect_uri)

    def create_token_response(self) -> AuthlibResponse:
        """Redeem the code. Of several concurrent requests, one gets tokens."""
        table, now = self.server.table, self.server.now()
        key, code = self.request.key, cast("Code", self.request.authorization_code).record
        if code.redeemed is not None:
            raise self._reuse_error(code)
        if code.expires <= now.timestamp() or code.generation != key.generation:
            raise InvalidGrantError("The code has expired.")
        self.server.require_acting(key, code.user_id, code.organization_id, code.issued)
        grant = make_grant(key, code.user_id, code.organization_id, now, code.scopes)
        renewable = GrantType.REFRESH_TOKEN in key.grants
        tx = table.transaction()
        issued = issue(tx, grant, now, self.server.refresh_tokens if renewable else None)
        tx.update(CODES, code.model_copy(update={"redeemed": now.timestamp(), "grant_id": grant.id}))
        try:
            tx.commit()
        except Conflict:
            current = table.get(CODES, code.hash, consistent=True)
            if current is None or current.redeemed is None:
                raise
            raise self._reuse_error(current) from None
        return 200, tokens(issued), []

    def _reuse_error(self, code: AuthorizationCode) -> InvalidGrantError:
        """Return the error for a reused code. Outside of the race window, its tokens are revoked (section 4.1.2)."""
        late = self.request.received.timestamp() > (code.redeemed or 0) + RACE_WINDOW.total_seconds()
        if late and code.grant_id:
            revoke_grant(self.server.table, code.grant_id)
        return InvalidGrantError("The code has already been used.")


def _matches(verifier: str, challenge: str) -> bool:
    return hmac.compare_digest(create_s256_code_challenge(verifier), challenge)  # type: ignore[no-untyped-call]


class Pkce(CodeChallenge):
    """Proof Key for Code Exchange (RFC 7636), S256 only. Public clients must use it."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - as in Authlib
    CODE_CHALLENGE_METHODS = {"S256": _matches}  # noqa: RUF012

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Check the code challenge of an authorization request. The default method would be plain (section 4.3)."""
        challenge = grant.request.payload.data.get("code_challenge")
        if challenge and not grant.request.payload.data.get("code_challenge_method"):
            raise InvalidRequestError("Send code_challenge_method=S256.")
        if not challenge and grant.request.key.public:
            raise InvalidRequestError("A client without a secret must send a code_challenge.")
        super().validate_code_challenge(grant, redirect_uri)

    def get_authorization_code_challenge(self, authorization_code: Code) -> str | None:
        """Return the code's challenge."""
        return authorization_code.record.challenge

    def get_authorization_code_challenge_method(self, authorization_code: Code) -> str:  # noqa: ARG002
        """Return the challenge method."""
        return "S256"
