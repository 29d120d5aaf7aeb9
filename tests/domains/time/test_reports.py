"""Time reports: rows, charges by side, pages, and who sees what."""

from typing import Any

import pytest

from souk.domains.contracts.model import Contract
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.rules.fees import fee
from souk.domains.talent.model import Profile, Visibility
from souk.domains.talent.store import PROFILES
from souk.domains.time.lists import reports
from souk.domains.time.rules.hours import amount_of
from souk.storage import lists as mechanism
from souk.storage.partition import Bound
from tests.support.api import Answer, Person
from tests.support.worlds.contracts import STRANGE_IDS, hourly_contract, term
from tests.support.worlds.diaries import AGENCY, DiariesWorld, Work, at, span
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, RIVAL, SOFIA, STUDIO, organization

ROW = """{ dateWorkedOn weekWorkedOn monthWorkedOn yearWorkedOn freelancer { id } team { id }
  contractOffer { id title contractDetails { id } } contract { id title } termId task taskDescription memo
  totalHoursWorked totalCharges totalOnlineHoursWorked totalOnlineCharge totalOfflineHoursWorked totalOfflineCharge
  billRate { id value code offerRef } }"""
PAGE = f"{{ totalCount edges {{ cursor node {ROW} }} pageInfo {{ endCursor hasNextPage }} }}"
REPORT = f"""query ($filter: TimeReportFilter, $page: Pagination) {{
  contractTimeReport(filter: $filter, pagination: $page) {PAGE} }}"""
WHOLE = f"query ($filter: TimeReportFilter) {{ timeReport(filter: $filter) {ROW} }}"
SHORT = """query ($filter: TimeReportFilter, $page: Pagination) {
  contractTimeReport(filter: $filter, pagination: $page) { totalCount pageInfo { endCursor hasNextPage }
    edges { cursor node { dateWorkedOn memo totalCharges contract { id } } } } }"""
OF_A_PROGRAM = """query ($first: Int!) { user { contractTimeReport(
  timeReportDate_bt: { rangeStart: "20261101", rangeEnd: "20261130" }, pagination: { first: $first }) {
    edges { node { dateWorkedOn weekWorkedOn totalHoursWorked totalCharges
      contract { id title status clientTeam { name } terms { hourlyTerms { hourlyRate { rawValue currency } } } } } }
    pageInfo { hasNextPage endCursor } } } }"""
NOVEMBER = {"rangeStart": "20261101", "rangeEnd": "20261130"}


def ask(who: Person, organization_id: str, query: str = SHORT, page: Any = None, **given: Any) -> Answer:
    filter_ = {"organizationId_eq": organization_id, "timeReportDate_bt": NOVEMBER, **given}
    return who.call(query, {"filter": filter_, "page": page} if "$page" in query else {"filter": filter_})


def rows(answer: Answer) -> list[dict[str, Any]]:
    (found,) = answer.data.values()
    return found if isinstance(found, list) else [edge["node"] for edge in found["edges"]]


def brief(answer: Answer) -> list[tuple[str, Any]]:
    return [(one["dateWorkedOn"], one["totalCharges"]) for one in rows(answer)]


def raised(world: DiariesWorld) -> Contract:
    """Store a contract that is raised on Tuesday at noon."""
    terms = term(rate=6_000, ends="2026-11-24T12:00:00.000Z"), term(rate=7_000, starts="2026-11-24T12:00:00.000Z")
    return world.add_contract(hourly_contract(terms=terms, title="Raised"))


def test_rows_of_a_report_with_all_fields(diaries: DiariesWorld) -> None:
    diaries.activity("A-1", "Plans", ACME)
    contract = raised(diaries)
    diaries.worked(
        *span("2026-11-24 11:30", 3, memo="Plan", code="A-1"),
        *span("2026-11-24 12:00", 3, memo="Plan", code="A-1"),
        *span("2026-11-24 12:30", 1, memo="Plan", code="A-1", manual=True),
        contract=contract,
    )
    early, late = rows(ask(diaries.liam, ACME, REPORT))
    assert late == {
        "dateWorkedOn": "2026-11-24",
        "weekWorkedOn": "2026-11-23",
        "monthWorkedOn": "2026-11-01",
        "yearWorkedOn": "2026-01-01",
        "freelancer": {"id": SOFIA},
        "team": {"id": DESIGN},
        "contractOffer": {"id": contract.offer_id, "title": "Raised", "contractDetails": {"id": contract.id}},
        "contract": {"id": contract.id, "title": "Raised"},
        "termId": contract.terms[1].id,
        "task": "A-1",
        "taskDescription": "Plans",
        "memo": "Plan",
        "totalHoursWorked": 40 / 60,
        "totalCharges": 49.0,
        "totalOnlineHoursWorked": 0.5,
        "totalOnlineCharge": 36.75,
        "totalOfflineHoursWorked": 10 / 60,
        "totalOfflineCharge": 12.25,
        "billRate": {"id": contract.terms[1].id, "value": 70.0, "code": "REGULAR", "offerRef": contract.offer_id},
    }, "46.67 and the client's fee on 76.67 less that on 30.00"
    assert (early["totalCharges"], early["billRate"]["value"]) == (31.5, 60.0)
    assert rows(ask(diaries.liam, ACME, WHOLE)) == [early, late]
    assert rows(ask(diaries.olivia, ACME, REPORT)) == rows(ask(diaries.liam, DESIGN, REPORT)) == [early, late]
    freelancer = rows(ask(diaries.sofia, STUDIO, REPORT))
    assert [one["totalCharges"] for one in freelancer] == [30.0, 46.67]
    (terms,) = {
        len(edge["node"]["contract"]["terms"]["hourlyTerms"])
        for edge in diaries.sofia.call(OF_A_PROGRAM, {"first": 500}).data["user"]["contractTimeReport"]["edges"]
    }
    assert terms == 2


def test_pages_add_up_to_the_bill_wherever_they_are_cut(diaries: DiariesWorld) -> None:
    limited = diaries.add_contract(hourly_contract(rate=3_333, hours=1, title="Limited"))
    memos = ("Plan", "Write", None)
    for contract in (diaries.contract, limited, raised(diaries)):
        work = [
            Work(at(f"2026-{day} {hour:02}:50"), memo=memos[(hour + len(day)) % 3], manual=hour % 5 == 0)
            for day in ("10-30", "11-23", "11-24", "11-26")
            for hour in range(9, 13)
        ]
        diaries.worked(*work, contract=contract)
    whole = ask(diaries.liam, ACME, page={"first": 500}, timeReportDate_bt={}).data["contractTimeReport"]
    everything = [edge["node"] for edge in whole["edges"]]
    assert (whole["totalCount"], whole["pageInfo"]["hasNextPage"]) == (len(everything), False)
    assert [one["dateWorkedOn"] for one in everything] == sorted(one["dateWorkedOn"] for one in everything)
    for first in (5, 11, len(everything)):
        found: list[dict[str, Any]] = []
        after, more = None, True
        while more:
            page = {"first": first, "after": after}
            answer = ask(diaries.liam, ACME, page=page, timeReportDate_bt={}).data["contractTimeReport"]
            assert answer["totalCount"] == len(everything)
            assert answer["pageInfo"]["endCursor"] == answer["edges"][-1]["cursor"]
            found += [edge["node"] for edge in answer["edges"]]
            more, after = answer["pageInfo"]["hasNextPage"], answer["pageInfo"]["endCursor"]
        assert found == everything
    monday = {"rangeStart": "20261123"}
    week = rows(ask(diaries.liam, ACME, contractIds=[limited.id], timeReportDate_bt=monday))
    amount = amount_of(60, 3_333)
    charged = sum(round(100 * one["totalCharges"]) for one in week)
    assert charged == amount + fee(amount, 500), "of the limited contract, one hour is billed"
    middle = {"rangeStart": "20261124", "rangeEnd": "2026-11-24T08:00:00Z"}
    tuesday = [one for one in everything if one["dateWorkedOn"] == "2026-11-24"]
    assert rows(ask(diaries.liam, ACME, timeReportDate_bt=middle)) == tuesday


def test_each_side_sees_its_own_charges(diaries: DiariesWorld) -> None:
    diaries.put((ORGANIZATIONS, organization(AGENCY, "Agency")))
    contract = diaries.of_agency(rate=6_000)
    diaries.worked(*span("2026-11-23 09:00", 6), contract=contract)
    diaries.worked(*span("2026-11-24 09:00", 6))
    day, other = "2026-11-23", "2026-11-24"
    assert brief(ask(diaries.liam, ACME)) == [(day, 63.0), (other, 47.25)]
    assert brief(ask(diaries.noah_of_agency, AGENCY)) == [(day, 60.0)]
    assert brief(ask(diaries.sofia_of_agency, AGENCY)) == [(day, None)]
    (hours,) = rows(ask(diaries.sofia_of_agency, AGENCY, REPORT))
    assert (hours["totalHoursWorked"], hours["totalOnlineCharge"], hours["billRate"]) == (1.0, None, None)
    assert brief(ask(diaries.sofia, STUDIO)) == [(other, 45.0)]
    assert ask(diaries.sofia, AGENCY).code == "NOT_FOUND"

    def nested(who: Person, field: str, query: str = "organization") -> Any:
        page = "{ edges { node { dateWorkedOn totalCharges } } }"
        node = page if "Contract" in field or field == "contractTimeReport" else "{ dateWorkedOn totalCharges }"
        answer = who.call(f'{{ {query} {{ {field}(timeReportDate_bt: {{ rangeStart: "20261101" }}) {node} }} }}')
        found = answer.data[query][field]
        found = [edge["node"] for edge in found["edges"]] if isinstance(found, dict) else found
        return [(one["dateWorkedOn"], one["totalCharges"]) for one in found]

    for kind in ("ContractTimeReport", "TimeReport"):
        assert nested(diaries.liam, f"client{kind}") == [(day, 63.0), (other, 47.25)]
        assert nested(diaries.liam, f"agency{kind}") == []
        assert nested(diaries.noah_of_agency, f"agency{kind}") == [(day, 60.0)]
        assert nested(diaries.noah_of_agency, f"client{kind}") == []
        own = kind[0].lower() + kind[1:]
        assert nested(diaries.sofia_of_agency, own, "user") == [(day, None)]
        assert nested(diaries.noah_of_agency, own, "user") == nested(diaries.liam, own, "user") == []
        assert nested(diaries.sofia, own, "user") == [(other, 45.0)]

    # As a public program reads it. Somebody else's profile shows no hours.
    tx = diaries.souk.table.transaction()
    tx.create(PROFILES, Profile(user_id=SOFIA, title="Engineer", visibility=Visibility.PUBLIC))
    tx.commit()
    deep = '{ user { timeReport(timeReportDate_bt: { rangeStart: "20261101" }) { dateWorkedOn totalCharges } } }'
    own_profile = diaries.sofia.call(f"{{ user {{ freelancerProfile {deep} }} }}").data["user"]["freelancerProfile"]
    assert own_profile["user"]["timeReport"] == [{"dateWorkedOn": other, "totalCharges": 45.0}]
    by_key = f'{{ freelancerProfileByProfileKey(profileKey: "~01{SOFIA}") {deep} }}'
    profile = diaries.liam.call(by_key).data["freelancerProfileByProfileKey"]
    assert profile["user"]["timeReport"] == []


def test_teams_see_their_own_contracts(diaries: DiariesWorld) -> None:
    parties = diaries.contract.parties.model_copy(update={"client_team_id": BUILD})
    built = diaries.add_contract(hourly_contract(parties=parties))
    diaries.worked(*span("2026-11-23 09:00", 1))
    diaries.worked(*span("2026-11-24 09:00", 1), contract=built)
    assert [day for day, _ in brief(ask(diaries.olivia, ACME))] == ["2026-11-23", "2026-11-24"]
    assert [day for day, _ in brief(ask(diaries.olivia, BUILD))] == ["2026-11-24"]
    assert [day for day, _ in brief(ask(diaries.liam, ACME))] == ["2026-11-23"], "his team's"
    assert [day for day, _ in brief(ask(diaries.max, DESIGN))] == ["2026-11-23"]
    assert ask(diaries.liam, BUILD).code == "NOT_FOUND"
    for stranger in (diaries.omar, diaries.sofia, diaries.noah_of_agency):
        assert ask(stranger, ACME).code == ask(stranger, ACME, WHOLE).code == "NOT_FOUND"
    assert rows(ask(diaries.omar, RIVAL, contractIds=[diaries.contract.id, built.id])) == []
    for id_ in STRANGE_IDS:
        assert ask(diaries.liam, id_).code == "NOT_FOUND"
    ids = ["1", "1360000000000000099", None, built.id, diaries.contract.id]
    assert ask(diaries.olivia, ACME, contractIds=["words"]).code == "UNPROCESSABLE_CONTENT"
    assert [day for day, _ in brief(ask(diaries.olivia, ACME, contractIds=ids))] == ["2026-11-23", "2026-11-24"]
    many = [*ids, *map(str, range(60))]
    assert brief(ask(diaries.olivia, ACME, contractIds=many)) == brief(ask(diaries.olivia, ACME, contractIds=ids))
    assert rows(ask(diaries.olivia, ACME, contractIds=[])) == []
    assert diaries.liam.call(SHORT, {}).code == "UNPROCESSABLE_CONTENT"


def test_report_of_fifty_contracts_takes_the_round_trips_of_five(diaries: DiariesWorld) -> None:
    def trips(contracts: int) -> list[int]:
        for _ in range(contracts):
            contract = diaries.add_contract(hourly_contract())
            diaries.worked(Work(at("2026-11-02 09:00")), Work(at("2026-11-20 09:00")), contract=contract)
        answers = [
            ask(diaries.liam, ACME, REPORT, page={"first": 500}),
            ask(diaries.liam, ACME, WHOLE),
            diaries.sofia.call(OF_A_PROGRAM, {"first": 500}),
        ]
        assert all(answer.data for answer in answers)
        return [answer.trips for answer in answers]

    few = trips(5)
    assert trips(45) == few == [4, 4, 5]


def test_bounds_of_reports(diaries: DiariesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [at(f"2026-11-{day:02} 09:00") for day in range(2, 28, 2)]
    diaries.worked(*(Work(start, "One") for start in starts), *(Work(start.replace(hour=12)) for start in starts))
    days = [day for day, _ in brief(ask(diaries.liam, ACME, page={"first": 500}))]
    assert len(days) == 26
    assert [day for day, _ in brief(ask(diaries.liam, ACME, page={"first": 2, "after": "23"}))] == days[23:25]
    assert ask(diaries.liam, ACME, page={"first": 0}).code == "UNPROCESSABLE_CONTENT"
    forged = ask(diaries.liam, ACME, page={"first": 5}).data["contractTimeReport"]["pageInfo"]["endCursor"]
    assert ask(diaries.olivia, ACME, page={"first": 5, "after": forged}).code == "UNPROCESSABLE_CONTENT"
    monkeypatch.setattr(mechanism, "PAGE_BOUND", Bound(4, 10))
    found: list[str] = []
    after, more = None, True
    while more:
        answer = ask(diaries.liam, ACME, page={"first": 25, "after": after}).data["contractTimeReport"]
        found += [edge["node"]["dateWorkedOn"] for edge in answer["edges"]]
        more, after = answer["pageInfo"]["hasNextPage"], answer["pageInfo"]["endCursor"]
    assert found == days, "a page that reaches its bound ends early"
    assert len(rows(ask(diaries.liam, ACME, WHOLE))) == 26
    monkeypatch.setattr(reports, "MOST_UNPAGED", 25)
    assert ask(diaries.liam, ACME, WHOLE).code == "UNPROCESSABLE_CONTENT"
    monkeypatch.setattr(reports, "MOST_COUNTED", 25)
    assert ask(diaries.liam, ACME).data["contractTimeReport"]["totalCount"] is None


def test_dates_of_reports(diaries: DiariesWorld) -> None:
    diaries.worked(*span("2026-11-23 00:00", 1), *span("2026-11-23 23:50", 2))

    def days(**between: str) -> list[str]:
        return [day for day, _ in brief(ask(diaries.liam, ACME, timeReportDate_bt=between))]

    both = ["2026-11-23", "2026-11-24"]
    assert days() == days(rangeStart="2026-11-23") == days(rangeEnd="20261124") == days(rangeStart="0001-01-01") == both
    assert days(rangeStart="2026-11-23T23:59:00Z", rangeEnd="2026-11-23T23:59:00Z") == ["2026-11-23"]
    assert days(rangeStart="2026-11-24T00:30:00+0100") == both, "that is Monday in UTC"
    assert days(rangeStart="2030-01-01") == days(rangeEnd="2025-12-31") == days(rangeStart="9999-12-31") == []
    for wrong in ({"rangeStart": "last week"}, {"rangeStart": "20261124", "rangeEnd": "20261123"}):
        assert ask(diaries.liam, ACME, timeReportDate_bt=wrong).code == "UNPROCESSABLE_CONTENT"
