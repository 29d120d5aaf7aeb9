"""The transaction history of a company: rows, order, balances and permissions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.domains.agreements.model import Parties
from souk.domains.contracts.store import deal_of
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.lists import history
from souk.domains.ledger.model import BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, LIAM, RIVAL, SOFIA, STUDIO
from tests.support.worlds.milestones import PARTIES, MilestonesWorld, contract

ROWS = """query ($filter: TransactionHistoryFilter) {
  transactionHistory(transactionHistoryFilter: $filter) { transactionDetail { transactionHistoryRow {
    rowNumber recordId type accountingSubtype description descriptionUI transactionCreationDate
    transactionAmount { rawValue currency } runningChargeableBalance { rawValue } payment { rawValue }
    amountCreditedToUser { rawValue } amountSentInOrigCurrency { rawValue } paymentStatus fullyPaidDate
    relatedAssignment fixedPriceEARMark relatedAccountingEntity relatedTransactionId relatedInvoiceId
    assignmentCompanyName assignmentAgencyName assignmentDeveloperName
    assignmentTeamCompanyId assignmentTeamCompanyReference assignmentTeamId assignmentTeamReference
    assignmentTeamUserId assignmentTeamUserReference
    remainder transactionReviewDueDate relatedUserPaymentMethod paymentGuaranteed purchaseOrderNumber prefix
  } } } }"""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date().isoformat()
BONUS: dict[str, Any] = {"amount": 12.5, "comment": "Well done", "notes": "Budget 7", "type": "BONUS"}


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock to the time of the module's data."""
    CLOCK.at(NOW)


def query_history(who: Person, ace: str = ACME, first: str = TODAY, last: str = TODAY, **more: Any) -> Answer:
    wanted = {"aceIds_any": [ace], "transactionDateTime_bt": {"rangeStart": first, "rangeEnd": last}, **more}
    return who.call(ROWS, {"filter": wanted})


def rows(who: Person, ace: str = ACME, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = query_history(who, ace, **more).data["transactionHistory"]["transactionDetail"][
        "transactionHistoryRow"
    ]
    return found


def brief(found: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [
        (
            one["accountingSubtype"],
            one["transactionAmount"]["rawValue"],
            (one["runningChargeableBalance"] or {}).get("rawValue"),
        )
        for one in found
    ]


LINKS = ROWS[: ROWS.index("rowNumber")] + "recordId accountingSubtype contractId milestoneId notes } } } }"


def test_rows_lead_to_contract_and_milestone(world: MilestonesWorld) -> None:
    id_ = world.add_funded_milestone()
    world.mutate("sendCustomPayment", shown="{ invoiceId }", contractId=world.contract.id, **BONUS)
    for who, ace, notes in ((world.olivia, ACME, "Budget 7"), (world.sofia, STUDIO, None)):
        wanted = {"aceIds_any": [ace], "transactionDateTime_bt": {"rangeStart": TODAY, "rangeEnd": TODAY}}
        history = who.call(LINKS, {"filter": wanted}).data["transactionHistory"]["transactionDetail"]
        found = {one["accountingSubtype"]: one for one in history["transactionHistoryRow"]}
        assert {one["contractId"] for one in found.values()} == {world.contract.id}
        assert (found["Bonus"]["milestoneId"], found["Bonus"]["notes"]) == (None, notes)
        if ace == ACME:
            assert found["Escrow Funding"]["milestoneId"] == id_


def test_calling_program_is_logged(world: MilestonesWorld, caplog: pytest.LogCaptureFixture) -> None:
    world.add_funded_milestone()
    program = {"serviceName_eq": "books", "serviceVersion_eq": "1.2"}
    assert len(rows(world.olivia, bpaPrivateData=program)) == 1
    (logged,) = (one for one in caplog.records if one.message == "program")
    assert (vars(logged)["service_name"], vars(logged)["service_version"]) == ("books", "1.2")
    assert query_history(world.olivia, bpaPrivateData={"serviceName_eq": "x" * 101}).code == "UNPROCESSABLE_CONTENT"


def test_each_side_has_own_rows(world: MilestonesWorld) -> None:
    id_ = world.add_submitted_milestone()
    world.mutate_milestone(
        "approveMilestone", id=id_, paidAmount="6000", underpaymentReason="Part of it", bonusAmount="1000"
    )
    client = rows(world.olivia)
    assert brief(client) == [
        ("Escrow Funding", "-105.00", "-105.00"),
        ("Milestone", "0.00", "-105.00"),
        ("Escrow Refund", "42.00", "-63.00"),
        ("Bonus", "-10.50", "-73.50"),
    ]
    assert [one["rowNumber"] for one in client] == [1, 2, 3, 4]
    assert brief(rows(world.sofia, STUDIO)) == [("Milestone", "54.00", "54.00"), ("Bonus", "9.00", "63.00")]
    vendor = rows(world.sofia, STUDIO)[0]
    assert (vendor["payment"]["rawValue"], vendor["amountCreditedToUser"]["rawValue"]) == ("60.00", "54.00")
    assert vendor["relatedAccountingEntity"] == int(ACME)


def test_row_has_all_known_fields(world: MilestonesWorld) -> None:
    id_ = world.add_funded_milestone()
    (row,) = rows(world.olivia)
    (booking,) = world.bookings()
    assert row["recordId"] == booking.id
    assert row["description"] == row["descriptionUI"] == "Escrow for milestone 1: A draft"
    assert row["transactionCreationDate"] == booking.at
    assert (row["type"], row["paymentStatus"], row["fullyPaidDate"]) == ("Escrow", "On Account", None)
    assert (row["assignmentCompanyName"], row["assignmentDeveloperName"], row["assignmentAgencyName"]) == (
        "Acme",
        "Sofia E.",
        None,
    )
    assert (row["assignmentTeamCompanyId"], row["assignmentTeamId"], row["assignmentTeamUserId"]) == (
        ACME,
        DESIGN,
        LIAM,
    )
    assert (row["assignmentTeamReference"], row["relatedAccountingEntity"]) == (int(DESIGN), int(STUDIO))
    # These ids are larger than an Int: there is no number for them.
    assert (row["relatedAssignment"], row["fixedPriceEARMark"]) == (None, None)
    assert len(id_) == 19
    for name in ("remainder", "transactionReviewDueDate", "relatedUserPaymentMethod", "paymentGuaranteed", "prefix"):
        assert row[name] is None


def test_balances_start_with_earlier_months(world: MilestonesWorld) -> None:
    table = world.souk.table
    deal = deal_of(table, world.stored_contract())
    for number, month in enumerate(("2026-01", "2026-03", "2026-04"), 1):
        tx = table.transaction()
        for day in ("10", "20"):
            entry = entries.Entry(f"{number}{day}", f"{month}-{day}T12:00:00.000Z", "A bonus")
            post_once = entries.direct(BookingKind.BONUS, deal, 10_000 * number, entry)
            tx = table.transaction()
            post(tx, post_once)
            tx.commit()
    assert brief(rows(world.olivia, first="2026-04-15", last="2026-04-30")) == [("Bonus", "-315.00", "-1260.00")]
    assert brief(rows(world.sofia, STUDIO, first="2026-03-01", last="2026-04-10")) == [
        ("Bonus", "180.00", "360.00"),
        ("Bonus", "180.00", "540.00"),
        ("Bonus", "270.00", "810.00"),
    ]
    assert rows(world.olivia, first="2026-02-01", last="2026-02-28") == []
    assert len(rows(world.olivia, first="2026-01-10", last="2026-01-10")) == 1


def test_filters(world: MilestonesWorld) -> None:
    id_ = world.add_submitted_milestone()
    world.mutate_milestone("approveMilestone", id=id_, paidAmount="10000")
    assert len(rows(world.olivia, developerIds_any=[SOFIA, "1"])) == 2
    assert rows(world.olivia, developerIds_any=["1"]) == []
    assert rows(world.olivia, agencyCompanyIds_any=[STUDIO]) == [], "a freelancer's own company is no agency"
    assert [one["accountingSubtype"] for one in rows(world.olivia, trxSubtypes_any=["Milestone"])] == ["Milestone"]
    assert len(rows(world.olivia, trxSubtypes_any=[], developerIds_any=None)) == 2
    assert rows(world.olivia, trxSubtypes_any=["Withdrawal"]) == []


def test_filter_by_agency(souk: Souk) -> None:
    parties = Parties(**{**PARTIES.model_dump(), "agency": True})
    world = MilestonesWorld(souk, contract(parties=parties))
    world.add_funded_milestone()
    (row,) = rows(world.olivia, agencyCompanyIds_any=[STUDIO], agencyCompanyUids_any=[STUDIO, "1"])
    assert row["assignmentAgencyName"] == "Sofia"
    assert rows(world.olivia, agencyCompanyUids_any=["1"]) == []


def test_team_sees_own_rows_without_balance(world: MilestonesWorld) -> None:
    world.add_funded_milestone()
    (row,) = rows(world.liam)
    assert row["runningChargeableBalance"] is None
    other = person(world.souk, "599", BUILD, company_id=ACME)
    assert rows(other) == []


def test_others_are_refused(world: MilestonesWorld) -> None:
    world.add_funded_milestone()
    assert query_history(world.max).code == "FORBIDDEN"
    assert query_history(world.omar).code == "FORBIDDEN"
    assert query_history(world.sofia, ACME).code == "FORBIDDEN"
    assert rows(world.omar, RIVAL) == []


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", TODAY),
        ("yesterday", TODAY),
        ("2026-02-30", TODAY),
        (TODAY, "2026-01-01"),
        ("0001-01-01T00:00:00+23:00", "0001-01-02"),
        ("9999-12-31T23:59:59-23:00", "9999-12-31"),
        ("2026-07-01\0", TODAY),
    ],
)
def test_invalid_dates_are_refused(world: MilestonesWorld, first: str, last: str) -> None:
    assert query_history(world.olivia, first=first, last=last).code == "UNPROCESSABLE_CONTENT"


def test_period_of_points_includes_both_and_may_be_open(world: MilestonesWorld) -> None:
    table = world.souk.table
    deal = deal_of(table, world.stored_contract())
    for minute in (1, 2, 3, 4):
        tx = table.transaction()
        entry = entries.Entry(f"9{minute}", f"{TODAY}T00:0{minute}:00.000Z", "A bonus")
        post(tx, entries.direct(BookingKind.BONUS, deal, minute * 100, entry))
        tx.commit()

    def amounts(first: str | None, last: str | None) -> list[str]:
        wanted = {"aceIds_any": [ACME], "transactionDateTime_bt": {"rangeStart": first, "rangeEnd": last}}
        answer = world.olivia.call(ROWS, {"filter": wanted})
        found = answer.data["transactionHistory"]["transactionDetail"]["transactionHistoryRow"]
        return [one["transactionAmount"]["rawValue"] for one in found]

    whole = amounts(TODAY, TODAY)
    assert len(whole) == 4
    assert amounts(f"{TODAY}T00:02:00Z", f"{TODAY}T01:03:00+0100") == whole[1:3]
    assert amounts(TODAY.replace("-", ""), None) == whole
    assert query_history(world.olivia, last=TODAY, first=f"{TODAY}T00:05:00Z").data
    no_start = {"aceIds_any": [ACME], "transactionDateTime_bt": {"rangeEnd": TODAY}}
    refused = world.olivia.call(ROWS, {"filter": no_start})
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "rangeStart" in refused.error["message"]


def book(world: MilestonesWorld, *days: str) -> None:
    """Book a bonus on each day."""
    table = world.souk.table
    deal = deal_of(table, world.stored_contract())
    for number, day in enumerate(days):
        tx = table.transaction()
        entry = entries.Entry(f"8{number}", f"{day}T12:00:00.000Z", "A bonus")
        post(tx, entries.direct(BookingKind.BONUS, deal, 10_000, entry))
        tx.commit()


def set_founding(world: MilestonesWorld, day: str) -> None:
    """Set the day on which Acme was created."""
    table = world.souk.table
    acme = table.get(ORGANIZATIONS, ACME)
    assert acme
    tx = table.transaction()
    tx.update(ORGANIZATIONS, acme.model_copy(update={"creation_date": f"{day}T00:00:00.000Z"}))
    tx.commit()


def test_period_may_be_longer_than_a_year(world: MilestonesWorld) -> None:
    set_founding(world, "2023-12-31")
    days = ("2024-02-29", "2024-12-31", "2025-07-01", TODAY)
    book(world, *days)
    listed = rows(world.olivia, first="2024-01-01")
    assert [one["transactionCreationDate"][:10] for one in listed] == list(days)
    balances = [one["runningChargeableBalance"]["rawValue"] for one in listed]
    assert balances == ["-105.00", "-210.00", "-315.00", "-420.00"]
    assert [one["transactionCreationDate"][:10] for one in rows(world.olivia, first="2024-12-31")] == list(days[1:])


def test_months_are_read_at_the_same_time(world: MilestonesWorld) -> None:
    set_founding(world, "2024-01-01")
    book(world, "2024-02-29", TODAY)
    one_month, years = query_history(world.olivia), query_history(world.olivia, first="2024-01-01")
    assert years.trips == one_month.trips - 1, "there is no earlier balance"


def test_only_months_of_the_company_are_read(world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the month of its creation to the present one, whatever the period."""
    world.add_funded_milestone()
    set_founding(world, "2026-10-03")
    table = world.souk.table
    read: list[str] = []
    query: Any = table.client.query

    def recorded(**request: Any) -> Any:
        read.append(request["ExpressionAttributeValues"][":pk"]["S"])
        return query(**request)

    monkeypatch.setattr(table.client, "query", recorded)
    assert len(rows(world.olivia, first="0001-01-01", last="9999-12-31")) == 1
    assert sorted(read) == [f"LEDGER#{ACME}#2026-10", f"LEDGER#{ACME}#2026-11"]


def test_too_many_rows_are_refused_with_a_way_out(world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    book(world, "2026-01-10", "2026-02-10", "2026-03-10")
    monkeypatch.setattr(history, "MAX_ROWS", 2)
    refused = query_history(world.olivia, first="2026-01-01")
    assert (refused.code, "shorter period" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert len(rows(world.olivia, first="2026-02-01")) == 2


def test_rows_of_several_pages_of_a_month(world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of 2 rows stand for pages of a megabyte."""
    book(world, *(f"2026-03-{day:02}" for day in range(1, 8)))
    table = world.souk.table
    query: Any = table.client.query
    monkeypatch.setattr(table.client, "query", lambda **request: query(**{"Limit": 2, **request}))
    assert len(rows(world.olivia, first="2026-01-01")) == 7
    monkeypatch.setattr(history, "MAX_ROWS", 6)
    assert query_history(world.olivia, first="2026-01-01").code == "UNPROCESSABLE_CONTENT"


def test_hostile_filters_are_refused(world: MilestonesWorld) -> None:
    assert query_history(world.olivia, "0#\0").code == "FORBIDDEN"
    assert query_history(world.olivia, "a" * 5_000).code == "FORBIDDEN"
    assert query_history(world.olivia, developerIds_any=["1"] * 101).code == "UNPROCESSABLE_CONTENT"
    nobody = {"aceIds_any": [], "transactionDateTime_bt": {"rangeStart": TODAY, "rangeEnd": TODAY}}
    assert world.olivia.call(ROWS, {"filter": nobody}).code == "UNPROCESSABLE_CONTENT"
    assert world.olivia.call(ROWS, {"filter": None}).code == "UNPROCESSABLE_CONTENT"
    assert rows(world.olivia, first="0001-01-01", last="0001-01-02") == []
    assert rows(world.olivia, first="9999-12-31", last="9999-12-31") == []


def test_round_trips_are_constant(world: MilestonesWorld) -> None:
    table = world.souk.table
    deal = deal_of(table, world.stored_contract())
    trips = []
    for number in range(50):
        tx = table.transaction()
        at = CLOCK.market() - timedelta(seconds=1)
        entry = entries.Entry(f"9{number}", f"{at:%Y-%m-%dT%H:%M:%S}.{number:03}Z", "A bonus")
        post(tx, entries.direct(BookingKind.BONUS, deal, 100, entry))
        tx.commit()
        if number in (4, 49):
            trips.append(query_history(world.olivia).trips)
    assert len(rows(world.olivia)) == 50
    assert trips[0] == trips[1]
