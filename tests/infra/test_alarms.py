"""Alarms ring under faults: functions that are killed, throttled or denied, and what else goes wrong."""

import re
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from infra.layer import ROOT
from souk.app import CLOCK, FUNCTIONS, LIVE, LIVE_SENDER
from souk.console.graph import GraphClient
from souk.domains.live.sender import GatewaySender
from souk.domains.live.web import LiveApi
from souk.graph.execution import GATEWAY, WEB
from souk.runtime import aws
from souk.runtime.log import BEHIND, INDEX_BYTES, record_metric
from souk.values.errors import SoukError
from tests.infra import faults
from tests.infra.alarms import Metrics, alarms, ringing
from tests.infra.faults import NOW
from tests.infra.template import Template
from tests.support.api import Souk, person
from tests.support.clock import CLOCK as CLOCK_OF_TESTS
from tests.support.environment import deployed

API = sorted(name for name, spec in FUNCTIONS.items() if spec.kind == "api")
SERVED = {*API, WEB}
CONSUMERS = sorted(FUNCTIONS.keys() - {*SERVED, LIVE})
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
QUERY = "{ webhookSubscriptions { id } }"


def shown(name: str) -> str:
    """Return a function's name as in the names of alarms."""
    return name.replace("_", "-")


@pytest.fixture
def metrics() -> Metrics:
    """Return the metrics of a healthy deployment. The clock writes its own every minute."""
    healthy = Metrics()
    for minutes in range(30):
        healthy.put("Souk", BEHIND, 0, NOW - 60 * minutes, deployment="souk-prod", service=CLOCK)
    return healthy


def test_healthy_deployment_rings_nothing(aws_template: Template, metrics: Metrics) -> None:
    assert ringing(aws_template, metrics, NOW) == set()


def test_internal_errors_with_status_200_ring(aws_template: Template, metrics: Metrics, souk: Souk) -> None:
    """The storage refuses what a resolver reads. Nothing that AWS counts shows it: the status is 200."""
    caller = person(souk, user_id="7", organization_id="70")
    for name in API:
        authentication = caller.call("{ __typename }", function=name).trips
        denying: Any = faults.Denying(souk.table.client, allowed=authentication)
        souk.tables[name].client = denying
        with faults.logged() as lines:
            answer = caller.call(QUERY, function=name)
        assert (answer.status, answer.code) == (200, "INTERNAL_SERVER_ERROR")
        metrics.put_lines(aws_template, name, lines, NOW)
    assert ringing(aws_template, metrics, NOW) == {f"{shown(name)}-errors" for name in API}


def test_internal_errors_of_pages_ring(aws_template: Template, metrics: Metrics) -> None:
    def fail(*_: Any) -> None:
        raise SoukError("The function jobs failed; it may or may not have done its work.")

    anything: Any = MagicMock(run=fail, request_id="request")
    client = GraphClient(anything, anything, anything, anything, anything)
    with faults.logged() as lines:
        assert client.run("{ x }", {}, anything, anything, anything).errors
    metrics.put_lines(aws_template, WEB, lines, NOW)
    assert ringing(aws_template, metrics, NOW) == {"web-errors"}


def test_failures_at_sockets_ring(aws_template: Template, metrics: Metrics) -> None:
    def refuse(**_: Any) -> None:
        raise faults.denied("PostToConnection")

    def fail(*_: Any) -> None:
        raise SoukError("The usage counter is busy. Please try again.")

    with faults.logged() as lines:
        assert GatewaySender(SimpleNamespace(post_to_connection=refuse)).send("c", b"{}")
    metrics.put_lines(aws_template, LIVE_SENDER, lines, NOW)
    assert ringing(aws_template, metrics, NOW) == {"live-sender-errors"}
    request = {"eventType": "CONNECT", "connectionId": "c", "requestId": "r", "identity": {"sourceIp": "127.0.0.1"}}
    anything: Any = SimpleNamespace(admit_address=fail, clock=CLOCK_OF_TESTS)
    with faults.logged() as lines:
        assert LiveApi(anything, anything)({"requestContext": request}, None)["statusCode"] == 503
    metrics.put_lines(aws_template, LIVE, lines, NOW)
    assert ringing(aws_template, metrics, NOW) == {"live-errors", "live-sender-errors"}


def test_denied_or_throttled_owner_rings_at_its_caller(
    aws_template: Template, metrics: Metrics, souk: Souk, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = person(souk, user_id="7", organization_id="70")

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}}, "Invoke")

    monkeypatch.setattr(aws, "_lambda", lambda: SimpleNamespace(invoke=refuse))
    monkeypatch.setattr(souk.apis[GATEWAY], "_invoke", aws.invoke)
    with deployed(monkeypatch), faults.logged() as lines:
        answer = caller.call('mutation { revokeApiKey(id: "1") }')
    assert (answer.status, answer.code) == (200, "INTERNAL_SERVER_ERROR")
    metrics.put_lines(aws_template, GATEWAY, lines, NOW)
    assert ringing(aws_template, metrics, NOW) == {"graphql-errors"}


def test_errors_of_clients_ring_nothing(aws_template: Template, metrics: Metrics, souk: Souk) -> None:
    caller = person(souk, user_id="7", organization_id="70")
    with faults.logged() as lines:
        assert "errors" in caller.call("{ nonsense }").json
        assert caller.call('mutation { revokeApiKey(id: "1") }').code == "NOT_FOUND"
        assert souk.post("{}", {"Content-Type": "application/json"}).status == 401
    metrics.put_lines(aws_template, GATEWAY, lines, NOW)
    assert ringing(aws_template, metrics, NOW) == set()


@pytest.mark.parametrize("name", faults.EVENTS)
def test_denied_function_rings(
    aws_template: Template, metrics: Metrics, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with faults.function(aws_template, name, monkeypatch) as call, faults.logged() as lines:
        faults.deny_everything(monkeypatch)
        try:
            call(faults.EVENTS[name])
        except ClientError as error:
            assert "AccessDenied" in str(error)  # noqa: PT017 - some functions raise, others log
            faults.put_failure(metrics, aws_template, name)
    if lines:
        assert any("AccessDenied" in line for line in lines)
    metrics.put_lines(aws_template, name, lines, NOW)
    rung = ringing(aws_template, metrics, NOW)
    assert rung
    assert rung <= {f"{shown(name)}-errors"}


def test_killed_functions_ring(aws_template: Template) -> None:
    for name in FUNCTIONS:
        metrics = Metrics()
        faults.put_failure(metrics, aws_template, name)
        expected = {f"{shown(name)}-errors"} | ({"api-5xx"} if name in SERVED else set())
        assert ringing(aws_template, metrics, NOW) - {"clock-behind"} == expected


def test_throttled_functions_ring(aws_template: Template) -> None:
    for name in FUNCTIONS:
        metrics = Metrics()
        if name != CLOCK:
            metrics.put("Souk", BEHIND, 0, NOW, deployment="souk-prod", service=CLOCK)
        faults.put_throttling(metrics, aws_template, name)
        expected = {f"{shown(name)}-throttled", "api-5xx"} if name in SERVED else {f"{shown(name)}-behind"}
        assert ringing(aws_template, metrics, NOW) == ({"live-throttled"} if name == LIVE else expected)


def test_slow_calls_ring_when_they_repeat(aws_template: Template, metrics: Metrics) -> None:
    for name, function in aws_template.functions.items():
        (alarm,) = (one for one in alarms(aws_template) if one.name == f"{shown(name)}-slow")
        dimensions = {one["Name"]: f"${{{one['Value']['Ref']}}}" for one in alarm.metrics[0]["Dimensions"]}
        metrics.put("AWS/Lambda", "Duration", 900 * function["Timeout"], NOW, **dimensions)
        assert not alarm.rings(metrics, NOW), "once is chance"
        metrics.put("AWS/Lambda", "Duration", 900 * function["Timeout"], NOW - 300, **dimensions)
        assert alarm.rings(metrics, NOW)


def test_throttled_tables_ring(aws_template: Template, metrics: Metrics) -> None:
    (table, _), (counters, _) = (
        aws_template.named("AWS::DynamoDB::Table", name) for name in ("StorageTable", "Counters")
    )
    metrics.put("AWS/DynamoDB", "WriteThrottleEvents", 1, NOW, TableName=f"${{{counters}}}")
    assert ringing(aws_template, metrics, NOW) == {"counters-throttled"}
    of_index = {"TableName": f"${{{table}}}", "GlobalSecondaryIndexName": "GSI2"}
    metrics.put("AWS/DynamoDB", "ReadThrottleEvents", 1, NOW, **of_index)
    assert ringing(aws_template, metrics, NOW) == {"counters-throttled", "table-throttled"}


def test_busy_account_rings(aws_template: Template, metrics: Metrics) -> None:
    usage = {"Service": "Lambda", "Type": "Resource", "Resource": "ConcurrentExecutions", "Class": "None"}
    metrics.quotas[frozenset(usage.items())] = 1000
    metrics.put("AWS/Usage", "ResourceCount", 790, NOW, **usage)
    assert ringing(aws_template, metrics, NOW) == set()
    metrics.put("AWS/Usage", "ResourceCount", 800, NOW, **usage)
    assert ringing(aws_template, metrics, NOW) == {"concurrency"}


def test_late_or_silent_clock_rings(
    aws_template: Template, metrics: Metrics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", CLOCK)
    record_metric(BEHIND, 300_000, "Milliseconds", "souk-prod")
    metrics.put_lines(aws_template, CLOCK, capsys.readouterr().out.splitlines(), NOW)
    assert ringing(aws_template, metrics, NOW) == {"clock-behind"}
    assert ringing(aws_template, Metrics(), NOW) == {"clock-behind"}


def test_large_index_rings(
    aws_template: Template, metrics: Metrics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with faults.function(aws_template, "search_indexer", monkeypatch) as call:
        call({"Records": []})
        record_metric(INDEX_BYTES, 820 * 1024**2, "Bytes", "souk-prod")
    empty, large = capsys.readouterr().out.splitlines()
    metrics.put_lines(aws_template, "search_indexer", [empty], NOW)
    assert ringing(aws_template, metrics, NOW) == set()
    metrics.put_lines(aws_template, "search_indexer", [large], NOW)
    assert ringing(aws_template, metrics, NOW) == {"index-size"}


@pytest.mark.parametrize(("failures", "attempts", "rings"), [(10, 20, True), (9, 20, False), (9, 10, False)])
def test_failing_webhooks_ring(  # noqa: PLR0917 - fixtures
    aws_template: Template,
    metrics: Metrics,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    failures: int,
    attempts: int,
    rings: bool,
) -> None:
    """One address that fails is its subscriber's affair; half of all attempts are ours."""
    outcomes = iter([False] * failures + [True] * (attempts - failures) + [None])
    worker = SimpleNamespace(process=lambda *_: next(outcomes))
    monkeypatch.setattr("souk.entry.webhook_delivery.DeliveryWorker", lambda *_: worker)
    monkeypatch.setattr("souk.entry.webhook_delivery._CONCURRENCY", 1)
    message = faults.EVENTS["webhook_delivery"]["Records"]
    with faults.function(aws_template, "webhook_delivery", monkeypatch) as call:
        call({"Records": message * (attempts + 1)})
    lines = capsys.readouterr().out.splitlines()
    for at in (NOW - 300, NOW):
        metrics.put_lines(aws_template, "webhook_delivery", lines, at)
    assert ringing(aws_template, metrics, NOW) == ({"webhooks-failing"} if rings else set())


def test_dead_letters_ring(aws_template: Template, metrics: Metrics) -> None:
    for alarm in alarms(aws_template):
        if alarm.name.endswith("-dead-letters"):
            (dimension,) = alarm.metrics[0]["Dimensions"]
            queue, _ = dimension["Value"]["Fn::GetAtt"]
            assert "DeadLetters" in queue
            metrics.put("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, NOW, QueueName=f"${{{queue}.QueueName}}")
    assert ringing(aws_template, metrics, NOW) == {f"{shown(name)}-dead-letters" for name in CONSUMERS}


def test_every_alarm_has_its_section_of_the_runbook(aws_template: Template) -> None:
    # The page's other sections are titled in words.
    sections = set(re.findall(r"^## ([a-z0-9-]+)$", RUNBOOK, re.MULTILINE))
    linked = set()
    for alarm in alarms(aws_template):
        match = re.search(r" See docs/runbook\.md#([\w-]+)$", alarm.description)
        assert match, alarm.name
        linked.add(match[1])
    assert linked <= sections, f"sections that docs/runbook.md lacks: {linked - sections}"
    of_cluster = {"search-cluster"}  # tests/infra/test_cluster.py
    assert sections == linked | of_cluster, "sections of no alarm"


def test_runbook_lists_metrics_that_only_aws_makes(aws_template: Template) -> None:
    """The tests put these metrics by themselves, so only AWS can prove that it makes them."""
    unproven = {
        f"`{metric['Namespace']}` `{metric['MetricName']}`"
        for alarm in alarms(aws_template)
        for metric in alarm.metrics
        if not metric["Namespace"].startswith("Souk")
    }
    listed = RUNBOOK.partition("## Not proven")[2]
    assert {line.split(" | ")[0].lstrip("| ") for line in listed.splitlines() if line.startswith("| `")} == unproven
