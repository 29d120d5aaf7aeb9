"""Feedback through the API: hidden until both sides have reviewed or two weeks have passed, and counted when shown."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.clock import CLOCK
from tests.support.worlds.feedback import FeedbackWorld, stars

NOTHING = ((0, 0), (0, 0))


def test_reviews_are_hidden_until_both_are_in(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    assert world.visible_scores(world.sofia) == (None, None)
    own = world.send_feedback(world.liam, **stars(5, "Splendid.")).data["submitContractFeedback"]
    assert own == {
        "clientFeedback": {"score": 5.0, "comment": "Splendid.", "freelancerResponse": None},
        "freelancerFeedback": None,
    }
    assert world.visible_scores(world.max) == (5.0, None), "it is of the client's side, whoever of it asks"
    assert world.visible_scores(world.sofia) == (None, None)
    assert world.records() == NOTHING, "the number would give it away"
    world.send_feedback(world.sofia, qualityScore=4, skillsScore=5, deadlinesScore=5, comment="Clear.")
    for who in (world.liam, world.max, world.sofia):
        assert world.visible_scores(who) == (5.0, 4.67)
    assert world.records() == ((1, 467), (1, 500))
    shown = world.older_contract(world.liam)["feedback"]["freelancerFeedback"]
    assert shown == {"score": 4.67, "comment": "Clear.", "clientResponse": None, "recommendScore": None}
    assert world.older_contract(world.omar) is None
    assert world.feedback_events() == ["SUBMIT", "SUBMIT"]


def test_end_request_can_include_feedback(world: FeedbackWorld) -> None:
    assert world.end_contract(world.sofia, by_client=False, feedbackInfo=stars(3)).data
    assert (world.visible_scores(world.sofia), world.visible_scores(world.liam)) == ((None, 3.0), (None, None))
    assert world.feedback_events() == ["SUBMIT"]
    world.send_feedback(world.liam, **stars(4))
    assert world.records() == ((1, 300), (1, 400))


def test_invalid_feedback_prevents_end(world: FeedbackWorld) -> None:
    answer = world.end_contract(world.sofia, by_client=False, feedbackInfo={"skillsScore": 6})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "input.feedbackInfo.skillsScore" in answer.error["message"]
    assert world.stored_contract() == world.contract


def test_reviews_are_shown_after_two_weeks(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    world.send_feedback(world.liam, **stars(5))
    end = CLOCK.market()
    world.souk.run_due(end + timedelta(days=13, hours=23))
    assert world.visible_scores(world.sofia) == (None, None)
    world.souk.run_due(end + timedelta(days=14, minutes=1))
    assert world.visible_scores(world.sofia) == (5.0, None)
    assert world.records() == ((0, 0), (1, 500))
    before = world.stored_feedback()
    world.souk.run_due(end + timedelta(days=15))
    assert world.stored_feedback() == before, "it is shown once"
    assert world.feedback_events() == ["SUBMIT"]


def test_deadline_counts_before_its_work_runs(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    world.send_feedback(world.liam, **stars(5))
    world.pass_time(days=14, seconds=1)
    assert world.visible_scores(world.sofia) == (5.0, None)
    for late in (
        world.send_feedback(world.sofia, **stars(1)),
        world.send_feedback(world.liam, "update", **stars(1)),
        world.delete_feedback(world.liam),
    ):
        assert late.code == "CONFLICT"
    assert world.records() == NOTHING
    world.souk.run_due(CLOCK.market() + timedelta(days=15))
    assert world.records() == ((0, 0), (1, 500))


def test_hidden_review_can_change_and_be_deleted(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    world.send_feedback(world.liam, **stars(1, "Hm."))
    changed = world.send_feedback(world.liam, "update", **stars(2)).data["updateContractFeedback"]
    assert changed["clientFeedback"] == {"score": 2.0, "comment": None, "freelancerResponse": None}
    assert world.delete_feedback(world.liam).data == {"deleteContractFeedback": True}
    assert world.visible_scores(world.liam) == (None, None)
    assert world.delete_feedback(world.liam).code == "CONFLICT"
    assert world.send_feedback(world.liam, "update", **stars(2)).code == "CONFLICT"
    world.send_feedback(world.sofia, **stars(5))
    assert world.visible_scores(world.liam) == (None, None)
    assert world.records() == NOTHING
    assert world.feedback_events() == ["SUBMIT", "UPDATE", "DELETE", "SUBMIT"]


def test_changes_of_shown_review_are_counted(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    world.send_feedback(world.liam, **stars(1))
    world.send_feedback(world.sofia, **stars(5))
    world.send_feedback(world.liam, "update", qualityScore=2, skillsScore=3)
    assert world.records() == ((1, 500), (1, 250))
    world.delete_feedback(world.liam)
    assert world.records() == ((1, 500), (0, 0))
    assert world.visible_scores(world.liam) == world.visible_scores(world.sofia) == (None, 5.0), (
        "what was shown stays shown"
    )
    world.send_feedback(world.liam, **stars(4))
    assert world.visible_scores(world.sofia) == (4.0, 5.0), "and so is what comes after it"
    assert world.records() == ((1, 500), (1, 400))
    world.souk.run_due(CLOCK.market() + timedelta(days=15))
    assert world.records() == ((1, 500), (1, 400))


def test_second_review_conflicts(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    world.send_feedback(world.liam, **stars(5))
    for who in (world.liam, world.olivia):
        assert world.send_feedback(who, **stars(4)).code == "CONFLICT"
    assert world.feedback_events() == ["SUBMIT"]


def test_review_of_open_contract_conflicts(world: FeedbackWorld) -> None:
    assert world.send_feedback(world.liam, **stars(5)).code == "CONFLICT"
    assert world.send_feedback(world.liam, "update", **stars(5)).code == "CONFLICT"
    assert world.delete_feedback(world.liam).code == "CONFLICT"


def test_only_leaders_and_freelancer_give_feedback(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    assert world.send_feedback(world.max, **stars(5)).code == "FORBIDDEN"
    assert world.delete_feedback(world.max).code == "FORBIDDEN"
    assert world.send_feedback(world.omar, **stars(5)).code == "NOT_FOUND"
    assert world.delete_feedback(world.omar).code == "NOT_FOUND"
    missing = world.send_feedback(world.omar, contract_id="1", **stars(5))
    assert missing.error["message"] == world.send_feedback(world.omar, **stars(5)).error["message"]
    for strange in ("", "#", "\0", "0" * 5_000, f"{world.contract.id}#CONTRACT"):
        assert world.send_feedback(world.liam, contract_id=strange, **stars(5)).code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("feedback", "path"),
    [
        ({}, "input.feedback"),
        ({"comment": "Review alone"}, "input.feedback"),
        ({"skillsScore": 0}, "input.feedback.skillsScore"),
        ({"skillsScore": -2_147_483_648}, "input.feedback.skillsScore"),
        ({"skillsScore": 5, "qualityScore": 6}, "input.feedback.qualityScore"),
        ({"skillsScore": 5, "comment": "x" * 5_001}, "input.feedback.comment"),
        ({"skillsScore": 5, "comment": "\0"}, "input.feedback.comment"),
        ({"skillsScore": 5, "comment": "\u202e"}, "input.feedback.comment"),
    ],
)
def test_hostile_review_is_refused(world: FeedbackWorld, feedback: dict[str, Any], path: str) -> None:
    world.end_as_freelancer()
    for verb in ("submit", "update"):
        answer = world.send_feedback(world.liam, verb, **feedback)
        assert answer.code == "UNPROCESSABLE_CONTENT"
        assert path in answer.error["message"]
    assert world.stored_feedback().client is None


def test_blank_comment_is_null(world: FeedbackWorld) -> None:
    world.end_as_freelancer()
    shown = world.send_feedback(world.liam, skillsScore=5, comment=" \n ").data["submitContractFeedback"]
    assert shown["clientFeedback"]["comment"] is None
