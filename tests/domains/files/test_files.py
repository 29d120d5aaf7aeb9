"""Uploads: links, confirmation, and attaching files to postings."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from souk.authentication.principal import Principal, Role
from souk.domains.files import rules
from souk.domains.files.model import UploadLinkInput
from souk.domains.files.store import FILES
from souk.values.errors import Unprocessable
from tests.support.api import Person, Souk
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, CREATE, DESIGN, LIAM, JobsWorld, fixed_price

LINK = """mutation ($input: CreateDirectUploadLinkInput!) {
  createDirectUploadLinkForJobPosting(input: $input) { id uploadUrl formKeyValues { key value } }
}"""
CONFIRM = "mutation ($ids: [ID!]!, $skip: Boolean) { confirmFiles(fileIds: $ids, skipMissing: $skip) }"
READ = """query ($id: ID!) { jobPosting(jobPostingId: $id) {
  attachment { id sequenceNumber fileName contentLength contentType link }
} }"""


@pytest.fixture
def world(souk: Souk) -> JobsWorld:
    """Return the API with two clients and their people."""
    return JobsWorld(souk)


def uploaded(who: Person, bucket: str, size: int = 5, **fields: Any) -> str:
    """Create an upload link, upload `size` bytes, and return the file's id."""
    fields = {"fileName": "brief.pdf", "contentType": "application/pdf", **fields}
    info = who.call(LINK, {"input": fields}).data["createDirectUploadLinkForJobPosting"]
    key = next(one["value"] for one in info["formKeyValues"] if one["key"] == "key")
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x" * size)
    file_id: str = info["id"]
    return file_id


def test_upload_link_binds_key_type_size_and_time(world: JobsWorld, bucket: str) -> None:
    fields = {"fileName": 'Größe "1".pdf', "contentType": "application/pdf", "maxFileSize": 1_000}
    info = world.liam.call(LINK, {"input": fields}).data["createDirectUploadLinkForJobPosting"]
    assert bucket in info["uploadUrl"]
    form = {one["key"]: one["value"] for one in info["formKeyValues"]}
    assert form["key"] == f"attachments/{DESIGN}/{info['id']}"
    assert form["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    policy = json.loads(base64.b64decode(form["policy"]))
    assert ["content-length-range", 1, 1_000] in policy["conditions"]
    assert {"Content-Type": "application/pdf"} in policy["conditions"]
    assert {"key": form["key"]} in policy["conditions"]
    # boto3 counts from the machine's time, which is not before that of the test's beginning.
    left = datetime.fromisoformat(policy["expiration"]) - CLOCK.real()
    assert timedelta(minutes=14) < left < timedelta(minutes=25)
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.pdf" in form["Content-Disposition"]
    stored = world.souk.table.get(FILES, info["id"])
    assert stored
    assert (stored.user_id, stored.confirmed) == (LIAM, False)


def test_confirmed_files_are_attached_in_order(world: JobsWorld, bucket: str) -> None:
    first, second = (uploaded(world.liam, bucket, fileName=name) for name in ("a.pdf", "b.pdf"))
    request = {"organizationId": DESIGN, "jobPostingInfo": fixed_price(), "attachmentIds": [second, first]}
    early = world.liam.call(CREATE, {"request": request})
    assert early.code == "UNPROCESSABLE_CONTENT"
    assert early.error["extensions"]["fields"][0]["path"] == "jobPostingRequest.attachmentIds.0"
    assert world.liam.call(CONFIRM, {"ids": [first, second]}).data == {"confirmFiles": True}
    job_id = world.liam.call(CREATE, {"request": request}).data["createJobPosting"]["id"]
    attached = world.olivia.call(READ, {"id": job_id}).data["jobPosting"]["attachment"]
    assert [(one["id"], one["sequenceNumber"], one["fileName"]) for one in attached] == [
        (second, 1, "b.pdf"),
        (first, 2, "a.pdf"),
    ]
    assert (attached[0]["contentLength"], attached[0]["contentType"]) == (5, "application/pdf")
    assert f"attachments/{DESIGN}/{second}" in attached[0]["link"]
    twice = {**request, "attachmentIds": [first, first]}
    assert world.liam.call(CREATE, {"request": twice}).code == "UNPROCESSABLE_CONTENT"


def test_files_of_another_organization_are_missing(world: JobsWorld, bucket: str) -> None:
    theirs = uploaded(world.omar, bucket)
    assert world.olivia.call(CONFIRM, {"ids": [theirs]}).data == {"confirmFiles": False}
    assert world.olivia.call(CONFIRM, {"ids": [theirs], "skip": False}).code == "NOT_FOUND"
    assert world.omar.call(CONFIRM, {"ids": [theirs], "skip": False}).data == {"confirmFiles": True}
    request = {"organizationId": ACME, "jobPostingInfo": fixed_price(), "attachmentIds": [theirs]}
    assert world.olivia.call(CREATE, {"request": request}).code == "UNPROCESSABLE_CONTENT"


def test_file_never_uploaded_is_missing(world: JobsWorld, bucket: str) -> None:
    missing = world.olivia.call(LINK, {"input": {"fileName": "a"}}).data["createDirectUploadLinkForJobPosting"]["id"]
    present = uploaded(world.olivia, bucket)
    assert world.olivia.call(CONFIRM, {"ids": [missing, present]}).data == {"confirmFiles": False}
    assert world.olivia.call(CONFIRM, {"ids": [present]}).data == {"confirmFiles": True}
    assert world.olivia.call(CONFIRM, {"ids": [missing], "skip": False}).code == "NOT_FOUND"


def test_file_larger_than_declared_is_refused(world: JobsWorld, bucket: str) -> None:
    large = uploaded(world.olivia, bucket, size=11, maxFileSize=10)
    assert world.olivia.call(CONFIRM, {"ids": [large]}).code == "UNPROCESSABLE_CONTENT"
    assert world.olivia.call(CONFIRM, {"ids": ["1"] * 51}).data == {"confirmFiles": False}
    many = [str(number) for number in range(51)]
    assert world.olivia.call(CONFIRM, {"ids": many}).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize(
    "fields",
    [
        {"file_name": " "},
        {"file_name": "../../etc/passwd"},
        {"file_name": "a\nb"},
        {"file_name": "x" * 256},
        {"file_name": "a", "content_type": "pdf"},
        {"file_name": "a", "content_type": "text/plain\r\nX-Evil: 1"},
        {"file_name": "a", "max_file_size": 0},
        {"file_name": "a", "max_file_size": 100_000_001},
        {"file_name": "a", "ssl_enabled": False},
        {"file_name": "a", "meta_data": "x" * 2_001},
    ],
)
def test_invalid_upload_request_is_refused(fields: dict[str, Any]) -> None:
    principal = Principal("1", "k", "1", "1", Role.OWNER, frozenset())
    with pytest.raises(Unprocessable, match=r"^input\."):
        rules.new_file("1", UploadLinkInput(**fields), principal, CLOCK.real())


def test_upload_link_lifetime() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def seconds(until: str | None) -> int:
        return rules.upload_seconds(UploadLinkInput(file_name="a", expiration_date=until), now)

    assert seconds(None) == seconds("2027-01-01") == 900
    assert seconds("2026-11-22T12:01:00Z") == 60
    for passed in ("2026-11-22T12:00:00Z", "2020-01-01", "soon"):
        with pytest.raises(Unprocessable):
            seconds(passed)
