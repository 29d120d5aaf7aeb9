"""The log of what operators read."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from souk.runtime import aws as clients
from souk.runtime import operator_log
from souk.runtime.settings import operator_log_settings
from souk.values.errors import Unavailable

GROUP = "operators"


@pytest.fixture
def logs(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:  # noqa: ARG001 - the group is made in this AWS
    """Return the client of an AWS with the log group that the settings name."""
    caches = (clients.logs, operator_log.stream, operator_log_settings)
    monkeypatch.setenv("SOUK_OPERATOR_LOG", GROUP)
    for one in caches:
        one.cache_clear()
    client = boto3.client("logs")
    client.create_log_group(logGroupName=GROUP)
    yield client
    for one in caches:
        one.cache_clear()


def lines(logs: Any) -> list[dict[str, str]]:
    """Return what is in the log group."""
    return [json.loads(event["message"]) for event in logs.filter_log_events(logGroupName=GROUP)["events"]]


def test_each_subject_is_a_line(logs: Any) -> None:
    operator_log.record_reads("1", [], "none")
    assert logs.describe_log_streams(logGroupName=GROUP)["logStreams"] == []
    operator_log.record_reads("1", ["7.8", "7.9"], "first")
    operator_log.record_reads("2", ["7.8"], "second")
    found = lines(logs)
    assert all(line.pop("time") for line in found)
    common = {"message": "operator.read"}
    assert found == [
        {**common, "operator": "1", "subject": "7.8", "request": "first"},
        {**common, "operator": "1", "subject": "7.9", "request": "first"},
        {**common, "operator": "2", "subject": "7.8", "request": "second"},
    ]
    assert len(logs.describe_log_streams(logGroupName=GROUP)["logStreams"]) == 1


def test_nothing_is_shown_that_cannot_be_recorded(logs: Any) -> None:
    operator_log.record_reads("1", ["7.8"], "first")
    (only,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    logs.delete_log_stream(logGroupName=GROUP, logStreamName=only["logStreamName"])
    with pytest.raises(Unavailable):
        operator_log.record_reads("1", ["7.8"], "second")
    operator_log.record_reads("1", ["7.8"], "third")  # with a new stream
    assert [line["request"] for line in lines(logs)] == ["third"]
    logs.delete_log_group(logGroupName=GROUP)
    with pytest.raises(Unavailable):
        operator_log.record_reads("1", ["7.8"], "fourth")
