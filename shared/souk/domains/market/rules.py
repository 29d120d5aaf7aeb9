"""The track records of both sides as the market sees them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zlib import crc32

from souk.domains.identity.model import Organization
from souk.domains.market.model import ClientRecord, DayTally, Payment
from souk.values.money import DEFAULT_CURRENCY, Money

_FIRST_SCORING: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""A Monday on which scores were computed."""
_FORTNIGHT: Final = timedelta(days=14)
_DAY: Final = 86_400
LONGEST: Final = 365
"""The longest period of which something is shown, in days."""


def with_record(client: Organization, here: ClientRecord) -> Organization:
    """Return the track record of a company: the numbers of this marketplace added to its imported ones."""
    return client.model_copy(
        update={
            "total_hires": client.total_hires + here.hires,
            "total_spent": client.total_spent + here.spent,
            "feedback_count": client.feedback_count + here.reviews,
            "feedback_score": _mean(client, here),
        }
    )


def _mean(client: Organization, here: ClientRecord) -> float:
    """Return the mean of all review scores. Fractions avoid rounding errors before the contract's Float."""
    if not here.reviews:
        return client.feedback_score
    before = Fraction(str(client.feedback_score)) * client.feedback_count
    return float((before + Fraction(here.stars, 100)) / (client.feedback_count + here.reviews))


def amounts(payment: Payment) -> dict[str, int]:
    """Return the amounts of a payment in the tallies of a freelancer, which are in US dollars."""
    if payment.currency != DEFAULT_CURRENCY:
        return {}
    found = {"earned": payment.earned, "received": payment.received}
    return found | {f"agency_{name}": minor for name, minor in found.items() if payment.agency}


def crossings(payment: Payment, before: int) -> dict[str, int]:
    """Return the changes of the counts of contracts in a freelancer's record, by a payment on one that earned `before`.

    A contract counts as a job once something was earned on it, and as billed from one unit of its currency.
    """
    after, unit = before + payment.earned, Money(0, payment.currency).scale
    return {
        "hourly_jobs" if payment.hourly else "fixed_jobs": (after > 0) - (before > 0),
        "billed": (after >= unit) - (before >= unit),
    }


def job_mark(payment: Payment) -> str:
    """Return the mark of a contract in the days on which something was earned on it."""
    return f"{payment.contract_id}#{'H' if payment.hourly else 'F'}"


def first_day(today: str, number: int) -> str:
    """Return the first day of a period of a number of days that ends with `today`."""
    return (date.fromisoformat(today) - timedelta(days=number - 1)).isoformat()


def last_days(days: Iterable[DayTally], today: str, number: int) -> DayTally:
    """Return the sum of the days of a period that ends with `today`."""
    first, last = f"D#{first_day(today, number)}", f"D#{today}"
    return _sum([one for one in days if first <= one.day <= last])


def _sum(days: Sequence[DayTally]) -> DayTally:
    names = DayTally.model_fields.keys() - {"version", "day", "contracts"}
    numbers = {name: sum(getattr(one, name) for one in days) for name in names}
    return DayTally(contracts=frozenset().union(*(one.contracts for one in days)), **numbers)


def next_scoring(user_id: str, after: datetime) -> datetime:
    """Return when the score of a freelancer is computed next, on every second Monday (UTC).

    Each person has a second of the day, so that the work is spread over it.
    """
    first = _FIRST_SCORING + timedelta(seconds=crc32(user_id.encode()) % _DAY)
    return first + ((after - first) // _FORTNIGHT + 1) * _FORTNIGHT
