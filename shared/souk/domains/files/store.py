"""The table's items of files, and their objects in the attachments bucket.

FILE#<id>   FILE   the record of a file
attachments/<organization>/<file id>   the object in the bucket
"""

from typing import Any, Final

from botocore.exceptions import ClientError

from souk.domains.files.model import File
from souk.domains.files.rules import DOWNLOAD_SECONDS, content_disposition
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.storage import Collection, Key

WRITES: Final = ("FILE#",)
"""The key prefixes that only this domain writes."""


def file_key(file_id: str) -> Key:
    """Return the key of a file's record."""
    return Key(f"FILE#{file_id}", "FILE")


FILES: Collection[File] = Collection(name="File", model=File, key=file_key, key_of=lambda file: file_key(file.id))


def upload_form(file: File, seconds: int) -> dict[str, Any]:
    """Return the `url` and `fields` of an upload form that fixes the key, type and size limit of a file."""
    fields = {"Content-Type": file.content_type, "Content-Disposition": content_disposition(file.file_name)}
    return aws.s3().generate_presigned_post(
        Bucket=settings().attachments_bucket,
        Key=file.key,
        Fields=fields,
        Conditions=[{name: value} for name, value in fields.items()] + [["content-length-range", 1, file.max_size]],
        ExpiresIn=seconds,
    )


def uploaded_size(file: File) -> int | None:
    """Return the size of a file's object in bytes; None if it does not exist."""
    try:
        head = aws.s3().head_object(Bucket=settings().attachments_bucket, Key=file.key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004 - HTTP
            return None
        raise
    return head["ContentLength"]


def download_link(key: str, file_name: str) -> str:
    """Return a download link for an object of the bucket. It expires after 15 minutes."""
    return aws.s3().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().attachments_bucket,
            "Key": key,
            "ResponseContentDisposition": content_disposition(file_name),
        },
        ExpiresIn=DOWNLOAD_SECONDS,
    )
