"""Operators see dead letters and move them back."""

import orjson
import pytest
from botocore.exceptions import ClientError

from souk.domains.machinery.views import DEAD_LETTER_TITLES
from souk.runtime import aws
from tests.domains.machinery.conftest import Queues
from tests.domains.operator.conftest import Market

LIST = "{ deadLetterQueues { name title messages } }"
MOVE = 'mutation Move($queue: String!) { redriveDeadLetters(queue: $queue, reason: "Mended") }'


def test_queues_are_listed_with_their_letters(market: Market, queues: Queues) -> None:
    queues.waiting["dead-delivery"] = ["1", "2"]
    found = {one["name"]: one for one in market.ada.call(LIST).data["deadLetterQueues"]}
    assert {name: one["messages"] for name, one in found.items()} == {"webhook_delivery": 2, "clock": 0, "relay": 0}
    assert found["relay"]["title"] == DEAD_LETTER_TITLES["relay"]


def test_messages_go_back_to_their_queue(market: Market, queues: Queues) -> None:
    queues.waiting["dead-delivery"] = [str(number) for number in range(23)]
    assert market.ada.call(MOVE, {"queue": "webhook_delivery"}).data["redriveDeadLetters"] == 23
    assert queues.sent == [("deliveries", str(number)) for number in range(23)]
    assert queues.undeleted == []
    assert [(one.action, one.subject_id) for one in market.trail()] == [("redriveDeadLetters", "webhook_delivery")]


def test_events_go_back_to_their_function(market: Market, queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    invoked: list[tuple[str, object]] = []
    monkeypatch.setattr(aws, "invoke_later", lambda function, event: invoked.append((function, event)))
    minute: dict[str, object] = {"detail": {}}
    letters = [orjson.dumps(minute).decode(), orjson.dumps({"requestPayload": minute, "responsePayload": {}}).decode()]
    queues.waiting["dead-clock"] = letters
    assert market.ada.call(MOVE, {"queue": "clock"}).data["redriveDeadLetters"] == 2
    assert invoked == [("clock", minute), ("clock", minute)]


def test_letter_stays_if_it_cannot_be_handed_over(
    market: Market, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessage")

    monkeypatch.setattr(queues, "send_message", refuse)
    queues.waiting["dead-delivery"] = ["1"]
    assert market.ada.call(MOVE, {"queue": "webhook_delivery"}).code == "SERVICE_UNAVAILABLE"
    assert queues.undeleted == ["1"]


def test_places_in_the_stream_cannot_go_back(market: Market, queues: Queues) -> None:
    queues.waiting["dead-relay"] = ["{}"]
    answer = market.ada.call(MOVE, {"queue": "relay"})
    assert (answer.code, "Send the events of their time again" in answer.error["message"]) == ("CONFLICT", True)
    assert market.ada.call(MOVE, {"queue": "nothing"}).code == "NOT_FOUND"
    assert market.trail() == []
