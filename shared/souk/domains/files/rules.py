"""What may be uploaded, for how long a link is good, and which files can be attached. Pure."""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from souk.authentication.principal import Principal
from souk.domains.files.model import DEFAULT_SIZE, DEFAULT_TYPE, File, UploadLinkInput
from souk.values.errors import Forbidden, Unprocessable
from souk.values.times import stamp

MAX_SIZE: Final = 100_000_000
"""Bytes."""
UPLOAD_SECONDS: Final = 900
"""How long a link to upload is good."""
DOWNLOAD_SECONDS: Final = 900
"""How long a link to download is good."""
MAX_FILES: Final = 50
"""How many files one request confirms."""

_MAX_NAME: Final = 255
_MAX_META: Final = 2_000
# RFC 6838, section 4.2: the names of media types.
_MEDIA_TYPE: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}", re.ASCII
)
_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f/\\]")


def new(file_id: str, asked: UploadLinkInput, principal: Principal, now: datetime) -> File:
    """Return the record of a file that is about to be uploaded.

    Raises Forbidden for who has no role in the organization, and Unprocessable where the file's name, type or size is
    none that Souk takes.
    """
    if not principal.member:
        raise Forbidden("Who has no role in an organization uploads nothing for it.")
    name, media_type = asked.file_name, asked.content_type or DEFAULT_TYPE
    size = DEFAULT_SIZE if asked.max_file_size is None else asked.max_file_size
    if not name.strip() or len(name) > _MAX_NAME or _NOT_IN_NAMES.search(name):
        raise Unprocessable(f"input.fileName: a name of 1 to {_MAX_NAME} characters, without slashes.")
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise Unprocessable("input.contentType: a media type, such as application/pdf.")
    if not 1 <= size <= MAX_SIZE:
        raise Unprocessable(f"input.maxFileSize: 1 to {MAX_SIZE} bytes.")
    if asked.meta_data and len(asked.meta_data) > _MAX_META:
        raise Unprocessable(f"input.metaData: {_MAX_META} characters are the limit.")
    if asked.ssl_enabled is False:
        raise Unprocessable("input.sslEnabled: files are uploaded over HTTPS; leave it out or say true.")
    return File(
        id=file_id,
        organization_id=principal.organization_id,
        company_id=principal.company_id,
        user_id=principal.user_id,
        file_name=name,
        content_type=media_type,
        max_size=size,
        meta_data=asked.meta_data,
        created=stamp(now),
    )


def upload_seconds(asked: UploadLinkInput, now: datetime) -> int:
    """Return for how many seconds a link to upload is good.

    Raises Unprocessable for an expiration date that has passed, or is none.
    """
    if asked.expiration_date is None:
        return UPLOAD_SECONDS
    try:
        until = datetime.fromisoformat(asked.expiration_date)
    except ValueError:
        raise Unprocessable("input.expirationDate: an ISO 8601 timestamp, such as 2027-01-31T12:00:00Z.") from None
    left = int(((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
    if left < 1:
        raise Unprocessable("input.expirationDate: this time has passed.")
    return min(left, UPLOAD_SECONDS)


def may_use(file: File, principal: Principal) -> bool:
    """Say whether somebody acts for the organization that a file belongs to."""
    return principal.acts_in(file.organization_id, file.company_id)


def may_attach(file: File, company_id: str) -> bool:
    """Say whether a file can be attached to what a company posts."""
    return file.confirmed and file.company_id == company_id


def content_disposition(file_name: str) -> str:
    """Return the header with which a file is downloaded under its own name (RFC 6266)."""
    plain = file_name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
