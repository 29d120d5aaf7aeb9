"""Computing the job success score and the standing of a freelancer, every second Monday.

Each person has a deadline of their own, at a second of that day which depends on their id, so that the work is spread.
The first hire schedules it, and it schedules itself while the person has contracts that count.
"""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import Side
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import PERSON_CONTRACTS
from souk.domains.feedback.rules.states import public
from souk.domains.market.rules import last_days, next_scoring
from souk.domains.market.store import LAST_DAYS, SCORE
from souk.domains.reputation.model import Work
from souk.domains.reputation.rules import score
from souk.domains.reputation.rules.score import Outcome
from souk.domains.reputation.store import work_of
from souk.domains.talent.model import Profile, TalentBadge
from souk.domains.talent.store import PROFILES
from souk.storage import Table, Transaction, View
from souk.values.times import stamp

MOST: Final = 500
"""The newest contracts that a score takes into account."""
_YEAR: Final = 365
_TOP: Final = frozenset({TalentBadge.TOP_RATED, TalentBadge.TOP_RATED_PLUS})


def compute(table: Table, user_id: str, now: datetime) -> None:
    """Compute the score and the standing of a freelancer. Running it again changes nothing."""
    outcomes = _outcomes(table, user_id, now)
    earned = _earned_in_a_year(table, user_id, now)

    def attempt(tx: Transaction) -> None:
        profile = table.get(PROFILES, user_id, consistent=True)
        if profile and (judged := _judged(profile, outcomes, earned, now)) != profile:
            tx.update(PROFILES, judged)
        if _goes_on(outcomes, now):
            schedule(tx, SCORE, user_id, next_scoring(user_id, now))

    table.retry_until_committed(attempt)


def _judged(profile: Profile, outcomes: list[Outcome], earned: int, now: datetime) -> Profile:
    found = score.job_success(outcomes, now)
    standing = score.standing(found, earned, outcomes, now)
    since = profile.standing_since
    if standing in _TOP and profile.standing not in _TOP:
        since = stamp(now)
    return profile.model_copy(
        update={
            "job_success": found,
            "standing": standing,
            "standing_since": since,
            "long_term_clients": score.long_term_clients(outcomes, now),
        }
    )


def _goes_on(outcomes: list[Outcome], now: datetime) -> bool:
    """Return whether a score may change without a further hire."""
    return any(one.ended is None or one.counts(now) for one in outcomes)


def _outcomes(table: Table, user_id: str, now: datetime) -> list[Outcome]:
    """Return the newest contracts of a freelancer, for the score."""
    everything: View[Contract, Contract] = View()
    contracts: list[Contract] = []
    for chunk in PERSON_CONTRACTS.of(table, user_id).chunks(everything):
        contracts += chunk
        if len(contracts) >= MOST:
            break
    return [_outcome(one, stamp(now)) for one in work_of(table, contracts[:MOST], consistent=True)]


def _outcome(work: Work, now: str) -> Outcome:
    contract = work.contract
    review = public(work.feedback, Side.CLIENT, now) if work.feedback else None
    return Outcome(
        client_id=contract.parties.client_company_id,
        starts=contract.starts,
        ended=(contract.ends or contract.modified) if contract.status is ContractStatus.CLOSED else None,
        earned=work.totals.earned,
        stars=review.hundredths if review else None,
    )


def _earned_in_a_year(table: Table, user_id: str, now: datetime) -> int:
    """Return the earnings of the last 365 days, in minor units of US dollars."""
    today = now.date().isoformat()
    days = LAST_DAYS.read(table, LAST_DAYS.key(user_id, today))
    return last_days(days, today, _YEAR).earned
