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
    """Return a world with two freelancers, a client, and a search index in memory."""
    gigs_world = GigsWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: gigs_world.index)
    return gigs_world


@pytest.fixture
def orders_world(souk: Souk) -> GigOrdersWorld:
    """Return a world with a published gig of Sofia."""
    return GigOrdersWorld(souk)


@pytest.fixture
def bucket(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: ARG001 - the AWS that it is in
    """Return the name of an empty attachments bucket, which the settings name."""
    with deployed(monkeypatch, attachments_bucket=BUCKET):
        clients.s3.cache_clear()
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield BUCKET
        clients.s3.cache_clear()
