"""Limits of uploads, lifetimes of links, and permissions. Pure."""

import re
from datetime import datetime
from typing import Final
from urllib.parse import quote

from souk.authentication.principal import Principal
from souk.domains.files.model import DEFAULT_SIZE, DEFAULT_TYPE, File, UploadLinkInput
from souk.values.errors import Forbidden, Unprocessable
from souk.values.moments import moment
from souk.values.pictures import PictureKind
from souk.values.times import stamp

MAX_SIZE: Final = 100_000_000
"""Bytes."""
UPLOAD_SECONDS: Final = 900
"""The longest lifetime of an upload link."""
DOWNLOAD_SECONDS: Final = 900
"""The lifetime of a download link."""
MAX_FILES: Final = 50
"""The most files that one request can confirm."""
CONFIRM_SECONDS: Final = 86_400
"""How long an upload can be confirmed after its link was created. S3 keeps it at least that long."""
_OPEN_DAYS: Final = 8
"""Days that the oldest time is old that can still be entered."""
_MAX_NAME: Final = 255
_MAX_META: Final = 2_000
# Media type names as in RFC 6838, section 4.2.
_MEDIA_TYPE: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}", re.ASCII
)
_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f/\\]")


def require_member(principal: Principal) -> None:
    """Raise Forbidden for a caller without a role in the organization: the rule for attachments."""
    if not principal.member:
        raise Forbidden("Only members of an organization can upload files for it.")


def new_file(
    file_id: str,
    request: UploadLinkInput,
    principal: Principal,
    now: datetime,
    *,
    expires: int,
    purpose: str,
    picture: PictureKind | None = None,
    documents: bool = False,
    personal: bool = False,
    subject_id: str | None = None,
) -> File:
    """Return the record of a file before its upload.

    `expires` is as in `File`. Raises Unprocessable for an invalid name, type or size. A picture is a JPEG, PNG or WebP
    file of at most 5 MB. With `documents`, other types than those of pictures are accepted too.
    """
    name, media_type = request.file_name, request.content_type or DEFAULT_TYPE
    if documents and not media_type.lower().startswith("image/"):
        picture = None
    most, default = (picture.max_bytes, picture.max_bytes) if picture else (MAX_SIZE, DEFAULT_SIZE)
    size = default if request.max_file_size is None else request.max_file_size
    if not name.strip() or len(name) > _MAX_NAME or _NOT_IN_NAMES.search(name):
        raise Unprocessable(
            f"input.fileName: must have 1 to {_MAX_NAME} characters, without slashes and control characters."
        )
    if picture and media_type.lower() not in picture.media_types:
        raise Unprocessable(f"input.contentType: this picture is one of {', '.join(picture.media_types)}.")
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise Unprocessable("input.contentType: must be a media type, such as application/pdf.")
    if not 1 <= size <= most:
        raise Unprocessable(f"input.maxFileSize: must be 1 to {most} bytes.")
    if request.meta_data and len(request.meta_data) > _MAX_META:
        raise Unprocessable(f"input.metaData: must have at most {_MAX_META} characters.")
    if request.ssl_enabled is False:
        raise Unprocessable("input.sslEnabled: files are uploaded over HTTPS only; leave it out or set it to true.")
    return File(
        id=file_id,
        organization_id=principal.organization_id,
        company_id=principal.company_id,
        user_id=principal.user_id,
        file_name=name,
        content_type=media_type,
        max_size=size,
        meta_data=request.meta_data,
        created=stamp(now),
        expires=expires,
        purpose=purpose,
        picture=picture,
        personal=personal,
        subject_id=subject_id,
    )


def upload_seconds(request: UploadLinkInput, now: datetime) -> int:
    """Return the lifetime of an upload link in seconds.

    Raises Unprocessable for an expiration date that is invalid or in the past.
    """
    if request.expiration_date is None:
        return UPLOAD_SECONDS
    until = datetime.fromisoformat(moment("input.expirationDate", request.expiration_date).last)
    left = int((until - now).total_seconds())
    if left < 1:
        raise Unprocessable("input.expirationDate: must be in the future.")
    return min(left, UPLOAD_SECONDS)


def may_use(file: File, principal: Principal) -> bool:
    """Return whether a file is the caller's own, or their organization's."""
    if file.personal:
        return file.user_id == principal.user_id
    return principal.acts_in(file.organization_id, file.company_id)


def expired(file: File, now: datetime) -> bool:
    """Return whether a file was not confirmed in time. Its record may be deleted later."""
    return not file.confirmed and file.expires is not None and file.expires <= now.timestamp()


def expiry(picture: PictureKind | None, real: datetime, archive_days: int) -> int:
    """Return when the record of a new upload expires unless it is confirmed, in seconds since 1970.

    Private pictures are not confirmed. They are used in time that is younger than its week's end, so they may be a week
    older than the time that they belong to.
    """
    seconds = (archive_days + _OPEN_DAYS) * CONFIRM_SECONDS if picture and picture.private else CONFIRM_SECONDS
    return int(real.timestamp()) + seconds


def may_attach(file: File, company_id: str) -> bool:
    """Return whether a company can attach a file. Pictures and files of a person cannot be attached."""
    return file.confirmed and file.picture is None and not file.personal and file.company_id == company_id


def content_disposition(file_name: str) -> str:
    """Return the Content-Disposition header for downloads under the file's own name (RFC 6266)."""
    plain = file_name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
