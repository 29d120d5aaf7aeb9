"""The indexer keeps search indexes in sync with the table: the core of `search_indexer` and `search_fanout`.

A record of the table's stream is only a hint that some documents may have changed. The indexer reads their current
content from the table, so records may arrive late, repeatedly and in any order.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from souk.search.fanout import PIECE, Fanout, Piece
from souk.search.port import Read, RebuildableIndex, SearchReader
from souk.search.query import AnyOf
from souk.search.schema import Document, IndexSchema, fingerprint
from souk.storage import Table
from souk.values.chunks import chunks

_CHUNK = 100
"""DynamoDB's limit for one BatchGetItem."""

log = logging.getLogger(__name__)


class Projection(Protocol):
    """A domain's definition of its index: which documents a record changes, and their content."""

    schema: IndexSchema

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """Return the ids of the documents that a record of the stream may have changed: of the item itself, if any.

        The record has DynamoDB's format: `eventName`, and under `dynamodb` the `Keys`, `NewImage` and `OldImage` in
        DynamoDB JSON. One of the images may be missing.
        """
        ...

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:
        """Return the queries for documents of other items that show something that a record of the stream has changed.

        They ask for values of keyword fields. There may be thousands of these documents.
        """
        ...

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """Return the current document of each id, or None if nothing should be found.

        Must read the table consistently: a record may arrive before an eventually consistent read shows its change.
        """
        ...


class Items(NamedTuple):
    """The items of the table with this sort key and this prefix of the partition key.

    A sort key that ends in `#` stands for all that begin with it.
    """

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
    private: bool = False
    """Whether it has text that not everybody may read. Only the function that runs queries reads such an index."""


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


Scan = Callable[[str, Mapping[str, str] | None], tuple[list[str], Mapping[str, str] | None]]
"""Returns the ids of an index's entities in a part of the table that starts at a key, and where the next one starts."""


class Indexer:
    """Handles the events of the `search_indexer` function, and the messages of `search_fanout`.

    - `{"Records": [...]}`: a batch of the table's stream. It is applied in one commit or not at all. If it raises, the
      stream sends the whole batch again. Lambda isolates a record that always fails by splitting the batch
      (`BisectBatchOnFunctionError`). A record changes one document at most. If others show what it has changed, they
      are updated by `search_fanout`.
    - `{"reindex": [ids]}`: reads these documents again.
    - `{"rebuild": "begin"}`: begins a rebuild and returns its `generation`. The events of its next steps have it too.
    - `{"rebuild": "add", "generation": ..., "ids": [...]}`: adds documents to the generation.
    - `{"rebuild": "scan", "generation": ..., "start": ...}`: adds the documents of a part of the table to the
      generation, and returns where the next part starts: `next`, which is null at the end.
    - `{"rebuild": "finish", "generation": ...}`: replaces the index by it. Returns whether it is `finished`; if not,
      the event must be sent again.
    - `{"rebuild": "abandon", "generation": ...}`: ends the rebuild without a result.

    All but batches may have `index`, the name of the index. It may be omitted if there is only one. Any other event
    raises ValueError. A step of a rebuild that is no longer running raises Conflict.
    """

    def __init__(
        self, indexes: Iterable[tuple[Projection, RebuildableIndex]], fanout: Fanout, scan: Scan | None = None
    ) -> None:
        """`scan` reads the ids of a part of the table, for rebuilds that nobody but this function helps with."""
        self._indexes = {projection.schema.name: (projection, index) for projection, index in indexes}
        self._fanout = fanout
        self._scan = scan

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Handle an event and return the function's response."""
        if "Records" in event:
            self._apply(event["Records"])
            return {"batchItemFailures": []}
        if "reindex" not in event and "rebuild" not in event:
            raise ValueError("the event is not a batch of the table's stream, a reindex or a step of a rebuild")
        projection, index = self._select(event.get("index"))
        name = projection.schema.name
        if event.get("rebuild") == "scan" and self._scan:
            ids, following = self._scan(name, event.get("start"))
            index.add_to_rebuild(event["generation"], ids, _reading(projection))
            return {"index": name, "added": len(ids), "next": following}
        return {"index": name, **_operate(event, projection, index)}

    def take(self, piece: Piece) -> None:
        """Update the documents of a piece, and queue the next one if there are more."""
        projection, index = self._select(piece.index)
        last = index.update_matching(piece.query, _reading(projection), after=piece.after, limit=PIECE)
        if last is not None:
            self._fanout.send([replace(piece, after=last)])

    def _apply(self, records: Collection[Mapping[str, Any]]) -> None:
        pieces: dict[Piece, None] = {}
        for name, (projection, index) in self._indexes.items():
            ids = {id_ for record in records for id_ in projection.affected(record)}
            if ids:
                index.update(ids, _reading(projection))
                log.info("%s: %d documents from %d records", name, len(ids), len(records))
            shown = (query for record in records for query in projection.shown_in(record))
            pieces |= {Piece(name, query.field, value): None for query in shown for value in query.values}
        if pieces:
            self._fanout.send(pieces.keys())

    def _select(self, name: str | None) -> tuple[Projection, RebuildableIndex]:
        if name is None and len(self._indexes) == 1:
            return next(iter(self._indexes.values()))
        if name not in self._indexes:
            raise ValueError(f"there is no index {name!r}. The indexes are {', '.join(self._indexes)}")
        return self._indexes[name]


def _operate(event: Mapping[str, Any], projection: Projection, index: RebuildableIndex) -> dict[str, Any]:
    """Handle an event of `souk search`."""
    match event:
        case {"reindex": [*ids]}:
            index.update(ids, _reading(projection))
            return {"reindexed": len(ids)}
        case {"rebuild": "begin"}:
            return {"generation": index.begin_rebuild()}
        case {"rebuild": "add", "generation": str(generation), "ids": [*ids]}:
            index.add_to_rebuild(generation, ids, _reading(projection))
            return {"added": len(ids)}
        case {"rebuild": "finish", "generation": str(generation)}:
            return {"finished": index.finish_rebuild(generation, _reading(projection))}
        case {"rebuild": "abandon", "generation": str(generation)}:
            index.abandon_rebuild(generation)
            return {"abandoned": generation}
    raise ValueError("the event is not a reindex or a step of a rebuild")


def verify(projection: Projection, index: SearchReader, ids: Iterable[str]) -> Differences:
    """Compare an index with the table. `ids` are the ids of all entities in the table, searchable or not."""
    indexed = index.fingerprints()
    missing, stale, extra = [], [], set(indexed)
    for chunk in chunks(ids, _CHUNK):
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
    for chunk in chunks(ids, _CHUNK):
        yield from filter(None, projection.documents(chunk).values())


def _reading(projection: Projection) -> Read:
    def read(ids: Collection[str]) -> dict[str, Document | None]:
        return {id_: document for chunk in chunks(ids, _CHUNK) for id_, document in projection.documents(chunk).items()}

    return read
