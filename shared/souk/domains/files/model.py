"""Stored files, pictures and attachments, and the request for an upload link."""

from enum import StrEnum
from typing import Final

from souk.storage import Entity, Input, Model
from souk.values.pictures import PictureKind

DEFAULT_SIZE: Final = 25_000_000
"""The default size limit of a file, in bytes."""
DEFAULT_TYPE: Final = "application/octet-stream"

# The prefixes of the object keys in the bucket.
UPLOADS: Final = "uploads/"
"""What upload forms write. S3 deletes it after a day; nothing is served from here."""
ATTACHMENTS: Final = "attachments/"
"""Confirmed files."""
EXPORTS: Final = "exports/"
"""What Souk makes on request, to be downloaded. S3 deletes it after a day."""
COPIES: Final = "copies/"
"""Copies of what is stored, built by `souk.domains.dataexports`. S3 deletes them after a week."""
ORIGINALS: Final = "originals/"
"""Confirmed pictures, until the function `images` has processed them."""
PICTURES: Final = "pictures/"
"""The sizes of processed pictures."""
PRIVATE_UPLOADS: Final = f"{UPLOADS}private/"
"""What upload forms of private pictures write. The function `images` processes them without a confirmation."""
PRIVATE_PICTURES: Final = "private/"
"""The sizes of private pictures. S3 deletes them when the work that they show is archived."""


class File(Entity):
    """A file. The record is created with the upload link, before the upload."""

    id: str
    organization_id: str
    company_id: str
    user_id: str
    """The person who requested the link."""
    file_name: str
    content_type: str
    max_size: int
    """Bytes."""
    meta_data: str | None = None
    created: str
    """ISO 8601, UTC."""
    expires: int | None = None
    """When an upload that is not confirmed expires, in seconds since 1970. None in records of Souk 0.1.0.

    A private picture, which is never confirmed, expires with the work that it shows.
    """
    purpose: str = "jobs.attachment"
    """What the file was uploaded for: the name of a rule (`Domain.upload`)."""
    picture: PictureKind | None = None
    """The kind of picture; None for a file that can be attached."""
    personal: bool = False
    """Whether the file belongs to the person, and not to the organization."""
    discarded: bool = False
    """Whether it is about to be deleted."""
    subject_id: str | None = None
    """Only of a private picture: the contract whose parties see it."""
    size: int | None = None
    """Bytes; None until the file is confirmed."""
    kept_key: str | None = None
    """The object key of the confirmed file. None until then, and in records of Souk 0.1.0."""

    @property
    def confirmed(self) -> bool:
        """Whether the upload is confirmed. A confirmed file does not change."""
        return self.size is not None

    @property
    def private(self) -> bool:
        """Whether it is a private picture (`souk.values.pictures.PictureKind.private`)."""
        return self.picture is not None and self.picture.private

    @property
    def upload_key(self) -> str:
        """The object key that the upload form writes to."""
        if self.private:
            return f"{PRIVATE_UPLOADS}{self.id}/upload"
        return self._old_key if self.expires is None else f"{UPLOADS}{self.organization_id}/{self.id}"

    @property
    def key(self) -> str:
        """The object key of the confirmed file."""
        return self.kept_key or self._old_key

    @property
    def kept_prefix(self) -> str:
        """The beginning of the object keys of the confirmed file."""
        if self.picture:
            return f"{ORIGINALS}{self.picture}/{self.id}/"
        return f"{ATTACHMENTS}{self.organization_id}/{self.id}/"

    @property
    def _old_key(self) -> str:
        return f"{ATTACHMENTS}{self.organization_id}/{self.id}"


class PictureState(StrEnum):
    """What became of an uploaded picture."""

    READY = "READY"
    REFUSED = "REFUSED"


class Picture(Entity):
    """The result of processing a confirmed picture. There is none until the function `images` has run."""

    file_id: str
    state: PictureState
    problem: str | None = None
    """Why it was refused."""
    token: str = ""
    """A random part of the name, so that pictures cannot be guessed."""
    sizes: tuple[int, ...] = ()
    """The stored sizes, in pixels."""
    media_type: str = ""
    subject_id: str | None = None
    """Only of a private picture: as in its `File`."""
    expires: int | None = None
    """When it is deleted, in seconds since 1970. Only of a private picture."""

    @property
    def private(self) -> bool:
        """Whether it has no permanent URL."""
        return self.subject_id is not None

    @property
    def name(self) -> str:
        """The name in URLs (`souk.values.pictures.picture_url`)."""
        return f"{self.file_id}-{self.token}"

    def key_of_size(self, size: int) -> str:
        """Return the object key of a size."""
        prefix = pictures_prefix(self.file_id, self.subject_id)
        return f"{prefix}{self.token}/{size}"


def pictures_prefix(file_id: str, subject_id: str | None) -> str:
    """Return the beginning of the object keys of the sizes of a picture. `subject_id` is that of a private one."""
    return f"{PICTURES}{file_id}/" if subject_id is None else f"{PRIVATE_PICTURES}{subject_id}/{file_id}/"


class ChosenPicture(Model):
    """A picture that somebody chose: a portrait or a logo."""

    file_id: str
    name: str | None = None
    """The name in URLs (`souk.values.pictures.picture_url`); None until the picture has been processed."""


class UploadLinkInput(Input):
    """The contract's CreateDirectUploadLinkInput."""

    file_name: str
    expiration_date: str | None = None
    max_file_size: int | None = None
    content_type: str | None = None
    ssl_enabled: bool | None = None
    meta_data: str | None = None


class Attachment(Model):
    """A copy of the data of a confirmed file. Confirmed files do not change."""

    id: str
    file_name: str
    key: str
    """The object key in the attachments bucket."""
    content_length: int
    """Bytes."""
    content_type: str
    created_date_time: str
    meta_data: str | None = None
    """The uploader's text about the file."""
