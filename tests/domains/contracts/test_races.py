"""Two at once on one contract: one wins, the other is told, and nothing is half-written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from souk.domains.contracts.model import ContractStatus
from souk.domains.contracts.store import history_of
from souk.domains.feedback.store import feedback_of
from souk.domains.ledger.model import AccountKind
from tests.support.api import Answer, Souk
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.contracts import ContractsWorld, hourly_contract
from tests.support.worlds.feedback import FeedbackWorld, stars

Act = Callable[[ContractsWorld], Answer]
END_CLIENT: Act = lambda world: world.ask_end(world.liam, by_client=True, feedbackInfo=stars(1))  # noqa: E731
END_FREELANCER: Act = lambda world: world.ask_end(world.sofia, by_client=False, feedbackInfo=stars(5))  # noqa: E731
PAUSE: Act = lambda world: world.pause(world.liam)  # noqa: E731
LIMIT: Act = lambda world: world.limit(world.liam, weeklyLimit="1")  # noqa: E731


@pytest.mark.parametrize(
    ("quick", "late"),
    [
        (END_CLIENT, END_FREELANCER),
        (END_FREELANCER, END_CLIENT),
        (END_CLIENT, PAUSE),
        (PAUSE, END_FREELANCER),
        (LIMIT, END_CLIENT),
        (END_FREELANCER, LIMIT),
    ],
)
def test_concurrent_changes_one_wins(
    hourly: ContractsWorld, monkeypatch: pytest.MonkeyPatch, quick: Act, late: Act
) -> None:
    assert all((hourly.liam.token, hourly.sofia.token))  # their own records are written before the race
    first = meanwhile(monkeypatch, lambda: quick(hourly))
    assert late(hourly).code == "CONFLICT"
    assert first[0].data
    assert len(history_of(hourly.souk.table, hourly.contract.id)) == 2, "its beginning, and what won"
    feedback = feedback_of(hourly.souk.table, hourly.contract.id)
    assert (feedback is not None) == (hourly.now().status is ContractStatus.CLOSED)
    assert not (feedback and feedback.client and feedback.freelancer)


def test_milestone_is_not_funded_while_contract_ends(fixed: ContractsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    milestone = fixed.planned()
    assert fixed.sofia.token
    first = meanwhile(monkeypatch, fixed.ended)
    assert fixed.do("activateMilestone", id=milestone).code == "CONFLICT"
    assert first == [None]
    assert fixed.on(AccountKind.ESCROW) == 0
    fixed.audit()


def test_concurrent_reviews_are_shown_and_counted_once(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = FeedbackWorld(souk, hourly_contract())
    world.ended()
    assert world.liam.token
    first = meanwhile(monkeypatch, lambda: world.say(world.sofia, **stars(5)))
    answer = world.say(world.liam, **stars(4))
    assert first[0].data["submitContractFeedback"]["clientFeedback"] is None
    assert answer.data["submitContractFeedback"]["freelancerFeedback"]["score"] == 5.0
    assert world.records() == ((1, 500), (1, 400))
    assert world.told() == ["SUBMIT", "SUBMIT"]


def test_review_during_reveal_is_counted_once(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = FeedbackWorld(souk, hourly_contract())
    world.ended()
    world.say(world.liam, **stars(5))
    assert world.sofia.token
    later = CLOCK.market() + timedelta(days=14, minutes=1)
    meanwhile(monkeypatch, lambda: world.souk.run_due(later))
    assert world.say(world.sofia, **stars(3)).data, "she asked in time by her own clock"
    assert world.records() == ((1, 300), (1, 500))


def test_concurrent_reviews_of_one_side_are_stored_once(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = FeedbackWorld(souk, hourly_contract())
    world.ended()
    assert all((world.liam.token, world.olivia.token))
    meanwhile(monkeypatch, lambda: world.say(world.olivia, **stars(5)))
    assert world.say(world.liam, **stars(1)).code == "CONFLICT"
    assert world.seen(world.liam) == (5.0, None)
    assert world.told() == ["SUBMIT"]
