"""Adding, changing, archiving and listing activities."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from souk.domains.activities import store
from souk.domains.activities.store import ACTIVITIES
from tests.domains.activities.world import LIST, ActivitiesWorld
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK
from tests.support.racing import at_once
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, RIVAL, STUDIO


def test_activity_from_addition_to_archive(world: ActivitiesWorld) -> None:
    CLOCK.at(datetime(2026, 11, 23, 9, 12, 57, tzinfo=UTC))
    made = world.add("draw", who=world.liam, budget=2500.5, contractIds=[world.design.id]).data["addTeamActivity"]
    assert made["success"] is True
    (shown,) = world.listed(world.max)
    assert shown == {
        "recordId": made["id"],
        "code": "draw",
        "codeOrder": "draw",
        "description": "About draw",
        "url": None,
        "status": "active",
        "level": "team",
        "teamId": DESIGN,
        "companyId": ACME,
        "userId": None,
        "createdTime": "2026-11-23 09:12:57",
        "budget": 2500.5,
        "totalContracts": 1,
        "contracts": [{"contractId": world.design.id}],
    }
    url = "HTTPS://Wiki.Example.com/draw"
    assert world.update("draw", description=" All  drawings ", url=url, budget=0, who=world.liam).data
    (changed,) = world.listed(world.liam)
    new = {"description": "All drawings", "url": "https://wiki.example.com/draw", "budget": 0.0}
    assert changed == shown | new, "null and what is left out stay"
    assert world.update("draw", url="").data
    assert world.listed()[0]["url"] is None

    assert world.add("Draw", budget=None).data, "codes differ by case"
    assert world.codes() == ["Draw", "draw"]
    assert world.set_status("archiveTeamActivity", ["draw", "Draw", "draw"], who=world.liam).data
    assert [one["status"] for one in world.listed()] == ["archived", "archived"]
    stored = world.souk.table.get(ACTIVITIES, DESIGN, "draw")
    assert world.set_status("archiveTeamActivity", ["draw"]).data
    assert world.souk.table.get(ACTIVITIES, DESIGN, "draw") == stored, "archiving twice changes nothing"
    assert world.set_status("unarchiveTeamActivity", ["draw"]).data
    assert world.update("Draw", status="active").data
    assert [one["status"] for one in world.listed()] == ["active", "active"]
    assert world.update("Draw", status="archived").data
    unknown = world.set_status("archiveTeamActivity", ["draw", "paint"])
    assert unknown.code == "NOT_FOUND"
    assert "'paint'" in unknown.error["message"]
    assert world.codes(status="active") == ["draw"], "all or none"
    assert world.codes(status="archived") == ["Draw"]


def test_company_and_teams_have_activities_of_their_own(world: ActivitiesWorld) -> None:
    for team in (None, DESIGN, BUILD):
        assert world.add("meet", team=team).data
    assert world.add("meet", team=None).code == "CONFLICT"
    assert [(one["level"], one["teamId"]) for one in world.listed(team=None)] == [("company", None)]
    assert [(one["level"], one["teamId"]) for one in world.listed(org=DESIGN, team=None)] == [("team", DESIGN)]
    assert world.update("meet", team=BUILD, description="Build only").data
    assert [one["description"] for one in world.listed(world.liam)] == ["About meet"]


def test_who_reads_and_changes_activities(world: ActivitiesWorld) -> None:
    assert world.add("draw", contractIds=[world.design.id]).data
    changes: tuple[Callable[[Person, str | None], Answer], ...] = (
        lambda who, team: world.add("more", who=who, team=team),
        lambda who, team: world.update("draw", who=who, team=team, description="Mine"),
        lambda who, team: world.set_status("archiveTeamActivity", ["draw"], who=who, team=team),
        lambda who, team: world.set_status("unarchiveTeamActivity", ["draw"], who=who, team=team),
        lambda who, team: world.assign(world.design, [], who=who, team=team),
    )
    for change in changes:
        assert change(world.max, DESIGN).code == "FORBIDDEN", "members only read"
        for who in (world.omar, world.sofia, world.noah):
            assert change(who, DESIGN).code == "NOT_FOUND"
        for team in (None, BUILD, RIVAL, STUDIO, "1", "", "x" * 3_000):
            assert change(world.liam, team).code == "NOT_FOUND", "a manager of one team"
    assert world.codes(world.max) == ["draw"]
    for who in (world.omar, world.sofia, world.noah):
        assert world.try_list(who).code == "NOT_FOUND"
    for team in (None, BUILD):
        assert world.try_list(world.liam, team=team).code == "NOT_FOUND"
    for org, team in ((DESIGN, BUILD), (RIVAL, DESIGN), (ACME, RIVAL), ("1", None), (STUDIO, None)):
        assert world.try_list(org=org, team=team).code == "NOT_FOUND"
    assert world.codes(world.omar, org=RIVAL, team=None) == []
    own = """mutation ($org: ID!) { addTeamActivity(orgId: $org, request: {code: "a", description: "b"}) { id } }"""
    assert world.sofia.call(own, {"org": STUDIO}).code == "FORBIDDEN", "freelancers track for the activities of clients"
    (left,) = world.listed()
    assert (left["description"], left["status"], left["totalContracts"]) == ("About draw", "active", 1)


def test_invalid_values_are_refused(world: ActivitiesWorld) -> None:
    wrong: dict[str, list[dict[str, Any]]] = {
        "code": [{"code": code} for code in ("", "a b", "a" * 51, "ä", "a/b", "a#", "\0", "٣")],
        "description": [{"description": text} for text in ("", " ", "x" * 501, "\0", "\u202e")],
        "budget": [{"budget": budget} for budget in (-1, 1.005, 1e13, 1e300)],
        "contractIds.0": [{"contractIds": ["x"]}],
        "contractIds": [
            {"contractIds": [str(one) for one in range(91)]},
            {"contractIds": [], "batchAssignment": "allInOrg"},
        ],
    }
    for path, inputs in wrong.items():
        for given in inputs:
            refused = world.add(**{"code": "draw", **given})
            assert refused.code == "UNPROCESSABLE_CONTENT", given
            assert refused.error["extensions"]["fields"][0]["path"] == f"request.{path}"
    assert world.codes() == []


def test_invalid_changes_are_refused(world: ActivitiesWorld) -> None:
    assert world.add("draw").data
    for given in (
        {"description": ""},
        {"url": "javascript:alert(1)"},
        {"url": "https://u:p@a.example"},
        {"budget": -2},
    ):
        assert world.update("draw", **given).code == "UNPROCESSABLE_CONTENT"
    for status in ("ACTIVE", "", "deleted"):
        assert world.update("draw", status=status).code == "UNPROCESSABLE_CONTENT"
        assert world.try_list(status=status).code == "UNPROCESSABLE_CONTENT"
    for code in ("paint", "", "\0", "x" * 5_000, "draw#"):
        assert world.update(code, description="Other").code == "NOT_FOUND"
    assert world.set_status("archiveTeamActivity", [str(one) for one in range(91)]).code == "UNPROCESSABLE_CONTENT"
    assert world.set_status("archiveTeamActivity", []).data
    assert world.listed()[0]["status"] == "active"


def test_search_filter_and_pages(world: ActivitiesWorld) -> None:
    for code, description in (("draw", "Straße"), ("draw.2", "Logo"), ("paint", "The DRAWING room"), ("zoom", "50%_")):
        assert world.add(code, description=description).data
    assert world.codes(search="draw") == ["draw", "draw.2", "paint"]
    assert world.codes(search=" STRASSE ") == ["draw"]
    assert world.codes(search="%_") == ["zoom"]
    assert world.codes(search=".*") == []
    assert world.codes(search="") == ["draw", "draw.2", "paint", "zoom"]
    page = world.try_list(page={"pageOffset": 1, "pageSize": 2}).data["teamActivities"]
    assert page["page"] == {"pageOffset": 1, "pageSize": 2}
    assert [edge["node"]["code"] for edge in page["edges"]] == ["draw.2", "paint"]
    assert page["totalCount"] == 4
    assert world.codes(page={"pageOffset": 9, "pageSize": 100}) == []
    assert world.codes(page={"pageOffset": 1, "pageSize": 1}, search="draw") == ["draw.2"]
    for offset, size in ((0, 0), (0, 101), (0, -1), (-1, 5)):
        assert world.try_list(page={"pageOffset": offset, "pageSize": size}).code == "UNPROCESSABLE_CONTENT"
    for wrong in ({"search": "x" * 201}, {"detailsLimit": -1}, {"detailsLimit": 51}, {"contractId": "x"}):
        assert world.try_list(**wrong).code == "UNPROCESSABLE_CONTENT"


def test_page_costs_one_read_however_long(world: ActivitiesWorld) -> None:
    bare = LIST.replace("totalCount", "").replace("totalContracts contracts { contractId }", "")
    for code in ("a", "b", "c"):
        assert world.add(code).data
    few = world.try_list(query=bare, page={"pageOffset": 0, "pageSize": 2}).trips
    for number in range(12):
        assert world.add(f"code-{number}").data
    assert world.try_list(query=bare, page={"pageOffset": 0, "pageSize": 14}).trips == few


def test_number_of_activities_is_bounded(world: ActivitiesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_ACTIVITIES", 2)
    assert world.add("a").data
    assert world.add("b").data
    assert world.set_status("archiveTeamActivity", ["a"]).data
    refused = world.add("c")
    assert (refused.code, "archived ones too" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert world.add("c", team=BUILD).data
    assert world.codes() == ["a", "b"]


def test_concurrent_additions_make_one_activity(world: ActivitiesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.olivia.token
    assert at_once(monkeypatch, lambda: world.add("draw")) == {"done": 1, "CONFLICT": 49}
    assert world.codes() == ["draw"]
