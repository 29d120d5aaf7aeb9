"""The part of the authorization server that its grants and endpoints use."""

from collections.abc import Collection

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError, InvalidGrantError

from souk.authentication.issuance import RefreshTokens
from souk.authentication.records import API_KEYS, GRANTS, MEMBERSHIPS
from souk.oauth.clients import Client, credentials
from souk.oauth.requests import WITH_SECRET, WITHOUT_SECRET
from souk.oauth.tokens import RefreshToken
from souk.storage import Table


class BaseServer(AuthorizationServer):
    """Looks up clients, refresh tokens and members."""

    def __init__(self, table: Table, refresh_tokens: RefreshTokens) -> None:
        super().__init__()
        self.table = table
        self.refresh_tokens = refresh_tokens
        self.now = table.clock.real

    def find_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        """Return a refresh token that this server issued, with its grant; None for any other text."""
        parts = self.refresh_tokens.read(refresh_token)
        grant = self.table.get(GRANTS, parts.grant_id, consistent=True) if parts else None
        return RefreshToken(parts, grant) if parts and grant else None

    def is_member(self, user_id: str, organization_id: str) -> bool:
        """Return whether a person is an active member of an organization."""
        membership = self.table.get(MEMBERSHIPS, user_id, organization_id, consistent=True)
        return membership is not None and membership.active

    def require_member(self, user_id: str, organization_id: str) -> None:
        """Raise InvalidGrantError if a person is no longer a member of the organization of their grant."""
        if not self.is_member(user_id, organization_id):
            raise InvalidGrantError("The person is no longer a member of the organization.")

    def query_client(self, client_id: str) -> Client | None:  # type: ignore[override] # None: there is none
        """Return a client whose API key is active."""
        key = self.table.get(API_KEYS, client_id, consistent=True)
        return Client(key) if key and key.active else None

    def authenticate_client(
        self,
        request: OAuth2Request,
        methods: Collection[str],  # noqa: ARG002 - every endpoint takes every method
        endpoint: str = "token",  # noqa: ARG002
    ) -> Client:
        """Return the client that sent a request. Raises InvalidClientError if its credentials are wrong."""
        given = credentials(request.headers, request.form)
        client = self.query_client(given.client_id)
        if client is None or not client.authenticates(given.secret, self.now()):
            raise InvalidClientError("The client does not exist, its key is not active, or the client_secret is wrong.")
        request.auth_method = WITHOUT_SECRET if given.secret is None else WITH_SECRET
        return client
