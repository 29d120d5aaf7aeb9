"""Stored exports, and how far the building of one has come."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from souk.storage import Entity, Model


class ExportState(StrEnum):
    """The state of an export: the contract's DataExportState."""

    PREPARING = "PREPARING"
    READY = "READY"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


class MarketExportKind(StrEnum):
    """What is exported of the marketplace: the contract's MarketplaceExportKind."""

    EVERYTHING = "EVERYTHING"
    USERS = "USERS"
    ORGANIZATIONS = "ORGANIZATIONS"
    JOB_POSTINGS = "JOB_POSTINGS"
    PROPOSALS = "PROPOSALS"
    OFFERS = "OFFERS"
    CONTRACTS = "CONTRACTS"
    FEEDBACK = "FEEDBACK"
    LEDGER = "LEDGER"
    OPERATOR_ACTIONS = "OPERATOR_ACTIONS"


class ExportFormat(StrEnum):
    """The format of the files of an export."""

    CSV = "CSV"
    JSON_LINES = "JSON_LINES"


class Digest(Model):
    """The digest of a part of a file, in the order of the file. One run writes a part."""

    size: int
    """Bytes."""
    sha256: str


class ZipEntry(Model):
    """A file in an archive. Sizes and the offset are bytes."""

    name: str
    offset: int
    """Where it begins in the archive."""
    checksum: int = 0
    """The CRC-32 of its content so far."""
    packed: int = 0
    size: int = 0


class ZipState(Model):
    """An archive so far."""

    length: int = 0
    """Bytes."""
    entries: tuple[ZipEntry, ...] = ()
    """The complete files."""
    current: ZipEntry | None = None
    """The file that is being written."""


class UploadState(Model):
    """An upload in parts so far (S3's multipart upload)."""

    key: str
    """The object's key. It cannot be guessed."""
    id: str
    etags: tuple[str, ...] = ()
    """Of the parts, in order."""
    rest: bool = False
    """Whether bytes that are too few for a part are stored beside it."""


class Progress(Model):
    """How far an archive has been built."""

    upload: UploadState
    archive: ZipState = ZipState()
    file: str | None = None
    """The file that is being written; None before the first one."""
    position: list[Any] | None = None
    """Where its next page begins; None for its beginning."""
    rows: Mapping[str, int] = Field(default_factory=dict)
    """The number of rows of each file that has been begun."""
    digests: Mapping[str, tuple[Digest, ...]] = Field(default_factory=dict)
    """The digests of the parts of each file, in order."""


class DataExport(Entity):
    """An export. Times are ISO 8601, UTC."""

    id: str
    user_id: str
    """The person who asked for it, and whose data it has unless it has a kind."""
    kind: MarketExportKind | None = None
    """What of the marketplace it has; None for a copy of a person's data."""
    format: ExportFormat = ExportFormat.JSON_LINES
    messages: bool = False
    """Whether it has the messages of all rooms."""
    first: str | None = None
    """The first time of its rows, for LEDGER and OPERATOR_ACTIONS; None is an open end, here and in `last`."""
    last: str | None = None
    state: ExportState = ExportState.PREPARING
    base_url: str
    """The URL of this deployment, for the mail."""
    requested: str
    ready: str | None = None
    expires: str | None = None
    key: str | None = None
    """The object's key; None unless it is ready."""
    size: int | None = None
    """Bytes."""
    progress: Progress | None = None
    """None before it is begun, and when it is done."""
    attempts: int = 0
    """Runs of the builder since it last stored its progress."""
    kept_until: int
    """When the record may be deleted, in seconds since 1970."""

    def state_at(self, now: str) -> ExportState:
        """Return the state at a time. A copy expires at its time, whether or not it was deleted yet."""
        over = self.state is ExportState.READY and self.expires is not None and self.expires <= now
        return ExportState.EXPIRED if over else self.state


class LatestExport(Entity):
    """The last export of a person. It lets them have one a day."""

    user_id: str
    export_id: str
    requested: str
