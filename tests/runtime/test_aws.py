"""The AWS clients: their timeouts and addresses, and invoking another function.

Failed invocations raise errors that do not guess the outcome.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

import souk
from souk.app import FUNCTIONS
from souk.domains.files import store as files
from souk.domains.files.model import File
from souk.operations import NOT_SHIPPED
from souk.runtime import aws
from souk.values.errors import SoukError
from tests.support.environment import deployed

FUNCTIONS_FASTEST = min(spec.size.timeout for spec in FUNCTIONS.values())
SHIPPED = [
    path
    for path in sorted(Path(souk.__file__).parent.rglob("*.py"))
    if path.relative_to(Path(souk.__file__).parent).parts[0] not in NOT_SHIPPED
]
MAKERS = ("client", "create_client")
"""The methods of boto3 and botocore that make clients."""
FILE = File(
    id="2",
    organization_id="1",
    company_id="1",
    user_id="3",
    file_name="plan.pdf",
    content_type="application/pdf",
    max_size=1,
    created="2026-07-01T00:00:00.000Z",
)


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
        {"FunctionName": "souk-test-jobs", "Qualifier": "live", "Payload": b'{"a":1}'},
    )
    assert aws.invoke("jobs", {"a": 1}) == {"statusCode": 200}
    owner.add_response("invoke", _payload(b"{}"), {"FunctionName": "souk-test-search-indexer", "Payload": b"{}"})
    assert aws.invoke("search_indexer", {}, alias=None) == {}


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


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("emulated", [True, False])
def test_every_call_ends_before_its_function(monkeypatch: pytest.MonkeyPatch, function: str, emulated: bool) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    if emulated:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    spec = FUNCTIONS[function]
    for service in aws.TIMEOUTS.keys() - (set() if spec.invokes else {"lambda"}):
        made: Any = aws.config(service)
        limits = aws.Timeouts(made.connect_timeout, made.read_timeout, made.retries["total_max_attempts"])
        assert limits.longest < spec.size.timeout, service


def test_caller_outlasts_function_that_it_invokes() -> None:
    waits = aws.TIMEOUTS["lambda"]
    assert waits.attempts == 1, "the function may have done its work"
    for caller in FUNCTIONS.values():
        for invoked in caller.invokes:
            assert FUNCTIONS[invoked].size.timeout < waits.read
            assert waits.longest < caller.size.timeout


def test_longest_call_counts_attempts_and_pauses() -> None:
    assert aws.Timeouts(1, 2).longest == 3
    assert aws.Timeouts(1, 2, attempts=3).longest == 3 * 3 + 1 + 2
    assert aws.TIMEOUTS["dynamodb"].longest <= FUNCTIONS_FASTEST / 2, "a request makes several calls"


def test_all_clients_have_timeouts() -> None:
    """Only `souk.runtime.aws` makes clients, and each has its line in TIMEOUTS."""
    sources = {path: path.read_text() for path in SHIPPED}
    makers = {
        path
        for path, source in sources.items()
        if "client(" in source  # to parse all of them takes seconds
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAKERS
    }
    assert makers == {Path(aws.__file__)}
    made = ast.parse(Path(aws.__file__).read_text())
    services = {
        ast.literal_eval(node.args[0])
        for node in ast.walk(made)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_client"
    }
    assert services == aws.TIMEOUTS.keys()


@pytest.mark.parametrize("region", ["eu-central-1", "ap-southeast-3", "us-east-1"])
def test_links_to_files_lead_to_host_of_region(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    client: Any = botocore.session.get_session().create_client("s3", config=aws.config("s3"))
    monkeypatch.setattr(aws, "s3", lambda: client)
    with deployed(monkeypatch, attachments_bucket="souk-attachments"):
        form, link = files.upload_form(FILE, 60), files.download_link(FILE.key, FILE.file_name)
    host = f"souk-attachments.s3.{region}.amazonaws.com"
    assert (urlsplit(form["url"]).hostname, urlsplit(link).hostname) == (host, host)
    assert f"/{region}/s3/aws4_request" in form["fields"]["x-amz-credential"]


def test_links_lead_to_emulator_by_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names below `localhost` are not resolved on every machine."""
    for name, value in (
        ("ACCESS_KEY_ID", "testing"),
        ("SECRET_ACCESS_KEY", "testing"),
        ("DEFAULT_REGION", "eu-west-1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    for endpoint in ("http://localhost:4566", "http://127.0.0.1:4566"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        client: Any = botocore.session.get_session().create_client("s3", config=aws.config("s3"))
        assert client.generate_presigned_post("bucket", "key")["url"] == f"{endpoint}/bucket"
