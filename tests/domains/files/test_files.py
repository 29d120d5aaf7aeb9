"""Uploads: links, confirmation, and attaching files to postings."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from souk.app import graph
from souk.authentication.principal import Principal, Role
from souk.domains.files import resolvers, rules, store
from souk.domains.files.commands import uploads
from souk.domains.files.model import File, UploadLinkInput
from souk.domains.files.store import FILES, Uploaded
from souk.runtime import aws
from souk.storage.collection import key_attributes
from souk.values.errors import Unprocessable
from tests.support.api import Answer, Person, Souk
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
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


def linked(who: Person, **fields: Any) -> tuple[str, str]:
    """Create an upload link, and return the file's id and the object key of the form."""
    fields = {"fileName": "brief.pdf", "contentType": "application/pdf", **fields}
    info = who.call(LINK, {"input": fields}).data["createDirectUploadLinkForJobPosting"]
    return info["id"], next(one["value"] for one in info["formKeyValues"] if one["key"] == "key")


def uploaded(who: Person, bucket: str, size: int = 5, **fields: Any) -> str:
    """Create an upload link, upload `size` bytes, and return the file's id."""
    file_id, key = linked(who, **fields)
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x" * size)
    return file_id


def content(bucket: str, link: str) -> bytes:
    """Return the content of the object that a download link leads to."""
    key = urlsplit(link).path.partition("/attachments/")[2]
    body: bytes = boto3.client("s3").get_object(Bucket=bucket, Key=f"attachments/{key}")["Body"].read()
    return body


def test_upload_link_binds_key_type_size_and_time(world: JobsWorld, bucket: str) -> None:
    fields = {"fileName": 'Größe "1".pdf', "contentType": "application/pdf", "maxFileSize": 1_000}
    info = world.liam.call(LINK, {"input": fields}).data["createDirectUploadLinkForJobPosting"]
    assert bucket in info["uploadUrl"]
    form = {one["key"]: one["value"] for one in info["formKeyValues"]}
    assert form["key"] == f"uploads/{DESIGN}/{info['id']}"
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
    assert f"attachments/{DESIGN}/{second}/" in attached[0]["link"]
    twice = {**request, "attachmentIds": [first, first]}
    assert world.liam.call(CREATE, {"request": twice}).code == "UNPROCESSABLE_CONTENT"


def test_confirmed_file_cannot_be_replaced(world: JobsWorld, bucket: str) -> None:
    s3 = boto3.client("s3")
    file_id, key = linked(world.liam)
    s3.put_object(Bucket=bucket, Key=key, Body=b"what was confirmed")
    assert world.liam.call(CONFIRM, {"ids": [file_id]}).data == {"confirmFiles": True}
    s3.put_object(Bucket=bucket, Key=key, Body=b"something else")
    assert world.liam.call(CONFIRM, {"ids": [file_id]}).data == {"confirmFiles": True}
    request = {"organizationId": DESIGN, "jobPostingInfo": fixed_price(), "attachmentIds": [file_id]}
    job_id = world.liam.call(CREATE, {"request": request}).data["createJobPosting"]["id"]
    (attached,) = world.olivia.call(READ, {"id": job_id}).data["jobPosting"]["attachment"]
    assert content(bucket, attached["link"]) == b"what was confirmed"
    assert attached["contentLength"] == len(b"what was confirmed")


def test_upload_that_changes_during_confirmation_conflicts(
    world: JobsWorld, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id, key = linked(world.liam)
    s3 = boto3.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=b"small")

    def replaced(file: File) -> Uploaded | None:
        found = store.uploaded(file)
        s3.put_object(Bucket=bucket, Key=key, Body=b"replaced after its size was checked")
        return found

    monkeypatch.setattr(uploads, "uploaded", replaced)
    monkeypatch.setattr(aws.s3(), "copy_object", _strict_copy(aws.s3().copy_object, bucket))
    assert world.liam.call(CONFIRM, {"ids": [file_id]}).code == "CONFLICT"
    stored = world.souk.table.get(FILES, file_id)
    assert stored
    assert not stored.confirmed


def _strict_copy(copy: Callable[..., Any], bucket: str) -> Callable[..., Any]:
    """Return S3's CopyObject, which refuses a source with another ETag. Moto ignores this condition."""

    def strict(**arguments: Any) -> Any:
        head = boto3.client("s3").head_object(Bucket=bucket, Key=arguments["CopySource"]["Key"])
        if head["ETag"] != arguments["CopySourceIfMatch"]:
            refused: Any = {"ResponseMetadata": {"HTTPStatusCode": 412}}
            raise ClientError(refused, "CopyObject")
        return copy(**arguments)

    return strict


def test_concurrent_confirmations_keep_one_content(
    world: JobsWorld, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id, key = linked(world.liam)
    s3 = boto3.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=b"first")

    def confirm_another() -> Answer:
        s3.put_object(Bucket=bucket, Key=key, Body=b"second")
        return world.liam.call(CONFIRM, {"ids": [file_id]})

    other = meanwhile(monkeypatch, confirm_another)
    assert world.liam.call(CONFIRM, {"ids": [file_id]}).code == "CONFLICT"
    assert other[0].data == {"confirmFiles": True}
    stored = world.souk.table.get(FILES, file_id)
    assert stored
    assert s3.get_object(Bucket=bucket, Key=stored.key)["Body"].read() == b"second", "what the record says"
    assert stored.size == len(b"second")


def test_unconfirmed_upload_expires(world: JobsWorld, bucket: str) -> None:
    file_id = uploaded(world.liam, bucket)
    item = world.souk.table.client.get_item(TableName=world.souk.table.name, Key=key_attributes(FILES.key(file_id)))
    assert int(item["Item"]["ttl"]["N"]) > CLOCK.real().timestamp(), "DynamoDB deletes the record"
    stored = world.souk.table.get(FILES, file_id)
    assert stored
    tx = world.souk.table.transaction()
    tx.update(FILES, stored.model_copy(update={"expires": int(CLOCK.real().timestamp()) - 1}))  # a day later
    tx.commit()
    assert world.liam.call(CONFIRM, {"ids": [file_id]}).data == {"confirmFiles": False}
    assert world.liam.call(CONFIRM, {"ids": [file_id], "skip": False}).code == "NOT_FOUND"


def test_confirmed_file_does_not_expire(world: JobsWorld, bucket: str) -> None:
    file_id = uploaded(world.liam, bucket)
    world.liam.call(CONFIRM, {"ids": [file_id]})
    item = world.souk.table.client.get_item(TableName=world.souk.table.name, Key=key_attributes(FILES.key(file_id)))
    assert "ttl" not in item["Item"]


def test_file_of_the_previous_release_can_be_read_and_confirmed(world: JobsWorld, bucket: str) -> None:
    old = {"id": "7", "organization_id": DESIGN, "company_id": ACME, "user_id": LIAM, "file_name": "a.pdf"}
    old |= {"content_type": "application/pdf", "created": "2026-11-01T09:00:00.000Z"}
    file = File.model_validate(old | {"max_size": 10})
    assert file.key == file.upload_key == f"attachments/{DESIGN}/7"
    tx = world.souk.table.transaction()
    tx.create(FILES, file)
    tx.commit()
    boto3.client("s3").put_object(Bucket=bucket, Key=file.key, Body=b"x")
    assert world.liam.call(CONFIRM, {"ids": ["7"]}).data == {"confirmFiles": True}


def test_remove_deletes_record_and_objects(world: JobsWorld, bucket: str) -> None:
    file_id = uploaded(world.liam, bucket)
    world.liam.call(CONFIRM, {"ids": [file_id]})
    other = uploaded(world.liam, bucket)
    uploads.remove(world.souk.table, file_id, CLOCK.market())
    uploads.remove(world.souk.table, file_id, CLOCK.market())  # it may run twice
    assert world.souk.table.get(FILES, file_id) is None
    left = boto3.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in left] == [f"uploads/{DESIGN}/{other}"]


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


def test_every_upload_link_belongs_to_files_and_has_a_rule() -> None:
    links = [root for root in graph().roots.values() if root.name.startswith("createDirectUploadLinkFor")]
    assert len(links) == len(resolvers._LINKS)  # noqa: SLF001 - one table for all of them
    assert {(root.domain, root.function) for root in links} == {("files", "jobs")}
    for purpose, _ in resolvers._LINKS.values():  # noqa: SLF001
        assert uploads.upload_rule(purpose).purpose == purpose


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
        rules.new_file("1", UploadLinkInput(**fields), principal, CLOCK.real(), expires=0, purpose="jobs.attachment")


def test_upload_link_lifetime() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def seconds(until: str | None) -> int:
        return rules.upload_seconds(UploadLinkInput(file_name="a", expiration_date=until), now)

    assert seconds(None) == seconds("2027-01-01") == 900
    assert seconds("2026-11-22T12:01:00Z") == 60
    for passed in ("2026-11-22T12:00:00Z", "2020-01-01", "soon"):
        with pytest.raises(Unprocessable):
            seconds(passed)


def test_export_is_stored_under_a_key_that_cannot_be_guessed(bucket: str) -> None:
    link = store.export_link("1001", "Weeks 2026.csv", b"a,b\r\n", "text/csv; charset=utf-8")
    path, _, parameters = link.partition("?")
    key = path.partition(f"{bucket}/")[2] or path.partition(".com/")[2]
    assert re.fullmatch(r"exports/1001/[\w-]{32}", key)
    assert "X-Amz-Expires=900" in parameters
    stored = boto3.client("s3").get_object(Bucket=bucket, Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (b"a,b\r\n", "text/csv; charset=utf-8")
    assert store.export_link("1001", "Weeks 2026.csv", b"", "text/csv") != link
