"""The lists of identity: pages that cost a page, and limits that hold also for concurrent requests."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, MEMBERS, MEMBERSHIPS, Membership, members_key, memberships_key
from souk.domains.identity.rules import api_keys, invitations, members, organizations
from souk.domains.identity.store import USERS, all_memberships_of, invitations_of, teams_key, teams_of
from souk.operations.deployment import Deployment
from souk.operations.lists import recount
from souk.runtime import mail
from souk.storage import Table, View
from souk.storage import lists as mechanism
from souk.storage.collection import key_attributes
from souk.storage.lists import RECOUNTED
from souk.storage.partition import Bound
from tests.domains.identity.api_keys import REVOKE, ApiKeyHarness
from tests.domains.identity.people import ACME, LIAM, OLIVIA, RIVAL, settle
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK, new_id
from tests.support.racing import at_once, together

STAFFS = """query ($page: Pagination) { organization { staffs(pagination: $page) {
  pageInfo { endCursor hasNextPage } edges { node { id user { id } } } } } }"""
TOTAL = "query ($page: Pagination) { organization { staffs(pagination: $page) { totalCount } } }"
CREATE_TEAM = """mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) { id } }"""
ADD_MEMBER = """mutation ($input: UpdateMemberInput!) { updateMember(input: $input) { id } }"""
INVITE = """mutation ($invitations: [InvitationToTeamInput!]!) { inviteToTeam(invitations: $invitations) {
  succeeded { id } failed { code } } }"""


@pytest.fixture
def olivia(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr(mail, "send", lambda *_, **__: None)
    settle(souk.table)
    return person(souk, OLIVIA, ACME)


def join(table: Table, number: int) -> None:
    """Add members to Acme."""
    for start in range(0, number, 25):
        tx = table.transaction()
        for _ in range(start, min(start + 25, number)):
            id_ = new_id()
            tx.create(
                MEMBERSHIPS, Membership(id=id_, user_id=id_, organization_id=ACME, company_id=ACME, role=Role.MEMBER)
            )
        tx.commit()


def staffs(caller: Person, **page: Any) -> Any:
    return caller.call(STAFFS, {"page": page}).data["organization"]["staffs"]


# Members


def test_page_of_staff_costs_the_same_in_a_long_list(olivia: Person) -> None:
    join(olivia.souk.table, 11)
    few = olivia.call(STAFFS, {"page": {"first": 10}})
    join(olivia.souk.table, 100)
    many = olivia.call(STAFFS, {"page": {"first": 10}})
    assert len(many.data["organization"]["staffs"]["edges"]) == 10
    assert many.trips == few.trips
    last = many.data["organization"]["staffs"]["pageInfo"]["endCursor"]
    second = olivia.call(STAFFS, {"page": {"first": 10, "after": last}})
    assert second.trips == many.trips + 1, "the record of the id in `after`"


def test_pages_of_staff_have_everybody_once(olivia: Person) -> None:
    join(olivia.souk.table, 12)
    everybody: View[Membership, Membership] = View()
    expected = [one.id for one in MEMBERS.of(olivia.souk.table, ACME).all(everybody)]
    seen: list[str] = []
    after = "0"
    while True:
        shown = staffs(olivia, first=5, after=after)
        seen += [edge["node"]["id"] for edge in shown["edges"]]
        after = shown["pageInfo"]["endCursor"]
        if not shown["pageInfo"]["hasNextPage"]:
            break
    assert seen == expected
    assert staffs(olivia, first=5, after=after) == {
        "edges": [],
        "pageInfo": {"endCursor": None, "hasNextPage": False},
    }


def test_page_of_staff_is_at_most_100(olivia: Person) -> None:
    join(olivia.souk.table, 100)
    shown = staffs(olivia, first=500)
    assert (len(shown["edges"]), shown["pageInfo"]["hasNextPage"]) == (100, True)
    assert olivia.call(STAFFS, {"page": {"first": 0}}).code == "UNPROCESSABLE_CONTENT"


def test_after_must_be_a_member_of_the_organization(olivia: Person) -> None:
    person(olivia.souk, LIAM, RIVAL)
    elsewhere = olivia.souk.table.get(MEMBERSHIPS, LIAM, RIVAL)
    assert elsewhere
    for after in (elsewhere.id, "999", "x" * 3_000, "\0"):
        assert olivia.call(STAFFS, {"page": {"first": 1, "after": after}}).code == "UNPROCESSABLE_CONTENT"


def test_total_of_staff_is_counted_when_selected(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    table = olivia.souk.table
    join(table, 9)
    monkeypatch.setattr(mechanism, "COUNT_BOUND", Bound(5, 20))
    first = {"page": {"first": 3}}
    assert olivia.call(TOTAL, first).data["organization"]["staffs"]["totalCount"] is None
    item = {"PK": {"S": RECOUNTED.pk}, "SK": {"S": RECOUNTED.sk}, "exact_lists": {"SS": [MEMBERS.name]}}
    table.client.put_item(TableName=table.name, Item=item)  # type: ignore[arg-type]
    assert olivia.call(TOTAL, first).data["organization"]["staffs"]["totalCount"] == 10


# Limits


def test_concurrent_teams_respect_limit(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organizations, "MAX_TEAMS", 5)
    wanted = {"parentOrganizationId": ACME, "organizationName": "Team"}
    results = at_once(monkeypatch, lambda: olivia.call(CREATE_TEAM, {"input": wanted}))
    assert len(teams_of(olivia.souk.table, ACME)) == 5
    assert results["done"] == 3
    assert results.keys() <= {"done", "UNPROCESSABLE_CONTENT", "CONFLICT"}


def test_concurrent_memberships_respect_limit(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"parentOrganizationId": ACME, "organizationName": "Team"}
    for _ in range(5):
        assert olivia.call(CREATE_TEAM, {"input": wanted}).data
    teams = [team.id for team in teams_of(olivia.souk.table, ACME)]
    liam = olivia.souk.table.get(USERS, LIAM)
    assert liam
    tx = olivia.souk.table.transaction()
    tx.update(USERS, liam.model_copy(update={"company_ids": (ACME,)}))
    tx.commit()
    monkeypatch.setattr(members, "MAX_MEMBERSHIPS", 3)
    turns: Iterator[int] = count()

    def add() -> Answer:
        given = {"userId": LIAM, "organizationId": teams[next(turns) % len(teams)], "role": "MEMBER"}
        return olivia.call(ADD_MEMBER, {"input": given})

    results = at_once(monkeypatch, add)
    assert len(all_memberships_of(olivia.souk.table, LIAM)) <= 3
    assert results.keys() <= {"done", "UNPROCESSABLE_CONTENT", "CONFLICT"}
    answers = [add() for _ in teams]
    assert len(all_memberships_of(olivia.souk.table, LIAM)) == 3
    refused = next(one for one in answers if "errors" in one.json)
    assert (refused.code, "at most 3" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)


def invite(caller: Person, email: str) -> Answer:
    wanted = {"flow": "CLIENT_INVITE_TO_TEAM", "inviteeEmail": email, "landingUrl": "https://acme.test/hello"}
    return caller.call(INVITE, {"invitations": [wanted]})


def test_concurrent_invitations_respect_limit(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MAX_PER_COMPANY", 5)
    turns = count()
    answers = together(monkeypatch, lambda: invite(olivia, f"p{next(turns)}@p.test"))
    assert len(invitations_of(olivia.souk.table, ACME)) == 5
    failed = {each["code"] for one in answers for each in one.data["inviteToTeam"]["failed"]}
    assert failed == {"TOO_MANY_INVITATIONS"}


def test_invitations_of_the_last_days_count(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the index does not show them yet: the counters are read consistently."""
    monkeypatch.setattr(invitations, "MAX_PER_COMPANY", 2)
    monkeypatch.setattr("souk.domains.identity.commands.invitations.invitations_of", lambda *_: [])
    start = CLOCK.market()
    assert invite(olivia, "a@p.test").data["inviteToTeam"]["succeeded"]
    CLOCK.at(start + timedelta(days=6))
    assert invite(olivia, "b@p.test").data["inviteToTeam"]["succeeded"]
    assert invite(olivia, "c@p.test").data["inviteToTeam"]["failed"] == [{"code": "TOO_MANY_INVITATIONS"}]
    CLOCK.at(start + timedelta(days=8))
    assert invite(olivia, "c@p.test").data["inviteToTeam"]["succeeded"]
    assert invite(olivia, "d@p.test").data["inviteToTeam"]["failed"] == [{"code": "TOO_MANY_INVITATIONS"}]


# API keys


def test_list_of_keys_has_the_newest_revoked_ones(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MAX_REVOKED", 2)
    harness = ApiKeyHarness(souk)

    def listed() -> Answer:
        return harness.olivia.call("{ apiKeys { id } }")

    def create() -> str:
        made: str = harness.create().data["createApiKey"]["apiKey"]["id"]
        return made

    kept, *revoked = [create() for _ in range(5)]
    before = listed()
    for one in revoked:
        assert harness.olivia.call(REVOKE, {"id": one}).data
    after = listed()
    assert after.trips == before.trips
    own = {kept, *revoked}
    assert [one["id"] for one in after.data["apiKeys"] if one["id"] in own] == [kept, *revoked[-2:]]


def test_key_that_an_earlier_release_revoked_is_listed(souk: Souk) -> None:
    harness = ApiKeyHarness(souk)
    key_id = harness.create().data["createApiKey"]["apiKey"]["id"]
    assert harness.olivia.call(REVOKE, {"id": key_id}).data
    table = harness.table
    table.client.update_item(
        TableName=table.name,
        Key={"PK": {"S": f"KEY#{key_id}"}, "SK": {"S": "KEY"}},
        UpdateExpression="SET GSI1SK = :sk",
        ExpressionAttributeValues={":sk": {"S": f"KEY#{key_id}"}},
    )
    states = {one["id"]: one["state"] for one in harness.olivia.call("{ apiKeys { id state } }").data["apiKeys"]}
    assert states[key_id] == "REVOKED"
    assert table.get(API_KEYS, key_id)


# Counters


def test_recount_counts_teams_and_members_of_earlier_releases(olivia: Person) -> None:
    table = olivia.souk.table
    counters = {members_key(ACME): "1", teams_key(ACME): "2", memberships_key(LIAM): "1"}
    for key in counters:
        table.client.delete_item(TableName=table.name, Key=key_attributes(key))
    deployment = Deployment({"TableName": table.name}, lambda _service: table.client, "https://souk.test")
    recount(deployment, wait=lambda _seconds: None)
    items = {key: table.client.get_item(TableName=table.name, Key=key_attributes(key))["Item"] for key in counters}
    assert {key: item["counted"]["N"] for key, item in items.items()} == counters
