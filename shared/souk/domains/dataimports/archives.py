"""The objects of imports in the attachments bucket: the file, the report, and what a dry run has kept in mind."""

import gzip
from collections.abc import Iterator
from typing import Final

from botocore.exceptions import ClientError

from souk.domains.dataimports.rules import report
from souk.domains.files.model import COPIES
from souk.runtime import aws
from souk.runtime.settings import settings

_BLOCK: Final = 2**18


def blocks(key: str, offset: int, size: int) -> Iterator[bytes]:
    """Yield the content of an object of some size from an offset on."""
    if offset >= size:
        return
    answer = aws.s3().get_object(Bucket=_bucket(), Key=key, Range=f"bytes={offset}-")
    yield from answer["Body"].iter_chunks(_BLOCK)


def put_part(import_id: str, number: int, lines: str) -> None:
    """Store a part of a report. A part that was stored before is replaced."""
    _put(_part(import_id, number), lines.encode())


def finish_report(import_id: str, parts: int) -> str:
    """Make the report of its parts. Returns its key."""
    whole = bytearray(report.HEADER.encode())
    for number in range(parts):
        whole += _get(_part(import_id, number))
    key = f"{COPIES}{import_id}/report.csv"
    _put(key, bytes(whole))
    return key


def put_rehearsal(import_id: str, written: bytes) -> None:
    """Store what a dry run would have written so far."""
    _put(_rehearsal(import_id), gzip.compress(written, compresslevel=1))


def rehearsal(import_id: str) -> bytes:
    """Return what a dry run would have written so far; nothing before its first part."""
    try:
        return gzip.decompress(_get(_rehearsal(import_id)))
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
            return b""
        raise


def remove_rehearsal(import_id: str) -> None:
    """Delete what a dry run has kept in mind."""
    aws.s3().delete_object(Bucket=_bucket(), Key=_rehearsal(import_id))


def _part(import_id: str, number: int) -> str:
    return f"{COPIES}{import_id}/report/{number}"


def _rehearsal(import_id: str) -> str:
    return f"{COPIES}{import_id}/rehearsal"


def _put(key: str, content: bytes) -> None:
    aws.s3().put_object(Bucket=_bucket(), Key=key, Body=content, ContentType="text/csv", CacheControl="no-store")


def _get(key: str) -> bytes:
    return aws.s3().get_object(Bucket=_bucket(), Key=key)["Body"].read()


def _bucket() -> str:
    return settings().attachments_bucket
