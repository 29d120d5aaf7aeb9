"""The job success score and the standing of freelancers. Pure. `docs/talent.md` publishes this formula.

The score is the percentage of good contracts less that of bad ones, weighted by what was earned on them. It takes the
contracts that ended within the last `MONTHS` months and either earned at least 1 USD or were reviewed by the client. A
contract is good if the client gave at least 4 stars, and bad if the client gave less than 3; others are neither. The
score is at least 0. There is none for fewer than `LEAST_CONTRACTS` contracts or `LEAST_CLIENTS` clients.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from souk.domains.talent.model import TalentBadge

PERIOD: Final = timedelta(days=730)
"""24 months."""
LEAST_CONTRACTS: Final = 3
LEAST_CLIENTS: Final = 2
LEAST_WEIGHT: Final = 100
"""In minor units: 1 USD, the weight of a reviewed contract that earned less."""
GREATEST_WEIGHT: Final = 500_000
"""5,000 USD, so that one large contract does not decide alone."""
_GOOD, _BAD = 400, 300  # hundredths of a star
_LONG_TERM: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A contract, for the score. Amounts are minor units."""

    client_id: str
    """The client's company."""
    starts: str
    """ISO 8601, UTC, as is `ended`."""
    ended: str | None
    """None for a contract that has not ended."""
    earned: int
    stars: int | None = None
    """The client's shown score, in hundredths of a star."""

    @property
    def weight(self) -> int:
        """The weight in the score."""
        return min(max(self.earned, LEAST_WEIGHT), GREATEST_WEIGHT)

    @property
    def good(self) -> bool:
        """Whether the client was content."""
        return self.stars is not None and self.stars >= _GOOD

    @property
    def bad(self) -> bool:
        """Whether the client was not."""
        return self.stars is not None and self.stars < _BAD

    def counts(self, now: datetime) -> bool:
        """Return whether it is part of the score now."""
        if self.ended is None or (self.earned < LEAST_WEIGHT and self.stars is None):
            return False
        return now - PERIOD < datetime.fromisoformat(self.ended) <= now


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a standing needs."""

    standing: TalentBadge
    score: int
    """The least job success score, in percent."""
    earned: int
    """The least earnings of the last 365 days, in minor units of US dollars."""


THRESHOLDS: Final = (
    Threshold(TalentBadge.TOP_RATED_PLUS, 90, 1_000_000),
    Threshold(TalentBadge.TOP_RATED, 90, 100_000),
)
"""The best standing first."""


def job_success(outcomes: Iterable[Outcome], now: datetime) -> int | None:
    """Return the job success score in percent, rounded half up; None without enough contracts or clients."""
    counted = [one for one in outcomes if one.counts(now)]
    if len(counted) < LEAST_CONTRACTS or len({one.client_id for one in counted}) < LEAST_CLIENTS:
        return None
    sign = {one: one.good - one.bad for one in counted}
    share = Fraction(sum(one.weight * sign[one] for one in counted), sum(one.weight for one in counted))
    return max(0, int(share * 100 + Fraction(1, 2)))


def standing(score: int | None, earned: int, outcomes: Sequence[Outcome], now: datetime) -> TalentBadge | None:
    """Return the standing of a freelancer with a score, and with earnings in the last 365 days."""
    for needed in THRESHOLDS:
        if score is not None and score >= needed.score and earned >= needed.earned:
            return needed.standing
    counted = [one for one in outcomes if one.counts(now)]
    promising = score is None and any(one.good for one in counted) and not any(one.bad for one in counted)
    return TalentBadge.HIPO if promising else None


def long_term_clients(outcomes: Iterable[Outcome], now: datetime) -> int:
    """Return the number of clients who have paid for work on a contract of at least 90 days, or on two contracts."""
    paid = [one for one in outcomes if one.earned >= LEAST_WEIGHT]
    contracts = Counter(one.client_id for one in paid)
    lasting = {one.client_id for one in paid if _duration(one, now) >= _LONG_TERM}
    return len(lasting | {client for client, number in contracts.items() if number > 1})


def _duration(outcome: Outcome, now: datetime) -> timedelta:
    ended = datetime.fromisoformat(outcome.ended) if outcome.ended else now
    return ended - datetime.fromisoformat(outcome.starts)
