"""The indexer keeps search indexes in sync with the table. It is the core of the `search_indexer` function.

A record of the table's stream is only a hint that some documents may have changed. The indexer reads their current
content from the table, so records may arrive late, repeatedly and in any order.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

from souk.search.port import SearchIndex, SearchReader
from souk.search.schema import Document, IndexSchema, fingerprint
from souk.storage import Table

_CHUNK = 100
"""DynamoDB's limit for one BatchGetItem."""

log = logging.getLogger(__name__)


class Projection(Protocol):
    """A domain's definition of its index: which documents a record changes, and their content."""

    schema: IndexSchema

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """Return the ids of the documents that a record of the stream may have changed.

        The record has DynamoDB's format: `eventName`, and under `dynamodb` the `Keys`, `NewImage` and `OldImage` in
        DynamoDB JSON. One of the images may be missing.
        """
        ...

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """Return the current document of each id, or None if nothing should be found.

        Must read the table consistently: a record may arrive before an eventually consistent read shows its change.
        """
        ...


class Items(NamedTuple):
    """The items of the table with this sort key and this prefix of the partition key."""

    partition: str
    sort: str


@dataclass(frozen=True, slots=True)
class SearchIndexSpec:
    """The declaration of a search index by its domain. The indexer, infra and `souk search` use it."""

    schema: IndexSchema
    projection: Callable[[Table], Projection]
    changes_with: tuple[Items, ...]
    """The items whose changes may change documents. The indexer receives only their stream records."""
    documents_of: Items
    """The items that have a document. Their partition keys end in the documents' ids."""


@dataclass(frozen=True)
class Differences:
    """The differences between an index and the table. They include changes that are still in the stream."""

    missing: tuple[str, ...]
    """Ids of documents that should be in the index."""
    extra: tuple[str, ...]
    """Ids of documents that should not be in the index."""
    stale: tuple[str, ...]
    """Ids of documents whose content is out of date."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.stale)


class Indexer:
    """Handles the events of the `search_indexer` function.

    - `{"Records": [...]}`: a batch of the table's stream. It is applied in one commit or not at all. If it raises, the
      stream sends the whole batch again. Lambda isolates a record that always fails by splitting the batch
      (`BisectBatchOnFunctionError`).
    - `{"reindex": [ids], "index": name}`: reads these documents again.
    - `{"reset": true, "index": name}`: empties the index.

    `index` may be omitted if there is only one index. Any other event raises ValueError.
    """

    def __init__(self, indexes: Iterable[tuple[Projection, SearchIndex]]) -> None:
        self._indexes = {projection.schema.name: (projection, index) for projection, index in indexes}

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Handle an event and return the function's response."""
        match event:
            case {"Records": records}:
                self._apply(records)
                return {"batchItemFailures": []}
            case {"reindex": [*ids]}:
                projection, index = self._select(event)
                return {"index": projection.schema.name, "reindexed": _reindex(projection, index, ids)}
            case {"reset": True}:
                projection, index = self._select(event)
                index.rebuild(())
                return {"index": projection.schema.name, "reset": True}
        raise ValueError("the event is not a batch of the table's stream, a reindex or a reset")

    def _apply(self, records: Collection[Mapping[str, Any]]) -> None:
        for projection, index in self._indexes.values():
            ids = {id_ for record in records for id_ in projection.affected(record)}
            if ids:
                _reindex(projection, index, ids)
                log.info("%s: %d documents from %d records", projection.schema.name, len(ids), len(records))

    def _select(self, event: Mapping[str, Any]) -> tuple[Projection, SearchIndex]:
        name = event.get("index")
        if name is None and len(self._indexes) == 1:
            return next(iter(self._indexes.values()))
        if name not in self._indexes:
            raise ValueError(f"there is no index {name!r}. The indexes are {', '.join(self._indexes)}")
        return self._indexes[name]


def verify(projection: Projection, index: SearchReader, ids: Iterable[str]) -> Differences:
    """Compare an index with the table. `ids` are the ids of all entities in the table, searchable or not."""
    indexed = index.fingerprints()
    missing, stale, extra = [], [], set(indexed)
    for chunk in _chunks(ids):
        for id_, document in projection.documents(chunk).items():
            if document is None:
                continue
            extra.discard(id_)
            if id_ not in indexed:
                missing.append(id_)
            elif indexed[id_] != fingerprint(projection.schema.normalise(document)):
                stale.append(id_)
    return Differences(tuple(missing), tuple(sorted(extra)), tuple(stale))


def documents(projection: Projection, ids: Iterable[str]) -> Iterable[Document]:
    """Yield the documents of these ids, without ids that have none. The source for `SearchIndex.rebuild`."""
    for chunk in _chunks(ids):
        yield from filter(None, projection.documents(chunk).values())


def _reindex(projection: Projection, index: SearchIndex, ids: Iterable[str]) -> int:
    changes = {id_: document for chunk in _chunks(ids) for id_, document in projection.documents(chunk).items()}
    index.apply(changes)
    return len(changes)


def _chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    remaining = iter(ids)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
