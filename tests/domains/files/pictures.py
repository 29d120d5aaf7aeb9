"""Uploads of portraits and logos, for tests."""

from io import BytesIO
from typing import Any

import boto3
from PIL import Image

from souk.app import FUNCTIONS, IMAGES
from souk.domains.files.commands.pictures import process
from souk.domains.files.model import File
from souk.domains.files.store import FILES
from souk.storage import Table
from tests.support.api import Answer, Person, Souk
from tests.support.clock import CLOCK

LINK = """mutation ($input: CreateDirectUploadLinkInput!) {{
  createDirectUploadLinkFor{what}(input: $input) {{ id formKeyValues {{ key value }} }}
}}"""
CONFIRM = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }"
UPDATE = "mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { photoUrl } }"
UPDATE_LOGO = """mutation ($input: UpdateOrganizationProfileInput!) {
  updateOrganizationProfile(input: $input) { photoUrl }
}"""


def png(color: tuple[int, int, int] = (200, 10, 10), side: int = 200) -> bytes:
    output = BytesIO()
    Image.new("RGB", (side, side), color).save(output, "PNG")
    return output.getvalue()


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """Return the red, green and blue of a pixel."""
    value = image.convert("RGB").getpixel((x, y))
    assert isinstance(value, tuple)
    return tuple(map(int, value))


class PictureUploads:
    """Uploads pictures, and runs the function `images` when a test calls it."""

    def __init__(self, souk: Souk, bucket: str) -> None:
        self.souk, self.bucket, self.s3 = souk, bucket, boto3.client("s3")
        self.images = Table(souk.table.client, souk.table.name, CLOCK, FUNCTIONS[IMAGES].writes)

    def link(self, who: Person, what: str = "Portrait", **fields: Any) -> Answer:
        wanted = {"fileName": "me.png", "contentType": "image/png", **fields}
        return who.call(LINK.format(what=what), {"input": wanted})

    def upload(self, who: Person, what: str = "Portrait", content: bytes | None = None) -> str:
        """Upload and confirm a picture, and return the file's id."""
        file_id, key = self.form(who, what)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=png() if content is None else content)
        assert who.call(CONFIRM, {"ids": [file_id]}).data == {"confirmFiles": True}
        return file_id

    def form(self, who: Person, what: str = "Portrait") -> tuple[str, str]:
        info = self.link(who, what).data[f"createDirectUploadLinkFor{what}"]
        return info["id"], next(one["value"] for one in info["formKeyValues"] if one["key"] == "key")

    def file(self, file_id: str) -> File:
        file = self.souk.table.get(FILES, file_id)
        assert file
        return file

    def process(self, file_id: str) -> None:
        process(self.images, self.file(file_id).key, wait=lambda _: None)
