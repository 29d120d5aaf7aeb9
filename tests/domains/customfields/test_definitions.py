"""Definitions: who may make them and see them, their options, and what a change of them does."""

from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.domains.customfields.rules import defining
from souk.domains.customfields.store import REGISTERS
from tests.support.api import Answer, Person, person
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, BUILD, DEFINE, DESIGN, MAX, OLIVIA, RIVAL
from tests.support.worlds.offers import OffersWorld

_SHOWN = """{ id label type required aclType active team { id } organization { id } creator { id }
  createdDateTime modifiedDateTime
  options { id value displayValue description orderIndex active inUse teams { id } } }"""
ONE = f"query ($id: ID!) {{ customFieldDefinition(id: $id) {_SHOWN} }}"
LIST = f"""query ($filter: CustomFieldDefinitionFilter, $page: Pagination) {{
  customFieldDefinitions(filter: $filter, pagination: $page) {{
    totalCount edges {{ node {_SHOWN} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
UPDATE = f"mutation ($input: UpdateCustomFieldInput!) {{ updateCustomField(input: $input) {_SHOWN} }}"
ARCHIVE = f"mutation ($id: ID!) {{ archiveCustomField(id: $id) {_SHOWN} }}"


def define(who: Person, **fields: Any) -> Answer:
    return who.call(DEFINE, {"input": {"label": "Cost centre", "type": "TEXT_FIELD", **fields}})


def read(who: Person, id_: str) -> Any:
    return who.call(ONE, {"id": id_}).data["customFieldDefinition"]


def listed(who: Person, **conditions: Any) -> list[str]:
    found = who.call(LIST, {"filter": conditions, "page": {"first": 50}}).data["customFieldDefinitions"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"]["label"] for edge in found["edges"]]


def update(who: Person, id_: str, **changes: Any) -> Answer:
    return who.call(UPDATE, {"input": {"id": id_, **changes}})


def admin_of_design(world: OffersWorld) -> Person:
    return person(world.souk, MAX, DESIGN, company_id=ACME, role=Role.ADMIN)


def test_definitions_by_company_and_team(world: OffersWorld) -> None:
    design = admin_of_design(world)
    company = world.define("Cost centre", required=True)
    team = world.define("Studio", "DROP_DOWN_LIST", who=design, aclType="TEAM", teamId=DESIGN, options=["North"])
    world.define("Site", "NUMERIC", aclType="TEAM", teamId=BUILD)
    shown = read(world.liam, team)
    assert (shown["aclType"], shown["team"], shown["organization"]) == ("TEAM", {"id": DESIGN}, {"id": ACME})
    assert (shown["creator"], shown["active"], shown["required"]) == ({"id": MAX}, True, False)
    assert listed(world.olivia) == ["Cost centre", "Studio", "Site"]
    assert listed(world.liam) == ["Cost centre", "Studio"]
    assert listed(world.olivia, organizationId_eq=BUILD) == ["Cost centre", "Site"]
    assert listed(world.olivia, organizationId_eq=ACME) == ["Cost centre", "Studio", "Site"]
    assert listed(world.liam, organizationId_eq=BUILD) == listed(world.olivia, organizationId_eq=RIVAL) == []
    assert listed(world.olivia, type_any=["NUMERIC"], active_eq=True) == ["Site"]
    assert listed(world.olivia, active_eq=False) == listed(world.omar) == listed(world.sofia) == []
    for stranger, id_ in ((world.omar, company), (world.sofia, team), (world.olivia, "4711"), (world.liam, "x#y")):
        assert stranger.call(ONE, {"id": id_}).code == "NOT_FOUND"
        assert update(stranger, id_, label="Mine").code == "NOT_FOUND"
        assert stranger.call(ARCHIVE, {"id": id_}).code == "NOT_FOUND"


def test_owners_and_admins_define(world: OffersWorld) -> None:
    design = admin_of_design(world)
    company = world.define("Cost centre")
    team = world.define("Studio", aclType="TEAM", teamId=DESIGN)
    assert define(design, label="Room").code == "FORBIDDEN"
    assert define(design, label="Room", aclType="TEAM", teamId=BUILD).code == "FORBIDDEN"
    assert update(design, company, label="Room").code == "FORBIDDEN"
    assert update(design, team, aclType="COMPANY").code == "FORBIDDEN"
    assert update(design, team, label="Room").data
    assert update(design, team, teamId=BUILD).code == "FORBIDDEN"
    for who in (world.liam, world.sofia):
        assert define(who, label="Mine", aclType="COMPANY").code == "FORBIDDEN"
    assert world.liam.call(ARCHIVE, {"id": team}).code == "FORBIDDEN"
    assert define(world.omar, organizationId=ACME).code == "NOT_FOUND"
    assert define(world.olivia, organizationId=ACME, label="Room 2").data


HOSTILE: list[tuple[dict[str, Any], str]] = [
    ({"label": " "}, "label"),
    ({"label": "x" * 101}, "label"),
    ({"label": "a\x00"}, "label"),
    ({"options": [{"value": "a"}]}, "options"),
    ({"type": "DROP_DOWN_LIST"}, "options"),
    ({"type": "DROP_DOWN_LIST", "options": []}, "options"),
    ({"type": "DROP_DOWN_LIST", "options": [{"value": str(at)} for at in range(201)]}, "options"),
    ({"type": "DROP_DOWN_LIST", "options": [{"value": "a"}, {"value": " a "}]}, "options.1.value"),
    ({"type": "DROP_DOWN_LIST", "options": [{"value": "a", "id": "1"}]}, "options.0.id"),
    ({"type": "DROP_DOWN_LIST", "options": [{"value": "a", "teamIds": [RIVAL]}]}, "options.0.teamIds"),
    ({"type": "DROP_DOWN_LIST", "options": [{"value": "a", "description": "x" * 501}]}, "options.0.description"),
    ({"aclType": "TEAM"}, "teamId"),
    ({"aclType": "TEAM", "teamId": RIVAL}, "teamId"),
    ({"aclType": "TEAM", "teamId": ACME}, "teamId"),
    ({"teamId": DESIGN}, "teamId"),
    ({"idempotencyKey": "x" * 201}, "idempotencyKey"),
]


def test_hostile_definition_is_refused(world: OffersWorld) -> None:
    for fields, path in HOSTILE:
        refused = define(world.olivia, **fields)
        assert refused.code == "UNPROCESSABLE_CONTENT", fields
        assert refused.error["extensions"]["fields"][0]["path"] == f"input.{path}"
    assert listed(world.olivia) == []


def test_options_keep_their_ids(world: OffersWorld) -> None:
    id_ = world.define("Colour", "DROP_DOWN_LIST", options=["red", {"value": "green", "displayValue": "Green!"}])
    red, green = read(world.olivia, id_)["options"]
    assert (green["displayValue"], green["orderIndex"], green["inUse"], green["teams"]) == ("Green!", 1, False, [])
    world.post(customFields={"responses": [{"customFieldId": id_, "value": "red"}]})
    assert [one["inUse"] for one in read(world.olivia, id_)["options"]] == [True, False]
    blue = {"value": "blue", "teamIds": [DESIGN]}
    changed = update(world.olivia, id_, options=[blue, {"id": green["id"], "value": "grün"}])
    shown = changed.data["updateCustomField"]["options"]
    assert [(one["value"], one["active"]) for one in shown] == [("blue", True), ("grün", True), ("red", False)]
    assert (shown[0]["teams"], shown[1]["id"], shown[2]["id"]) == ([{"id": DESIGN}], green["id"], red["id"])
    again = [{"id": red["id"], "value": "red"}]
    assert [one["value"] for one in update(world.olivia, id_, options=again).data["updateCustomField"]["options"]] == [
        "red"
    ], "removed options that no answer has are forgotten"
    assert update(world.olivia, id_, options=[*again, *again]).code == "UNPROCESSABLE_CONTENT"
    assert update(world.olivia, id_, type="NUMERIC").data["updateCustomField"]["options"] == []
    assert update(world.olivia, id_, type="DROP_DOWN_LIST_MULTIPLE_SELECT").code == "UNPROCESSABLE_CONTENT"


def test_labels_of_active_fields_are_unique(world: OffersWorld) -> None:
    first = world.define("Cost centre")
    assert define(world.olivia, label="COST  centre", aclType="TEAM", teamId=DESIGN).code == "CONFLICT"
    other = world.define("Room")
    assert update(world.olivia, other, label="Cost Centre").code == "CONFLICT"
    unchanged = update(world.olivia, other).data["updateCustomField"]
    assert unchanged["modifiedDateTime"] == unchanged["createdDateTime"]
    archived = world.olivia.call(ARCHIVE, {"id": first}).data
    assert archived["archiveCustomField"]["active"] is False
    assert world.olivia.call(ARCHIVE, {"id": first}).data == archived, "archiving again changes nothing"
    assert update(world.olivia, first, label="Other").code == "CONFLICT"
    assert update(world.olivia, other, label="Cost Centre").data
    assert listed(world.olivia, active_eq=False) == ["Cost centre"]


def test_number_of_fields_is_limited(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defining, "MAX_FIELDS", 2)
    first = world.define("One")
    world.define("Two")
    assert define(world.olivia, label="Three").code == "UNPROCESSABLE_CONTENT"
    world.olivia.call(ARCHIVE, {"id": first})
    assert define(world.olivia, label="Three").data


def test_idempotency_key_makes_one_field(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.olivia.token
    raced = meanwhile(monkeypatch, lambda: define(world.olivia, idempotencyKey="k"))
    second = define(world.olivia, idempotencyKey="k").data
    assert raced[0].data == second == define(world.olivia, idempotencyKey="k").data
    assert listed(world.olivia) == ["Cost centre"]
    assert define(world.olivia, idempotencyKey="k", required=True).code == "CONFLICT"


def test_concurrent_definitions_share_the_register(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.olivia.token
    raced = meanwhile(monkeypatch, lambda: define(world.olivia))
    assert define(world.olivia, label="cost centre").code == "CONFLICT"
    assert raced[0].data
    id_ = raced[0].data["createCustomField"]["id"]
    meanwhile(monkeypatch, lambda: world.olivia.call(ARCHIVE, {"id": id_}))
    assert update(world.olivia, id_, label="Room").code == "CONFLICT", "an archived field cannot be changed"
    register = world.souk.table.get(REGISTERS, ACME)
    assert register is not None
    assert register.fields == ()
    assert read(world.olivia, id_)["creator"] == {"id": OLIVIA}
