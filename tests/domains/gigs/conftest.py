"""Fixtures for the tests of gigs."""

from collections.abc import Iterator

import boto3
import pytest

from souk.domains.gigs.search import index
from souk.runtime import aws as clients
from tests.support.api import Souk
from tests.support.environment import deployed
from tests.support.worlds.gig_orders import GigOrdersWorld
from tests.support.worlds.gigs import GigsWorld

BUCKET = "souk-test-attachments"


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> GigsWorld:
    """Return the API with two freelancers and a client, and a search index in memory."""
    there = GigsWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: there.index)
    return there


@pytest.fixture
def orders_world(souk: Souk) -> GigOrdersWorld:
    """Return the market with a gig of Sofia's that can be ordered."""
    return GigOrdersWorld(souk)


@pytest.fixture
def bucket(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: ARG001 - the AWS that it is in
    """Return the name of an empty attachments bucket, of which the settings tell."""
    with deployed(monkeypatch, attachments_bucket=BUCKET):
        clients.s3.cache_clear()
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield BUCKET
        clients.s3.cache_clear()
