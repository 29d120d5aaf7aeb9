"""Fixtures for the tests that run in process, on moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from souk.storage import Table
from tests.support import table as table_shape
from tests.support.api import Souk

TABLE = "souk-test"
REGION = "us-east-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give a fresh, empty AWS to a test."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture
def table(aws: None) -> Table:  # noqa: ARG001 - the fixture is the AWS that the client talks to
    """Return an empty table on which every key may be written."""
    client = boto3.client("dynamodb", region_name=REGION)
    table_shape.create(client, TABLE)
    return Table(client, TABLE, writes=("",))


@pytest.fixture
def souk(table: Table) -> Souk:
    """Return all API functions over an empty table."""
    return Souk.whole(table)
