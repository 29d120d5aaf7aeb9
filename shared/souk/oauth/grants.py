"""The grants that are one step: for programs that act as themselves, and tokens in addresses."""

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant, ImplicitGrant

from souk.domains.identity.store import ORGANIZATIONS
from souk.identity.issuing import issue, make_grant
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
        table, now = self.server.table, self.server.clock()
        key = self.request.key
        if key.public or key.service_account_id is None or not self._of_enterprise(key.organization_id):
            raise UnauthorizedClientError("This grant is for the service accounts of enterprise organizations.")
        self.server.require_member(key.service_account_id, key.organization_id)
        wanted = scopes.chosen(self.request.payload.scope, key.scopes)
        if wanted is None:
            raise InvalidScopeError
        tx = table.transaction()
        issued = issue(tx, make_grant(key, key.service_account_id, key.organization_id, now, wanted), now)
        tx.commit()
        return 200, tokens(issued), []

    def _of_enterprise(self, organization_id: str) -> bool:
        organization = self.server.table.get(ORGANIZATIONS, organization_id, consistent=True)
        if organization and organization.is_team:
            organization = self.server.table.get(ORGANIZATIONS, organization.company_id, consistent=True)
        return organization is not None and organization.active and organization.enterprise


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
