"""The grants that are one step: for programs that act as themselves, and tokens in addresses."""

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant, ImplicitGrant

from souk.authentication.issuing import issue, make_grant
from souk.domains.identity.store import ORGANIZATIONS
from souk.oauth import scopes
from souk.oauth.answers import Answer, tokens
from souk.oauth.clients import Client
from souk.oauth.requests import ProtocolRequest

if TYPE_CHECKING:
    from souk.oauth.server import OAuth


class ServiceGrant(ClientCredentialsGrant):
    """A program that acts as itself: a service account of an enterprise organization (section 4.4)."""

    request: ProtocolRequest
    server: "OAuth"

    def create_token_response(self) -> Answer:
        """Issue an access token for the service account."""
        table, now = self.server.table, self.server.now()
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


class TokenInAddress(ImplicitGrant):
    """A token in the address that a browser is sent to (section 4.2); off unless the operator allows it."""

    request: ProtocolRequest
    server: "OAuth"

    def authenticate_token_endpoint_client(self) -> Client:
        """Return who asks. Nobody proves anything here, also where there is a secret to prove it with."""
        client = self.server.query_client(self.request.payload.client_id)
        if client is None:
            raise InvalidClientError
        return client
