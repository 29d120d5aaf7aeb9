"""Visibility of user details, e-mail addresses and memberships, for all pairs of users."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.principal import Principal, Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.rules import privacy
from souk.domains.identity.rules.staff_filter import StaffFilter
from souk.domains.identity.store import ORGANIZATIONS, USERS
from tests.domains.identity.people import (
    ACME,
    BERLIN,
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
    organization,
    settle,
    user,
)
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import new_id

ROBOT, ODA = "150", "160"
DETAILS = """query ($id: ID!) { userDetails(id: $id) {
  id nid rid name firstName lastName photoUrl email location { countryName cityName zip street timezone } } }"""
BY_EMAIL = """query ($email: String!) { userIdsByEmail(email: $email) {
  totalCount edges { cursor node { id email user { id name email lastName } } } } }"""
STAFFS = """query ($id: ID!, $status: Int, $type: String, $affiliate: Boolean, $hierarchy: Boolean,
    $side: OrgLegacyType, $kind: OrgType, $hidden: Boolean, $active: Boolean, $eac: Boolean, $page: Pagination) {
  staffsByPersonId(personId: $id, status: $status, staffType: $type, affiliateContractor: $affiliate,
    hierarchy: $hierarchy, orgLegacyType: $side, orgType: $kind, hiddenOrg: $hidden, activeOrg: $active, eac: $eac,
    pagination: $page) {
    totalCount pageInfo { endCursor hasNextPage }
    edges { node { id activationStatus staffType role permissions organization { id name } user { id } } } } }"""


class Callers:
    """All users, each with a token."""

    def __init__(self, souk: Souk) -> None:
        settle(souk.table)
        add(souk.table, ROBOT, ACME, ACME, Role.NONE, service=True)
        add(souk.table, ODA, "900", "900", Role.OWNER, operator=True)
        tx = souk.table.transaction()
        tx.create(ORGANIZATIONS, organization("900", "Operations"))
        tx.commit()
        self.people = {
            OLIVIA: person(souk, OLIVIA, ACME),
            LIAM: person(souk, LIAM, WEB),
            OMAR: person(souk, OMAR, RIVAL),
            SOFIA: person(souk, SOFIA, SOLO),
            ROBOT: person(souk, ROBOT, ACME),
            ODA: person(souk, ODA, "900"),
        }


@pytest.fixture
def callers(souk: Souk) -> Callers:
    return Callers(souk)


KNOWN = {
    OLIVIA: {OLIVIA, LIAM, ROBOT},
    LIAM: {OLIVIA, LIAM, ROBOT},
    OMAR: {OMAR},
    SOFIA: {SOFIA},
    ROBOT: {ROBOT},
    ODA: {OLIVIA, LIAM, OMAR, SOFIA, ROBOT, ODA},
}
"""The users whose personal data each caller sees."""


def test_user_details_require_colleague(callers: Callers) -> None:
    refusals = set()
    for caller, known in KNOWN.items():
        for other in KNOWN:
            answer = callers.people[caller].call(DETAILS, {"id": other})
            if other in known:
                found = answer.data["userDetails"]
                assert (found["id"], found["lastName"] is None, found["email"] is None) == (other, False, False)
            else:
                refusals.add(_refusal(answer))
        for nobody in ("999", "", "x" * 3000):
            refusals.add(_refusal(callers.people[caller].call(DETAILS, {"id": nobody})))
    assert len(refusals) == 1, "who is hidden looks like who is not there"


def _refusal(answer: Answer) -> tuple[str, str]:
    assert answer.json["data"] is None
    return answer.code, answer.error["message"]


def test_user_details_have_all_fields(callers: Callers) -> None:
    assert callers.people[SOFIA].call(DETAILS, {"id": SOFIA}).data["userDetails"] == {
        "id": SOFIA,
        "nid": "sofia",
        "rid": SOFIA,
        "name": "Sofia S.",
        "firstName": "Sofia",
        "lastName": "Silva",
        "photoUrl": "https://studio.test/sofia.jpg",
        "email": "Sofia@Example.test",
        "location": {
            "countryName": "Germany",
            "cityName": "Berlin",
            "zip": BERLIN.zip,
            "street": BERLIN.address,
            "timezone": "Europe/Berlin",
        },
    }


def test_user_ids_by_email_finds_only_colleagues(callers: Callers) -> None:
    addresses = {
        one: found.email for one in KNOWN if (found := callers.people[ODA].souk.table.get(USERS, one, consistent=True))
    }
    empty = {"totalCount": 0, "edges": []}
    for caller, known in KNOWN.items():
        for other, address in addresses.items():
            for spelled in (address, address.upper(), f" {address} "):
                found = callers.people[caller].call(BY_EMAIL, {"email": spelled}).data["userIdsByEmail"]
                if other not in known:
                    assert found == empty
                    continue
                (edge,) = found["edges"]
                assert (found["totalCount"], edge["cursor"], edge["node"]["id"]) == (1, other, other)
                assert edge["node"]["email"] == edge["node"]["user"]["email"] == address
        for nobody in ("no@body.test", "", "x" * 3000, "@"):
            assert callers.people[caller].call(BY_EMAIL, {"email": nobody}).data["userIdsByEmail"] == empty


def test_person_without_profile_has_no_title(callers: Callers) -> None:
    query = '{ userIdsByEmail(email: "sofia@example.test") { edges { node { title visibilityLevel } } } }'
    (edge,) = callers.people[SOFIA].call(query).data["userIdsByEmail"]["edges"]
    assert edge == {"node": {"title": None, "visibilityLevel": None}}


def staffs(caller: Person, user_id: str, **conditions: Any) -> list[dict[str, Any]]:
    found = caller.call(STAFFS, {"id": user_id} | conditions).data["staffsByPersonId"]
    nodes = [edge["node"] for edge in found["edges"]]
    if "page" not in conditions:
        assert found["totalCount"] == len(nodes)
    return nodes


def test_memberships_are_visible_to_person_and_admins(callers: Callers) -> None:
    table = callers.people[OLIVIA].souk.table
    for place, role in ((OPS, Role.MEMBER), (RIVAL, Role.MEMBER)):
        tx = table.transaction()
        tx.create(
            MEMBERSHIPS,
            Membership(
                id=new_id(),
                user_id=LIAM,
                organization_id=place,
                company_id=RIVAL if place == RIVAL else ACME,
                role=role,
            ),
        )
        tx.commit()
    seen = {
        caller: {node["organization"]["id"] for node in staffs(callers.people[caller], LIAM)}
        for caller in callers.people
    }
    assert seen == {
        OLIVIA: {WEB, OPS},
        LIAM: {WEB, OPS, RIVAL},
        OMAR: {RIVAL},
        SOFIA: set(),
        ROBOT: set(),
        ODA: {WEB, OPS, RIVAL},
    }
    assert staffs(callers.people[OLIVIA], "999") == staffs(callers.people[OLIVIA], "") == []
    add(table, "170", WEB, ACME, Role.ADMIN)
    chief = person(callers.people[OLIVIA].souk, "170", WEB)
    assert {node["organization"]["id"] for node in staffs(chief, LIAM)} == {WEB}
    assert staffs(chief, OLIVIA) == []


def test_reference_example_of_memberships(callers: Callers) -> None:
    """The example of the reference (line 5351), for a freelancer: only the kind of organization differs."""
    example = """{ staffsByPersonId( personId: "%s" hiddenOrg: false orgLegacyType: Vendor orgType: SoleProprietor
      activeOrg: true eac: false hierarchy: true pagination: {after: null, first: 100} ) {
      edges { node { id user { id nid name } organization { id name } activationStatus owner creationDate staffType
        exclusiveAgencyContractor isDefault orgId } } totalCount pageInfo { hasNextPage endCursor } } }"""
    found = callers.people[SOFIA].call(example % SOFIA).data["staffsByPersonId"]
    ((edge,), total) = found["edges"], found["totalCount"]
    assert total == 1
    assert edge["node"] | {"id": "", "creationDate": ""} == {
        "id": "",
        "user": {"id": SOFIA, "nid": "sofia", "name": "Sofia S."},
        "organization": {"id": SOLO, "name": "Sofia"},
        "activationStatus": 1,
        "owner": True,
        "creationDate": "",
        "staffType": 3,
        "exclusiveAgencyContractor": False,
        "isDefault": True,
        "orgId": SOLO,
    }


def test_memberships_are_filtered_and_paged(callers: Callers) -> None:
    caller = callers.people[LIAM]
    table = caller.souk.table
    agency = organization("501", "Pixel", legacy_type="VENDOR")
    tx = table.transaction()
    tx.create(ORGANIZATIONS, agency)
    places = {"501": Role.MEMBER, OPS: Role.MEMBER, ACME: Role.OWNER, SOLO: Role.MEMBER}
    for number, (place, role) in enumerate(places.items()):
        company = ACME if place in {ACME, OPS} else place
        tx.create(
            MEMBERSHIPS,
            Membership(
                id=f"900{number}",
                user_id=LIAM,
                organization_id=place,
                company_id=company,
                role=role,
                active=place != OPS,
            ),
        )
    tx.commit()

    def chosen(**conditions: Any) -> set[str]:
        return {node["organization"]["id"] for node in staffs(caller, LIAM, **conditions)}

    everything = {WEB, OPS, ACME, "501", SOLO}
    assert chosen() == chosen(hierarchy=True) == chosen(eac=False) == chosen(hidden=False) == everything
    assert chosen(hierarchy=False) == {ACME, "501", SOLO}
    assert chosen(status=1) == everything - {OPS}
    assert chosen(status=2) == {OPS}
    assert chosen(status=3) == chosen(eac=True) == chosen(hidden=True) == chosen(type="x") == set()
    assert chosen(type="3") == {ACME}
    assert chosen(type="2") == everything - {ACME}
    assert chosen(affiliate=True) == {"501"}
    assert chosen(side="Vendor") == {"501", SOLO}
    assert chosen(kind="SoleProprietor") == {SOLO}
    assert chosen(side="Vendor", kind="Business", active=True, status=1, hierarchy=True) == {"501"}
    pages: list[list[str]] = []
    after = None
    while len(pages) < 3:
        found = caller.call(STAFFS, {"id": LIAM, "page": {"first": 2, "after": after}}).data["staffsByPersonId"]
        pages.append([edge["node"]["organization"]["id"] for edge in found["edges"]])
        after = found["pageInfo"]["endCursor"]
        assert found["pageInfo"]["hasNextPage"] is (len(pages) < 3)
    assert [one for page in pages for one in page] == [node["organization"]["id"] for node in staffs(caller, LIAM)]


def test_many_memberships_need_no_more_reads(callers: Callers) -> None:
    caller = callers.people[LIAM]
    few = caller.call(STAFFS, {"id": LIAM})
    tx = caller.souk.table.transaction()
    for number in range(30):
        tx.create(ORGANIZATIONS, PLACES[1].model_copy(update={"id": str(700 + number)}))
        tx.create(
            MEMBERSHIPS,
            Membership(id=new_id(), user_id=LIAM, organization_id=str(700 + number), company_id=ACME, role=Role.MEMBER),
        )
    tx.commit()
    many = caller.call(STAFFS, {"id": LIAM})
    assert many.data["staffsByPersonId"]["totalCount"] == 31
    assert many.trips == few.trips


def test_service_account_without_role_sees_only_itself(callers: Callers) -> None:
    robot = callers.people[ROBOT]
    own = robot.call(
        "{ user { id email } organization { id name company { id } } companySelector { items { title } } }"
    )
    assert own.data == {
        "user": {"id": ROBOT, "email": "P150@Example.test"},
        "organization": {"id": ACME, "name": "Acme", "company": None},
        "companySelector": {"items": [{"title": "Acme"}]},
    }
    for query in (
        "{ organization { staffs { totalCount } } }",
        '{ organization { childOrganizations(userId: "101") { id } } }',
        '{ organization { userPermissions(filter: {resourceType_eq: OPENING, userId: "101"}) { offset } } }',
        '{ userDetails(id: "101") { email } }',
    ):
        assert robot.call(query).code in {"FORBIDDEN", "NOT_FOUND"}
    assert robot.call("{ organization { childOrganizations { id } } }").data == {
        "organization": {"childOrganizations": []}
    }
    assert robot.call('{ company(id: "201") { private { id } } }').data == {"company": {"private": None}}
    assert robot.call('{ accountAuditRecord(processInstanceId: "1") { status } }').data == {"accountAuditRecord": None}
    assert staffs(robot, OLIVIA) == []


# Property tests of the rules

roles = st.sampled_from(Role)
places = st.sampled_from([ACME, WEB, RIVAL])


@given(
    role=roles,
    company=st.sampled_from([ACME, RIVAL]),
    of=st.lists(st.sampled_from([ACME, RIVAL, SOLO]), unique=True),
    same=st.booleans(),
    operator=st.booleans(),
)
def test_personal_data_visibility(*, role: Role, company: str, of: list[str], same: bool, operator: bool) -> None:
    caller = Principal("1", "k", company, company, role, frozenset(), operator)
    other = user("1" if same else "2", "Nina", "Nilsen", ACME, company_ids=tuple(of))
    expected = operator or same or (role is not Role.NONE and company in of)
    assert privacy.person_shown(other, _Request(caller)) is expected


@given(role=roles, context=places, of=places, same=st.booleans())
def test_memberships_of_others_require_admin(*, role: Role, context: str, of: str, same: bool) -> None:
    root = {ACME: ACME, WEB: ACME, RIVAL: RIVAL}
    caller = Principal("1", "k", context, root[context], role, frozenset())
    one = Membership(
        id=new_id(), user_id="1" if same else "2", organization_id=of, company_id=root[of], role=Role.MEMBER
    )
    governs = role in (Role.OWNER, Role.ADMIN) and (context == of or context == root[of])
    assert privacy.membership_shown(one, _Request(caller)) is (same or governs)


@given(role=roles, context=places, of=places, same=st.booleans())
def test_permissions_of_person_visibility(*, role: Role, context: str, of: str, same: bool) -> None:
    root = {ACME: ACME, WEB: ACME, RIVAL: RIVAL}
    caller = Principal("1", "k", context, root[context], role, frozenset())
    place = organization(of, "Place", company_id=root[of])
    own = same and root[context] == root[of]
    governs = role in (Role.OWNER, Role.ADMIN) and (context == of or context == root[of])
    assert privacy.permissions_shown(_Request(caller), place, "1" if same else "2") is (own or governs)


@given(conditions=st.builds(StaffFilter, status=st.none() | st.integers(0, 3), eac=st.none() | st.booleans()))
def test_filter_never_adds_memberships(conditions: StaffFilter) -> None:
    one = Membership(id=new_id(), user_id="1", organization_id=WEB, company_id=ACME, role=Role.MEMBER)
    assert StaffFilter().fits(one, PLACES[1])
    assert conditions.fits(one, PLACES[1]) is (conditions.status in (None, 1) and conditions.eac is not True)


class _Request:
    def __init__(self, principal: Principal) -> None:
        self.principal = principal
