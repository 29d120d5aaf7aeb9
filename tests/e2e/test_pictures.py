"""Portraits on the deployed stack: S3 events reach the function `images`, whose result is shown."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.domains.files.pictures import pixel
from tests.support.running import Run

LINK = """mutation ($input: CreateDirectUploadLinkInput!) {
  createDirectUploadLinkForPortrait(input: $input) { id uploadUrl formKeyValues { key value } } }"""
CONFIRM = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }"
UPDATE = "mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { photoUrl phone } }"
PHOTO = "{ account { photoUrl } }"
WITHIN_SECONDS = 90


@pytest.fixture(scope="module")
def noah(souk: Run) -> str:
    return souk.token("noah@studio.test")


def data(answer: dict[str, Any]) -> Any:
    assert "errors" not in answer, answer
    return answer["data"]


def upload(souk: Run, token: str, *contents: bytes) -> str:
    """Upload and confirm the first content, then try to replace it. Return the file's id."""
    link = data(souk.post(LINK, token, input={"fileName": "me.jpg", "contentType": "image/jpeg"}))
    link = link["createDirectUploadLinkForPortrait"]
    form = {one["key"]: one["value"] for one in link["formKeyValues"]}
    for content in contents:
        sent = httpx.post(link["uploadUrl"], data=form, files={"file": ("me.jpg", content, "image/jpeg")}, timeout=30)
        assert sent.status_code in {200, 201, 204}, sent.text
        assert data(souk.post(CONFIRM, token, ids=[link["id"]])) == {"confirmFiles": True}
    file_id: str = link["id"]
    return file_id


def jpeg(color: tuple[int, int, int]) -> bytes:
    output = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", (300, 200), color).save(output, "JPEG", exif=exif)
    return output.getvalue()


def eventually(read: Callable[[], Any]) -> Any:
    """Return what a function returns once it is not None."""
    end = time.monotonic() + WITHIN_SECONDS
    while (found := read()) is None:
        assert time.monotonic() < end, "not within a minute and a half"
        time.sleep(0.5)
    return found


def test_portrait_is_processed_and_shown(souk: Run, noah: str) -> None:
    file_id = upload(souk, noah, jpeg((200, 10, 10)), jpeg((10, 10, 200)))
    data(souk.post(UPDATE, noah, input={"portraitFileId": file_id}))
    url = eventually(lambda: data(souk.post(PHOTO, noah))["account"]["photoUrl"])
    shown = httpx.get(url, follow_redirects=True, timeout=30)
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"where I live" not in shown.content
    picture = Image.open(BytesIO(shown.content))
    assert picture.size == (150, 150)
    assert pixel(picture, 75, 75)[0] > 150, "what was confirmed first"


def test_file_that_is_no_picture_is_refused(souk: Run, noah: str) -> None:
    file_id = upload(souk, noah, b"<svg xmlns='http://www.w3.org/2000/svg'/>")

    def refused() -> str | None:
        answer = souk.post(UPDATE, noah, input={"portraitFileId": file_id})
        return answer["errors"][0]["message"] if "errors" in answer else None

    message: str = eventually(refused)
    assert "portraitFileId" in message
