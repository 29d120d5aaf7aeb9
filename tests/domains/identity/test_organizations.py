"""Creating teams, changing organizations, and their audit records."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS
from souk.domains.identity.inputs import Address, CreateOrganization, UpdateOrganization
from souk.domains.identity.model import Location
from souk.domains.identity.rules import organizations as rules
from souk.domains.identity.store import ORGANIZATIONS, teams_of
from souk.storage import Table
from souk.values.errors import Unprocessable
from tests.domains.identity.people import (
    ACME,
    ACME_COMPANY,
    LIAM,
    OLIVIA,
    OMAR,
    OPS,
    RIVAL,
    SOFIA,
    SOLO,
    WEB,
    add,
    organization,
    settle,
)
from tests.support.api import Answer, Person, Souk, person

CREATE = "mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) { id success } }"
UPDATE = "mutation ($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { id success } }"
RECORD = """query ($id: ID!) { accountAuditRecord(processInstanceId: $id) {
  processInstanceId status metadata { key value } } }"""


@pytest.fixture
def olivia(souk: Souk) -> Person:
    settle(souk.table)
    return person(souk, OLIVIA, ACME)


def create(caller: Person, **facts: Any) -> Answer:
    return caller.call(CREATE, {"input": {"parentOrganizationId": ACME, "organizationName": "Labs"} | facts})


def update(caller: Person, **facts: Any) -> Answer:
    return caller.call(UPDATE, {"input": {"id": ACME, "organizationName": "Acme"} | facts})


def told(caller: Person, change: str) -> dict[str, str]:
    record = caller.call(RECORD, {"id": change}).data["accountAuditRecord"]
    assert (record["processInstanceId"], record["status"]) == (change, "COMPLETED")
    return {one["key"]: one["value"] for one in record["metadata"]}


def stored(caller: Person, organization_id: str) -> Any:
    return caller.souk.table.get(ORGANIZATIONS, organization_id, consistent=True)


def test_create_team_adds_member_and_audit_record(olivia: Person) -> None:
    made = create(olivia, organizationName="  Labs ", country="France", type="CLIENT", aceRid=ACME).data[
        "createOrganization"
    ]
    assert made["success"] is True
    facts = told(olivia, made["id"])
    team = stored(olivia, facts["organizationId"])
    assert (team.name, team.company_id, team.parent_id, team.location.country) == ("Labs", ACME, ACME, "FR")
    assert (facts["action"], facts["userId"], facts["organizationName"]) == ("createOrganization", OLIVIA, "Labs")
    answer = olivia.call(
        "{ organization { name } user { userPermissions(filter: {resourceType_eq: ORGANIZATION, "
        "returnFirstGrantedResult_eq: true}) { edges { node { action } } } } }",
        tenant=team.id,
    )
    assert answer.data["organization"]["name"] == "Labs"
    children = olivia.call("{ organization { childOrganizations { id } } }").data["organization"]["childOrganizations"]
    assert {one["id"] for one in children} == {WEB, OPS, team.id}


def test_team_country_defaults_to_company(olivia: Person) -> None:
    change = create(olivia).data["createOrganization"]["id"]
    assert stored(olivia, told(olivia, change)["organizationId"]).location == Location(country="US")


def test_create_team_with_invalid_input_fails(olivia: Person) -> None:
    for facts, said in (
        ({"organizationName": "  "}, "organizationName"),
        ({"organizationName": "x" * 101}, "organizationName"),
        ({"organizationName": "a\nb"}, "organizationName"),
        ({"organizationName": "a\u202eb"}, "organizationName"),
        ({"organizationName": "\u200b"}, "organizationName"),
        ({"organizationName": "\u200d\u200c"}, "organizationName"),
        ({"organizationName": "a\u2066b"}, "organizationName"),
        ({"organizationName": "a\x85b"}, "organizationName"),
        ({"country": "Atlantis"}, "country"),
        ({"country": "x" * 5000}, "country"),
        ({"type": "AGENCY"}, "type"),
        ({"type": "SOLE_PROPRIETOR"}, "type"),
        ({"aceRid": RIVAL}, "aceRid"),
    ):
        answer = create(olivia, **facts)
        assert (answer.code, said in answer.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert len(teams_of(olivia.souk.table, ACME)) == 2


def test_freelancer_and_team_cannot_have_teams(olivia: Person) -> None:
    sofia = person(olivia.souk, SOFIA, SOLO)
    assert "a freelancer's organization cannot" in create(sofia, parentOrganizationId=SOLO).error["message"]
    add(olivia.souk.table, "151", WEB, ACME, Role.OWNER)
    chief = person(olivia.souk, "151", WEB)
    assert "a team cannot have teams" in create(chief, parentOrganizationId=WEB).error["message"]


def test_create_team_respects_limit(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_TEAMS", 3)
    assert create(olivia).data
    assert create(olivia).code == "UNPROCESSABLE_CONTENT"


def test_inactive_company_cannot_create_team(olivia: Person) -> None:
    tx = olivia.souk.table.transaction()
    tx.update(ORGANIZATIONS, stored(olivia, ACME).model_copy(update={"active": False}))
    tx.commit()
    assert create(olivia).code == "FORBIDDEN"


def test_foreign_organization_is_not_found(olivia: Person) -> None:
    refusals = set()
    for other in (RIVAL, "999", "", "x" * 3000, SOLO):
        for answer in (create(olivia, parentOrganizationId=other), update(olivia, id=other)):
            refusals.add((answer.code, answer.error["message"]))
    assert len(refusals) == 1
    assert refusals.pop()[0] == "NOT_FOUND"


def test_change_organization_requires_admin(olivia: Person) -> None:
    souk = olivia.souk
    liam = person(souk, LIAM, WEB)
    assert [create(liam).code, update(liam).code] == ["NOT_FOUND", "NOT_FOUND"], "the request is for a team"
    assert update(liam, id=WEB, organizationName="Mine").code == "FORBIDDEN"
    for number, role in enumerate((Role.HIRING_MANAGER, Role.MEMBER, Role.NONE)):
        add(souk.table, f"15{number}", ACME, ACME, role)
        caller = person(souk, f"15{number}", ACME)
        refused = "NOT_FOUND" if role is Role.NONE else "FORBIDDEN"
        assert [create(caller).code, update(caller).code] == [refused, refused]
    add(souk.table, "160", ACME, ACME, Role.ADMIN)
    admin = person(souk, "160", ACME)
    assert create(admin).data
    assert update(admin, id=WEB, organizationName="Web shop").data
    assert stored(olivia, WEB).name == "Web shop"


def test_update_keeps_other_fields(olivia: Person) -> None:
    change = update(olivia, organizationName="Acme Worldwide", vatId="DE 123").data["updateOrganization"]["id"]
    after = stored(olivia, ACME)
    assert after == ACME_COMPANY.model_copy(update={"name": "Acme Worldwide", "vat_id": "DE 123", "version": 2})
    assert told(olivia, change)["changed"] == "name, vatId"
    private = olivia.call('{ company(id: "201") { private { vatId } } }').data["company"]["private"]
    assert private == {"vatId": "DE 123"}


def test_update_defaults_to_organization_of_request(olivia: Person) -> None:
    assert olivia.call(UPDATE, {"input": {"organizationName": "Anvils"}}).data
    assert stored(olivia, ACME).name == "Anvils"


def test_new_city_changes_timezone_and_coordinates(olivia: Person) -> None:
    address = {"city": "Lisbon", "country": "Portugal", "state": None, "zipCode": "1100", "address": "Rua Augusta 1"}
    assert update(olivia, address=address).data
    place = stored(olivia, ACME).location
    assert (place.country, place.state, place.zip, place.timezone) == ("PT", None, "1100", "Europe/Lisbon")
    assert round(place.latitude) == 39
    assert update(olivia, address={"city": "Nowhere at all"}).data
    place = stored(olivia, ACME).location
    assert (place.country, place.timezone, place.latitude) == ("PT", "Europe/Lisbon", None)


def test_invalid_update_is_rejected(olivia: Person) -> None:
    wishes: tuple[dict[str, Any], ...] = (
        {"hidden": True},
        {"parentOrganizationId": RIVAL},
        {"organizationName": ""},
        {"vatId": "DE<1>"},
        {"vatId": "1" * 31},
        {"address": {"country": "Atlantis"}},
        {"address": {"city": "x" * 101}},
        {"address": {"zipCode": "1\r\n2"}},
    )
    for facts in wishes:
        assert update(olivia, **facts).code == "UNPROCESSABLE_CONTENT"
    assert stored(olivia, ACME).version == 1


def test_team_can_be_hidden_and_unhidden(olivia: Person) -> None:
    for hidden in (True, False):
        assert update(olivia, id=WEB, organizationName="Web", hidden=hidden, parentOrganizationId=ACME).data
        assert stored(olivia, WEB).hidden is hidden


def test_audit_record_requires_admin(olivia: Person) -> None:
    souk = olivia.souk
    company = update(olivia).data["updateOrganization"]["id"]
    team = update(olivia, id=WEB, organizationName="Web").data["updateOrganization"]["id"]
    for number, role in enumerate((Role.ADMIN, Role.HIRING_MANAGER, Role.MEMBER, Role.NONE)):
        add(souk.table, f"15{number}", ACME, ACME, role)
    add(souk.table, "160", WEB, ACME, Role.ADMIN)
    seen = {
        caller.user_id: [bool(caller.call(RECORD, {"id": id_}).data["accountAuditRecord"]) for id_ in (company, team)]
        for caller in (
            *(person(souk, f"15{number}", ACME) for number in range(4)),
            person(souk, "160", WEB),
            person(souk, LIAM, WEB),
            person(souk, OMAR, RIVAL),
        )
    }
    assert seen == {
        "150": [True, True],
        "151": [False, False],
        "152": [False, False],
        "153": [False, False],
        "160": [False, True],
        LIAM: [False, False],
        OMAR: [False, False],
    }
    assert olivia.call(RECORD, {"id": "17"}).data["accountAuditRecord"] is None


def test_concurrent_changes_have_one_winner(table: Table) -> None:
    settle(table)
    before = table.get(ORGANIZATIONS, ACME)
    assert before
    results = []
    for name in ("One", "Two"):
        tx = table.transaction()
        tx.update(ORGANIZATIONS, rules.apply_change(before, UpdateOrganization(organization_name=name)))
        try:
            tx.commit()
        except Exception as refused:  # noqa: BLE001 - its code is checked
            results.append(getattr(refused, "code", None))
    assert results == ["CONFLICT"]


text = st.text(max_size=120)


@given(
    address=st.builds(Address, address=text, city=text, state=text, country=text, zip_code=text), name=text, vat=text
)
def test_any_update_is_valid_or_rejected(address: Address, name: str, vat: str) -> None:
    try:
        after = rules.apply_change(
            ACME_COMPANY, UpdateOrganization(organization_name=name, vat_id=vat, address=address)
        )
    except Unprocessable:
        return
    assert 1 <= len(after.name) <= 100
    assert after.name.isprintable() or not any(ord(char) < 32 for char in after.name)
    assert after.location.country is None or len(after.location.country) == 2
    assert after.company_id == ACME


@given(teams=st.integers(0, 400), name=text)
def test_team_belongs_to_company(teams: int, name: str) -> None:
    wanted = CreateOrganization(parent_organization_id=ACME, organization_name=name)
    try:
        team = rules.new_team("9", ACME_COMPANY, teams, wanted, datetime(2026, 1, 1, tzinfo=UTC))
    except Unprocessable:
        assert teams >= rules.MAX_TEAMS or not name.strip() or len(name.strip()) > 100 or not name.isprintable()
        return
    assert (team.company_id, team.parent_id, team.enterprise, team.total_spent) == (ACME, ACME, False, 0)


def test_location_without_city_is_kept() -> None:
    assert (
        rules.with_address(ACME_COMPANY.location, Address(zip_code="94106")).latitude == ACME_COMPANY.location.latitude
    )
    assert organization("1", "One").location == rules.with_address(Location(), Address())


@pytest.mark.parametrize("cleared", [None, "", " ", "\t\u3000\n"])
@pytest.mark.parametrize(("given", "part"), [("address", "address"), ("state", "state"), ("zip_code", "zip")])
def test_blank_text_clears_address_field(given: str, part: str, cleared: str | None) -> None:
    before = Location(country="US", city="Austin", address="1 Main St", state="TX", zip="78701")
    after = rules.with_address(before, Address.model_validate({given: cleared}))
    assert after == before.model_copy(update={part: None})


@pytest.mark.parametrize(
    ("given", "path"),
    [("address", "address"), ("city", "city"), ("state", "state"), ("zip_code", "zipCode"), ("country", "country")],
)
def test_address_error_names_input_field(given: str, path: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        rules.with_address(Location(), Address.model_validate({given: "x" * 201}))
    assert refused.value.message.startswith(f"input.address.{path}: ")


def test_creator_keeps_role_in_team(olivia: Person) -> None:
    change = create(olivia).data["createOrganization"]["id"]
    team = told(olivia, change)["organizationId"]
    membership = olivia.souk.table.get(MEMBERSHIPS, OLIVIA, team)
    assert membership is not None
    assert (membership.role, membership.company_id) == (Role.OWNER, ACME)
