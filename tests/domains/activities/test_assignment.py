"""Assigning activities to contracts: lists, rules, and what freelancers and time see of them."""

from collections.abc import Callable
from random import Random

import pytest

from souk.authentication.principal import Role
from souk.domains.activities.commands import assigning
from souk.domains.activities.model import ActivityRef
from souk.domains.activities.rules.assignment import covers
from souk.domains.activities.store import activities_at, activities_of, assigned, check_activities
from souk.values.errors import Conflict
from tests.domains.activities.world import LIST, ActivitiesWorld
from tests.support.api import Answer, person
from tests.support.racing import meanwhile
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, LIAM, RIVAL
from tests.support.worlds.milestones import PARTIES


def test_contracts_of_an_activity_are_replaced(world: ActivitiesWorld) -> None:
    twice = [world.design.id, world.build.id, world.design.id]
    assert world.add("draw", contractIds=twice).data
    (shown,) = world.listed()
    assert (shown["totalContracts"], [one["contractId"] for one in shown["contracts"]]) == (2, twice[:2])
    assert world.listed(detailsLimit=1)[0]["contracts"] == [{"contractId": world.design.id}]
    assert world.listed(detailsLimit=0)[0]["contracts"] == []
    assert world.of(world.build) == [f"{DESIGN}/draw"]
    assert world.update("draw", description="Kept").data
    assert world.of(world.build) == [f"{DESIGN}/draw"]
    assert world.update("draw", contractIds=[world.company.id]).data
    assert (world.of(world.design), world.of(world.build)) == ([], [])
    assert world.of(world.company) == [f"{DESIGN}/draw"]
    assert world.update("draw", contractIds=[]).data
    assert world.of(world.company) == []


def test_contracts_of_others_are_not_found(world: ActivitiesWorld) -> None:
    assert world.add("draw", contractIds=[world.build.id]).data, "the company's owner knows all teams"
    for contract_id in (world.rival.id, "1"):
        refused = world.add("more", contractIds=[world.design.id, contract_id])
        assert refused.code == "NOT_FOUND"
        assert contract_id in refused.error["message"]
        assert world.update("draw", contractIds=[contract_id]).code == "NOT_FOUND"
        assert world.assign(contract_id, ["draw"]).code == "NOT_FOUND"
    assert world.add("more", who=world.liam, contractIds=[world.build.id]).code == "NOT_FOUND"
    assert world.assign(world.build, [], who=world.liam).code == "NOT_FOUND"
    kept = [world.build.id, world.design.id]
    assert world.update("draw", who=world.liam, contractIds=kept).data, "what is listed already can stay"
    assert world.codes() == ["draw"]
    assert world.of(world.rival) == []


def test_codes_of_a_contract_are_replaced(world: ActivitiesWorld) -> None:
    for code, team in (("a", DESIGN), ("b", DESIGN), ("c", DESIGN), ("a", None)):
        assert world.add(code, team=team).data
    assert world.assign(world.design, ["a"], team=None).data
    assert world.assign(world.design, ["a", "b", "a"], who=world.liam).data
    assert world.of(world.design) == [f"{ACME}/a", f"{DESIGN}/a", f"{DESIGN}/b"]
    assert world.assign(world.design, ["b", "c"]).data
    assert world.of(world.design) == [f"{ACME}/a", f"{DESIGN}/b", f"{DESIGN}/c"]
    before = world.listed()
    unknown = world.assign(world.design, ["a", "x"])
    assert (unknown.code, "'x'" in unknown.error["message"]) == ("NOT_FOUND", True)
    assert world.assign(world.design, ["a", None]).code == "UNPROCESSABLE_CONTENT"
    assert world.assign(world.design, [str(one) for one in range(51)]).code == "UNPROCESSABLE_CONTENT"
    assert world.listed() == before, "all or nothing"
    assert world.assign(world.design, []).data
    assert world.of(world.design) == [f"{ACME}/a"], "those of other teams stay"


def test_rules_cover_present_and_future_contracts(world: ActivitiesWorld) -> None:
    assert world.add("team", batchAssignment="allInOrg").data
    assert world.add("company", team=None, batchAssignment="allInOrg").data
    assert world.add("all", team=None, batchAssignment="allInTopLevelOrg").data
    assert world.add("own", who=world.liam, batchAssignment="allInMyOrgs").data
    later = world.add_contract(hourly_contract(parties=PARTIES))
    for contract in (world.design, later):
        assert world.of(contract) == [f"{ACME}/all", f"{DESIGN}/own", f"{DESIGN}/team"]
    assert world.of(world.build) == [f"{ACME}/all"]
    assert world.of(world.company) == [f"{ACME}/all", f"{ACME}/company"]
    assert world.of(world.rival) == []
    shown = {one["code"]: one for one in (*world.listed(), *world.listed(team=None))}
    assert {code: one["totalContracts"] for code, one in shown.items()} == {"team": 2, "own": 2, "all": 4, "company": 1}
    assert shown["team"]["contracts"] == [{"contractId": later.id}, {"contractId": world.design.id}]
    assert world.codes(contractId=later.id) == ["own", "team"]
    assert world.codes(contractId=later.id, team=None) == ["all"]
    assert world.codes(contractId=later.id, team=BUILD) == []
    assert world.codes(contractId=world.rival.id) == []
    assert world.codes(contractId=later.id, search="OW") == ["own"]
    assert world.codes(contractId=later.id, page={"pageOffset": 1, "pageSize": 1}) == ["team"]


def test_rules_and_lists_replace_each_other(world: ActivitiesWorld) -> None:
    assert world.add("draw", contractIds=[world.build.id]).data
    assert (
        world.update("draw", batchAssignment="allInOrg", contractIds=[world.build.id]).code == "UNPROCESSABLE_CONTENT"
    )
    assert world.update("draw", batchAssignment="allInOrg").data
    assert (world.of(world.design), world.of(world.build)) == ([f"{DESIGN}/draw"], [])
    assert world.update("draw", contractIds=[world.build.id]).code == "UNPROCESSABLE_CONTENT", "it still has the rule"
    assert world.update("draw", description="Still a rule").data
    assert world.assign(world.design, []).data
    assert world.of(world.design) == [f"{DESIGN}/draw"], "a rule covers the contract, named or not"
    assert world.assign(world.design, ["draw"]).data
    assert world.assign(world.build, ["draw"]).code == "CONFLICT", "a rule that leaves it out"
    assert world.update("draw", batchAssignment="selectedContracts").data
    assert (world.of(world.design), world.of(world.build)) == ([], [])
    assert world.update("draw", batchAssignment="selectedContracts", contractIds=[world.build.id]).data
    assert world.of(world.build) == [f"{DESIGN}/draw"]
    assert world.update("draw", batchAssignment="selectedContracts").data
    assert world.of(world.build) == [f"{DESIGN}/draw"]


def test_rules_reach_no_further_than_their_author(world: ActivitiesWorld) -> None:
    assert world.add("all", who=world.liam, batchAssignment="allInTopLevelOrg").code == "FORBIDDEN"
    assert world.add("all", batchAssignment="allInTopLevelOrg").data
    assert world.update("all", who=world.liam, description="Ours").data
    assert world.update("all", who=world.liam, batchAssignment="allInTopLevelOrg").data, "it is that already"
    assert world.liam.token
    leads_build_too = person(world.souk, LIAM, BUILD, company_id=ACME, role=Role.HIRING_MANAGER)
    person(world.souk, LIAM, RIVAL, role=Role.OWNER)
    person(world.souk, LIAM, ACME, role=Role.MEMBER)
    assert world.add("mine", who=leads_build_too, team=BUILD, batchAssignment="allInMyOrgs").data
    assert world.of(world.build) == [f"{DESIGN}/all", f"{BUILD}/mine"]
    assert world.of(world.design) == [f"{DESIGN}/all", f"{BUILD}/mine"]
    assert (world.of(world.company), world.of(world.rival)) == ([f"{DESIGN}/all"], [])


def test_freelancer_sees_active_activities_of_their_contract(world: ActivitiesWorld) -> None:
    ids = [world.design.id, world.build.id]
    assert world.add("draw", contractIds=ids, budget=12.5).data
    assert world.add("meet", team=None, batchAssignment="allInTopLevelOrg").data
    assert world.add("old", contractIds=ids).data
    assert world.add("other", contractIds=[world.build.id]).data
    assert world.set_status("archiveTeamActivity", ["old"]).data
    mine = world.design.id
    shown = world.listed(world.sofia, team=None, contractId=mine)
    assert [(one["code"], one["budget"], one["totalContracts"]) for one in shown] == [
        ("draw", None, 1),
        ("meet", None, 1),
    ]
    assert all(one["contracts"] == [{"contractId": mine}] for one in shown), "no contracts of other freelancers"
    assert world.codes(world.sofia, contractId=mine) == ["draw"]
    assert world.codes(world.sofia, contractId=mine, status="archived") == []
    assert world.codes(world.sofia, org=DESIGN, team=None, contractId=mine) == ["draw"]
    assert world.codes(contractId=mine) == ["draw", "old"]
    for org, contract_id in ((RIVAL, mine), (ACME, world.rival.id), (ACME, "1")):
        assert world.try_list(world.sofia, org=org, team=None, contractId=contract_id).code == "NOT_FOUND"
    assert world.try_list(world.omar, team=None, contractId=mine).code == "NOT_FOUND"


def test_contracts_of_rules_are_read_once_for_a_page(world: ActivitiesWorld) -> None:
    for code in ("a", "b"):
        assert world.add(code, batchAssignment="allInOrg").data
    bare = LIST.replace("totalContracts contracts { contractId }", "")
    assert world.try_list().trips == world.try_list(query=bare).trips + 1
    assert world.update("a", batchAssignment="selectedContracts").data
    assert world.update("b", batchAssignment="selectedContracts").data
    assert world.try_list().trips == world.try_list(query=bare).trips


@pytest.mark.parametrize("limit", ["MAX_CODES", "MAX_CONTRACTS", "MAX_RULES", "MAX_CHANGED"])
def test_assignments_are_bounded(world: ActivitiesWorld, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """Each limit is set to 2; the third one is refused."""
    assert world.add("a").data
    for code in ("b", "c"):
        assert world.add(code, batchAssignment="allInTopLevelOrg" if limit == "MAX_RULES" else None).data
    contracts = (world.build, world.company, world.design)
    monkeypatch.setattr(assigning, limit, 2)
    if limit == "MAX_CODES":
        assert world.assign(world.design, ["a", "b"]).data
        refused = world.update("c", contractIds=[world.design.id])
    elif limit == "MAX_CONTRACTS":
        assert all(world.assign(one, ["a"]).data for one in contracts[:2])
        refused = world.assign(world.design, ["a"])
    elif limit == "MAX_RULES":
        refused = world.update("a", batchAssignment="allInOrg")
    else:
        refused = world.update("a", contractIds=[one.id for one in contracts])
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert f"{DESIGN}/a" in world.of(world.design) or limit != "MAX_CODES"


# What time asks


def test_time_finds_codes_of_a_contract(world: ActivitiesWorld) -> None:
    everywhere = {"batchAssignment": "allInTopLevelOrg"}
    for team, given in ((BUILD, everywhere), (None, everywhere), (DESIGN, {"contractIds": [world.design.id]})):
        assert world.add("meet", team=team, **given).data
    assert world.add("draw").data
    found = world.activities(world.design)
    meet = found.find("meet")
    assert meet is not None
    assert (meet.organization_id, meet.description, meet.archived) == (DESIGN, "About meet", False)
    assert found.find("draw") is found.find("paint") is None
    assert world.set_status("archiveTeamActivity", ["meet"]).data
    again = world.activities(world.design, "meet").find("meet")
    assert again is not None
    assert again.organization_id == ACME, "an active one first, then the company's"
    assert world.set_status("archiveTeamActivity", ["meet"], team=None).data
    assert world.set_status("archiveTeamActivity", ["meet"], team=BUILD).data
    old = world.activities(world.design, "meet").find("meet")
    assert old is not None
    assert (old.organization_id, old.archived) == (DESIGN, True)


def test_codes_of_a_contract_are_two_reads(world: ActivitiesWorld) -> None:
    for code in ("a", "b", "c"):
        assert world.add(code, batchAssignment="allInOrg").data
    table = world.time_table
    assert len(activities_of(table, world.design).by_code) == 3
    assert table.trips == 2
    assert set(activities_of(table, world.design, {"b", "x"}).by_code) == {"b"}
    assert table.trips == 4
    assert activities_of(table, world.design, set()).by_code == {}
    assert table.trips == 4


def test_change_of_an_activity_conflicts_with_time(world: ActivitiesWorld) -> None:
    """Each change is made after the activities were read, and before the transaction that checks them."""
    assert world.add("draw", contractIds=[world.design.id]).data
    changes: tuple[Callable[[], Answer], ...] = (
        lambda: world.set_status("archiveTeamActivity", ["draw"]),
        lambda: world.set_status("unarchiveTeamActivity", ["draw"]),
        lambda: world.assign(world.design, []),
        lambda: world.update("draw", batchAssignment="allInOrg"),
        lambda: world.update("draw", batchAssignment="selectedContracts"),
    )
    for change in changes:
        table = world.time_table
        found = world.activities(world.design)
        assert change().data
        tx = table.transaction()
        check_activities(tx, found, ["draw", "draw", "unknown"])
        if found.find("draw"):
            with pytest.raises(Conflict):
                tx.commit()
    assert world.add("meet", contractIds=[world.design.id]).data
    tx = world.time_table.transaction()
    check_activities(tx, world.activities(world.design), ["meet"])
    tx.commit()


# Races


def test_assignments_at_once_are_all_kept(world: ActivitiesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.add("a").data
    assert world.add("b").data
    first = meanwhile(monkeypatch, lambda: world.assign(world.build, ["a"]))
    assert world.assign(world.design, ["a"]).data
    assert first[0].data
    assert world.of(world.design) == world.of(world.build) == [f"{DESIGN}/a"]
    first = meanwhile(monkeypatch, lambda: world.update("b", contractIds=[world.design.id]))
    assert world.update("a", contractIds=[], description="Nobody's").data
    assert first[0].data
    assert (world.of(world.design), world.of(world.build)) == ([f"{DESIGN}/b"], [])
    first = meanwhile(monkeypatch, lambda: world.update("b", batchAssignment="allInOrg"))
    assert world.assign(world.build, ["b"]).code == "CONFLICT", "it has a rule by now"
    assert first[0].data


def test_random_changes_agree_with_a_plain_look(world: ActivitiesWorld) -> None:
    """What leads from contracts to activities agrees with what the activities say, after each of many changes."""
    random = Random(16)  # noqa: S311 - the same changes each time
    contracts = (world.design, world.build, world.company)
    owners = (None, DESIGN, BUILD)
    codes = ("a", "b", "c")
    refs = [ActivityRef(organization_id=team or ACME, code=code) for team in owners for code in codes]
    for team in owners:
        for code in codes:
            assert world.add(code, team=team).data
    for _ in range(60):
        team, code = random.choice(owners), random.choice(codes)
        some = random.sample(contracts, random.randint(0, 3))
        match random.randrange(4):
            case 0:
                world.update(code, team=team, contractIds=[one.id for one in some])
            case 1:
                rule = random.choice(("allInOrg", "allInTopLevelOrg", "allInMyOrgs"))
                world.update(code, team=team, batchAssignment=rule)
            case 2:
                ids = [one.id for one in some]
                world.update(code, team=team, batchAssignment="selectedContracts", contractIds=ids)
            case _:
                world.assign(random.choice(contracts), random.sample(codes, random.randint(0, 3)), team=team)
        stored = activities_at(world.souk.table, refs).values()
        for contract in contracts:
            expected = {one.ref for one in stored if covers(one, contract.id, contract.parties)}
            assert {one.ref for one in assigned(world.souk.table, contract)} == expected
