"""The bucket of the search indexes."""

from typing import TYPE_CHECKING

import boto3
import pytest

from tests.search.shared_bucket import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def s3(aws: None) -> "S3Client":  # noqa: ARG001 - the fixture sets up the fake AWS
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    return client
