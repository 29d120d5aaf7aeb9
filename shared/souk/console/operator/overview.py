"""What needs operators, and how the marketplace is doing: `/operator`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from souk.console.operator import charts
from souk.console.operator.forms import nodes
from souk.console.site import Visit
from souk.web import Response

MONTHS: Final = 6
"""The months of the chart of fees."""
WEEK: Final = 7
"""The days of the activity that is shown."""
SLOW_SECONDS: Final = 60
"""A search index that is further behind needs somebody."""
_UNKNOWN: Final = "UNKNOWN_"
_COUNTED: Final = (
    (
        "paymentsWaiting",
        ("Payment that is stuck", "Payments that are stuck"),
        "Paid and not used, or open past their time.",
        "/operator/money/payments?stuck=yes",
        "Payments",
    ),
    ("openReviews", ("Open review", "Open reviews"), "They wait for a decision.", "/operator/reviews", "Review"),
    (
        "deadLetters",
        ("Dead letter", "Dead letters"),
        "Messages that could not be processed.",
        "/operator/machinery?show=queues",
        "Queues",
    ),
    (
        "lateDeadlines",
        ("Late deadline", "Late deadlines"),
        "Due more than five minutes ago.",
        "/operator/machinery?show=deadlines&late=yes",
        "Deadlines",
    ),
    (
        "failedDeliveries",
        ("Webhook delivery that gave up", "Webhook deliveries that gave up"),
        "In the last 24 hours. Their events can be replayed.",
        "/operator/machinery?show=events",
        "Events",
    ),
)
"""Numbers that should be zero, most urgent first: the field, what one and many are, and where they are."""


class Need(NamedTuple):
    """Something that needs an operator, or is in order."""

    number: str
    title: str
    says: str
    path: str
    button: str
    urgent: bool = False


def show_overview(visit: Visit) -> Response:
    """GET: show what needs operators."""
    now = visit.http.received
    months = charts.months_until(now, MONTHS)
    data = visit.ask("operator/overview", first=months[0], last=months[-1])
    found = data["operatorOverview"]
    unknown = {
        one["code"].removeprefix(_UNKNOWN): one["message"]
        for one in found["warnings"]
        if one["code"].startswith(_UNKNOWN)
    }
    local = now.astimezone(ZoneInfo(visit.frame.timezone if visit.frame else "UTC"))
    return visit.render(
        "operator/overview.html",
        greeting=_greeting(local),
        today=local.strftime("%A, %-d %B"),
        needs=[*_needs(found)],
        well=[*_in_order(found, unknown)],
        unknown=unknown,
        warnings=[one for one in found["warnings"] if not one["code"].startswith(_UNKNOWN)],
        week=next((one for one in found["activity"] if one["days"] == WEEK), None),
        fees=charts.fees(data["feeIncome"], months),
        actions=nodes(data["operatorActions"]),
    )


def _greeting(local: datetime) -> str:
    return ("Good morning", "Good afternoon", "Good evening")[min(max(local.hour - 6, 0) // 6, 2)]


def _needs(found: Mapping[str, Any]) -> Iterator[Need]:
    """Yield what is not zero, most urgent first."""
    known = {one["code"] for one in found["warnings"]}
    if not found["ledgerBalanced"] and f"{_UNKNOWN}ledgerBalanced" not in known:
        yield Need(
            "!", "The books do not sum to zero", "Run souk ledger verify.", "/operator/money", "Money", urgent=True
        )
    for field, (one, many), says, path, button in _COUNTED:
        if number := found[field]:
            yield Need(f"{number:,}", one if number == 1 else many, says, path, button)
    for index in _slow(found["searchIndexes"]):
        title = f"The search index {index['index']} is behind"
        yield Need(f"{index['lagSeconds']} s", title, "", "/operator/machinery?show=indexes", "Indexes")


def _slow(indexes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in indexes if one["lagSeconds"] > SLOW_SECONDS]


def _in_order(found: Mapping[str, Any], unknown: Mapping[str, str]) -> Iterator[str]:
    """Yield what needs nobody."""
    for field, is_well, says in (
        ("ledgerBalanced", found["ledgerBalanced"], "The books sum to zero"),
        ("openReviews", not found["openReviews"], "Nothing waits for review"),
        ("paymentsWaiting", not found["paymentsWaiting"], "No payment is stuck"),
        ("deadLetters", not found["deadLetters"], "Nothing in dead letters"),
        ("lateDeadlines", not found["lateDeadlines"], "Deadlines on time"),
        ("failedDeliveries", not found["failedDeliveries"], "No webhook gave up"),
        ("searchIndexes", not _slow(found["searchIndexes"]), "Search is current"),
    ):
        if is_well and field not in unknown:
            yield says
