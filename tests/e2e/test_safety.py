"""What a web page or another program on the machine can ask of a local run. Each request used to work."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from playwright.sync_api import sync_playwright

from souk.local.emulator import ACCOUNT, REGION
from souk.local.guard import SECRET_HEADER
from souk.local.home import OWNER_ONLY, Home
from tests.accounts.chromium import find_chromium
from tests.support.running import Run

EVIL = {"origin": "https://evil.example"}
LIST_TABLES = {"x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0"}
UPLOAD = """mutation ($input: CreateDirectUploadLinkInput!) {
  createDirectUploadLinkForJobPosting(input: $input) { id uploadUrl formKeyValues { key value } }
}"""
CONFIRM = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }"
FUNCTION = "graphql"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=40, trust_env=False) as made:
        yield made


@pytest.fixture(scope="module")
def root(souk: Run) -> Credentials:
    key = Home(souk.home).root_key()
    return Credentials(key.id, key.secret)


def signed(souk: Run, credentials: Credentials, service: str = "dynamodb") -> dict[str, str]:
    """Return the headers of a signed request that lists the tables."""
    request = AWSRequest("POST", f"{souk.running.endpoint}/", LIST_TABLES, b"{}")
    SigV4Auth(credentials, service, REGION).add_auth(request)
    return {name: str(value) for name, value in request.headers.items()}


def computed(souk: Run, function: str) -> Credentials:
    """Return the credentials of a function as ministack derives them from its name and its role's."""
    found = souk.client("lambda").get_function_configuration(
        FunctionName=f"{souk.running.outputs['Prefix']}-{function}"
    )
    digest = hashlib.sha256(f"{found['FunctionArn']}:{found['Role']}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{kind}:{digest}".encode()).hexdigest() for kind in ("secret", "token"))
    return Credentials(f"ASIA{digest[:16].upper()}", secret, token)


def test_root_key_of_home_is_root(souk: Run, client: httpx.Client, root: Credentials) -> None:
    answer = client.post(f"{souk.running.endpoint}/", headers=signed(souk, root), content=b"{}")
    assert (answer.status_code, souk.running.outputs["TableName"] in answer.json()["TableNames"]) == (200, True)


@pytest.mark.parametrize("key", ["test", ACCOUNT, "123456789012", "root key"])
@pytest.mark.parametrize("secret", ["test", ""])
def test_known_keys_are_not_root(souk: Run, client: httpx.Client, root: Credentials, key: str, secret: str) -> None:
    guessed = Credentials(root.access_key if key == "root key" else key, secret or "x")
    answer = client.post(f"{souk.running.endpoint}/", headers=signed(souk, guessed), content=b"{}")
    assert answer.status_code in (400, 403)
    assert "TableNames" not in answer.text


@pytest.mark.parametrize("change", ["signature", "content"])
def test_root_signature_is_verified(souk: Run, client: httpx.Client, root: Credentials, change: str) -> None:
    headers, content = signed(souk, root), b"{}"
    if change == "signature":
        headers["Authorization"] = headers["Authorization"][:-4] + "0000"
    else:
        content = b'{"Limit": 1}'
    answer = client.post(f"{souk.running.endpoint}/", headers=headers, content=content)
    assert "InvalidSignatureException" in answer.text


@pytest.mark.parametrize("authorization", ["", "Bearer x", "Basic eDp5", "AWS4", "AWS :x"])
def test_requests_without_signature_are_nobody(souk: Run, client: httpx.Client, authorization: str) -> None:
    for path in ("/", "/2015-03-31/functions", "/latest/meta-data/iam/security-credentials/"):
        headers = LIST_TABLES | {"authorization": authorization}
        answers = [client.post(f"{souk.running.endpoint}{path}", headers=headers, content=b"{}")]
        answers += [client.get(f"{souk.running.endpoint}{path}", headers={"authorization": authorization})]
        for answer in answers:
            assert answer.status_code in (400, 403), answer.text
            assert not any(f'"{found}"' in answer.text for found in ("TableNames", "Functions", "AccessKeyId")), path


@pytest.mark.parametrize("authorization", ["", "Bearer x"])
def test_nobody_uses_buckets(souk: Run, client: httpx.Client, authorization: str) -> None:
    bucket, headers = souk.running.outputs["SearchBucket"], {"authorization": authorization}
    for method, path in (
        ("GET", "/"),
        ("PUT", "/new-bucket"),
        ("POST", "/new-bucket"),
        ("PUT", "/new-bucket/key"),
        ("GET", f"/{bucket}"),
        ("PUT", f"/{bucket}/key"),
        ("POST", f"/{bucket}?delete"),
        ("PUT", f"/{bucket}?policy"),
        ("GET", "/v20180820/accesspoint"),
        ("GET", f"/v20180820/tags/arn:aws:s3:::{bucket}"),
    ):
        answer = client.request(method, f"{souk.running.endpoint}{path}", headers=headers)
        assert answer.is_client_error, (method, path, answer.text)
    named = [one["Name"] for one in souk.client("s3").list_buckets()["Buckets"]]
    assert bucket in named
    assert "new-bucket" not in named


@pytest.mark.parametrize("authorization", ["", "Bearer x"])
def test_key_in_query_needs_signature(souk: Run, client: httpx.Client, root: Credentials, authorization: str) -> None:
    """Links for uploads and downloads show the key of the function that signed them."""
    scope = f"{root.access_key}/20260101/{REGION}/s3/aws4_request"
    queries: list[dict[str, str]] = [
        {"AWSAccessKeyId": root.access_key},
        {"X-Amz-Credential": scope},
        {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": scope, "X-Amz-Signature": "0" * 64},
    ]
    for query in queries:
        headers = LIST_TABLES | {"authorization": authorization}
        answer = client.post(f"{souk.running.endpoint}/", params=query, headers=headers, content=b"{}")
        assert answer.status_code in (400, 403)
        assert "TableNames" not in answer.text


def test_function_keys_cannot_be_computed(souk: Run) -> None:
    souk.post("{ user { id } }", souk.token("olivia@acme.test"))  # the function has its keys now
    guessed = computed(souk, FUNCTION)
    sts: Any = botocore.session.get_session().create_client(
        "sts",
        region_name=REGION,
        endpoint_url=souk.running.endpoint,
        aws_access_key_id=guessed.access_key,
        aws_secret_access_key=guessed.secret_key,
        aws_session_token=guessed.token,
    )
    with pytest.raises(ClientError) as refused:
        sts.get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "InvalidClientTokenId"


def test_addresses_of_emulator_need_secret(souk: Run, client: httpx.Client) -> None:
    mails = f"{souk.running.endpoint}/_ministack/ses/messages"
    code = f"{souk.running.endpoint}/_ministack/lambda-code/{ACCOUNT}/{REGION}/{souk.running.outputs['Prefix']}-graphql"
    for url in (mails, code, mails.replace("_ministack", "%5Fministack"), f"{souk.running.endpoint}/health"):
        assert client.get(url).status_code == 403
    reset = client.post(f"{souk.running.endpoint}/_ministack/reset", headers={SECRET_HEADER: "x"})
    assert reset.status_code == 403
    assert client.get(mails, headers={SECRET_HEADER: souk.running.emulator_secret}).status_code == 200
    assert souk.souk("mail").returncode == 0


def test_web_pages_cannot_use_aws(souk: Run, client: httpx.Client, root: Credentials) -> None:
    endpoint = souk.running.endpoint
    preflight = EVIL | {"access-control-request-method": "POST"}
    assert client.options(f"{endpoint}/", headers=preflight).status_code == 403
    assert client.post(f"{endpoint}/", headers=signed(souk, root) | EVIL, content=b"{}").status_code == 403
    assert client.get(f"{endpoint}/{souk.running.outputs['SearchBucket']}", headers=EVIL).status_code == 403


def test_other_host_names_are_misdirected(souk: Run, client: httpx.Client) -> None:
    for base, path in ((souk.running.endpoint, "/_ministack/ready"), (souk.url, "/"), (souk.url, "/graphql")):
        assert client.get(f"{base}{path}", headers={"host": "evil.example"}).status_code == 421


def test_front_door_does_not_lead_to_aws(souk: Run, client: httpx.Client) -> None:
    url = httpx.URL(souk.url).copy_with(raw_path=b"/..%2f../%2e%2e/../_ministack/ses/messages")
    assert client.send(httpx.Request("GET", url)).status_code == 400


def test_web_page_uploads_with_form_of_api(souk: Run, client: httpx.Client) -> None:
    token = souk.token("olivia@acme.test")
    made = souk.post(UPLOAD, token, input={"fileName": "plan.txt", "contentType": "text/plain"})
    form = made["data"]["createDirectUploadLinkForJobPosting"]
    fields = {pair["key"]: pair["value"] for pair in form["formKeyValues"]}
    preflight = client.options(form["uploadUrl"], headers=EVIL | {"access-control-request-method": "POST"})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, "*")

    def upload(changed: dict[str, str], url: str = form["uploadUrl"]) -> int:
        files: Any = {"file": b"a plan"}
        return client.post(url, data=fields | changed, files=files, headers=EVIL).status_code

    assert upload({"x-amz-signature": "0" * 64}) == 403
    assert upload({"key": "attachments/other/1"}) == 403
    assert (
        upload({"x-amz-credential": fields["x-amz-credential"].replace(fields["x-amz-credential"][:20], "test")}) == 403
    )
    assert upload({}) == 204
    assert souk.post(CONFIRM, token, ids=[form["id"]])["data"]["confirmFiles"] is True

    # Whoever sees the form sees the function's key. It opens nothing without a signature.
    scope = fields["x-amz-credential"]
    query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": scope, "X-Amz-Signature": "0" * 64}
    item = json.dumps({"TableName": souk.running.outputs["TableName"], "Key": {"PK": {"S": "x"}, "SK": {"S": "x"}}})
    headers = LIST_TABLES | {"x-amz-target": "DynamoDB_20120810.GetItem", "authorization": "Bearer x"}
    answer = client.post(f"{souk.running.endpoint}/", params=query, headers=headers, content=item)
    assert answer.status_code in (400, 403), answer.text


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_signature_decides_on_attachments(
    souk: Run, client: httpx.Client, root: Credentials, method: str, version: str
) -> None:
    bucket = souk.running.outputs["AttachmentsBucket"]
    souk.client("s3").put_object(Bucket=bucket, Key="safety", Body=b"private")
    s3: Any = botocore.session.get_session().create_client(
        "s3",
        region_name=REGION,
        endpoint_url=souk.running.endpoint,
        aws_access_key_id=root.access_key,
        aws_secret_access_key=root.secret_key,
        config=Config(signature_version=version),
    )
    operation = {"GET": "get_object", "PUT": "put_object"}[method]
    url = s3.generate_presigned_url(operation, Params={"Bucket": bucket, "Key": "safety"}, ExpiresIn=60)
    body = b"new" if method == "PUT" else None
    forged = re.sub("ignature=....", "ignature=0000", url)
    for wrong in (url.partition("?")[0], forged, url.replace("/safety?", "/other?")):
        assert client.request(method, wrong, headers=EVIL, content=body).status_code == 403, wrong
    assert client.request(method, url, headers=EVIL, content=body).status_code == 200
    assert client.request("DELETE", url, headers=EVIL).status_code == 403


def test_files_are_for_owner_only(souk: Run) -> None:
    open_to_others = [
        path for path in souk.home.rglob("*") if not path.is_symlink() and path.stat().st_mode & OWNER_ONLY
    ]
    assert not open_to_others[:5]


def test_graphiql_works_under_its_policy(souk: Run) -> None:
    """The browser reports each violation of the page's Content-Security-Policy as an error."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.extend([said.text] if said.type == "error" else []))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{souk.url}/graphiql")
        page.get_by_role("button", name="Execute query").click()
        page.locator(".graphiql-response").get_by_text("totalCount").wait_for()
        browser.close()
    assert complaints == []
