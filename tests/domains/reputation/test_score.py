"""The published formula of the job success score, and the work that computes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from souk.deadlines.model import DEADLINES, hour_of
from souk.domains.market.rules import next_scoring
from souk.domains.market.store import SCORE
from souk.domains.reputation.commands import scoring
from souk.domains.reputation.rules import score
from souk.domains.reputation.rules.score import Outcome
from souk.domains.talent.model import TalentBadge
from tests.domains.identity.people import ACME, RIVAL, SOFIA
from tests.domains.reputation.work import ended, parties, review, store
from tests.domains.talent.world import TalentWorld
from tests.support.clock import CLOCK

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
STARTS, ENDED = "2026-01-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"


def outcome(**changes: Any) -> Outcome:
    return replace(Outcome("1", STARTS, ENDED, 10_000, 500), **changes)


GOOD = [outcome(), outcome(client_id="2"), outcome(client_id="2", stars=400)]


def test_score_needs_contracts_and_clients() -> None:
    assert score.job_success(GOOD, NOW) == 100
    assert score.job_success(GOOD[:2], NOW) is None
    assert score.job_success([outcome()] * 3, NOW) is None
    uncounted = [
        outcome(client_id="3", ended=None),
        outcome(client_id="3", earned=99, stars=None),
        outcome(client_id="3", ended="2024-07-01T12:00:00.000Z"),
    ]
    assert score.job_success([*GOOD[:2], *uncounted], NOW) is None
    assert score.job_success([*GOOD[:2], outcome(client_id="3", earned=300, stars=300)], NOW) == 99


def test_bad_and_large_contracts_weigh() -> None:
    assert score.job_success([*GOOD, outcome(stars=299)], NOW) == 50
    assert score.job_success([*GOOD, outcome(stars=None)], NOW) == 75
    assert score.job_success([outcome(stars=100), *(outcome(client_id="2", stars=100) for _ in range(2))], NOW) == 0
    large = outcome(client_id="3", earned=10**9, stars=100)
    capped = outcome(client_id="3", earned=score.GREATEST_WEIGHT, stars=100)
    rest = [outcome(client_id="2", earned=score.GREATEST_WEIGHT) for _ in range(3)]
    assert score.job_success([*rest, large], NOW) == score.job_success([*rest, capped], NOW) == 50


def test_standing_follows_published_thresholds() -> None:
    assert score.standing(90, 1_000_000, GOOD, NOW) is TalentBadge.TOP_RATED_PLUS
    assert score.standing(90, 999_999, GOOD, NOW) is TalentBadge.TOP_RATED
    assert score.standing(90, 99_999, GOOD, NOW) is None
    assert score.standing(89, 1_000_000, GOOD, NOW) is None
    assert score.standing(None, 10**9, [outcome()], NOW) is TalentBadge.HIPO
    assert score.standing(None, 0, [outcome(), outcome(stars=299)], NOW) is None
    assert score.standing(None, 0, [outcome(stars=None)], NOW) is None


def test_long_term_clients() -> None:
    short, running = outcome(), outcome(client_id="2", ended=None)
    assert score.long_term_clients([short], NOW) == 0
    assert score.long_term_clients([short, short], NOW) == 1
    assert score.long_term_clients([short, running], NOW) == 1
    assert score.long_term_clients([replace(running, earned=99)], NOW) == 0


OUTCOMES = st.lists(
    st.builds(
        Outcome,
        client_id=st.sampled_from("123"),
        starts=st.just(STARTS),
        ended=st.sampled_from([None, ENDED, "2023-01-01T00:00:00.000Z"]),
        earned=st.one_of(st.sampled_from([-1, 0, 99, 100, 499_999, 500_000, 500_001]), st.integers(0, 10**9)),
        stars=st.one_of(st.none(), st.sampled_from([100, 299, 300, 399, 400, 500])),
    ),
    max_size=8,
)


def published(outcomes: Sequence[Outcome]) -> int | None:
    """The formula as docs/talent.md says it."""
    counted = [one for one in outcomes if one.ended == ENDED and (one.earned >= 100 or one.stars is not None)]
    if len(counted) < 3 or len({one.client_id for one in counted}) < 2:
        return None
    weights = [min(max(one.earned, 100), 500_000) for one in counted]
    sums = Fraction(0)
    for one, weight in zip(counted, weights, strict=True):
        stars = 300 if one.stars is None else one.stars
        sums += weight if stars >= 400 else -weight if stars < 300 else 0
    share = 100 * sums / sum(weights)
    return max(0, int((2 * share + 1) // 2))


@settings(max_examples=60)
@given(OUTCOMES)
def test_score_is_the_published_formula(outcomes: list[Outcome]) -> None:
    found = score.job_success(outcomes, NOW)
    assert found == published(outcomes)
    assert found is None or 0 <= found <= 100
    assert score.job_success(list(reversed(outcomes)), NOW) == found
    if found is not None:
        better = score.job_success([*outcomes, outcome(earned=10**9)], NOW)
        assert better is not None
        assert better >= found, "a good contract never lowers it"


@given(st.text(max_size=20), st.integers(0, 4_000 * 86_400))
@settings(max_examples=40)
def test_scores_are_computed_every_second_monday(user_id: str, seconds: int) -> None:
    after = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    due = next_scoring(user_id, after)
    assert due.weekday() == 0
    assert timedelta() < due - after <= timedelta(days=14)
    assert next_scoring(user_id, due) - due == timedelta(days=14)
    assert (due.date() - datetime(2024, 1, 1, tzinfo=UTC).date()).days % 14 == 0


def test_people_have_different_seconds() -> None:
    assert len({next_scoring(str(number), NOW) for number in range(1_000)}) > 950


def _deadlines(world: TalentWorld, at: datetime) -> list[str]:
    found = world.table.query(DEADLINES, f"DUE#{hour_of(at)}").items
    return [one.at for one in found if one.kind == SCORE]


def test_scoring_judges_from_contracts_and_goes_on(world: TalentWorld) -> None:
    now = CLOCK.market()
    for client in (ACME, ACME, RIVAL):
        last = store(
            world.table,
            ended(parties=parties(client=client), ends=(now - timedelta(days=30)).isoformat()),
            earned=50_000,
            at=(now - timedelta(days=20)).isoformat(),
            client=review(5),
            shown="2026-02-05T08:00:00.000Z",
        )
    scoring.compute(world.souk.tables["talent"], SOFIA, now)
    judged = world.profile()
    assert (judged.job_success, judged.standing, judged.long_term_clients) == (100, TalentBadge.TOP_RATED, 2)
    since = judged.standing_since
    later = next_scoring(SOFIA, now)
    assert len(_deadlines(world, later)) == 1
    scoring.compute(world.souk.tables["talent"], SOFIA, now + timedelta(seconds=1))
    assert world.profile() == judged, "again without a change"
    assert world.profile().standing_since == since
    far = now + timedelta(days=800)
    scoring.compute(world.souk.tables["talent"], SOFIA, far)
    assert (world.profile().job_success, world.profile().standing) == (None, None)
    assert _deadlines(world, next_scoring(SOFIA, far)) == [], "nothing can change before the next hire"
    assert last


def test_scoring_reads_little(world: TalentWorld) -> None:
    for _ in range(12):
        store(world.table, ended(), earned=50_000)
    table = world.souk.tables["talent"]
    before = table.trips
    scoring.compute(table, SOFIA, CLOCK.market())
    assert table.trips - before <= 5


def test_scoring_without_a_profile_does_nothing(world: TalentWorld) -> None:
    scoring.compute(world.souk.tables["talent"], "999", CLOCK.market())
