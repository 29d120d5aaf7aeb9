"""Invoking another function. Failures raise errors that do not guess the outcome."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from souk.runtime import aws
from souk.values.errors import SoukError
from tests.support.environment import deployed


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """Return a stub of Lambda."""
    client = boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    monkeypatch.setattr(aws, "_lambda", lambda: client)
    with deployed(monkeypatch, prefix="souk-test"), Stubber(client) as stubber:
        yield stubber


def _payload(body: bytes) -> dict[str, Any]:
    return {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}


def test_invoke_returns_answer(owner: Stubber) -> None:
    owner.add_response(
        "invoke",
        _payload(b'{"statusCode":200}'),
        {"FunctionName": "souk-test-search-indexer", "Payload": b'{"a":1}'},
    )
    assert aws.invoke("search_indexer", {"a": 1}) == {"statusCode": 200}


@pytest.mark.parametrize("body", [b'{"errorMessage":"out of memory"}', b""])
def test_failed_function_raises(owner: Stubber, body: bytes) -> None:
    owner.add_response("invoke", {**_payload(body), "FunctionError": "Unhandled"})
    with pytest.raises(SoukError, match="jobs failed"):
        aws.invoke("jobs", {})


def test_refused_invocation_raises(owner: Stubber) -> None:
    owner.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
    with pytest.raises(SoukError, match="jobs cannot be invoked"):
        aws.invoke("jobs", {})


def test_invocation_timeout_leaves_outcome_open(owner: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://lambda")

    monkeypatch.setattr(owner.client, "invoke", hang)
    with pytest.raises(SoukError, match="may or may not have done its work"):
        aws.invoke("jobs", {})
