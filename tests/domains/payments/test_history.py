"""The transactions of a company: which, in which order, with which balance, and who sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.domains.agreements.model import Parties
from souk.domains.contracts.store import deal_of
from souk.domains.ledger.model import BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, LIAM, RIVAL, SOFIA, STUDIO
from tests.support.worlds.milestones import PARTIES, Workshop, contract

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


@pytest.fixture(autouse=True)
def _now() -> None:
    """Let it be the time that the module's data is of."""
    CLOCK.at(NOW)


def ask(who: Person, ace: str = ACME, first: str = TODAY, last: str = TODAY, **more: Any) -> Answer:
    wanted = {"aceIds_any": [ace], "transactionDateTime_bt": {"rangeStart": first, "rangeEnd": last}, **more}
    return who.call(ROWS, {"filter": wanted})


def rows(who: Person, ace: str = ACME, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(who, ace, **more).data["transactionHistory"]["transactionDetail"][
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


def test_both_sides_have_their_own_rows(shop: Workshop) -> None:
    id_ = shop.submitted()
    shop.done("approveMilestone", id=id_, paidAmount="6000", underpaymentReason="Part of it", bonusAmount="1000")
    client = rows(shop.olivia)
    assert brief(client) == [
        ("Escrow Funding", "-105.00", "-105.00"),
        ("Milestone", "0.00", "-105.00"),
        ("Escrow Refund", "42.00", "-63.00"),
        ("Bonus", "-10.50", "-73.50"),
    ]
    assert [one["rowNumber"] for one in client] == [1, 2, 3, 4]
    assert brief(rows(shop.sofia, STUDIO)) == [("Milestone", "54.00", "54.00"), ("Bonus", "9.00", "63.00")]
    vendor = rows(shop.sofia, STUDIO)[0]
    assert (vendor["payment"]["rawValue"], vendor["amountCreditedToUser"]["rawValue"]) == ("60.00", "54.00")
    assert vendor["relatedAccountingEntity"] == int(ACME)


def test_a_row_says_all_that_is_known(shop: Workshop) -> None:
    id_ = shop.active()
    (row,) = rows(shop.olivia)
    (booking,) = shop.bookings()
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


def test_balances_begin_with_the_months_before(shop: Workshop) -> None:
    table = shop.souk.table
    deal = deal_of(table, shop.now())
    for number, month in enumerate(("2026-01", "2026-03", "2026-04"), 1):
        tx = table.transaction()
        for day in ("10", "20"):
            entry = entries.Entry(f"{number}{day}", f"{month}-{day}T12:00:00.000Z", "A bonus")
            post_once = entries.direct(BookingKind.BONUS, deal, 10_000 * number, entry)
            tx = table.transaction()
            post(tx, post_once)
            tx.commit()
    assert brief(rows(shop.olivia, first="2026-04-15", last="2026-04-30")) == [("Bonus", "-315.00", "-1260.00")]
    assert brief(rows(shop.sofia, STUDIO, first="2026-03-01", last="2026-04-10")) == [
        ("Bonus", "180.00", "360.00"),
        ("Bonus", "180.00", "540.00"),
        ("Bonus", "270.00", "810.00"),
    ]
    assert rows(shop.olivia, first="2026-02-01", last="2026-02-28") == []
    assert len(rows(shop.olivia, first="2026-01-10", last="2026-01-10")) == 1


def test_filters(shop: Workshop) -> None:
    id_ = shop.submitted()
    shop.done("approveMilestone", id=id_, paidAmount="10000")
    assert len(rows(shop.olivia, developerIds_any=[SOFIA, "1"])) == 2
    assert rows(shop.olivia, developerIds_any=["1"]) == []
    assert rows(shop.olivia, agencyCompanyIds_any=[STUDIO]) == [], "a freelancer's own company is no agency"
    assert [one["accountingSubtype"] for one in rows(shop.olivia, trxSubtypes_any=["Milestone"])] == ["Milestone"]
    assert len(rows(shop.olivia, trxSubtypes_any=[], developerIds_any=None)) == 2
    assert rows(shop.olivia, trxSubtypes_any=["Withdrawal"]) == []


def test_agencies_are_found_by_their_ids(souk: Souk) -> None:
    parties = Parties(**{**PARTIES.model_dump(), "agency": True})
    shop = Workshop(souk, contract(parties=parties))
    shop.active()
    (row,) = rows(shop.olivia, agencyCompanyIds_any=[STUDIO], agencyCompanyUids_any=[STUDIO, "1"])
    assert row["assignmentAgencyName"] == "Sofia"
    assert rows(shop.olivia, agencyCompanyUids_any=["1"]) == []


def test_a_team_sees_its_own_and_no_balance(shop: Workshop) -> None:
    shop.active()
    (row,) = rows(shop.liam)
    assert row["runningChargeableBalance"] is None
    other = person(shop.souk, "599", BUILD, company_id=ACME)
    assert rows(other) == []


def test_nobody_else_sees_them(shop: Workshop) -> None:
    shop.active()
    assert ask(shop.max).code == "FORBIDDEN"
    assert ask(shop.omar).code == "FORBIDDEN"
    assert ask(shop.sofia, ACME).code == "FORBIDDEN"
    assert rows(shop.omar, RIVAL) == []


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", TODAY),
        ("yesterday", TODAY),
        ("2026-02-30", TODAY),
        (TODAY, "2026-01-01"),
        ("2020-01-01", "2026-01-01"),
        ("0001-01-01T00:00:00+23:00", "0001-01-02"),
        ("9999-12-31T23:59:59-23:00", "9999-12-31"),
        ("2026-07-01\0", TODAY),
    ],
)
def test_days_that_are_none(shop: Workshop, first: str, last: str) -> None:
    assert ask(shop.olivia, first=first, last=last).code == "UNPROCESSABLE_CONTENT"


def test_hostile_filters(shop: Workshop) -> None:
    assert ask(shop.olivia, "0#\0").code == "FORBIDDEN"
    assert ask(shop.olivia, "a" * 5_000).code == "FORBIDDEN"
    assert ask(shop.olivia, developerIds_any=["1"] * 101).code == "UNPROCESSABLE_CONTENT"
    nobody = {"aceIds_any": [], "transactionDateTime_bt": {"rangeStart": TODAY, "rangeEnd": TODAY}}
    assert shop.olivia.call(ROWS, {"filter": nobody}).code == "UNPROCESSABLE_CONTENT"
    assert shop.olivia.call(ROWS, {"filter": None}).code == "UNPROCESSABLE_CONTENT"
    assert rows(shop.olivia, first="0001-01-01", last="0001-01-02") == []
    assert rows(shop.olivia, first="9999-12-31", last="9999-12-31") == []


def test_fifty_cost_what_five_do(shop: Workshop) -> None:
    table = shop.souk.table
    deal = deal_of(table, shop.now())
    trips = []
    for number in range(50):
        tx = table.transaction()
        at = CLOCK.market() - timedelta(seconds=1)
        entry = entries.Entry(f"9{number}", f"{at:%Y-%m-%dT%H:%M:%S}.{number:03}Z", "A bonus")
        post(tx, entries.direct(BookingKind.BONUS, deal, 100, entry))
        tx.commit()
        if number in (4, 49):
            trips.append(ask(shop.olivia).trips)
    assert len(rows(shop.olivia)) == 50
    assert trips[0] == trips[1]
