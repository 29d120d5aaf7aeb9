"""Feedback by the API: hidden until both have spoken or two weeks have passed, and counted when it is shown."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.clock import CLOCK
from tests.support.worlds.feedback import Reviewing, stars

NOTHING = ((0, 0), (0, 0))


def test_words_are_hidden_until_both_have_spoken(deal: Reviewing) -> None:
    deal.ended()
    assert deal.seen(deal.sofia) == (None, None)
    own = deal.say(deal.liam, **stars(5, "Splendid.")).data["submitContractFeedback"]
    assert own == {
        "clientFeedback": {"score": 5.0, "comment": "Splendid.", "freelancerResponse": None},
        "freelancerFeedback": None,
    }
    assert deal.seen(deal.max) == (5.0, None), "it is of the client's side, whoever of it asks"
    assert deal.seen(deal.sofia) == (None, None)
    assert deal.records() == NOTHING, "the number would give it away"
    deal.say(deal.sofia, qualityScore=4, skillsScore=5, deadlinesScore=5, comment="Clear.")
    for who in (deal.liam, deal.max, deal.sofia):
        assert deal.seen(who) == (5.0, 4.67)
    assert deal.records() == ((1, 467), (1, 500))
    shown = deal.older(deal.liam)["feedback"]["freelancerFeedback"]
    assert shown == {"score": 4.67, "comment": "Clear.", "clientResponse": None, "recommendScore": None}
    assert deal.older(deal.omar) is None
    assert deal.told() == ["SUBMIT", "SUBMIT"]


def test_the_request_that_ends_the_contract_can_bring_it(deal: Reviewing) -> None:
    assert deal.ask_end(deal.sofia, by_client=False, feedbackInfo=stars(3)).data
    assert (deal.seen(deal.sofia), deal.seen(deal.liam)) == ((None, 3.0), (None, None))
    assert deal.told() == ["SUBMIT"]
    deal.say(deal.liam, **stars(4))
    assert deal.records() == ((1, 300), (1, 400))


def test_what_is_wrong_with_it_keeps_the_contract_from_ending(deal: Reviewing) -> None:
    answer = deal.ask_end(deal.sofia, by_client=False, feedbackInfo={"skillsScore": 6})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "input.feedbackInfo.skillsScore" in answer.error["message"]
    assert deal.now() == deal.contract


def test_after_two_weeks_what_there_is_is_shown(deal: Reviewing) -> None:
    deal.ended()
    deal.say(deal.liam, **stars(5))
    end = CLOCK.market()
    assert deal.souk.run_due(end + timedelta(days=13, hours=23)) == 0
    assert deal.seen(deal.sofia) == (None, None)
    deal.souk.run_due(end + timedelta(days=14, minutes=1))
    assert deal.seen(deal.sofia) == (5.0, None)
    assert deal.records() == ((0, 0), (1, 500))
    before = deal.feedback()
    deal.souk.run_due(end + timedelta(days=15))
    assert deal.feedback() == before, "it is shown once"
    assert deal.told() == ["SUBMIT"]


def test_the_time_counts_whether_or_not_the_clock_has_been_there(deal: Reviewing) -> None:
    deal.ended()
    deal.say(deal.liam, **stars(5))
    deal.long_ago(days=14, seconds=1)
    assert deal.seen(deal.sofia) == (5.0, None)
    for late in (
        deal.say(deal.sofia, **stars(1)),
        deal.say(deal.liam, "update", **stars(1)),
        deal.take_back(deal.liam),
    ):
        assert late.code == "CONFLICT"
    assert deal.records() == NOTHING
    deal.souk.run_due(CLOCK.market() + timedelta(days=15))
    assert deal.records() == ((0, 0), (1, 500))


def test_hidden_words_can_be_changed_and_taken_back(deal: Reviewing) -> None:
    deal.ended()
    deal.say(deal.liam, **stars(1, "Hm."))
    changed = deal.say(deal.liam, "update", **stars(2)).data["updateContractFeedback"]
    assert changed["clientFeedback"] == {"score": 2.0, "comment": None, "freelancerResponse": None}
    assert deal.take_back(deal.liam).data == {"deleteContractFeedback": True}
    assert deal.seen(deal.liam) == (None, None)
    assert deal.take_back(deal.liam).code == "CONFLICT"
    assert deal.say(deal.liam, "update", **stars(2)).code == "CONFLICT"
    deal.say(deal.sofia, **stars(5))
    assert deal.seen(deal.liam) == (None, None)
    assert deal.records() == NOTHING
    assert deal.told() == ["SUBMIT", "UPDATE", "DELETE", "SUBMIT"]


def test_what_is_shown_is_counted_as_it_is_changed(deal: Reviewing) -> None:
    deal.ended()
    deal.say(deal.liam, **stars(1))
    deal.say(deal.sofia, **stars(5))
    deal.say(deal.liam, "update", qualityScore=2, skillsScore=3)
    assert deal.records() == ((1, 500), (1, 250))
    deal.take_back(deal.liam)
    assert deal.records() == ((1, 500), (0, 0))
    assert deal.seen(deal.liam) == deal.seen(deal.sofia) == (None, 5.0), "what was shown stays shown"
    deal.say(deal.liam, **stars(4))
    assert deal.seen(deal.sofia) == (4.0, 5.0), "and so is what comes after it"
    assert deal.records() == ((1, 500), (1, 400))
    deal.souk.run_due(CLOCK.market() + timedelta(days=15))
    assert deal.records() == ((1, 500), (1, 400))


def test_one_says_it_once(deal: Reviewing) -> None:
    deal.ended()
    deal.say(deal.liam, **stars(5))
    for who in (deal.liam, deal.olivia):
        assert deal.say(who, **stars(4)).code == "CONFLICT"
    assert deal.told() == ["SUBMIT"]


def test_it_is_for_contracts_that_have_ended(deal: Reviewing) -> None:
    assert deal.say(deal.liam, **stars(5)).code == "CONFLICT"
    assert deal.say(deal.liam, "update", **stars(5)).code == "CONFLICT"
    assert deal.take_back(deal.liam).code == "CONFLICT"


def test_it_is_for_those_who_may_bind_their_side(deal: Reviewing) -> None:
    deal.ended()
    assert deal.say(deal.max, **stars(5)).code == "FORBIDDEN"
    assert deal.take_back(deal.max).code == "FORBIDDEN"
    assert deal.say(deal.omar, **stars(5)).code == "NOT_FOUND"
    assert deal.take_back(deal.omar).code == "NOT_FOUND"
    missing = deal.say(deal.omar, contract_id="1", **stars(5))
    assert missing.error["message"] == deal.say(deal.omar, **stars(5)).error["message"]
    for strange in ("", "#", "\0", "0" * 5_000, f"{deal.contract.id}#CONTRACT"):
        assert deal.say(deal.liam, contract_id=strange, **stars(5)).code == "NOT_FOUND"


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
def test_hostile_words(deal: Reviewing, feedback: dict[str, Any], path: str) -> None:
    deal.ended()
    for verb in ("submit", "update"):
        answer = deal.say(deal.liam, verb, **feedback)
        assert answer.code == "UNPROCESSABLE_CONTENT"
        assert path in answer.error["message"]
    assert deal.feedback().client is None


def test_a_blank_comment_is_none(deal: Reviewing) -> None:
    deal.ended()
    shown = deal.say(deal.liam, skillsScore=5, comment=" \n ").data["submitContractFeedback"]
    assert shown["clientFeedback"]["comment"] is None
