"""What is stored of files, and the request for an upload link."""

from typing import Final

from souk.storage import Entity, Model

DEFAULT_SIZE: Final = 25_000_000
"""Bytes that a file may have where nothing else is asked for."""
DEFAULT_TYPE: Final = "application/octet-stream"


class File(Entity):
    """A file, from the moment that somebody asked where to upload it."""

    id: str
    organization_id: str
    company_id: str
    user_id: str
    """Who asked for the link."""
    file_name: str
    content_type: str
    max_size: int
    """Bytes."""
    meta_data: str | None = None
    created: str
    """ISO 8601, UTC."""
    size: int | None = None
    """Bytes, once it is confirmed."""

    @property
    def confirmed(self) -> bool:
        """Whether it is known to be in the bucket."""
        return self.size is not None

    @property
    def key(self) -> str:
        """Where it lies in the attachments bucket."""
        return f"attachments/{self.organization_id}/{self.id}"


class UploadLinkInput(Model):
    """The contract's CreateDirectUploadLinkInput."""

    file_name: str
    expiration_date: str | None = None
    max_file_size: int | None = None
    content_type: str | None = None
    ssl_enabled: bool | None = None
    meta_data: str | None = None


class Attachment(Model):
    """What a posting keeps of a confirmed file; such a file does not change any more."""

    id: str
    file_name: str
    key: str
    """Where it lies in the attachments bucket."""
    content_length: int
    """Bytes."""
    content_type: str
    created_date_time: str
