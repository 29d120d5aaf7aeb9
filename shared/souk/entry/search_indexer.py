"""The `search_indexer` function: updates the search indexes when the table changes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from souk.domains import search_indexes
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.log import INDEX_BYTES, record_metric
from souk.runtime.settings import search_settings, settings
from souk.search import RebuildableIndex
from souk.search.engines import deployed
from souk.search.fanout import FanoutQueue
from souk.search.indexer import Indexer

_SCANNED = 1_000


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the stream's batches, and of the events of `souk search`."""
    indexes = writers()
    own = indexer(indexes)

    def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        answer = own.handle(event)
        sizes = [index.size for index in indexes if index.size is not None]
        if sizes:
            record_metric(INDEX_BYTES, max(sizes), "Bytes", settings().prefix)
        return answer

    return handle


def writers() -> tuple[RebuildableIndex, ...]:
    """Return the writer of each index of this deployment."""
    engines = deployed()
    return tuple(engines.writer(index.schema, table().clock) for index in search_indexes())


def indexer(indexes: Iterable[RebuildableIndex]) -> Indexer:
    """Return the indexer that changes these indexes."""
    projections = (index.projection(table()) for index in search_indexes())
    return Indexer(zip(projections, indexes, strict=True), FanoutQueue(aws.sqs(), search_settings().fanout), _scan)


def _scan(name: str, start: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
    """Read the ids of an index's entities in a part of the table: a megabyte, or a thousand of all its items."""
    (items,) = (index.documents_of for index in search_indexes() if index.schema.name == name)
    return table().scan_ids(items.partition, items.sort, _SCANNED, start)
