"""The storage of the indexes: a bucket in a fake AWS, and a real cluster."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest

from souk.search import IndexSchema
from souk.search.engines import Bucket, Cluster, Engine
from souk.search.opensearch import Client, OpenSearchWriter
from tests.search.opensearch.server import find_opensearch
from tests.search.samples import SCHEMA
from tests.search.shared_bucket import BUCKET
from tests.support.clock import CLOCK

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def s3(aws: None) -> "S3Client":  # noqa: ARG001 - the fixture sets up the fake AWS
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Client:
    """Return a client of the cluster that the tests of a run share."""
    return Client(find_opensearch(tmp_path_factory, worker_id))


@pytest.fixture(scope="module")
def shared_index(cluster: Client) -> OpenSearchWriter:
    """Return an index that a module's tests share and empty, because making one takes longer than most tests."""
    return OpenSearchWriter(named_anew(SCHEMA), cluster, CLOCK)


def named_anew(schema: IndexSchema) -> IndexSchema:
    """Return a schema with a name of its own, since tests share the cluster."""
    return replace(schema, name=f"{schema.name}-{os.urandom(6).hex()}")


@pytest.fixture(params=["bucket", "cluster"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine that a deployment can have."""
    if request.param == "bucket":
        return Bucket(request.getfixturevalue("s3"), BUCKET)
    return Cluster(request.getfixturevalue("cluster"))


@pytest.fixture
def schema(engine: Engine) -> IndexSchema:
    """Return the schema of the things."""
    return SCHEMA if isinstance(engine, Bucket) else named_anew(SCHEMA)
