"""Random steps of both sides on one contract, valid and invalid: the stored records stay consistent."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from souk.domains.agreements.model import RateIncrease, Side
from souk.domains.contracts.model import ContractStatus, HourLimit, Term
from souk.domains.contracts.store import latest_changes
from souk.domains.feedback.store import feedback_of
from tests.support.api import Answer, Souk
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.feedback import FeedbackWorld, stars

STEPS = 50
EXPECTED = {"CONFLICT", "FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE_CONTENT"}


def step(world: FeedbackWorld, draw: random.Random) -> Answer | None:
    """Do a random action of a random person, usually one with permission."""
    who = draw.choice(
        [
            world.liam,
            world.liam,
            world.olivia,
            world.sofia,
            world.sofia,
            world.sofia,
            draw.choice([world.max, world.omar]),
        ]
    )
    said = stars(draw.choice([0, 1, 2, 3, 4, 5, 5, 5]), draw.choice([None, "Well.", "Well.", "Well.", "\0"]))
    given: dict[str, Any] = draw.choice([{}, {"feedbackInfo": said}, {"reasonRef": "1"}])
    hours = draw.choice(["0", "20", "40", None, "200"])
    if draw.random() < 0.03:
        world.souk.run_due(CLOCK.market() + timedelta(days=draw.choice([0, 40, 100])))
        return None
    acts: list[tuple[Callable[[], Answer], int]] = [
        (lambda: world.pause(who, draw.choice([None, "A break", "x" * 6_000])), 2),
        (lambda: world.restart(who), 2),
        (lambda: world.change_limit(who, weeklyLimit=hours), 2),
        (lambda: world.end_contract(who, by_client=draw.random() < 0.5, **given), 1),
        (lambda: world.send_feedback(who, **said), 4),
        (lambda: world.send_feedback(who, "update", **said), 3),
        (lambda: world.delete_feedback(who), 3),
    ]
    return draw.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()


def check(world: FeedbackWorld) -> None:
    """Check the invariants."""
    contract, feedback = world.stored_contract(), feedback_of(world.souk.table, world.contract.id)
    spans: tuple[tuple[Term | HourLimit, ...], ...] = (contract.terms, contract.hour_limits)
    for parts in spans:
        assert all(before.ends == after.starts for before, after in pairwise(parts))
        assert (parts[-1].ends is None) == (contract.status is not ContractStatus.CLOSED)
    assert (feedback is not None) == (contract.status is ContractStatus.CLOSED)
    history = latest_changes(world.souk.table, contract.id)
    assert (history[0].by_id, history[0].by) == (contract.changed_by_id, contract.changed_as)
    assert len(history) == contract.version, "every change of it has its record"
    shown = feedback is not None and feedback.shown is not None
    said = {side: feedback.of(side) if feedback else None for side in Side}
    client, freelancer = (
        (1, words.hundredths) if words and shown else (0, 0) for words in (said[Side.FREELANCER], said[Side.CLIENT])
    )
    assert world.records() == (client, freelancer)
    for side, who, other in ((Side.CLIENT, world.liam, 1), (Side.FREELANCER, world.sofia, 0)):
        seen = world.visible_scores(who) if feedback else (None, None)
        own, theirs = said[side], said[Side.FREELANCER if side is Side.CLIENT else Side.CLIENT]
        assert seen[1 - other] == (own.score if own else None)
        assert seen[other] == (theirs.score if theirs and shown else None)


@pytest.mark.parametrize("seed", [2, 3])
def test_random_steps_keep_feedback_consistent(souk: Souk, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same steps in every run
    agreed = RateIncrease(by=100, cadence_months=1)
    begun = CLOCK.market().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    world = FeedbackWorld(souk, hourly_contract(starts=begun, rate_increase=agreed))
    answers = []
    for number in range(STEPS):
        if number == STEPS // 3 and world.stored_contract().status is not ContractStatus.CLOSED:
            world.end_as_freelancer()
        answer = step(world, draw)
        if answer is not None:
            answers.append(answer)
            assert "errors" not in answer.json or answer.code in EXPECTED, answer.json
        check(world)
    assert sum("errors" not in one.json for one in answers) > 5
