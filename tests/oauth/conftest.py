"""Fixtures for the authorization server. Its tests are many and small, so those of one module share a table."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from souk.storage import Table
from tests.conftest import TABLE, dynamodb
from tests.oauth.shop import Shop
from tests.support import table as table_shape
from tests.support.clock import CLOCK


@pytest.fixture(scope="module")
def shared_table() -> Iterator[Table]:
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        client = dynamodb()
        table_shape.create(client, TABLE)
        yield Table(client, TABLE, CLOCK, writes=("",))


@pytest.fixture
def table(shared_table: Table) -> Table:
    """Return an empty table on which every key may be written."""
    for name in (shared_table.name, table_shape.COUNTERS):
        shared_table.client.delete_table(TableName=name)
    table_shape.create(shared_table.client, shared_table.name)
    return shared_table


@pytest.fixture(scope="module")
def standing(shared_table: Table) -> Shop:
    """Return a server for tests that change nothing, which all of a module share."""
    name = f"{TABLE}-standing"
    shared_table.client.create_table(TableName=name, **table_shape.definition())
    return Shop(Table(shared_table.client, name, CLOCK, writes=("",)))


@pytest.fixture
def shop(table: Table) -> Shop:
    """Return a server as it is deployed, with the implicit grant off."""
    return Shop(table)


@pytest.fixture
def lenient(table: Table) -> Shop:
    """Return a server whose operator allows the implicit grant."""
    return Shop(table, implicit=True)
