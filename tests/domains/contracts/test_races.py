"""Concurrent changes of one contract: one wins, the other gets an error, and nothing is partly written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from souk.domains.contracts.model import ContractStatus
from souk.domains.contracts.store import latest_changes
from souk.domains.feedback.store import feedback_of
from souk.domains.ledger.model import AccountKind
from tests.support.api import Answer, Souk
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.contracts import ContractsWorld, hourly_contract
from tests.support.worlds.feedback import FeedbackWorld, stars

Act = Callable[[ContractsWorld], Answer]
END_CLIENT: Act = lambda world: world.end_contract(world.liam, by_client=True, feedbackInfo=stars(1))  # noqa: E731
END_FREELANCER: Act = lambda world: world.end_contract(world.sofia, by_client=False, feedbackInfo=stars(5))  # noqa: E731
PAUSE: Act = lambda world: world.pause(world.liam)  # noqa: E731
LIMIT: Act = lambda world: world.change_limit(world.liam, weeklyLimit="1")  # noqa: E731
SETTINGS: Act = lambda world: world.change_settings(world.liam, hideScreenshots=True)  # noqa: E731


@pytest.mark.parametrize(
    ("quick", "late"),
    [
        (END_CLIENT, END_FREELANCER),
        (END_FREELANCER, END_CLIENT),
        (END_CLIENT, PAUSE),
        (PAUSE, END_FREELANCER),
        (LIMIT, END_CLIENT),
        (END_FREELANCER, LIMIT),
        (LIMIT, SETTINGS),
    ],
)
def test_concurrent_changes_one_wins(
    hourly: ContractsWorld, monkeypatch: pytest.MonkeyPatch, quick: Act, late: Act
) -> None:
    assert all((hourly.liam.token, hourly.sofia.token))  # their own records are written before the race
    first = meanwhile(monkeypatch, lambda: quick(hourly))
    assert late(hourly).code == "CONFLICT"
    assert first[0].data
    assert len(latest_changes(hourly.souk.table, hourly.contract.id)) == 2, "its beginning, and what won"
    feedback = feedback_of(hourly.souk.table, hourly.contract.id)
    assert (feedback is not None) == (hourly.stored_contract().status is ContractStatus.CLOSED)
    assert not (feedback and feedback.client and feedback.freelancer)


def test_milestone_is_not_funded_while_contract_ends(fixed: ContractsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    milestone = fixed.add_milestone()
    assert fixed.sofia.token
    first = meanwhile(monkeypatch, fixed.end_as_freelancer)
    assert fixed.mutate("activateMilestone", id=milestone).code == "CONFLICT"
    assert first == [None]
    assert fixed.balance(AccountKind.ESCROW) == 0
    fixed.audit()


def test_concurrent_reviews_are_shown_and_counted_once(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = FeedbackWorld(souk, hourly_contract())
    world.end_as_freelancer()
    assert world.liam.token
    first = meanwhile(monkeypatch, lambda: world.send_feedback(world.sofia, **stars(5)))
    answer = world.send_feedback(world.liam, **stars(4))
    assert first[0].data["submitContractFeedback"]["clientFeedback"] is None
    assert answer.data["submitContractFeedback"]["freelancerFeedback"]["score"] == 5.0
    assert world.records() == ((1, 500), (1, 400))
    assert world.feedback_events() == ["SUBMIT", "SUBMIT"]


def test_review_during_reveal_is_counted_once(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = FeedbackWorld(souk, hourly_contract())
    world.end_as_freelancer()
    world.send_feedback(world.liam, **stars(5))
    assert world.sofia.token
    later = CLOCK.market() + timedelta(days=14, minutes=1)
    meanwhile(monkeypatch, lambda: world.souk.run_due(later))
    assert world.send_feedback(world.sofia, **stars(3)).data, "she asked in time by her own clock"
    assert world.records() == ((1, 300), (1, 500))


def test_concurrent_reviews_of_one_side_are_stored_once(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = FeedbackWorld(souk, hourly_contract())
    world.end_as_freelancer()
    assert all((world.liam.token, world.olivia.token))
    meanwhile(monkeypatch, lambda: world.send_feedback(world.olivia, **stars(5)))
    assert world.send_feedback(world.liam, **stars(1)).code == "CONFLICT"
    assert world.visible_scores(world.liam) == (5.0, None)
    assert world.feedback_events() == ["SUBMIT"]
