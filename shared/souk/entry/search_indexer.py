"""The `search_indexer` function: updates the search indexes when the table changes."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains import search_indexes
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.settings import search_settings, settings
from souk.search.fanout import FanoutQueue
from souk.search.indexer import Indexer
from souk.search.snapshot import SnapshotWriter

_SCANNED = 1_000


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the stream's batches, and of the events of `souk search`."""
    own = indexer()
    return lambda event, _context: own.handle(event)


def indexer() -> Indexer:
    """Return the indexer of this deployment's indexes."""
    own, bucket = table(), settings().search_bucket
    return Indexer(
        (
            (index.projection(own), SnapshotWriter(index.schema, aws.s3(), bucket, own.clock))
            for index in search_indexes()
        ),
        FanoutQueue(aws.sqs(), search_settings().fanout),
        _scan,
    )


def _scan(name: str, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
    """Read the ids of an index's entities in a part of the table: a megabyte, or a thousand of all its items."""
    (items,) = (index.documents_of for index in search_indexes() if index.schema.name == name)
    return table().scan_ids(items.partition, items.sort, _SCANNED, start)
