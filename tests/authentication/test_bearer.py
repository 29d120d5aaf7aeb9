"""Bearer token authentication from stored records."""

import base64
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.authentication import bearer, sessions, standing
from souk.authentication.bearer import authenticate
from souk.authentication.issuance import LIFETIME, issue_token
from souk.authentication.principal import Permission, Principal, Role
from souk.authentication.records import (
    API_KEYS,
    GRANTS,
    MEMBERSHIPS,
    SESSIONS,
    TOKENS,
    ApiKey,
    KeyState,
    Membership,
    Session,
)
from souk.authentication.scopes import Scope
from souk.authentication.standing import ORGANIZATION, PERSON, STANDINGS, Standing, Suspension
from souk.authentication.tokens import PREFIX, TokenParts, digest, mint, parse_token
from souk.storage import Table, market_time
from souk.storage.market_time import OFFSET, Offset
from souk.values.clock import Clock
from souk.values.errors import Forbidden, InvalidToken, SoukError, Unauthorized
from tests.support.clock import new_id
from tests.support.standing import reactivate, suspend

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER, COMPANY, TEAM, RIVAL = "101", "201", "202", "301"
KEY = ApiKey(
    id="shop",
    name="Shop",
    organization_id=COMPANY,
    created_by=USER,
    scopes=("Scope A", "Scope B"),
    grants=(),
    redirect_uris=(),
)


class Setup:
    """An API key, a user who owns a company and is a hiring manager of its team, and the user's token."""

    def __init__(self, table: Table) -> None:
        self.table = table
        tx = table.transaction()
        self.key = tx.create(API_KEYS, KEY)
        self.owner = tx.create(MEMBERSHIPS, _member(COMPANY, Role.OWNER))
        tx.create(MEMBERSHIPS, _member(TEAM, Role.HIRING_MANAGER))
        self.token = issue_token(tx, self.key, USER, COMPANY, NOW)
        tx.commit()

    def enter(self, token: str | None = None, tenant: str | None = None, now: datetime = NOW) -> Principal:
        """Authenticate a request."""
        headers = {"authorization": f"Bearer {token or self.token}"}
        if tenant is not None:
            headers["x-upwork-api-tenantid"] = tenant
        return authenticate(self.table, headers, now)

    def change(self, **changes: Any) -> None:
        """Change the key."""
        tx = self.table.transaction()
        self.key = tx.update(API_KEYS, self.key.model_copy(update=changes))
        tx.commit()


def _member(organization: str, role: Role) -> Membership:
    return Membership(id=new_id(), user_id=USER, organization_id=organization, company_id=COMPANY, role=role)


@pytest.fixture
def setup(table: Table) -> Setup:
    return Setup(table)


def test_token_authenticates_user_and_organization(setup: Setup) -> None:
    assert setup.enter() == Principal(
        user_id=USER,
        key_id="shop",
        organization_id=COMPANY,
        company_id=COMPANY,
        role=Role.OWNER,
        scopes=frozenset({"Scope A", "Scope B"}),
    )


def test_tenant_header_selects_organization(setup: Setup) -> None:
    caller = setup.enter(tenant=f" {TEAM} ")
    assert (caller.organization_id, caller.company_id, caller.role) == (TEAM, COMPANY, Role.HIRING_MANAGER)


def test_token_may_have_fewer_scopes_than_key(setup: Setup) -> None:
    tx = setup.table.transaction()
    token = issue_token(tx, setup.key, USER, COMPANY, NOW, scopes=["Scope B"])
    tx.commit()
    assert setup.enter(token).scopes == {"Scope B"}


def test_authentication_is_one_consistent_read(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[dict[str, Any]] = []
    read = setup.table.client.batch_get_item

    def recorded(**request: Any) -> Any:
        requests.append(request)
        return read(**request)

    monkeypatch.setattr(standing, "_COMPANIES", {})
    monkeypatch.setattr(setup.table.client, "batch_get_item", recorded)
    for tenant, trips in ((COMPANY, 1), (TEAM, 2), (TEAM, 1)):  # a process has to learn once whose team it is
        before = setup.table.trips
        setup.enter(tenant=tenant)
        assert setup.table.trips - before == trips
    [asked] = requests[-1]["RequestItems"].values()
    assert asked["ConsistentRead"] is True
    assert len(asked["Keys"]) == 6, "token, key, grant, membership and two standings"
    [asked] = requests[0]["RequestItems"].values()
    assert len(asked["Keys"]) == 9, "once a minute the settings with the terms, the ontology, and who accepted them"


def test_suspension_counts_with_the_next_request(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_COMPANIES", {})
    _, credential = bearer.identify(
        setup.table, {"authorization": f"Bearer {setup.token}", "x-upwork-api-tenantid": TEAM}, NOW
    )

    def refusals() -> list[tuple[type[SoukError], Any] | None]:
        """Return what a request for the company and the team, and the team's open socket, are refused with."""

        def refusal(call: Callable[[], Principal]) -> tuple[type[SoukError], Any] | None:
            try:
                call()
            except SoukError as refused:
                return type(refused), refused.details.get("reason")
            return None

        items = setup.table.batch_get(credential.keys, consistent=True)
        calls = (setup.enter, lambda: setup.enter(tenant=TEAM), lambda: bearer.prove(credential, items, NOW))
        return [refusal(call) for call in calls]

    def store(kind: str, id_: str, **changes: Any) -> None:
        before = setup.table.get(STANDINGS, kind, id_) or Standing(kind=kind, id=id_)
        tx = setup.table.transaction()
        tx.replace(STANDINGS, before.model_copy(update=changes))
        tx.commit()

    suspension = Suspension(reason="Spam.", since="2026-03-01T12:00:00.000Z", by="9")
    assert refusals() == [None] * 3
    store(ORGANIZATION, COMPANY, suspension=suspension)
    assert refusals() == [(Forbidden, "SUSPENDED")] * 3
    store(PERSON, USER, suspension=suspension)
    assert refusals() == [(InvalidToken, "SUSPENDED")] * 3
    store(ORGANIZATION, COMPANY, suspension=None)
    store(PERSON, USER, suspension=None)
    assert refusals() == [None] * 3
    store(PERSON, USER, access_ended=int(NOW.timestamp()))
    assert refusals() == [(InvalidToken, None)] * 3
    store(PERSON, USER, access_ended=0)
    store(ORGANIZATION, COMPANY, access_ended=int(NOW.timestamp()))
    assert refusals() == [(InvalidToken, None)] * 3
    store(ORGANIZATION, COMPANY, access_ended=int(NOW.timestamp()) - 1)
    assert refusals() == [None] * 3


@pytest.mark.parametrize("operator", [True, False])
def test_scope_of_operators_needs_their_flag(setup: Setup, operator: bool) -> None:
    tx = setup.table.transaction()
    tx.update(MEMBERSHIPS, setup.owner.model_copy(update={"operator": operator}))
    token = issue_token(tx, setup.key, USER, COMPANY, NOW, scopes=["Scope B", Scope.OPERATOR])
    tx.commit()
    assert setup.enter(token).scopes == {"Scope B"} | ({Scope.OPERATOR} if operator else set())
    assert setup.enter(token, tenant=TEAM).scopes == {"Scope B"}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_bearer_scheme_ignores_case(setup: Setup, scheme: str) -> None:
    assert authenticate(setup.table, {"authorization": f"  {scheme}  {setup.token} "}, NOW).user_id == USER


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic c291azpzb3Vr", "oauth2v2_abc"])
def test_missing_bearer_token_is_unauthorized(setup: Setup, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    with pytest.raises(Unauthorized, match="Send one access token"):
        authenticate(setup.table, headers, NOW)


def _encoded(raw: bytes) -> str:
    return PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "ey.not.ours",
        PREFIX,
        PREFIX + "!!!",
        PREFIX + "a",
        PREFIX + "ümlaut",
        PREFIX + "A" * 600,
        _encoded(b"only-one-part"),
        _encoded(b"a\nb\nc"),
        _encoded(b"\xff\n\xff\n\xff\nsecret"),
        _encoded(b"\n\n\n"),
        _encoded(b"\x00\n\x00\n\x00\n\x00"),
        pytest.param(mint(TokenParts("shop", USER, COMPANY, "1")), id="right ids, right shape, never issued"),
    ],
)
def test_unknown_token_is_unauthorized(setup: Setup, token: str) -> None:
    with pytest.raises(Unauthorized, match="This access token is not valid"):
        setup.enter(token)


def test_token_with_forged_ids_is_unauthorized(setup: Setup) -> None:
    body = setup.token.removeprefix(PREFIX)
    secret = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).split(b"\n", 3)[3]
    for parts in ((b"shop", b"102", COMPANY.encode()), (b"shop", USER.encode(), RIVAL.encode())):
        with pytest.raises(Unauthorized):
            setup.enter(_encoded(b"\n".join([*parts, secret])))


def test_token_hash_is_unauthorized(setup: Setup) -> None:
    with pytest.raises(Unauthorized):
        setup.enter(PREFIX + digest(setup.token))


def test_stored_token_expires_after_a_day(setup: Setup) -> None:
    assert timedelta(hours=24) == LIFETIME
    setup.enter(now=NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(Unauthorized, match="has expired"):
        setup.enter(now=NOW + LIFETIME)


@pytest.mark.parametrize("change", [{"state": KeyState.REVOKED}, {"state": KeyState.REVIEW}, {"generation": 2}])
def test_revoked_key_invalidates_tokens_at_once(setup: Setup, change: dict[str, Any]) -> None:
    setup.enter()
    setup.change(**change)
    with pytest.raises(Unauthorized, match="has been revoked"):
        setup.enter()


def test_revoked_grant_invalidates_tokens_at_once(setup: Setup) -> None:
    tx = setup.table.transaction()
    tokens = [issue_token(tx, setup.key, USER, COMPANY, NOW) for _ in range(2)]
    tx.commit()
    grant = setup.table.get(GRANTS, parse_token(tokens[0]).grant_id)
    assert grant is not None
    tx = setup.table.transaction()
    tx.update(GRANTS, grant.model_copy(update={"revoked": True}))
    tx.commit()
    with pytest.raises(InvalidToken, match="has been revoked"):
        setup.enter(tokens[0])
    assert setup.enter(tokens[1]).user_id == USER


def test_token_in_url_but_not_in_both_places(setup: Setup) -> None:
    assert authenticate(setup.table, {}, NOW, setup.token).user_id == USER
    with pytest.raises(Unauthorized, match="Send one access token"):
        authenticate(setup.table, {"authorization": f"Bearer {setup.token}"}, NOW, setup.token)


def test_principal_has_permissions_and_service_flag(setup: Setup) -> None:
    tx = setup.table.transaction()
    tx.update(MEMBERSHIPS, setup.owner.model_copy(update={"permissions": (Permission.API_KEY_MANAGER,)}))
    tx.commit()
    setup.change(service_account_id=USER)
    caller = setup.enter()
    assert caller.permissions == {Permission.API_KEY_MANAGER}
    assert caller.service


def test_token_of_new_generation_works(setup: Setup) -> None:
    setup.change(generation=2)
    tx = setup.table.transaction()
    token = issue_token(tx, setup.key, USER, COMPANY, NOW)
    tx.commit()
    assert setup.enter(token).user_id == USER


def _delete_token(setup: Setup) -> None:
    access = setup.table.get(TOKENS, digest(setup.token))
    assert access is not None
    tx = setup.table.transaction()
    tx.delete(TOKENS, access)
    tx.commit()


def _delete_key(setup: Setup) -> None:
    tx = setup.table.transaction()
    tx.delete(API_KEYS, setup.key)
    tx.commit()


@pytest.mark.parametrize("delete", [_delete_token, _delete_key])
def test_deleted_token_or_key_is_unauthorized(setup: Setup, delete: Callable[[Setup], None]) -> None:
    delete(setup)
    with pytest.raises(Unauthorized, match="not valid"):
        setup.enter()


def test_foreign_organization_is_forbidden(setup: Setup) -> None:
    with pytest.raises(Forbidden, match="not a member"):
        setup.enter(tenant=RIVAL)


@pytest.mark.parametrize("tenant", ["acme", "-1", "20 1", "201;", "٢٠١", "9" * 21, "1" * 3000, "ORG#201"])
def test_malformed_tenant_header_is_forbidden(setup: Setup, tenant: str) -> None:
    with pytest.raises(Forbidden, match="must be the id of an organization"):
        setup.enter(tenant=tenant)


def test_unauthorized_before_tenant_check(setup: Setup) -> None:
    for tenant in (RIVAL, "acme"):
        with pytest.raises(Unauthorized):
            setup.enter(mint(TokenParts("shop", USER, COMPANY, "1")), tenant=tenant)


@pytest.mark.parametrize("tenant", [None, COMPANY])
def test_inactive_member_is_forbidden_at_once(setup: Setup, tenant: str | None) -> None:
    tx = setup.table.transaction()
    suspended = tx.update(MEMBERSHIPS, setup.owner.model_copy(update={"active": False}))
    tx.commit()
    with pytest.raises(Forbidden, match="not a member"):
        setup.enter(tenant=tenant)
    tx = setup.table.transaction()
    tx.delete(MEMBERSHIPS, suspended)
    tx.commit()
    with pytest.raises(Forbidden, match="not a member"):
        setup.enter(tenant=tenant)
    assert setup.enter(tenant=TEAM).organization_id == TEAM


def test_token_is_not_stored_logged_or_shown(setup: Setup, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refused: list[SoukError] = []
    forged = mint(TokenParts("shop", USER, COMPANY, "1"))
    attempts: list[Callable[[], Principal]] = [
        setup.enter,
        lambda: setup.enter(forged),
        lambda: setup.enter(now=NOW + 2 * LIFETIME),
        lambda: setup.enter(tenant=RIVAL),
        lambda: authenticate(setup.table, {"authorization": f"Digest {setup.token}"}, NOW),
    ]
    for attempt in attempts:
        try:
            attempt()
        except SoukError as error:
            refused.append(error)
    assert len(refused) == 4
    stored = setup.table.client.scan(TableName=setup.table.name)["Items"]
    told = f"{caplog.text}{stored}{[(error.message, error.details) for error in refused]}"
    assert digest(setup.token) in told, "what is looked for would be seen"
    for secret in (setup.token, forged):
        assert secret not in told
        assert secret.removeprefix(PREFIX)[-20:] not in told


def test_moved_market_time_costs_no_trip_and_no_token(setup: Setup) -> None:
    moved = Clock(movable=True)
    table = Table(setup.table.client, setup.table.name, moved, writes=(market_time.PREFIX,))
    tx = table.transaction()
    tx.create(OFFSET, Offset(milliseconds=365 * 86_400_000))
    tx.commit()
    headers, table.trips = {"authorization": f"Bearer {setup.token}"}, 0
    assert authenticate(table, headers, NOW).user_id == USER
    assert (moved.ahead, table.trips) == (timedelta(days=365), 1)
    fixed = Table(setup.table.client, setup.table.name, Clock())
    authenticate(fixed, headers, NOW)
    assert (fixed.clock.ahead, fixed.trips) == (timedelta(0), 1)


def test_suspension_counts_for_sessions(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_COMPANIES", {})
    now, other = NOW.timestamp(), "999"
    cookie = sessions.Cookie.new(USER, TEAM)
    tx = setup.table.transaction()
    tx.create(SESSIONS, Session(hash=cookie.hash, user_id=USER, began=now, expires=int(now) + 60))
    tx.create(MEMBERSHIPS, _member(other, Role.MEMBER).model_copy(update={"company_id": other}))
    tx.commit()

    def organization() -> str | None:
        caller = sessions.identify(setup.table, cookie, NOW)
        return caller.principal.organization_id if caller else None

    for trips in (2, 1):  # a process has to learn once whose team it is
        before = setup.table.trips
        assert organization() == TEAM
        assert setup.table.trips - before == trips
    suspend(setup.table, COMPANY)
    assert organization() == other
    suspend(setup.table, other)
    with pytest.raises(Forbidden):
        organization()
    suspend(setup.table, user_id=USER)
    assert organization() is None
    reactivate(setup.table, COMPANY, user_id=USER)
    assert organization() == TEAM
    suspend(setup.table, user_id=USER, sessions_ended=now + 1)
    reactivate(setup.table, user_id=USER)
    assert organization() is None
