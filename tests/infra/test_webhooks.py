"""The infrastructure of webhooks: rules, queues, settings and permissions."""

from typing import Any, cast

import orjson
import pytest

from souk.app import FUNCTIONS
from souk.domains.webhooks.deployment import private_addresses_allowed, queue_by_arn
from souk.domains.webhooks.messages import DeliveryQueue
from souk.domains.webhooks.sender import TIMEOUT_SECONDS
from souk.domains.webhooks.store import SUBSCRIPTIONS, delivery_key, slow_address_key, subscription_key
from souk.events.relay import relay
from souk.runtime.settings import settings, webhook_settings
from souk.storage import Table
from tests.infra.template import WEBHOOKS, Json, Template, matches, render
from tests.support.clock import CLOCK
from tests.support.environment import deployed

FANOUT, DELIVERY = "webhook_fanout", "webhook_delivery"
LEADING = "dynamodb:LeadingKeys"
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem")


def queue(template: Template, name: str) -> tuple[str, Json]:
    """Return the ARN of a queue, as policies name it, and its properties."""
    id_, resource = template.named("AWS::SQS::Queue", name)
    return f"${{{id_}.Arn}}", resource["Properties"]


def rule(template: Template) -> Json:
    """Return the rule that sends events to the queue."""
    (properties,) = (one["Properties"] for id_, one in template.of("AWS::Events::Rule").items() if "Webhook" in id_)
    return cast("Json", properties)


def mappings(template: Template, function: str) -> dict[str, Json]:
    """Return the event source mappings of a function, by source."""
    named = {name: one["FunctionName"] for name, one in template.functions.items()}
    ids = {id_: one["Properties"]["FunctionName"] for id_, one in template.of("AWS::Lambda::Function").items()}
    all_ = (one["Properties"] for one in template.of("AWS::Lambda::EventSourceMapping").values())
    return {render(one["EventSourceArn"]): one for one in all_ if ids[one["FunctionName"]["Ref"]] == named[function]}


def test_fanout_queue_gets_events_without_deadlines(aws_template: Template, table: Table) -> None:
    tx = table.transaction()
    tx.emit("JP", "NEW", "1", to=["2"])
    tx.commit()
    (item,) = table.client.scan(TableName=table.name)["Items"]
    put: list[Json] = []

    class Events:
        def put_events(self, Entries: list[Json]) -> Json:  # noqa: N803 - boto3's name
            put.extend(Entries)
            return {"Entries": [{} for _ in Entries]}

    record = {"eventName": "INSERT", "dynamodb": {"Keys": item, "NewImage": item, "SequenceNumber": "1"}}
    relay([record], cast("Any", Events()), "the-bus", CLOCK.market())
    (entry,) = put
    event = {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": orjson.loads(entry["Detail"])}
    assert matches(rule(aws_template)["EventPattern"], event)
    assert not matches(rule(aws_template)["EventPattern"], {**event, "source": "souk.deadlines"})
    (target,) = rule(aws_template)["Targets"]
    assert render(target["Arn"]) == queue(aws_template, "WebhookFanoutEvents")[0]
    assert "DeadLetters" in render(target["DeadLetterConfig"]["Arn"])


def test_functions_read_their_queues(aws_template: Template) -> None:
    assert mappings(aws_template, FANOUT).keys() == {queue(aws_template, "WebhookFanoutEvents")[0]}
    sources = mappings(aws_template, DELIVERY)
    standard, slow = (queue(aws_template, name)[0] for name in ("WebhooksDeliveries", "WebhooksSlowDeliveries"))
    assert sources.keys() == {standard, slow}
    concurrency = {arn: one["ScalingConfig"]["MaximumConcurrency"] for arn, one in sources.items()}
    assert concurrency[slow] < concurrency[standard]


def test_visibility_timeout_exceeds_function_timeout(aws_template: Template) -> None:
    for function in (FANOUT, DELIVERY):
        timeout = aws_template.functions[function]["Timeout"]
        for arn in mappings(aws_template, function):
            properties = aws_template.resources[arn[2:].partition(".")[0]]["Properties"]
            assert properties["VisibilityTimeout"] >= 6 * timeout
            assert properties["RedrivePolicy"]["maxReceiveCount"] >= 5
    assert aws_template.functions[DELIVERY]["Timeout"] > 2 * TIMEOUT_SECONDS


def test_only_two_functions_read_the_master_secret(aws_template: Template) -> None:
    id_, _ = aws_template.named("AWS::SecretsManager::Secret", "WebhooksSecret")
    readers = [name for name in FUNCTIONS if aws_template.may(name, "secretsmanager:GetSecretValue", f"${{{id_}.Id}}")]
    assert sorted(readers) == sorted([WEBHOOKS, DELIVERY])


def test_delivery_queue_permissions(aws_template: Template) -> None:
    for name in ("WebhooksDeliveries", "WebhooksSlowDeliveries"):
        arn, _ = queue(aws_template, name)
        send = [one for one in FUNCTIONS if aws_template.may(one, "sqs:SendMessage", arn)]
        take = [one for one in FUNCTIONS if aws_template.may(one, "sqs:ReceiveMessage", arn)]
        moved_back = {"operator"} if name == "WebhooksDeliveries" else set[str]()
        assert (set(send), take) == ({WEBHOOKS, FANOUT, DELIVERY} | moved_back, [DELIVERY])


def test_table_permissions(aws_template: Template) -> None:
    id_, _ = aws_template.named("AWS::DynamoDB::Table", "StorageTable")
    arn = f"${{{id_}.Arn}}"
    delivery, subscription, mark = delivery_key("1-2"), subscription_key("1", "2"), slow_address_key("1")
    for function, key, writes in (
        (FANOUT, delivery, True),
        (FANOUT, subscription, False),
        (DELIVERY, delivery, True),
        (DELIVERY, subscription, True),
        (DELIVERY, mark, True),
    ):
        for action in WRITES:
            assert aws_template.may(function, action, arn, {LEADING: [key.pk]}) is writes
            assert not aws_template.may(function, action, arn, {LEADING: ["JOB#1"]})
    assert aws_template.may(FANOUT, "dynamodb:Query", f"{arn}/index/{max(SUBSCRIPTIONS.indexes)}")


def test_functions_have_all_their_settings(
    aws_template: Template, local_template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    for template, local in ((aws_template, False), (local_template, True)):
        for function in (WEBHOOKS, FANOUT, DELIVERY):
            for variable, value in template.functions[function]["Environment"]["Variables"].items():
                monkeypatch.setenv(variable, render(value))
            settings.cache_clear()
            webhook_settings.cache_clear()
            assert webhook_settings().deliveries
            assert private_addresses_allowed() is local
    settings.cache_clear()
    webhook_settings.cache_clear()


def test_queue_by_arn(monkeypatch: pytest.MonkeyPatch) -> None:
    place = "https://sqs.eu-west-1.amazonaws.com/123456789012"
    for name, value in (
        ("WEBHOOK_SECRET", "x"),
        ("DELIVERIES", f"{place}/Souk-Deliveries"),
        ("SLOW_DELIVERIES", f"{place}/Souk-SlowDeliveries"),
    ):
        monkeypatch.setenv(f"SOUK_{name}", value)
    with deployed(monkeypatch):
        webhook_settings.cache_clear()
        arn = "arn:aws:sqs:eu-west-1:123456789012"
        assert queue_by_arn(f"{arn}:Souk-Deliveries") is DeliveryQueue.STANDARD
        assert queue_by_arn(f"{arn}:Souk-SlowDeliveries") is DeliveryQueue.SLOW
    webhook_settings.cache_clear()
