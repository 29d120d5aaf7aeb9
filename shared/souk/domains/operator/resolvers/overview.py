"""The operators' overview: what needs them, and how the marketplace is doing.

Its parts are read at the same time, and each is bounded. A part that cannot be read does not fail the others: it is
zero, empty or None, and a warning says that it is not known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from souk.domains.contracts.store import NEW_CONTRACTS
from souk.domains.identity.store import SIGN_UPS
from souk.domains.jobs.store import NEW_POSTINGS
from souk.domains.ledger import views as ledger
from souk.domains.ledger.store import month_tallies
from souk.domains.machinery.lists import late_deadlines
from souk.domains.machinery.views import SearchIndexState
from souk.domains.marketplace.deployment import deployment_settings
from souk.domains.marketplace.store import current
from souk.domains.operator.resolvers.declared import SCOPES, domain
from souk.domains.operator.setup import OperatorWarning, Setup, unknown, warnings
from souk.domains.payments.deployment import provider_name
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.providers.sandbox import NAME as SANDBOX
from souk.domains.payments.store import unfinished_orders
from souk.domains.reviews.lists import KINDS
from souk.domains.reviews.model import Review
from souk.domains.reviews.store import OPEN_REVIEWS, SHARDS
from souk.domains.webhooks.store import count_failed_deliveries
from souk.graph import Context
from souk.graph.context import Source
from souk.runtime.log import logger
from souk.storage import DayCounter, Key, Reading, Table, View
from souk.storage.lists import COUNT_BOUND
from souk.storage.merged import Group, MergedList
from souk.values.brand import SOUK
from souk.values.errors import SoukError
from souk.values.times import stamp

PERIODS: Final = (1, 7, 30)
"""The days of the activity, today included."""
MOST: Final = COUNT_BOUND.items
"""What is shown of numbers that are higher."""
_MOST_LATE: Final = 100
_FEW: Final = 50
_DAY: Final = timedelta(days=1)
_COUNTERS: Final[Mapping[str, DayCounter]] = {
    "sign_ups": SIGN_UPS,
    "job_postings": NEW_POSTINGS,
    "contracts": NEW_CONTRACTS,
}


@dataclass(frozen=True, slots=True)
class ActivityCount:
    """What happened in the last days."""

    days: int
    sign_ups: int = 0
    job_postings: int = 0
    contracts: int = 0
    api_requests: int | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The contract's OperatorOverview."""

    open_reviews: int
    oldest_review_date_time: str | None
    failed_deliveries: int
    dead_letters: int
    payments_waiting: int
    ledger_balanced: bool
    late_deadlines: int
    oldest_deadline_date_time: str | None
    search_indexes: Sequence[SearchIndexState]
    activity: Sequence[ActivityCount]
    warnings: Sequence[OperatorWarning]
    checked_date_time: str


class _Part(NamedTuple):
    """A part of the overview."""

    name: str
    """The field that is not known if it cannot be read."""
    read: Callable[[Table], Any]
    otherwise: Any


def _needed(_ctx: Context) -> dict[Key, Source]:
    return {_STORED.key(""): _STORED}


@domain.query("operatorOverview", scopes=SCOPES, needs=_needed)
def overview(ctx: Context) -> Overview:
    """Return what needs operators."""
    ctx.fetch(_needed(ctx))
    answers = (
        _Part("deadLetters", lambda _table: sum(_ask(ctx, "letters").values()), 0),
        _Part("searchIndexes", lambda _table: [SearchIndexState(**one) for one in _ask(ctx, "indexes")], []),
        _Part("apiRequests", lambda _table: _ask(ctx, "requests_by_day"), None),
    )
    read: dict[str, tuple[Any, str | None]] = ctx.entities[_STORED.key("")] | _read_all(answers, ctx.table)
    found = {name: value for name, (value, _) in read.items()}
    missing = [unknown(name, failure) for name, (_, failure) in read.items() if failure]
    (reviews, oldest_review), (late, oldest_deadline) = found["openReviews"], found["lateDeadlines"]
    by_day = {name: found[name] for name in _COUNTERS}
    if found["apiRequests"] is not None:
        by_day["api_requests"] = found["apiRequests"]
    return Overview(
        open_reviews=reviews,
        oldest_review_date_time=oldest_review,
        failed_deliveries=found["failedDeliveries"],
        dead_letters=found["deadLetters"],
        payments_waiting=found["paymentsWaiting"],
        ledger_balanced=found["ledgerBalanced"],
        late_deadlines=late,
        oldest_deadline_date_time=oldest_deadline,
        search_indexes=found["searchIndexes"],
        activity=[_activity(ctx, days, by_day) for days in PERIODS],
        warnings=[*missing, *found["warnings"]],
        checked_date_time=stamp(ctx.now),
    )


def _read_all(parts: Sequence[_Part], table: Table) -> dict[str, tuple[Any, str | None]]:
    """Return each part by its name, and why it is not known, if it is not."""
    found = table.concurrently([partial(_read, part) for part in parts])
    return dict(zip((part.name for part in parts), found, strict=True))


def _read(part: _Part, table: Table) -> tuple[Any, str | None]:
    """Return a part, and why it is not known, if it is not."""
    try:
        return part.read(table), None
    except SoukError as refused:
        return part.otherwise, refused.message
    except Exception:  # noqa: BLE001 - whatever is wrong with one part, operators see the others
        logger.exception("A part of the overview cannot be read", part=part.name)
        return part.otherwise, "It cannot be read just now."


def _ask(ctx: Context, about: str) -> Any:
    return ctx.ask("operator", f"machinery.{about}")


def _reviews(table: Table) -> tuple[int, str | None]:
    """Return the number of open reviews, and since when the oldest waits."""
    listed = MergedList(OPEN_REVIEWS, table, [Group([(kind, str(shard)) for kind in KINDS for shard in range(SHARDS)])])
    everything: View[Review, Review] = View()
    page = listed.page(everything, _FEW)  # mostly all, and then they are counted
    return _count(page.count()), page.rows[0].opened if page.rows else None


def _failed_deliveries(table: Table) -> int:
    return _count(count_failed_deliveries(table, stamp(table.clock.real() - _DAY)))


def _stuck_payments(table: Table) -> int:
    stuck: View[PaymentOrder, PaymentOrder] = View(within=("0", f"{stamp(table.clock.market())}$"))
    return _count(unfinished_orders(table).count(stuck))


def _is_balanced(table: Table) -> bool:
    return all(one.sum.minor == 0 for one in ledger.balances(month_tallies(table), ""))


def _late(table: Table) -> tuple[int, str | None]:
    """Return how many deadlines are late, at most `_MOST_LATE`, and since when the first is due."""
    found = late_deadlines(table, table.clock.market(), _MOST_LATE)
    return len(found), found[0].at if found else None


def _by_day(counter: DayCounter, table: Table) -> dict[str, int]:
    return counter.by_day(table, table.clock.market(), max(PERIODS))


def _setup(table: Table) -> list[OperatorWarning]:
    settings = current(table)
    deployment = {one.name: one.value for one in deployment_settings()}
    setup = Setup(
        named=settings.name != SOUK,
        terms=bool(settings.terms_url and settings.privacy_url),
        support=bool(settings.support_email or settings.support_url),
        sender=bool(deployment.get("mailFrom")),
        real_payments=provider_name() != SANDBOX,
    )
    return warnings(setup)


_STORED: Final = Reading(
    "operatorOverview",
    lambda table, _id: _read_all(
        (
            _Part("openReviews", _reviews, (0, None)),
            _Part("failedDeliveries", _failed_deliveries, 0),
            _Part("paymentsWaiting", _stuck_payments, 0),
            _Part("ledgerBalanced", _is_balanced, False),
            _Part("lateDeadlines", _late, (0, None)),
            *(_Part(name, partial(_by_day, counter), {}) for name, counter in _COUNTERS.items()),
            _Part("warnings", _setup, []),
        ),
        table,
    ),
)
"""The parts that are in the table, read with everything else that a request needs."""


def _activity(ctx: Context, days: int, by_day: Mapping[str, Mapping[str, int]]) -> ActivityCount:
    first = (ctx.now - timedelta(days=days - 1)).date().isoformat()
    sums = {name: sum(n for day, n in numbers.items() if day >= first) for name, numbers in by_day.items()}
    return ActivityCount(days, **sums)


def _count(number: int | None) -> int:
    return MOST if number is None else number
