"""The marketplace's books: `/operator/money`, its accounts and its bookings."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator import charts
from souk.console.operator.exports import LIST, export
from souk.console.operator.forms import (
    Change,
    asked,
    given,
    in_path,
    make,
    named,
    new_key,
    period,
    show_form,
    show_list,
    yes,
)
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response

MONTHS: Final = 12
"""The months of fees that are shown."""
ACCOUNTS: Final = ("FUNDS", "ESCROW", "EARNINGS", "FEES", "PROVIDER")
_DAYS: Final = timedelta(days=30)
_EXPORTS: Final = {"export": export("LEDGER", "CSV")}
_FEES: Final = ("clientFees", "vendorFees", "reversed", "total")


def show_money(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show the balances, and the fees by month; with `format=csv`, the fees as a file."""
    months = charts.months_until(visit.http.received, MONTHS)
    data = visit.ask("operator/money", first=months[0], last=months[-1])
    if visit.query.get("format") == "csv":
        return _csv(data["feeIncome"])
    return show_form(
        visit,
        "operator/money.html",
        error,
        balances=[one | {"balanced": not Decimal(one["sum"]["rawValue"])} for one in data["ledgerBalance"]],
        income=data["feeIncome"][::-1],
        charts=charts.fees(data["feeIncome"], months[-6:]),
        key=new_key(),
    )


def export_ledger(visit: Visit) -> Response:
    """POST: export the lines of the bookings of a span."""
    return make(visit, _EXPORTS, show_money, path=LIST)


def _csv(income: Iterable[Mapping[str, Any]]) -> Response:
    """Return the fees as a file, with amounts in the major unit."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["month", "currency", "client_fees", "vendor_fees", "reversed", "total", "bookings"])
    for one in income:
        writer.writerow([one["month"], one["currency"], *(one[name]["rawValue"] for name in _FEES), one["bookings"]])
    headers = (
        ("Content-Type", "text/csv; charset=utf-8"),
        ("Content-Disposition", 'attachment; filename="fees.csv"'),
        ("Cache-Control", "no-store"),
    )
    return Response(200, text.getvalue(), headers)


def show_accounts(visit: Visit) -> Response:
    """GET: show accounts."""
    criteria = given(
        kind_eq=asked(visit, "kind"),
        organizationId_eq=asked(visit, "organization"),
        contractId_eq=asked(visit, "contract"),
        nonZero_eq=yes(visit, "not_zero"),
    )
    return show_list(visit, "accounts", "ledgerAccounts", criteria, kinds=ACCOUNTS)


def show_bookings(visit: Visit) -> Response:
    """GET: show bookings, of the last 30 days if nothing else is asked for."""
    criteria = given(
        organizationId_eq=asked(visit, "organization"),
        contractId_eq=asked(visit, "contract"),
        milestoneId_eq=asked(visit, "milestone"),
        paymentOrderId_eq=asked(visit, "payment"),
        bookedDateTime_bt=period(visit),
    )
    if not criteria:
        now = visit.http.received
        first, last = (now - _DAYS).date().isoformat(), now.date().isoformat()
        criteria = {"bookedDateTime_bt": {"rangeStart": first, "rangeEnd": last}}
    return show_list(visit, "bookings", "ledgerBookings", criteria)


def show_booking(visit: Visit) -> Response:
    """GET: show a booking with its lines."""
    booking = _booking(visit)
    return visit.render("operator/booking.html", booking=booking, sum=_sum(booking["lines"]))


def show_reversal(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show the booking the other way round, with the balances after it."""
    booking = _booking(visit)
    lines = [one | {"after": _after(one)} for one in booking["lines"]]
    return show_form(visit, "operator/reversal.html", error, booking=booking, lines=lines, key=new_key())


def reverse(visit: Visit) -> Response:
    """POST: reverse the booking."""
    return make(visit, _CHANGES, show_reversal, path=f"/operator/money/bookings/{in_path(named(visit))}")


def _booking(visit: Visit) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = visit.ask("operator/booking", id=named(visit))["ledgerBooking"]
    if found is None:
        raise NotFound("There is no such booking.")
    return found


def _sum(lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the sum of a booking's lines as Money."""
    total = sum((Decimal(one["amount"]["rawValue"]) for one in lines), Decimal())
    return {"rawValue": str(total), "currency": lines[0]["amount"]["currency"]}


def _after(line: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the balance of a line's account after the reversal; None for the marketplace's own accounts."""
    if line["balance"] is None:
        return None
    after = Decimal(line["balance"]["rawValue"]) - Decimal(line["amount"]["rawValue"])
    return {"rawValue": str(after), "currency": line["balance"]["currency"]}


_CHANGES: Final = {
    "reverse": Change(
        "operator/changes/reverse",
        "booking-reversed",
        lambda visit: {
            "input": {
                "bookingId": named(visit),
                "reason": visit.fields.get("reason", ""),
                "idempotencyKey": visit.fields.get("key", ""),
            }
        },
    )
}
