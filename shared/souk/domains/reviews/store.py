"""The table items of reviews.

REVIEW#<kind>#<shard 0-7>   <opened>#<subject>    an open review     GSI1 REVIEW#<kind>#SUBJECT#<subject> / <opened>:
REVIEW#<kind>#<yyyy-mm>     <decided>#<subject>   a decided one,     the reviews of a subject, oldest first
                                                  by its month

A review is opened and closed in the transaction that changes its subject. The subject remembers when its review was
opened. The operators' organization gets an event of each that is opened, and of each that an operator decides.
"""

from datetime import datetime
from functools import partial
from typing import Final
from zlib import crc32

from souk.authentication.records import operators_organization_id
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.storage import Collection, Key, StoredList, Table, Transaction, View
from souk.values.times import stamp

WRITES: Final = ("REVIEW#",)
"""The prefixes of the partition keys that this domain owns."""
SHARDS: Final = 8
"""Partitions of the open reviews of a kind. The time when a review was opened decides about its partition."""


def open_partition(kind: ReviewKind, shard: int) -> str:
    """Return the partition key of a shard of the open reviews of a kind."""
    return f"REVIEW#{kind}#{shard}"


def open_key(kind: ReviewKind, subject_id: str, opened: str) -> Key:
    """Return the key of an open review."""
    return Key(open_partition(kind, crc32(opened.encode()) % SHARDS), f"{opened}#{subject_id}")


def decided_partition(kind: ReviewKind, month: str) -> str:
    """Return the partition key of the reviews of a kind that were decided in a month: YYYY-MM."""
    return f"REVIEW#{kind}#{month}"


def _key_of(review: Review) -> Key:
    if review.decided:
        return Key(decided_partition(review.kind, review.decided[:7]), f"{review.decided}#{review.subject_id}")
    return open_key(review.kind, review.subject_id, review.opened)


REVIEWS: Collection[Review] = Collection(
    name="Review",
    model=Review,
    key=open_key,
    key_of=_key_of,
    indexes={"GSI1": lambda one: Key(f"REVIEW#{one.kind}#SUBJECT#{one.subject_id}", one.opened)},
)


OPEN_REVIEWS: Final = StoredList("openReviews", REVIEWS, "REVIEW#{}#{}".format, newest_first=False)
"""The open reviews of a kind, in a shard, oldest first."""
DECIDED_REVIEWS: Final = StoredList("decidedReviews", REVIEWS, "REVIEW#{}#{}".format)
"""The reviews of a kind that were decided in a month, latest decision first."""
REVIEWS_OF_SUBJECT: Final = StoredList("reviewsOfSubject", REVIEWS, "REVIEW#{}#SUBJECT#{}".format, index="GSI1")
"""The reviews of a subject, newest first."""
LISTS: Final = (OPEN_REVIEWS, DECIDED_REVIEWS, REVIEWS_OF_SUBJECT)


def open_review(tx: Transaction, table: Table, new: Review) -> Review:
    """Add an open review to the transaction of its subject, with its event."""
    if operators := operators_organization_id(table):
        tx.emit("REVIEW", "OPEN", new.id, to=[operators])
    return tx.create(REVIEWS, new)


def close_review(
    tx: Transaction,
    table: Table,
    review: Review,
    state: ReviewState,
    *,
    decided_by_id: str | None = None,
    note: str | None = None,
) -> Review:
    """Add the end of an open review to the transaction of its subject, with the event if an operator decides it.

    `decided_by_id` is that operator; None if the review ends by itself.
    """
    tx.delete(REVIEWS, review)
    closed = {
        "state": state,
        "decided_by_id": decided_by_id,
        "decided": stamp(tx.clock.market()),
        "note": note,
    }
    if decided_by_id and (operators := operators_organization_id(table)):
        tx.emit("REVIEW", "DECIDE", review.id, to=[operators])
    return tx.create(REVIEWS, review.model_copy(update=closed))


def review_by_id(table: Table, review_id: str) -> Review | None:
    """Return a review; None for an unknown one. Open ones are read consistently."""
    kind, _, rest = review_id.partition("/")
    opened, _, subject_id = rest.partition("/")
    if kind not in ReviewKind.__members__ or not opened or not subject_id:
        return None
    found = table.get(REVIEWS, ReviewKind(kind), subject_id, opened, consistent=True)
    if found is not None:
        return found
    decided: View[Review, Review] = View([lambda one: one.state is not ReviewState.OPEN], within=(opened, opened))
    return next(iter(REVIEWS_OF_SUBJECT.of(table, kind, subject_id).page(decided, 1).rows), None)


def last_decision(table: Table, kind: ReviewKind, subject_id: str) -> Review | None:
    """Return the latest decision about a subject; None without one.

    The 25 latest decisions of the month are read consistently, as another operator may have decided just now.
    """
    month = decided_partition(kind, stamp(table.clock.market())[:7])
    latest = table.query(REVIEWS, month, limit=25, newest_first=True, consistent=True).items
    for one in latest:
        if one.subject_id == subject_id and one.decided_by_id is not None:
            return one
    decided: View[Review, Review] = View([lambda one: one.decided_by_id is not None])
    return next(iter(REVIEWS_OF_SUBJECT.of(table, kind, subject_id).page(decided, 1).rows), None)


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
    partitions = [decided_partition(kind, f"{at // 12}-{at % 12 + 1:02}") for at in range(last, last - months, -1)]
    found = table.concurrently([partial(_latest_of, pk, most) for pk in partitions])
    return sorted((one for part in found for one in part), key=lambda one: one.decided or "", reverse=True)


def _oldest_of(partition: str, most: int, table: Table) -> list[Review]:
    return table.query(REVIEWS, partition, limit=most).items


def _latest_of(partition: str, most: int, table: Table) -> list[Review]:
    return table.query(REVIEWS, partition, limit=most, newest_first=True).items
