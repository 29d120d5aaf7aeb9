"""Fixtures that the tests of several domains share."""

from collections.abc import Iterator

import boto3
import pytest

from souk.runtime import aws as clients
from tests.support.environment import deployed

BUCKET = "souk-test-attachments"


@pytest.fixture
def bucket(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: ARG001 - the bucket is made in this AWS
    """Return the name of an empty attachments bucket that the settings name."""
    with deployed(monkeypatch, attachments_bucket=BUCKET):
        clients.s3.cache_clear()
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield BUCKET
        clients.s3.cache_clear()
