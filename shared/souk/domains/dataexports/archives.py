"""The objects of exports in the attachments bucket: uploaded in parts, so that little of one is in memory."""

from secrets import token_urlsafe
from typing import Final

from botocore.exceptions import ClientError

from souk.domains.dataexports.model import UploadState
from souk.domains.files.model import COPIES
from souk.domains.files.rules import DOWNLOAD_SECONDS, content_disposition
from souk.runtime import aws
from souk.runtime.settings import settings

_PART: Final = 8 * 2**20
"""Bytes. S3 takes parts of 5 MiB at least, but for the last one."""
_TOKEN_BYTES: Final = 24


def begin_upload(export_id: str) -> UploadState:
    """Begin the upload of an archive."""
    key = f"{COPIES}{export_id}/{token_urlsafe(_TOKEN_BYTES)}"
    answer = aws.s3().create_multipart_upload(
        Bucket=_bucket(), Key=key, ContentType="application/zip", CacheControl="no-store"
    )
    return UploadState(key=key, id=answer["UploadId"])


def remove(key: str | None, upload: UploadState | None) -> None:
    """Delete an archive, or what there is of one."""
    client, bucket = aws.s3(), _bucket()
    if key:
        client.delete_object(Bucket=bucket, Key=key)
    if upload:
        client.delete_object(Bucket=bucket, Key=_rest(upload))
        try:
            client.abort_multipart_upload(Bucket=bucket, Key=upload.key, UploadId=upload.id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise


def download_link(key: str, file_name: str) -> str:
    """Return a link to an archive. It works for 15 minutes."""
    return aws.s3().generate_presigned_url(
        "get_object",
        Params={"Bucket": _bucket(), "Key": key, "ResponseContentDisposition": content_disposition(file_name)},
        ExpiresIn=DOWNLOAD_SECONDS,
    )


class Uploader:
    """Uploads an archive in parts."""

    def __init__(self, state: UploadState) -> None:
        self._state = state
        self._waiting = bytearray(_get(_rest(state)) if state.rest else b"")

    def write(self, content: bytes) -> None:
        """Add bytes, and upload those that fill a part."""
        self._waiting += content
        while len(self._waiting) >= _PART:
            self._upload(bytes(self._waiting[:_PART]))
            del self._waiting[:_PART]

    def pause(self) -> UploadState:
        """Store the bytes that are too few for a part, and return the state."""
        aws.s3().put_object(Bucket=_bucket(), Key=_rest(self._state), Body=bytes(self._waiting))
        return self._state.model_copy(update={"rest": True})

    def complete(self) -> str:
        """Upload the last part, and make the object of the parts. Returns its key."""
        self._upload(bytes(self._waiting))
        aws.s3().complete_multipart_upload(
            Bucket=_bucket(),
            Key=self._state.key,
            UploadId=self._state.id,
            MultipartUpload={
                "Parts": [{"PartNumber": at, "ETag": etag} for at, etag in enumerate(self._state.etags, start=1)]
            },
        )
        if self._state.rest:
            aws.s3().delete_object(Bucket=_bucket(), Key=_rest(self._state))
        return self._state.key

    def _upload(self, part: bytes) -> None:
        number = len(self._state.etags) + 1
        answer = aws.s3().upload_part(
            Bucket=_bucket(), Key=self._state.key, UploadId=self._state.id, PartNumber=number, Body=part
        )
        self._state = self._state.model_copy(update={"etags": (*self._state.etags, answer["ETag"])})


def _rest(state: UploadState) -> str:
    return f"{state.key}.rest"


def _get(key: str) -> bytes:
    return aws.s3().get_object(Bucket=_bucket(), Key=key)["Body"].read()


def _bucket() -> str:
    return settings().attachments_bucket
