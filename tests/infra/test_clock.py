"""The clock's event rules, permissions, dead letters and alarm."""

from datetime import UTC, datetime
from typing import Any, cast

import orjson

from souk.app import CLOCK, FUNCTIONS, OWNERS
from souk.deadlines.model import DEADLINES, Deadline
from souk.events.relay import relay
from souk.runtime.settings import owners
from tests.infra.template import Json, Template, matches, render

NOW = datetime(2126, 7, 1, 9, 30, tzinfo=UTC)


def rules(template: Template) -> list[Json]:
    """Return the rules that invoke the clock: every minute, and for relayed deadlines."""
    matching = [
        rule["Properties"]
        for rule in template.of("AWS::Events::Rule").values()
        if any("clockFunction" in render(target["Arn"]) for target in rule["Properties"]["Targets"])
    ]
    return sorted(matching, key=lambda rule: "ScheduleExpression" not in rule)


def test_clock_runs_every_minute_and_for_relayed_deadlines(aws_template: Template) -> None:
    minute, at_once = rules(aws_template)
    assert (minute["ScheduleExpression"], minute["State"]) == ("rate(1 minute)", "ENABLED")
    (bus,) = aws_template.of("AWS::Events::EventBus")
    assert at_once["EventBusName"] == {"Ref": bus}
    deadline = Deadline.new("offers.expiry", "1", NOW, NOW)
    item = DEADLINES.encode(deadline)
    record = {"eventName": "INSERT", "dynamodb": {"Keys": item, "NewImage": item, "SequenceNumber": "1"}}
    put: list[Json] = []

    class Events:
        def put_events(self, Entries: list[Json]) -> Json:  # noqa: N803 - boto3's name
            put.extend(Entries)
            return {"Entries": [{} for _ in Entries]}

    relay([record], cast("Any", Events()), "the-bus", NOW)
    (entry,) = put
    event = {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": orjson.loads(entry["Detail"])}
    assert matches(at_once["EventPattern"], event)
    assert not matches(at_once["EventPattern"], {**event, "source": "souk"})


def test_only_its_rules_may_invoke_the_clock(aws_template: Template) -> None:
    permissions = [
        permission["Properties"]
        for permission in aws_template.of("AWS::Lambda::Permission").values()
        if "clockFunction" in render(permission["Properties"]["FunctionName"])
    ]
    assert len(permissions) == len(rules(aws_template)) == 2
    ids = set(aws_template.of("AWS::Events::Rule"))
    for permission in permissions:
        assert permission["Principal"] == "events.amazonaws.com"
        assert permission["SourceArn"]["Fn::GetAtt"][0] in ids


def test_failed_run_becomes_dead_letter_without_retry(aws_template: Template) -> None:
    _, resource = aws_template.named("AWS::Lambda::EventInvokeConfig", "Clock")
    config = resource["Properties"]
    assert config["MaximumRetryAttempts"] == 0, "the next run comes in a minute"
    queue = config["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert aws_template.resources[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 86_400
    assert aws_template.may(CLOCK, "sqs:SendMessage", f"${{{queue}.Arn}}")
    for rule in rules(aws_template):
        (target,) = rule["Targets"]
        assert render(target["DeadLetterConfig"]["Arn"]) == f"${{{queue}.Arn}}"


def test_clock_timeout_exceeds_owners_timeout(aws_template: Template) -> None:
    assert aws_template.functions[CLOCK]["Timeout"] > 40 + 26, (
        "the time limit of a run plus the timeout of an invocation"
    )
    for owner in FUNCTIONS[CLOCK].invokes:
        assert aws_template.functions[owner]["Timeout"] < 26


def test_clock_has_owners_of_domains(aws_template: Template, monkeypatch: Any) -> None:
    variables = aws_template.functions[CLOCK]["Environment"]["Variables"]
    monkeypatch.setenv("SOUK_OWNERS", variables["SOUK_OWNERS"])
    assert owners() == OWNERS
    assert variables["SOUK_WRITES"] == "DUE#"
    assert {FUNCTIONS[function].kind for function in OWNERS.values()} <= {"api"}


def test_alarm_when_clock_is_late_or_silent(aws_template: Template) -> None:
    (alarm,) = (
        alarm["Properties"]
        for alarm in aws_template.of("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"].get("MetricName") == "Behind"
    )
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    assert dimensions == {"deployment": "souk-prod", "service": CLOCK}
    variables = aws_template.functions[CLOCK]["Environment"]["Variables"]
    assert (variables["SOUK_PREFIX"], variables["POWERTOOLS_SERVICE_NAME"]) == ("souk-prod", CLOCK)
    assert (alarm["Namespace"], alarm["Statistic"], alarm["Threshold"]) == ("Souk", "Maximum", 300_000)
    assert alarm["TreatMissingData"] == "breaching"
