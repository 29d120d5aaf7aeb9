"""Fixtures for the tests of job postings."""

from collections.abc import Iterator

import boto3
import pytest

from souk.domains.jobs.search import index
from souk.runtime import aws as clients
from tests.support.api import Souk
from tests.support.environment import deployed
from tests.support.worlds.jobs import Market

BUCKET = "souk-test-attachments"


@pytest.fixture
def market(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> Market:
    """Return the API with two clients and their people, and a search index in memory."""
    there = Market(souk)
    monkeypatch.setattr(index, "reader", lambda: there.index)
    return there


@pytest.fixture
def bucket(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: ARG001 - the AWS that it is in
    """Return the name of an empty attachments bucket, of which the settings tell."""
    with deployed(monkeypatch, attachments_bucket=BUCKET):
        clients.s3.cache_clear()
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield BUCKET
        clients.s3.cache_clear()
