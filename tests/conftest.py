"""Fixtures for the tests that run in process, on moto."""

import gc
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import boto3
import pytest
from hypothesis import HealthCheck, settings
from moto import mock_aws

from souk.domains.operator.resolvers import reviews
from souk.domains.webhooks.hosts import Host, HostAddress
from souk.graph import documents
from souk.storage import Table
from souk.storage.served import serve
from tests.support import table as table_shape
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.fast_moto import answer_directly, make_moto_fast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# No property test fails because the machine is busy: none has to answer or to draw its examples in some time.
settings.register_profile("souk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("souk")

TABLE = "souk-test"
REGION = "us-east-1"


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking at modules and tests again and again, which takes a tenth of the time."""
    gc.collect()
    gc.freeze()


@cache
def dynamodb() -> "DynamoDBClient":
    """Return a client that the tests of one process share, because creating one takes longer than most tests."""
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")
    answer_directly(client)
    return client


@pytest.fixture(scope="session", autouse=True)
def _fast_moto() -> Iterator[None]:
    """Make moto fast: see `tests.support.fast_moto`."""
    with pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _large_document_cache() -> Iterator[None]:
    """Cache the documents of all tests. There are more than a function has in its cache, which tests share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "_MAX_CACHED", 2_000)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_name_server() -> Iterator[None]:
    """Resolve the host of each reviewed webhook to a public address."""
    with pytest.MonkeyPatch.context() as patch:
        address = HostAddress("93.184.215.14", refused=False)
        patch.setattr(reviews, "resolve", lambda name: Host(name, (address,)))
        yield


@pytest.fixture(autouse=True)
def _clock() -> None:
    """Start each test at the machine's time."""
    CLOCK.reset()


@pytest.fixture(autouse=True)
def _nothing_served() -> None:
    """Start each test without a table that the process serves."""
    serve(None)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Provide an empty AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture
def table(aws: None) -> Table:  # noqa: ARG001 - the fixture is the AWS that the client talks to
    """Return an empty table with permission to write every key, which this process serves."""
    client = dynamodb()
    table_shape.create(client, TABLE)
    own = Table(client, TABLE, CLOCK, writes=("",))
    serve(own)
    return own


@pytest.fixture
def souk(table: Table) -> Souk:
    """Return all API functions with an empty table."""
    return Souk.whole(table)
