"""The client credentials grant (RFC 6749, section 4.4)."""

from authlib.oauth2.rfc6749 import InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from souk.authentication.issuance import issue, make_grant
from souk.domains.identity.store import ORGANIZATIONS
from souk.oauth import scopes
from souk.oauth.base import BaseServer
from souk.oauth.requests import ProtocolRequest
from souk.oauth.responses import AuthlibResponse, tokens


class ServiceAccountGrant(ClientCredentialsGrant):
    """Issues tokens for service accounts of enterprise organizations."""

    request: ProtocolRequest
    server: BaseServer

    def create_token_response(self) -> AuthlibResponse:
        """Return an access token for the service account."""
        table, now = self.server.table, self.server.now()
        key = self.request.key
        account = key.service_account_id
        if self.request.without_secret or account is None or not self._is_enterprise(key.root_id):
            raise UnauthorizedClientError("This grant is only for service accounts of enterprise organizations.")
        self.server.require_acting(key, account, key.organization_id)
        requested = scopes.select(self.request.payload.scope, key.scopes)
        if requested is None:
            raise InvalidScopeError
        tx = table.transaction()
        issued = issue(tx, make_grant(key, account, key.organization_id, now, requested), now)
        tx.commit()
        return 200, tokens(issued), []

    def _is_enterprise(self, company_id: str) -> bool:
        company = self.server.table.get(ORGANIZATIONS, company_id, consistent=True)
        return company is not None and company.active and company.enterprise
