"""The part of the authorization server that its grants and endpoints use."""

from collections.abc import Collection

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError, InvalidGrantError

from souk.authentication.issuance import RefreshTokens
from souk.authentication.records import API_KEYS, GRANTS, MEMBERSHIPS, ApiKey, membership_key
from souk.authentication.standing import company_key, person_key, standing_at
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

    def may_act(self, key: ApiKey, user_id: str, organization_id: str, granted: int | None = None) -> bool:
        """Return whether a key may act for a person in an organization: for an active member, and nobody suspended.

        It may not if the person, the organization or the owner of the key is suspended, or was and that ended the
        access that was `granted` at a time, in seconds since 1970.
        """
        at = membership_key(user_id, organization_id)
        standings = [person_key(user_id), company_key(organization_id), company_key(key.root_id)]
        items = self.table.batch_get([at, *standings], consistent=True)
        membership = MEMBERSHIPS.decode(items[at]) if at in items else None
        if membership is None or not membership.active:
            return False
        if (company := company_key(membership.company_id)) not in standings:
            standings.append(company)
            items |= self.table.batch_get([company], consistent=True)
        found = [one for key in standings if (one := standing_at(key, items))]
        return not any(one.suspended or (granted is not None and one.ends(granted)) for one in found)

    def require_acting(self, key: ApiKey, user_id: str, organization_id: str, granted: int | None = None) -> None:
        """Raise InvalidGrantError unless a key may act for a person in the organization of their grant (`may_act`)."""
        if not self.may_act(key, user_id, organization_id, granted):
            raise InvalidGrantError("The person is no longer a member of the organization, or their access has ended.")

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
