"""Weeks as a file: the rows of all pages with what their reader may see, made only when it is asked for."""

import csv
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from souk.domains.identity.store import USERS
from souk.domains.time.rules.csv import HEADER
from souk.storage import lists as mechanism
from souk.storage.partition import Bound
from tests.domains.time.test_timesheets import of_agency
from tests.support.api import Person
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.jobs import ACME, LISBON, user
from tests.support.worlds.stored_offers import AGENCY, IVY
from tests.support.worlds.timesheets import MONEY, WEEK, TimesheetsWorld, at, run

WEEKS = f"""query ($filter: TimesheetFilter, $page: Pagination) {{ timesheets(filter: $filter, pagination: $page) {{
  edges {{ node {{ week contractId contract {{ title freelancer {{ name }} clientTeam {{ name }} }} state
    workedMinutes trackedMinutes manualMinutes overtimeMinutes billableMinutes refundedMinutes
    amount {MONEY} stipendAmount {MONEY} clientFee {MONEY} charge {MONEY} vendorFee {MONEY} earnings {MONEY}
    refundedAmount {MONEY} billedDateTime releasedDateTime }} }} }} }}"""
FILE = "query ($filter: TimesheetFilter) { timesheets(filter: $filter, pagination: { first: 1 }) { csvUrl } }"
ALL_FIELDS = FILE.replace("csvUrl", "csvUrl again: csvUrl edges { node { week } }")
SUMS = ("amount", "stipendAmount", "clientFee", "charge", "vendorFee", "earnings", "refundedAmount")
MONEY_COLUMNS = ("Amount", "Stipend", "Client fee", "Charge", "Vendor fee", "Earnings", "Refunded")


def downloaded(bucket: str, url: str) -> list[list[str]]:
    """Return the lines of a file without its header, read from where its address leads."""
    key = urlsplit(url).path.lstrip("/").removeprefix(f"{bucket}/")
    content = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    header, *lines = csv.reader(io.StringIO(content))
    assert tuple(header) == HEADER
    return lines


def exported(bucket: str, who: Person, **filters: Any) -> list[list[str]]:
    return downloaded(bucket, who.call(FILE, {"filter": filters}).data["timesheets"]["csvUrl"])


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith("=") else text


def listed(who: Person, **filters: Any) -> list[list[str]]:
    """Return the weeks of a whole page, as lines of a file."""
    page = who.call(WEEKS, {"filter": filters, "page": {"first": 100}}).data["timesheets"]
    lines = []
    for node in (edge["node"] for edge in page["edges"]):
        contract = node["contract"] or {"title": "", "freelancer": {"name": ""}, "clientTeam": {"name": ""}}
        minutes = [str(node[f"{name}Minutes"]) for name in ("worked", "tracked", "manual", "overtime", "billable")]
        lines.append(
            [
                node["week"],
                node["contractId"],
                harmless(contract["title"]),
                contract["freelancer"]["name"],
                contract["clientTeam"]["name"],
                node["state"],
                *minutes,
                str(node["refundedMinutes"]),
                "USD",
                *(node[name]["rawValue"] if node[name] else "" for name in SUMS),
                node["billedDateTime"] or "",
                node["releasedDateTime"] or "",
            ]
        )
    return lines


def test_file_has_the_weeks_that_its_reader_sees(
    on_account: TimesheetsWorld, bucket: str, operator_reads: list[str]
) -> None:
    world = on_account
    world.change_contract(title='=HYPERLINK("https://evil.test")')
    agency_contract, owner, freelancer = of_agency(world)
    tx = world.souk.table.transaction()
    tx.create(USERS, user(IVY, "Ivy", AGENCY, LISBON))
    tx.commit()
    world.add_week(run(6), contract=agency_contract)
    world.add_billed_week(run(6), run(3, 2, manual=True))
    world.done("refundHours", world.sofia, minutes=10)
    world.add_week(run(12), monday=at(7).date())
    for who in (world.olivia, world.liam, world.sofia, owner, freelancer):
        lines = exported(bucket, who)
        assert lines == listed(who)
        assert lines
    assert len(exported(bucket, world.olivia)) == 3
    assert len(exported(bucket, world.olivia, state_any=["BILLED"], contractId_eq=world.contract.id)) == 1
    assert exported(bucket, world.sofia)[0][2] == '\'=HYPERLINK("https://evil.test")'
    (hours,) = (dict(zip(HEADER, line, strict=True)) for line in exported(bucket, freelancer))
    assert [hours[name] for name in MONEY_COLUMNS] == [""] * 7
    assert hours["Minutes billable"] == "60"

    # Who is no party
    assert exported(bucket, world.omar) == []
    assert world.omar.call(FILE, {"filter": {"organizationId_eq": ACME}}).code == "NOT_FOUND"
    assert exported(bucket, world.operator) == []
    operator_reads.clear()
    lines = exported(bucket, world.operator, organizationId_eq=ACME)
    assert lines == listed(world.operator, organizationId_eq=ACME)
    assert [(line[2], line[3], line[4]) for line in lines] == [("", "", "")] * 3
    assert set(operator_reads) == {f"{line[1]}/{line[0]}" for line in lines}

    world.dispute()
    world.done("answerTimesheetDispute", world.sofia, accept=False, message="I was there")
    (escalated,) = exported(bucket, world.operator)
    assert (escalated[0], escalated[1], escalated[5]) == (WEEK, world.contract.id, "DISPUTED")


def test_file_is_made_when_it_is_selected(
    on_account: TimesheetsWorld, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = on_account

    def files() -> int:
        return len(boto3.client("s3").list_objects_v2(Bucket=bucket).get("Contents", ()))

    def add_weeks(number: int) -> None:
        for _ in range(number):
            world.add_week(run(6), contract=world.add_contract(hourly_contract()))

    world.add_week(run(6), monday=at(7).date())
    add_weeks(2)
    assert len(listed(world.olivia)) == 3
    assert files() == 0
    few = world.olivia.call(ALL_FIELDS, {})
    page = few.data["timesheets"]
    assert files() == 1, "one, however often it is selected"
    assert page["csvUrl"] == page["again"]
    parameters = parse_qs(urlsplit(page["csvUrl"]).query)
    assert parameters["X-Amz-Expires"] == ["900"]
    assert parameters["response-content-disposition"][0].startswith('attachment; filename="timesheets.csv"')
    add_weeks(3)
    many = world.olivia.call(ALL_FIELDS, {})
    assert len(downloaded(bucket, many.data["timesheets"]["csvUrl"])) == 6
    assert many.trips == few.trips, "for any number of weeks"

    monkeypatch.setattr(mechanism, "SORT_BOUND", Bound(5, 10))
    refused = world.olivia.call(FILE.replace("csvUrl", "csvUrl edges { node { week } }"), {})
    assert (refused.code, refused.error["path"]) == ("UNPROCESSABLE_CONTENT", ["timesheets", "csvUrl"])
    assert "at most 5000 weeks" in refused.error["message"]
    assert refused.json["data"]["timesheets"]["edges"] == [{"node": {"week": "2026-11-23"}}]
    assert files() == 2
    assert len(exported(bucket, world.olivia, week_bt={"rangeEnd": WEEK})) == 5
