"""The implicit grant (RFC 6749, section 4.2)."""

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6749.grants import ImplicitGrant

from souk.oauth.base import BaseServer
from souk.oauth.clients import Client
from souk.oauth.requests import ProtocolRequest


class TokenInAddress(ImplicitGrant):
    """A token in the address that a browser is sent to (section 4.2); off unless the operator allows it."""

    request: ProtocolRequest
    server: BaseServer

    def authenticate_token_endpoint_client(self) -> Client:
        """Return who asks. Nobody proves anything here, also where there is a secret to prove it with."""
        client = self.server.query_client(self.request.payload.client_id)
        if client is None:
            raise InvalidClientError
        return client
