"""The table's items of files, and their objects in the attachments bucket.

FILE#<id>      FILE      the record of a file; it expires unless the file is confirmed
                         GSI1 FILES#<user> / <id>: the files that a person uploaded; those of earlier releases are there
                         after `souk lists rewrite`
PICTURE#<id>   PICTURE   what became of a picture; written by the function `images`

uploads/<organization>/<id>              what the upload form writes; S3 deletes it after a day
attachments/<organization>/<id>/<hash>   a confirmed file: a copy that no form can write to
originals/<kind>/<id>/<hash>             a confirmed picture, until the function `images` has processed it
pictures/<id>/<token>/<size>             the sizes of a processed picture
uploads/private/<id>/upload              the upload of a private picture, until `images` has processed it
private/<contract>/<id>/<token>/<size>   the sizes of a private picture, until they expire
exports/<organization>/<token>           a file that was made on request, for a day
copies/<export>/<token>                  an archive of `souk.domains.dataexports`, which writes it itself, for a week
"""

from functools import cache
from secrets import token_urlsafe
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from souk.domains.files.model import EXPORTS, File, Picture, pictures_prefix
from souk.domains.files.rules import DOWNLOAD_SECONDS, content_disposition
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.storage import Collection, Key, StoredList

WRITES: Final = ("FILE#", "PICTURE#")
"""The key prefixes that only this domain writes."""
IMAGES_WRITES: Final = ("PICTURE#",)
"""The one of them that the function `images` writes too."""

_NOT_FOUND, _CHANGED = 404, 412  # HTTP
_EXPORT_BYTES: Final = 24
"""Random bytes in the key of an export."""


class Uploaded(NamedTuple):
    """An object that an upload form has written."""

    size: int
    """Bytes."""
    etag: str
    """Changes with the content."""


def file_key(file_id: str) -> Key:
    """Return the key of a file's record."""
    return Key(f"FILE#{file_id}", "FILE")


def picture_key(file_id: str) -> Key:
    """Return the key of the result of processing a picture."""
    return Key(f"PICTURE#{file_id}", "PICTURE")


FILES: Collection[File] = Collection(
    name="File",
    model=File,
    key=file_key,
    key_of=lambda file: file_key(file.id),
    indexes={"GSI1": lambda file: Key(f"FILES#{file.user_id}", file.id)},
    expires_at=lambda file: None if file.confirmed else file.expires,
)
PICTURES: Collection[Picture] = Collection(
    name="Picture",
    model=Picture,
    key=picture_key,
    key_of=lambda picture: picture_key(picture.file_id),
    expires_at=lambda picture: picture.expires,
)
FILES_OF_PERSON: Final = StoredList("filesOfPerson", FILES, "FILES#{}".format, index="GSI1", newest_first=False)
"""The files that a person uploaded, oldest first."""
LISTS: Final = (FILES_OF_PERSON,)


def upload_form(file: File, seconds: int) -> dict[str, Any]:
    """Return the `url` and `fields` of an upload form that fixes the key, type and size limit of a file."""
    fields = {"Content-Type": file.content_type, "Content-Disposition": content_disposition(file.file_name)}
    return aws.s3().generate_presigned_post(
        Bucket=settings().attachments_bucket,
        Key=file.upload_key,
        Fields=fields,
        Conditions=[{name: value} for name, value in fields.items()] + [["content-length-range", 1, file.max_size]],
        ExpiresIn=seconds,
    )


def uploaded(file: File) -> Uploaded | None:
    """Return what was uploaded; None if nothing was."""
    try:
        head = aws.s3().head_object(Bucket=settings().attachments_bucket, Key=file.upload_key)
    except ClientError as error:
        if _status(error) == _NOT_FOUND:
            return None
        raise
    return Uploaded(head["ContentLength"], head["ETag"])


def keep(file: File, upload: Uploaded) -> str | None:
    """Copy an upload to where no form can write, and return the new object key.

    The key has the content's hash, so that concurrent confirmations of different uploads write different objects.
    Returns None if the upload has changed since it was looked at.
    """
    bucket = settings().attachments_bucket
    key = file.kept_prefix + upload.etag.strip('"')
    try:
        aws.s3().copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": bucket, "Key": file.upload_key},
            CopySourceIfMatch=upload.etag,
        )
    except ClientError as error:
        if _status(error) in (_NOT_FOUND, _CHANGED):
            return None
        raise
    return key


def read_object(key: str) -> bytes:
    """Return the content of an object."""
    return aws.s3().get_object(Bucket=settings().attachments_bucket, Key=key)["Body"].read()


def put_picture(picture: Picture, size: int, content: bytes) -> None:
    """Store a size of a picture."""
    aws.s3().put_object(
        Bucket=settings().attachments_bucket,
        Key=picture.key_of_size(size),
        Body=content,
        ContentType=picture.media_type,
    )


def delete_object(key: str) -> None:
    """Delete an object, if it exists."""
    aws.s3().delete_object(Bucket=settings().attachments_bucket, Key=key)


def delete_objects(file: File) -> None:
    """Delete a file's objects: the upload, the confirmed file, and the sizes of a picture."""
    client, bucket = aws.s3(), settings().attachments_bucket
    if file.private:
        _delete_versions(file.upload_key)
        _delete_versions(pictures_prefix(file.id, file.subject_id))
        return
    prefixes = [file.kept_prefix, *([pictures_prefix(file.id, None)] if file.picture else [])]
    keys = {file.upload_key, file.key}
    for prefix in prefixes:
        found = client.list_objects_v2(Bucket=bucket, Prefix=prefix)  # a few objects, never a second page
        keys |= {one["Key"] for one in found.get("Contents", ())}
    for key in sorted(keys):
        delete_object(key)


def _delete_versions(prefix: str) -> None:
    """Delete all versions of the objects with a prefix, so that nothing can be restored."""
    client, bucket = aws.s3(), settings().attachments_bucket
    found = client.list_object_versions(Bucket=bucket, Prefix=prefix)  # a few, never a second page
    for one in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())):
        client.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


def download_link(key: str, file_name: str) -> str:
    """Return a download link for an object of the bucket. It expires after 15 minutes."""
    return _link(Key=key, ResponseContentDisposition=content_disposition(file_name))


def export_link(organization_id: str, file_name: str, content: bytes, content_type: str) -> str:
    """Store a file that was made for an organization, and return its download link, which expires after 15 minutes.

    The key cannot be guessed. This writes to the bucket and not to the table, so queries may do it.
    """
    key = f"{EXPORTS}{organization_id}/{token_urlsafe(_EXPORT_BYTES)}"
    aws.s3().put_object(
        Bucket=settings().attachments_bucket, Key=key, Body=content, ContentType=content_type, CacheControl="no-store"
    )
    return download_link(key, file_name)


@cache
def origin() -> str:
    """Return the origin of links to the bucket, from which pages show pictures."""
    parts = urlsplit(_link(Key="any"))
    return f"{parts.scheme}://{parts.netloc}"


def picture_link(picture: Picture, size: int) -> str:
    """Return a link that shows a size of a picture. It expires after 15 minutes."""
    return _link(Key=picture.key_of_size(size), ResponseContentType=picture.media_type)


def _link(**parameters: str) -> str:
    return aws.s3().generate_presigned_url(
        "get_object", Params={"Bucket": settings().attachments_bucket, **parameters}, ExpiresIn=DOWNLOAD_SECONDS
    )


def _status(error: ClientError) -> int:
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status
