"""The infrastructure of the search indexes: the queue of the fan-out, its settings and permissions."""

import pytest

from souk.app import FUNCTIONS
from souk.runtime.settings import search_settings
from tests.infra.template import Template, matches, render

INDEXER, FANOUT, MATCHER = "search_indexer", "search_fanout", "search_matcher"


def queue(template: Template) -> str:
    """Return the ARN of the queue, as policies name it."""
    id_, _ = template.named("AWS::SQS::Queue", "SearchQueueFanout")
    return f"${{{id_}.Arn}}"


def test_queue_is_read_by_one_function(aws_template: Template) -> None:
    arn = queue(aws_template)
    send = [one for one in FUNCTIONS if aws_template.may(one, "sqs:SendMessage", arn)]
    take = [one for one in FUNCTIONS if aws_template.may(one, "sqs:ReceiveMessage", arn)]
    assert (set(send), take) == ({INDEXER, FANOUT, "operator"}, [FANOUT]), "operators move dead letters back"


def test_queue_leaves_room_for_the_stream(aws_template: Template) -> None:
    (mapping,) = (
        one["Properties"]
        for one in aws_template.of("AWS::Lambda::EventSourceMapping").values()
        if render(one["Properties"]["EventSourceArn"]) == queue(aws_template)
    )
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    _, resource = aws_template.named("AWS::SQS::Queue", "SearchQueueFanout")
    assert resource["Properties"]["VisibilityTimeout"] >= 6 * aws_template.functions[FANOUT]["Timeout"]
    dead, _ = aws_template.named("AWS::SQS::Queue", "SearchQueueDeadLetters")
    assert render(resource["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]) == f"${{{dead}.Arn}}"


def test_functions_have_their_setting(
    aws_template: Template, local_template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    for template in (aws_template, local_template):
        id_, _ = template.named("AWS::SQS::Queue", "SearchQueueFanout")
        for function in (INDEXER, FANOUT):
            with monkeypatch.context() as patched:
                for name, value in template.functions[function]["Environment"]["Variables"].items():
                    patched.setenv(name, render(value))
                search_settings.cache_clear()
                assert search_settings().fanout == f"${{{id_}}}"
    search_settings.cache_clear()


def test_alarms_watch_the_fanout(aws_template: Template) -> None:
    named = {one["Properties"]["AlarmName"] for one in aws_template.of("AWS::CloudWatch::Alarm").values()}
    for function in ("fanout", "matcher"):
        assert {f"souk-prod-search-{function}-{what}" for what in ("errors", "behind", "dead-letters")} <= named


def test_matcher_gets_postings_that_more_people_see(aws_template: Template) -> None:
    ((_, rule),) = ((id_, one) for id_, one in aws_template.of("AWS::Events::Rule").items() if "SearchMatcher" in id_)
    pattern = rule["Properties"]["EventPattern"]

    def event(**detail: object) -> dict[str, object]:
        return {"source": "souk", "detail": {"opens": True, "payload": {"entity": "JP", "action": "NEW"}, **detail}}

    assert matches(pattern, event())
    assert not matches(pattern, event(opens=False))  # other changes of postings
    assert not matches(pattern, event(payload={"entity": "GIG", "action": "PUBLISH"}))
    id_, queue = aws_template.named("AWS::SQS::Queue", "SearchMatcherPostings")
    (target,) = rule["Properties"]["Targets"]
    assert render(target["Arn"]) == f"${{{id_}.Arn}}"
    dead, _ = aws_template.named("AWS::SQS::Queue", "SearchMatcherDeadLetters")
    assert render(target["DeadLetterConfig"]["Arn"]) == f"${{{dead}.Arn}}"
    assert render(queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]) == f"${{{dead}.Arn}}"
    assert queue["Properties"]["VisibilityTimeout"] >= 6 * aws_template.functions[MATCHER]["Timeout"]
    assert [one for one in FUNCTIONS if aws_template.may(one, "sqs:ReceiveMessage", f"${{{id_}.Arn}}")] == [MATCHER]
    assert [one for one in FUNCTIONS if aws_template.may(one, "sqs:SendMessage", f"${{{id_}.Arn}}")] == ["operator"]
