"""The table items of reviews.

REVIEW#<kind>#<shard 0-7>   <opened>#<subject>   an open review      GSI1 REVIEW#<kind>#SUBJECT#<subject> / <opened>:
REVIEW#<kind>#<yyyy-mm>     <opened>#<subject>   a decided one,      the reviews of a subject, oldest first
                                                 by its month

A review is opened and closed in the transaction that changes its subject. The subject remembers when its review was
opened. The operators' organization gets an event of each that is opened.
"""

from datetime import datetime
from functools import partial
from typing import Final
from zlib import crc32

from souk.authentication.records import operators_organization_id
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.storage import Collection, Key, Table, Transaction
from souk.values.times import stamp

WRITES: Final = ("REVIEW#",)
"""The prefixes of the partition keys that this domain owns."""
SHARDS: Final = 8
"""Partitions of the open reviews of a kind."""


def open_partition(kind: ReviewKind, shard: int) -> str:
    """Return the partition key of a shard of the open reviews of a kind."""
    return f"REVIEW#{kind}#{shard}"


def open_key(kind: ReviewKind, subject_id: str, opened: str) -> Key:
    """Return the key of an open review."""
    return Key(open_partition(kind, crc32(subject_id.encode()) % SHARDS), f"{opened}#{subject_id}")


def _key_of(review: Review) -> Key:
    key = open_key(review.kind, review.subject_id, review.opened)
    return Key(f"REVIEW#{review.kind}#{review.decided[:7]}", key.sk) if review.decided else key


REVIEWS: Collection[Review] = Collection(
    name="Review",
    model=Review,
    key=open_key,
    key_of=_key_of,
    indexes={"GSI1": lambda one: Key(f"REVIEW#{one.kind}#SUBJECT#{one.subject_id}", one.opened)},
)


def open_review(tx: Transaction, table: Table, new: Review) -> Review:
    """Add an open review to the transaction of its subject, with its event."""
    if operators := operators_organization_id(table):
        tx.emit("REVIEW", "OPEN", new.id, to=[operators])
    return tx.create(REVIEWS, new)


def close_review(
    tx: Transaction,
    review: Review,
    state: ReviewState,
    *,
    decided_by_id: str | None = None,
    note: str | None = None,
) -> Review:
    """Add the end of an open review to the transaction of its subject. `decided_by_id` is the operator."""
    tx.delete(REVIEWS, review)
    closed = {
        "state": state,
        "decided_by_id": decided_by_id,
        "decided": stamp(tx.clock.market()),
        "note": note,
    }
    return tx.create(REVIEWS, review.model_copy(update=closed))


def open_reviews(table: Table, kind: ReviewKind, most: int) -> list[Review]:
    """Return the open reviews of a kind, oldest first: at most `most`. The reads are eventually consistent.

    As many are read of each shard, because all of the oldest may be in one.
    """
    shards = [open_partition(kind, shard) for shard in range(SHARDS)]
    found = table.concurrently([partial(_oldest_of, pk, most) for pk in shards])
    return sorted((one for part in found for one in part), key=lambda one: (one.opened, one.subject_id))[:most]


def decided_reviews(table: Table, kind: ReviewKind, now: datetime, *, months: int, most: int) -> list[Review]:
    """Return the decided reviews of a kind, latest decision first: those of the last months, at most `most` of each.

    They take one round trip.
    """
    last = now.year * 12 + now.month - 1
    partitions = [f"REVIEW#{kind}#{at // 12}-{at % 12 + 1:02}" for at in range(last, last - months, -1)]
    found = table.concurrently([partial(_oldest_of, pk, most) for pk in partitions])
    return sorted((one for part in found for one in part), key=lambda one: one.decided or "", reverse=True)


def _oldest_of(partition: str, most: int, table: Table) -> list[Review]:
    return table.query(REVIEWS, partition, limit=most).items
