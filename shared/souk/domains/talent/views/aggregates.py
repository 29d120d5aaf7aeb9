"""The numbers of a freelancer's work, under the names of the contract's types.

Each function returns one number from the freelancer's tallies, as the caller sees it. `docs/talent.md` explains them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from souk.domains.identity.model import User
from souk.domains.market.model import DayTally, FreelancerRecord, HiddenReason
from souk.domains.market.rules import last_days
from souk.domains.reference.rules import reason
from souk.domains.talent.model import Profile, TalentBadge
from souk.values.money import Money

RECENT: Final = 180
"""Days of a recent period."""
_MONTHS: Final = RECENT // 30
_MINUTES: Final = 60
_TOP: Final = {TalentBadge.TOP_RATED: "top_rated", TalentBadge.TOP_RATED_PLUS: "top_rated_plus"}


@dataclass(frozen=True, slots=True)
class Aggregates:
    """A freelancer, and what the caller sees of their numbers."""

    user: User
    profile: Profile
    today: str
    """yyyy-mm-dd, UTC."""
    own: bool
    """Whether the caller is the freelancer."""
    amounts: bool
    """Whether the caller sees what was earned."""
    agency_amounts: bool
    """Whether what was earned under contracts of agencies counts."""
    score: bool
    """Whether the caller sees the job success score."""

    def earned(self, counts: FreelancerRecord | DayTally) -> Money | None:
        """Return the earnings before fees; None if they are hidden."""
        return self._amount(counts.earned - (0 if self.agency_amounts else counts.agency_earned))

    def received(self, counts: FreelancerRecord | DayTally) -> Money | None:
        """Return the earnings after the vendor's fee; None if they are hidden."""
        return self._amount(counts.received - (0 if self.agency_amounts else counts.agency_received))

    def last(self, days: Sequence[DayTally], number: int) -> DayTally:
        """Return the counts of the last days."""
        return last_days(days, self.today, number)

    def _amount(self, minor: int) -> Money | None:
        return Money(minor) if self.amounts else None


Days = Sequence[DayTally]


def hours(counts: FreelancerRecord | DayTally) -> float:
    """Return the billed hours."""
    return counts.minutes / _MINUTES


def mean_score(counts: FreelancerRecord | DayTally) -> float | None:
    """Return the mean of the reviews in stars, weighted by what was earned; None without a review."""
    return round(counts.weighted_stars / counts.weight / 100, 2) if counts.weight > 0 else None


def last_activity(record: FreelancerRecord) -> str | None:
    """Return when a freelancer last applied, was hired or was paid."""
    return max(record.last_applied, record.last_hired, record.last_paid) or None


def standing(profile: Profile, *grades: TalentBadge) -> str | None:
    """Return the standing of a freelancer if it is one of some grades."""
    return _TOP.get(profile.standing) if profile.standing in grades else None


def job_success(source: Aggregates) -> float | None:
    """Return the job success score in percent; None if there is none, or it is hidden."""
    score = source.profile.job_success
    return float(score) if score is not None and source.score else None


def jobs(counts: DayTally, kind: str) -> int:
    """Return the number of contracts of a kind, H or F, on which something was earned."""
    return sum(one.endswith(f"#{kind}") for one in counts.contracts)


def per_month(amount: Money | None) -> Money | None:
    """Return the mean of a recent amount for 30 days."""
    return Money(round(amount.minor / _MONTHS), amount.currency) if amount else None


def responsiveness(counts: DayTally) -> str | None:
    """Return the share of invitations that were answered, such as `67%`; None without invitations."""
    return f"{round(100 * counts.answered / counts.invited)}%" if counts.invited > 0 else None


def share(part: int, whole: int) -> float | None:
    """Return a part of the proposals as a fraction; None without proposals."""
    return part / whole if whole > 0 else None


def common_reasons(reasons: Sequence[HiddenReason]) -> list[str]:
    """Return the three most common reasons for hiding proposals, the most common first."""
    counted = Counter({one.reason_id: one.proposals for one in reasons if one.proposals > 0})
    known = [(-number, id_, found.reason) for id_, number in counted.items() if (found := reason(id_))]
    return [text for _, _, text in sorted(known)[:3]]


def talent_amount(amount: Money | None) -> float | None:
    """Return an amount in major units, for the contract's Float."""
    return float(amount.raw_value) if amount else None
