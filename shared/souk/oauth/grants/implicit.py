"""The implicit grant (RFC 6749, section 4.2)."""

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6749.grants import ImplicitGrant

from souk.oauth.base import BaseServer
from souk.oauth.clients import Client
from souk.oauth.requests import ProtocolRequest


class ImplicitTokenGrant(ImplicitGrant):
    """Returns a token in the redirect URI's fragment. It is off unless the operator allows it."""

    request: ProtocolRequest
    server: BaseServer

    def authenticate_token_endpoint_client(self) -> Client:
        """Return the client. This grant has no client authentication, also for clients with a secret."""
        client = self.server.query_client(self.request.payload.client_id)
        if client is None:
            raise InvalidClientError
        return client
