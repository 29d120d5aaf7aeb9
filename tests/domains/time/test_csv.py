"""Weeks as CSV."""

import csv
import io

from souk.domains.time.rules.csv import HEADER, WeekLine, csv_of_weeks
from souk.values.money import Money


def line(**changes: object) -> WeekLine:
    fields: dict[str, object] = {
        "week": "2026-11-23",
        "contract_id": "1360000000000000001",
        "title": "=HYPERLINK(1)",
        "freelancer": "Sofia E.",
        "team": "Acme Design",
        "state": "BILLED",
        "worked": 910,
        "tracked": 600,
        "manual": 310,
        "overtime": 10,
        "billable": 900,
        "refunded": 0,
        "currency": "JPY",
        "amount": Money(97_500, "JPY"),
        "stipend": None,
        "client_fee": Money(4_875, "JPY"),
        "charge": Money(102_375, "JPY"),
        "vendor_fee": None,
        "earnings": None,
        "refunded_amount": Money(0, "JPY"),
        "billed": "2026-11-30T12:00:00.000Z",
        "released": None,
    }
    return WeekLine(**{**fields, **changes})  # type: ignore[arg-type] # as the class says


def test_weeks_are_written_with_their_amounts() -> None:
    found = list(csv.DictReader(io.StringIO(csv_of_weeks([line(), line(amount=Money(1_050), currency="USD")]))))
    assert list(found[0]) == list(HEADER)
    assert found[0]["Title"] == "'=HYPERLINK(1)"
    assert (found[0]["Minutes billable"], found[0]["Amount"], found[0]["Charge"]) == ("900", "97500", "102375")
    assert (found[0]["Vendor fee"], found[0]["Earnings"], found[0]["Released"]) == ("", "", "")
    assert (found[1]["Amount"], found[1]["Currency"]) == ("10.50", "USD")
