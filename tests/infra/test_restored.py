"""A stack on a restored table (`-c table=`): it makes none, and everything names that table and its stream."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from moto import mock_aws

from infra import grants, metrics
from infra.app import newest_stream
from infra.config import Config, read_config
from infra.storage import Storage
from tests.conftest import REGION
from tests.infra.template import Template

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/restored"
STREAM = f"{TABLE}/stream/2026-11-29T10:00:00.000"


def config(**context: str) -> Config:
    return read_config(({"table": "restored", "tableStream": STREAM} | context).get)


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack(App(), "Souk")


@pytest.fixture(scope="module")
def storage(stack: Stack) -> Storage:
    return Storage(stack, "Storage", config())


def test_stack_makes_no_table_beside_the_restored_one(stack: Stack, storage: Storage) -> None:
    assert storage.table.table_stream_arn == STREAM
    assert stack.resolve(storage.table.table_name) == "restored"
    tables = [
        one.node.path
        for one in storage.node.find_all()
        if getattr(one, "cfn_resource_type", "") == "AWS::DynamoDB::Table"
    ]
    assert tables == ["Souk/Storage/Counters/Resource"], "counts of requests begin anew"


@pytest.mark.parametrize(
    "grant",
    [
        lambda storage: grants.read_table(storage.table, config()),
        lambda storage: grants.scan_table(storage.table),
        lambda storage: grants.read_items(storage.table, ["JOB#"], config()),
        lambda storage: grants.write_table(storage.table, ["JOB#"], config()),
        lambda storage: grants.append_table(storage.table, ["AUDIT#"], config()),
        lambda storage: grants.check_table(storage.table),
    ],
)
def test_permissions_name_the_restored_table(stack: Stack, storage: Storage, grant: Callable[[Storage], Any]) -> None:
    named = stack.resolve(grant(storage).to_statement_json()["Resource"])
    table, *indexes = named if isinstance(named, list) else [named]
    assert table == TABLE
    assert indexes in ([], [f"{TABLE}/index/GSI{number}" for number in (1, 2, 3)])


def test_throttles_of_the_restored_table_are_watched(stack: Stack, storage: Storage) -> None:
    watched = metrics.table_throttles("table", storage.table, storage.indexes_of(storage.table))
    parts = [one for one in watched.using_metrics.values() if isinstance(one, cloudwatch.Metric)]
    places = [stack.resolve(one.dimensions)["TableName"] for one in parts]
    assert places == ["restored"] * 8


@pytest.mark.parametrize(
    ("context", "wrong"),
    [
        ({"table": ""}, "table="),
        ({"table": "a/b"}, "table="),
        ({"table": "other"}, "tableStream="),
        ({"tableStream": ""}, "tableStream="),
        ({"tableStream": TABLE}, "tableStream="),
    ],
)
def test_stream_of_another_table_is_refused(context: dict[str, str], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        config(**context)


def test_stream_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_REGION", REGION)
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName="restored",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        with pytest.raises(ValueError, match="enable its stream"):
            newest_stream("restored")
        client.update_table(
            TableName="restored",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        assert ":table/restored/stream/" in newest_stream("restored")
        with pytest.raises(ValueError, match="cannot be read"):
            newest_stream("absent")


def test_relay_retries_for_as_long_as_the_stream_keeps_records(aws_template: Template) -> None:
    mappings = {
        name: aws_template.named("AWS::Lambda::EventSourceMapping", f"{name}Mapping")[1]["Properties"]
        for name in ("Relay", "SearchIndexer")
    }
    assert {name: one["MaximumRetryAttempts"] for name, one in mappings.items()} == {"Relay": -1, "SearchIndexer": 20}
    for one in mappings.values():
        assert one["MaximumRecordAgeInSeconds"] == 23 * 3_600, "before the stream deletes it, and a dead letter tells"
        assert one["BisectBatchOnFunctionError"]
        assert one["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert one["DestinationConfig"]["OnFailure"]["Destination"]
