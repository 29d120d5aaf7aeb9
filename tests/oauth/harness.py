"""A harness for the authorization server: API keys, a user, and the requests of browsers and clients."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import orjson

from souk.authentication import bearer
from souk.authentication.issuance import RefreshTokens
from souk.authentication.principal import Principal, Role
from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, ClientSecret, GrantType, Membership
from souk.authentication.scopes import Scope
from souk.authentication.tokens import digest
from souk.domains.identity.model import Organization, OrganizationLegacyType, OrganizationType
from souk.domains.identity.store import ORGANIZATIONS
from souk.oauth.authorization import AuthorizationRequest, RejectedRequest
from souk.oauth.metadata import AUTHORIZE
from souk.oauth.server import OAuth
from souk.storage import Table
from souk.web import Request, Response
from tests.support.clock import CLOCK, new_id

HERE = "https://souk.test"
CONTRACT_AUTHORIZE = "/ab/account-security/oauth2/authorize"
"""The reference's path of the authorization endpoint."""
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER, COMPANY, TEAM, ROBOT_USER, RIVAL_COMPANY = "101", "201", "202", "109", "301"
SHOP, RIVAL, APP, DESK, PAGE, ROBOT, TILL = "shop", "rival", "app", "desk", "page", "robot", "till"
SECRETS = {SHOP: "shop+secret/ 1%", RIVAL: "rival-secret", PAGE: "page-secret", ROBOT: "robot-secret"}
SECRETS |= {TILL: "till-secret", DESK: "desk-secret"}
BACK = "https://shop.test/back"
LOOPBACK = "http://127.0.0.1/back"
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""From RFC 7636, appendix B."""
JOBS, MESSAGES = Scope.JOB_POSTINGS_READ, Scope.MESSAGES_READ
SCOPES = (Scope.COMMON_ENTITIES_READ.value, JOBS.value)
FORM_TYPE = "application/x-www-form-urlencoded"

_PEOPLE = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)
_KEYS: tuple[tuple[str, str, tuple[GrantType, ...], tuple[str, ...]], ...] = (
    (SHOP, COMPANY, _PEOPLE, (BACK,)),
    (RIVAL, RIVAL_COMPANY, _PEOPLE, ("https://rival.test/back", "https://rival.test/other?kept=1")),
    (APP, COMPANY, _PEOPLE, (LOOPBACK,)),
    (DESK, COMPANY, _PEOPLE, (LOOPBACK,)),
    (PAGE, COMPANY, (GrantType.IMPLICIT,), ("https://page.test/back",)),
    (ROBOT, COMPANY, (GrantType.CLIENT_CREDENTIALS, GrantType.AUTHORIZATION_CODE), (BACK,)),
    (TILL, COMPANY, (GrantType.AUTHORIZATION_CODE, GrantType.CLIENT_CREDENTIALS), (BACK,)),
)


@dataclass(frozen=True)
class Answer:
    """The response of an endpoint to a client."""

    status: int
    headers: Mapping[str, str]
    json: dict[str, Any]

    @property
    def error(self) -> str:
        """The error code of a response in the form of RFC 6749, section 5.2."""
        assert self.status == (401 if self.json["error"] == "invalid_client" else 400), self
        assert set(self.json) <= {"error", "error_description"}
        error: str = self.json["error"]
        return error

    @property
    def tokens(self) -> dict[str, Any]:
        assert self.status == 200, self.json
        return self.json


@dataclass(frozen=True)
class Redirect:
    """A redirect of a browser to a client."""

    target: str
    answer: dict[str, str]
    in_fragment: bool


class OAuthHarness:
    """An authorization server with API keys and a user, and methods that send requests."""

    def __init__(self, table: Table, *, implicit: bool = False) -> None:
        self.table = table
        self.refresh_tokens = RefreshTokens(b"a secret that only tests use")
        self.server = OAuth(table, self.refresh_tokens, implicit=implicit)
        tx = table.transaction()
        for key_id, owner, grants, redirect_uris in _KEYS:
            tx.create(API_KEYS, _key(key_id, owner, grants, redirect_uris))
        for user, organization, role in (
            (USER, COMPANY, Role.OWNER),
            (USER, TEAM, Role.MEMBER),
            (ROBOT_USER, COMPANY, Role.NONE),
        ):
            tx.create(
                MEMBERSHIPS,
                Membership(id=new_id(), user_id=user, organization_id=organization, company_id=COMPANY, role=role),
            )
        tx.create(ORGANIZATIONS, _organization(COMPANY, enterprise=True))
        tx.create(ORGANIZATIONS, _organization(TEAM, parent_id=COMPANY))
        tx.create(ORGANIZATIONS, _organization(RIVAL_COMPANY))
        tx.commit()

    # Requests of the browser

    def authorize(
        self, query: str | Mapping[str, str], method: str = "GET", path: str = AUTHORIZE
    ) -> AuthorizationRequest | RejectedRequest | Response:
        """Send an authorization request."""
        text = query if isinstance(query, str) else urlencode(query)
        return self.server.read_authorization_request(self.request(method, path, query=text))

    def pending(self, **query: str) -> AuthorizationRequest:
        """Send a valid authorization request."""
        asked = self.authorize({"response_type": "code", "client_id": SHOP} | query)
        assert isinstance(asked, AuthorizationRequest), asked
        return asked

    def code(self, *, organization: str = COMPANY, **query: str) -> str:
        """Grant an authorization request and return the code."""
        return parse_redirect(self.server.grant(self.pending(**query), USER, organization)).answer["code"]

    # Requests of the client

    def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: str | bytes = b"",
        headers: Mapping[str, str] | None = None,
        received: datetime | None = None,
    ) -> Request:
        return Request(
            method=method,
            path=path,
            queries=tuple(parse_qsl(query, keep_blank_values=True)),
            headers=headers or {},
            body=body.encode() if isinstance(body, str) else body,
            source_ip="192.0.2.1",
            received=received or CLOCK.real(),
            base_url=HERE,
        )

    def post(
        self,
        path: str,
        body: str | bytes,
        *,
        authorization: str | None = None,
        content_type: str = FORM_TYPE,
        query: str = "",
        received: datetime | None = None,
    ) -> Answer:
        """Post a raw body to an endpoint."""
        headers = {"content-type": content_type} | ({} if authorization is None else {"authorization": authorization})
        request = self.request("POST", path, query=query, body=body, headers=headers, received=received)
        endpoints = {"token": self.server.token, "revoke": self.server.revoke, "introspect": self.server.introspect}
        response = endpoints[path](request)
        return Answer(response.status, dict(response.headers), orjson.loads(response.body))

    def token(self, client: str = SHOP, received: datetime | None = None, **form: str) -> Answer:
        """Send a token request with the client credentials in the form."""
        secret = {"client_secret": SECRETS[client]} if client in SECRETS else {}
        return self.post("token", urlencode({"client_id": client} | secret | form), received=received)

    def redeem(self, code: str, client: str = SHOP, received: datetime | None = None, **form: str) -> Answer:
        return self.token(client, received, grant_type="authorization_code", code=code, **form)

    def refresh(self, token: str, client: str = SHOP, received: datetime | None = None, **form: str) -> Answer:
        return self.token(client, received, grant_type="refresh_token", refresh_token=token, **form)

    def tokens(self, **query: str) -> dict[str, Any]:
        """Grant an authorization request and redeem its code."""
        return self.redeem(self.code(**query)).tokens

    def revoke(self, token: str, client: str = SHOP, **form: str) -> Answer:
        return self.post("revoke", urlencode({"token": token} | form), authorization=basic(client))

    def introspect(self, token: str, client: str = SHOP, **form: str) -> dict[str, Any]:
        answer = self.post("introspect", urlencode({"token": token} | form), authorization=basic(client))
        assert answer.status == 200, answer
        return answer.json

    # Other actions

    def authenticate(self, access_token: str) -> Principal:
        """Authenticate an API request with a token. Raises Unauthorized or Forbidden."""
        return bearer.authenticate(self.table, {"authorization": f"Bearer {access_token}"}, CLOCK.real())

    def key(self, key_id: str) -> ApiKey:
        key = self.table.get(API_KEYS, key_id)
        assert key
        return key

    def change_key(self, key_id: str, **changes: Any) -> None:
        tx = self.table.transaction()
        tx.update(API_KEYS, self.key(key_id).model_copy(update=changes))
        tx.commit()

    def end_membership(self, user: str = USER, organization: str = COMPANY) -> None:
        """Deactivate a membership."""
        self._change_membership(user, organization, active=False)

    def restore_membership(self, user: str = USER, organization: str = COMPANY) -> None:
        """Reactivate a membership."""
        self._change_membership(user, organization, active=True)

    def _change_membership(self, user: str, organization: str, *, active: bool) -> None:
        member = self.table.get(MEMBERSHIPS, user, organization)
        assert member
        tx = self.table.transaction()
        tx.update(MEMBERSHIPS, member.model_copy(update={"active": active}))
        tx.commit()

    def change_organization(self, organization_id: str, **changes: Any) -> None:
        organization = self.table.get(ORGANIZATIONS, organization_id)
        assert organization
        tx = self.table.transaction()
        tx.update(ORGANIZATIONS, organization.model_copy(update=changes))
        tx.commit()


def parse_redirect(answer: AuthorizationRequest | RejectedRequest | Response) -> Redirect:
    """Parse a redirect to a client."""
    assert isinstance(answer, Response), answer
    assert answer.status == 302
    url = dict(answer.headers)["Location"]
    parts = urlsplit(url)
    pairs = parse_qsl(parts.fragment or parts.query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs)), "a parameter is repeated"
    target, _, _ = url.partition("#" if parts.fragment else "?")
    return Redirect(target, dict(pairs), bool(parts.fragment))


def basic(client: str, secret: str | None = None) -> str:
    """Return the Basic header of a client, encoded as in RFC 6749, section 2.3.1."""
    pair = f"{quote_plus(client)}:{quote_plus(SECRETS[client] if secret is None else secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _key(key_id: str, owner: str, grants: tuple[GrantType, ...], redirect_uris: tuple[str, ...]) -> ApiKey:
    forever = int((BEGIN + timedelta(days=365)).timestamp())
    secrets = (ClientSecret(hash=digest(SECRETS[key_id]), expires=forever),) if key_id in SECRETS else ()
    return ApiKey(
        id=key_id,
        name=key_id.title(),
        organization_id=owner,
        created_by=USER,
        secrets=secrets,
        scopes=SCOPES,
        grants=grants,
        redirect_uris=redirect_uris,
        native=key_id == DESK,
        service_account_id=ROBOT_USER if key_id == ROBOT else None,
    )


def _organization(organization_id: str, parent_id: str | None = None, *, enterprise: bool = False) -> Organization:
    return Organization(
        id=organization_id,
        name="Acme",
        type=OrganizationType.BUSINESS,
        legacy_type=OrganizationLegacyType.CLIENT,
        company_id=parent_id or organization_id,
        parent_id=parent_id,
        creation_date="2026-01-01T00:00:00Z",
        enterprise=enterprise,
    )
