"""The grants that are one step: for programs that act as themselves, and tokens in addresses."""

from authlib.oauth2.rfc6749 import InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from souk.authentication.issuance import issue, make_grant
from souk.domains.identity.store import ORGANIZATIONS
from souk.oauth import scopes
from souk.oauth.base import BaseServer
from souk.oauth.requests import ProtocolRequest
from souk.oauth.responses import Answer, tokens


class ServiceGrant(ClientCredentialsGrant):
    """A program that acts as itself: a service account of an enterprise organization (section 4.4)."""

    request: ProtocolRequest
    server: BaseServer

    def create_token_response(self) -> Answer:
        """Issue an access token for the service account."""
        table, now = self.server.table, self.server.clock()
        key = self.request.key
        account = key.service_account_id
        if self.request.anonymous or account is None or not self._of_enterprise(key.root_id):
            raise UnauthorizedClientError("This grant is for the service accounts of enterprise organizations.")
        self.server.require_member(account, key.organization_id)
        wanted = scopes.chosen(self.request.payload.scope, key.scopes)
        if wanted is None:
            raise InvalidScopeError
        tx = table.transaction()
        issued = issue(tx, make_grant(key, account, key.organization_id, now, wanted), now)
        tx.commit()
        return 200, tokens(issued), []

    def _of_enterprise(self, company_id: str) -> bool:
        company = self.server.table.get(ORGANIZATIONS, company_id, consistent=True)
        return company is not None and company.active and company.enterprise
