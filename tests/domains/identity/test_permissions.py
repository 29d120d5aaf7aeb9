"""The table of permissions: it matches the enforced rules, and is visible only to the person and administrators."""

from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

import pytest
from graphql import GraphQLEnumType
from hypothesis import given
from hypothesis import strategies as st

from souk.app import schema
from souk.authentication.principal import Permission, Principal, Role
from souk.authentication.records import MEMBERSHIPS, ApiKey, Membership
from souk.domains.identity.model import Change
from souk.domains.identity.rules import api_keys, permissions
from souk.domains.identity.rules.permissions import RULES, Reason, at_least, evaluate
from souk.domains.identity.store import CHANGES, ORGANIZATIONS
from souk.runtime import mail
from souk.storage import Table
from tests.domains.identity.people import (
    ACME,
    LIAM,
    OLIVIA,
    OMAR,
    OPS,
    PLACES,
    RIVAL,
    SOFIA,
    SOLO,
    WEB,
    add,
    settle,
)
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK, new_id

LIST = """query ($filter: OrgUserPermissionFilterV2!) { organization { userPermissions(filter: $filter) {
  offset edges { node { organization { id } team { id } action access reason } } } } }"""
OWN = LIST.replace("OrgUserPermissionFilterV2", "UserPermissionFilterV2").replace("{ organization {", "{ user {", 1)
COMPANY, TEAMS = PLACES[0], PLACES[1:3]


def ask(caller: Person, query: str = LIST, **wanted: Any) -> list[dict[str, Any]]:
    answer = caller.call(query, {"filter": {"resourceType_eq": "OPENING"} | wanted})
    root = "organization" if "{ organization { userP" in query else "user"
    return [edge["node"] for edge in answer.data[root]["userPermissions"]["edges"]]


def granted(nodes: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return the granted permissions as (place, action)."""
    for node in nodes:
        assert (node["access"] == "ACCESS_GRANTED") is (node["reason"] is None)
    return {
        (node["team"]["id"] if node["team"] else node["organization"]["id"], node["action"])
        for node in nodes
        if node["access"] == "ACCESS_GRANTED"
    }


@pytest.fixture
def olivia(souk: Souk) -> Person:
    settle(souk.table)
    return person(souk, OLIVIA, ACME)


# The table and the enforced rules

SAVE = """mutation ($request: JobPostingCreateRequest!) {
  createJobPosting(jobPostingRequest: $request) { id } }"""
CHANGE = """mutation ($id: ID!, $request: JobPostingUpdateRequest!) {
  updateJobPosting(id: $id, jobPostingRequest: $request) { id } }"""
TEAM = "mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) { success } }"
RENAME = "mutation ($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { success } }"
INVITE = "mutation ($of: [InvitationToTeamInput!]!) { inviteToTeam(invitations: $of) { succeeded { id } } }"
MEMBER = "mutation ($input: UpdateMemberInput!) { updateMember(input: $input) { id } }"
numbers = count()


class ActionRunner(NamedTuple):
    """Runs the actions of the table through the API."""

    resource_type: str
    action: str
    done: Callable[[Person, str], bool]
    """Returns whether a user could do the action in a place."""


class PermissionSetup:
    """Acme with a posting and an audit record in each place, and a member of every role in the company and one team."""

    def __init__(self, souk: Souk) -> None:
        settle(souk.table)
        self.olivia = person(souk, OLIVIA, ACME)
        self.postings = {place: self._posting(self.olivia, place) for place in (ACME, WEB, OPS)}
        tx = souk.table.transaction()
        for place in self.postings:
            tx.create(CHANGES, Change(id=place, organization_id=place, company_id=ACME, metadata=()))
        tx.commit()
        add(souk.table, "190", ACME, ACME, Role.NONE)
        for place in (WEB, OPS):
            self.olivia.call(MEMBER, {"input": {"userId": "190", "organizationId": place, "role": "NONE"}})
        self.callers = []
        for number, (role, home) in enumerate((role, home) for role in Role for home in (ACME, WEB)):
            add(souk.table, str(150 + number), home, ACME, role)
            self.callers.append(person(souk, str(150 + number), home))
        self.runners = (
            ActionRunner("OPENING", "view", self._views),
            ActionRunner("OPENING", "create", lambda caller, place: bool(self._posting(caller, place))),
            ActionRunner("OPENING", "update", self._updates),
            ActionRunner("OPENING", "close", self._closes),
            ActionRunner(
                "ORGANIZATION",
                "update",
                lambda who, at: _succeeds(who, RENAME, input={"id": at, "organizationName": "N"}),
            ),
            ActionRunner("ORGANIZATION", "createTeam", self._makes_a_team),
            ActionRunner("ORGANIZATION", "invite", self._invites),
            ActionRunner("ORGANIZATION", "manageMembers", self._manages),
            ActionRunner("ORGANIZATION", "audit", self._audits),
        )

    def _posting(self, caller: Person, place: str) -> str:
        request = {"organizationId": place, "jobPostingInfo": {"status": "DRAFT"}}
        answer = caller.call(SAVE, {"request": request})
        return "" if "errors" in answer.json else str(answer.data["createJobPosting"]["id"])

    def _views(self, caller: Person, place: str) -> bool:
        return _succeeds(caller, "query ($id: ID!) { jobPosting(jobPostingId: $id) { id } }", id=self.postings[place])

    def _updates(self, caller: Person, place: str) -> bool:
        request = {"organizationId": place, "jobPostingInfo": {"title": f"T{next(numbers)}"}}
        return _succeeds(caller, CHANGE, id=self.postings[place], request=request)

    def _closes(self, caller: Person, place: str) -> bool:
        posting = self._posting(self.olivia, place)
        return _succeeds(caller, "mutation ($id: ID!) { closeJobPosting(id: $id) { id } }", id=posting)

    def _makes_a_team(self, caller: Person, place: str) -> bool:
        return _succeeds(caller, TEAM, input={"parentOrganizationId": place, "organizationName": "Team"})

    def _invites(self, caller: Person, place: str) -> bool:
        one = {
            "flow": "HELP_ME_HIRE",
            "inviteeEmail": f"p{next(numbers)}@p.test",
            "landingUrl": "https://p.test",
            "invitedToOrganizationsIds": [place],
        }
        answer = caller.call(INVITE, {"of": [one]})
        return "errors" not in answer.json and bool(answer.data["inviteToTeam"]["succeeded"])

    def _manages(self, caller: Person, place: str) -> bool:
        role = ("MEMBER", "NONE")[next(numbers) % 2]
        return _succeeds(caller, MEMBER, input={"userId": "190", "organizationId": place, "role": role})

    def _audits(self, caller: Person, place: str) -> bool:
        query = "query ($id: ID!) { accountAuditRecord(processInstanceId: $id) { status } }"
        return bool(caller.call(query, {"id": place}).data["accountAuditRecord"])


def _succeeds(caller: Person, document: str, **variables: Any) -> bool:
    answer = caller.call(document, variables)
    if "errors" in answer.json:
        assert answer.code in {"FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE_CONTENT"}, answer.error
        return False
    return True


def test_permissions_match_mutations(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "send", lambda *_, **__: None)
    setup = PermissionSetup(souk)
    for caller in setup.callers:
        said = {
            (kind, place, action)
            for kind in ("OPENING", "ORGANIZATION")
            for place, action in granted(ask(caller, OWN, resourceType_eq=kind, teamOrgIds_any=[WEB, OPS]))
            | granted(ask(caller, OWN, resourceType_eq=kind))
        }
        places = {caller.organization_id, WEB, OPS}
        done = {
            (runner.resource_type, place, runner.action)
            for runner in setup.runners
            for place in places
            if runner.done(caller, place)
        }
        assert said == done, caller.user_id


def test_inactive_organization_suspends_actions(souk: Souk) -> None:
    setup = PermissionSetup(souk)
    web = souk.table.get(ORGANIZATIONS, WEB, consistent=True)
    assert web is not None
    tx = souk.table.transaction()
    tx.update(ORGANIZATIONS, web.model_copy(update={"active": False}))
    tx.commit()
    for kind, suspended in (
        ("OPENING", {"create"}),
        ("ORGANIZATION", {"invite"}),
        ("JOB_APPLICATION_INVITATION", {"create"}),
    ):
        nodes = ask(setup.olivia, resourceType_eq=kind, teamOrgIds_any=[WEB])
        assert {node["action"] for node in nodes if node["reason"] == "SUSPENSION"} == suspended
    refused = {
        runner.action for runner in setup.runners if runner.action != "close" and not runner.done(setup.olivia, WEB)
    }
    assert refused == {"create", "invite", "createTeam"}


def test_permissions_match_api_key_rules() -> None:
    key = ApiKey(
        id="k", name="K", organization_id=WEB, company_id=ACME, created_by="1", scopes=(), grants=(), redirect_uris=()
    )
    for role in Role:
        for allowed in ((), (Permission.API_KEY_MANAGER,)):
            for home in (ACME, WEB, OPS):
                caller = Principal("1", "k", home, ACME, role, frozenset(), permissions=frozenset(allowed))
                member = Membership(
                    id=new_id(), user_id="1", organization_id=home, company_id=ACME, role=role, permissions=allowed
                )
                found = evaluate("INTEGRATION", [TEAMS[0]], COMPANY, [member])
                real = caller.manages_keys and api_keys.can_manage(key, caller)
                assert {one.reason is None for one in found} == {real}


def test_resources_are_in_contract() -> None:
    named = schema().get_type("ResourceType")
    assert isinstance(named, GraphQLEnumType)
    assert RULES.keys() <= named.values.keys()
    for rules in RULES.values():
        for place in PLACES:
            actions = [rule.action for rule in rules if rule.where(place)]
            assert len(set(actions)) == len(actions)
    access, reason = (schema().get_type(name) for name in ("UserPermissionAccess", "AccessRestictionReason"))
    assert isinstance(access, GraphQLEnumType)
    assert isinstance(reason, GraphQLEnumType)
    assert {one.value for one in permissions.Access} <= access.values.keys()
    assert {one.value for one in Reason} <= reason.values.keys()


def test_resource_without_rules_has_no_permissions(olivia: Person) -> None:
    for name in (*RULES, "PAYROLL", "TNS_RULES"):
        assert bool(ask(olivia, OWN, resourceType_eq=name)) is (name in RULES)


memberships = st.builds(
    Membership,
    user_id=st.just("1"),
    organization_id=st.sampled_from([ACME, WEB, OPS, RIVAL]),
    company_id=st.just(ACME),
    role=st.sampled_from(Role),
    permissions=st.sampled_from([(), (Permission.API_KEY_MANAGER,)]),
    active=st.booleans(),
)


@given(
    joined=st.lists(memberships, max_size=4, unique_by=lambda one: one.organization_id),
    kind=st.sampled_from(list(RULES)),
)
def test_grants_require_active_membership(joined: list[Membership], kind: str) -> None:
    for found in evaluate(kind, [COMPANY, *TEAMS], COMPANY, joined):
        places = {found.place.id} if kind == "GRAPHQL_SUBSCRIPTION" else {found.place.id, ACME}
        reaching = [one for one in joined if one.organization_id in places]
        acting = [one for one in reaching if one.active and one.role is not Role.NONE]
        if found.reason is None:
            assert acting
        if any(at_least(one.role, Role.ADMIN) for one in acting):
            assert found.reason is None
        if found.reason is Reason.SUSPENSION:
            assert any(not one.active for one in reaching)


# Visibility and paging


def test_default_is_organization_of_request(olivia: Person) -> None:
    liam = person(olivia.souk, LIAM, WEB)
    everything = {"view", "create", "update", "close"}
    assert granted(ask(olivia)) == granted(ask(olivia, OWN)) == {(ACME, action) for action in everything}
    assert granted(ask(liam)) == granted(ask(liam, OWN)) == {(WEB, action) for action in everything}
    assert {node["organization"]["id"] for node in ask(liam)} == {ACME}
    assert granted(ask(liam, resourceType_eq="ORGANIZATION")) == set()


def test_all_teams_are_those_with_access(olivia: Person) -> None:
    assert {place for place, _ in granted(ask(olivia, returnAllTeams=True))} == {ACME, WEB, OPS}
    assert {place for place, _ in granted(ask(olivia, returnAllTeams=True, userId=LIAM))} == {WEB}
    assert {node["team"] and node["team"]["id"] for node in ask(olivia, returnAllTeams=True, userId=LIAM)} == {
        None,
        WEB,
    }
    liam = person(olivia.souk, LIAM, WEB)
    assert {place for place, _ in granted(ask(liam, returnAllTeams=True))} == {WEB}


def test_named_teams_must_be_in_company(olivia: Person) -> None:
    assert {place for place, _ in granted(ask(olivia, teamOrgIds_any=[OPS, ACME, OPS]))} == {ACME, OPS}
    assert ask(olivia, teamOrgIds_any=[]) == []
    for foreign in ([RIVAL], [WEB, "999"], [""]):
        assert _refused(olivia, teamOrgIds_any=foreign) == "NOT_FOUND"
    assert _refused(olivia, teamOrgIds_any=[str(number) for number in range(101)]) == "UNPROCESSABLE_CONTENT"


def test_hidden_team_is_visible_with_access(olivia: Person) -> None:
    team = olivia.souk.table.get(ORGANIZATIONS, OPS, consistent=True)
    assert team is not None
    tx = olivia.souk.table.transaction()
    tx.update(ORGANIZATIONS, team.model_copy(update={"hidden": True}))
    tx.commit()
    add(olivia.souk.table, "150", ACME, ACME, Role.NONE)
    nobody = person(olivia.souk, "150", ACME)
    assert granted(ask(nobody, teamOrgIds_any=[WEB])) == set()
    assert _refused(nobody, teamOrgIds_any=[OPS]) == "NOT_FOUND"
    assert ask(olivia, teamOrgIds_any=[OPS], userId="150")


def _refused(caller: Person, **wanted: Any) -> str:
    answer: Answer = caller.call(LIST, {"filter": {"resourceType_eq": "OPENING"} | wanted})
    return answer.code


def test_permissions_of_others_require_admin(olivia: Person) -> None:
    souk = olivia.souk
    liam, omar, sofia = person(souk, LIAM, WEB), person(souk, OMAR, RIVAL), person(souk, SOFIA, SOLO)
    assert _refused(liam, userId=OLIVIA) == "FORBIDDEN"
    assert granted(ask(olivia, userId=LIAM)) == granted(ask(olivia, userId=OMAR)) == granted(ask(olivia, userId="999"))
    parent = """query ($filter: OrgUserPermissionFilterV2!) { organization { parentOrganization {
      userPermissions(filter: $filter) { edges { node { action } } } } } }"""
    assert liam.call(parent, {"filter": {"resourceType_eq": "OPENING"}}).data
    assert liam.call(parent, {"filter": {"resourceType_eq": "OPENING", "userId": OLIVIA}}).code == "FORBIDDEN"
    assert ask(omar, userId=OLIVIA), "of his own company, where she may do nothing"
    assert granted(ask(omar, userId=OLIVIA)) == set()
    assert ask(sofia) == [], "a freelancer posts no jobs"


def test_service_account_has_no_permissions(olivia: Person) -> None:
    add(olivia.souk.table, "150", ACME, ACME, Role.NONE, service=True)
    robot = person(olivia.souk, "150", ACME)
    for kind in RULES:
        assert granted(ask(robot, OWN, resourceType_eq=kind, returnAllTeams=True)) == set()
    assert _refused(robot, userId=OLIVIA) == "FORBIDDEN"


def test_permissions_are_paged(olivia: Person) -> None:
    wanted: dict[str, Any] = {"resourceType_eq": "ORGANIZATION", "returnAllTeams": True, "limit": 4}
    whole = ask(olivia, resourceType_eq="ORGANIZATION", returnAllTeams=True)
    pages: list[list[dict[str, Any]]] = []
    offset = None
    while not pages or offset:
        answer = olivia.call(LIST, {"filter": wanted | {"offset": offset}}).data["organization"]["userPermissions"]
        pages.append([edge["node"] for edge in answer["edges"]])
        offset = answer["offset"]
    assert [node for page in pages for node in page] == whole
    assert [len(page) for page in pages] == [4, 4, 4, 1]
    first = olivia.call(LIST, {"filter": wanted}).data["organization"]["userPermissions"]["offset"]
    for other in ({"returnAllTeams": False}, {"userId": LIAM}, {"offset": "17"}):
        assert _refused(olivia, **(wanted | {"offset": first} | other)) == "UNPROCESSABLE_CONTENT"
    for limit in (0, -1, 101):
        assert _refused(olivia, limit=limit) == "UNPROCESSABLE_CONTENT"


def test_first_granted_permission_only(olivia: Person) -> None:
    liam = person(olivia.souk, LIAM, WEB)
    assert granted(ask(liam, OWN, returnFirstGrantedResult_eq=True)) == {(WEB, "view")}
    assert ask(liam, OWN, resourceType_eq="ORGANIZATION", returnFirstGrantedResult_eq=True) == []


def test_ended_membership_is_suspension(olivia: Person) -> None:
    table: Table = olivia.souk.table
    liam = table.get(MEMBERSHIPS, LIAM, WEB, consistent=True)
    assert liam is not None
    tx = table.transaction()
    tx.update(MEMBERSHIPS, liam.model_copy(update={"active": False}))
    tx.commit()
    assert {node["reason"] for node in ask(olivia, userId=LIAM, teamOrgIds_any=[WEB])} == {"SUSPENSION"}
    assert {node["reason"] for node in ask(olivia, userId=LIAM, teamOrgIds_any=[OPS])} == {"ROLES_MISMATCH"}


def test_many_teams_need_no_more_reads(olivia: Person) -> None:
    wanted = {"filter": {"resourceType_eq": "OPENING", "returnAllTeams": True}}
    few = olivia.call(LIST, wanted)
    tx = olivia.souk.table.transaction()
    for number in range(30):
        tx.create(
            ORGANIZATIONS,
            TEAMS[0].model_copy(update={"id": str(700 + number), "creation_date": str(CLOCK.market())}),
        )
    tx.commit()
    many = olivia.call(LIST, wanted)
    assert len(many.data["organization"]["userPermissions"]["edges"]) == 100
    assert len(few.data["organization"]["userPermissions"]["edges"]) == 12
    assert many.trips == few.trips
