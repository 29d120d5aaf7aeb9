"""Stored files and attachments, and the request for an upload link."""

from typing import Final

from souk.storage import Entity, Input, Model

DEFAULT_SIZE: Final = 25_000_000
"""The default size limit of a file, in bytes."""
DEFAULT_TYPE: Final = "application/octet-stream"


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
    size: int | None = None
    """Bytes; None until the file is confirmed."""

    @property
    def confirmed(self) -> bool:
        """Whether the upload to the bucket is confirmed."""
        return self.size is not None

    @property
    def key(self) -> str:
        """The object key in the attachments bucket."""
        return f"attachments/{self.organization_id}/{self.id}"


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
