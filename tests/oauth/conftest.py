"""Fixtures for the authorization server. The tests of a module share a table, because they are many and small."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from souk.storage import Table
from tests.conftest import TABLE, dynamodb
from tests.oauth.harness import OAuthHarness
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
    """Return an empty table that is writable for all keys."""
    for name in (shared_table.name, table_shape.COUNTERS):
        shared_table.client.delete_table(TableName=name)
    table_shape.create(shared_table.client, shared_table.name)
    return shared_table


@pytest.fixture(scope="module")
def shared_oauth(shared_table: Table) -> OAuthHarness:
    """Return a server for read-only tests, shared by a module."""
    name = f"{TABLE}-shared"
    shared_table.client.create_table(TableName=name, **table_shape.definition())
    return OAuthHarness(Table(shared_table.client, name, CLOCK, writes=("",)))


@pytest.fixture
def oauth(table: Table) -> OAuthHarness:
    """Return a server with the default settings: the implicit grant is off."""
    return OAuthHarness(table)


@pytest.fixture
def implicit_oauth(table: Table) -> OAuthHarness:
    """Return a server that allows the implicit grant."""
    return OAuthHarness(table, implicit=True)
