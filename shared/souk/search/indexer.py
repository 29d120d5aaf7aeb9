"""Keeping indexes in step with the table: the machinery of the `search_indexer` function.

A record of the table's stream is only a hint that some documents may have changed. What they are now is read from the
table, so it does not matter how often a record comes, in which order, or how late.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

from souk.search.port import SearchIndex, SearchReader
from souk.search.schema import Document, IndexSchema, fingerprint
from souk.storage import Table

_CHUNK = 100  # what one BatchGetItem can read

log = logging.getLogger(__name__)


class Projection(Protocol):
    """What a domain says about its index: when documents change, and what they are."""

    schema: IndexSchema

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """Return the ids of the documents that a record of the stream may have changed.

        The record is as DynamoDB sends it: `eventName`, and under `dynamodb` `Keys`, `NewImage` and `OldImage` (one of
        the images may be missing), all in DynamoDB's own JSON.
        """
        ...

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """Return for each of the ids its document as it is now, or None where there is nothing to be found.

        Must read the table consistently: a record may arrive before an eventually consistent read shows its change.
        """
        ...


class Items(NamedTuple):
    """The items of the table with this sort key, whose partition keys begin like this."""

    partition: str
    sort: str


@dataclass(frozen=True, slots=True)
class SearchIndexSpec:
    """A search index, as the domain that owns it declares it. The indexer, infra and `souk search` follow."""

    schema: IndexSchema
    projection: Callable[[Table], Projection]
    changes_with: tuple[Items, ...]
    """The items whose changes may change what is found. The indexer is told of no others."""
    documents_of: Items
    """There is a document for each of these; the partition keys end in the documents' ids."""


@dataclass(frozen=True)
class Differences:
    """How an index departs from the table. Changes still on their way through the stream show here, too."""

    missing: tuple[str, ...]
    """Ids of documents that should be in the index."""
    extra: tuple[str, ...]
    """Ids of documents that should not."""
    stale: tuple[str, ...]
    """Ids of documents whose content is another one."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.stale)


class Indexer:
    """Handles what the `search_indexer` function is invoked with.

    - `{"Records": [...]}`: a batch of the table's stream. All of it becomes one commit, or none: it either succeeds,
      or raises, and is then sent again. No record is reported as failed by itself, because none is applied by itself;
      Lambda finds a poisonous one by halving the batch (`BisectBatchOnFunctionError`).
    - `{"reindex": [ids], "index": name}`: reads these documents anew.
    - `{"reset": true, "index": name}`: empties the index.

    `index` may be left out where there is only one. Any other event raises ValueError.
    """

    def __init__(self, indexes: Iterable[tuple[Projection, SearchIndex]]) -> None:
        self._indexes = {projection.schema.name: (projection, index) for projection, index in indexes}

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Do what an event asks for, and return what Lambda or the caller expects."""
        match event:
            case {"Records": records}:
                self._follow(records)
                return {"batchItemFailures": []}
            case {"reindex": [*ids]}:
                projection, index = self._named(event)
                return {"index": projection.schema.name, "reindexed": _reindex(projection, index, ids)}
            case {"reset": True}:
                projection, index = self._named(event)
                index.rebuild(())
                return {"index": projection.schema.name, "reset": True}
        raise ValueError("the event is neither of the table's stream, nor a reindex or a reset")

    def _follow(self, records: Collection[Mapping[str, Any]]) -> None:
        for projection, index in self._indexes.values():
            ids = {id_ for record in records for id_ in projection.affected(record)}
            if ids:
                _reindex(projection, index, ids)
                log.info("%s: %d documents from %d records", projection.schema.name, len(ids), len(records))

    def _named(self, event: Mapping[str, Any]) -> tuple[Projection, SearchIndex]:
        name = event.get("index")
        if name is None and len(self._indexes) == 1:
            return next(iter(self._indexes.values()))
        if name not in self._indexes:
            raise ValueError(f"there is no index {name!r}; there are {', '.join(self._indexes)}")
        return self._indexes[name]


def verify(projection: Projection, index: SearchReader, ids: Iterable[str]) -> Differences:
    """Compare an index with the table. `ids` are those of all entities there, whether or not they are to be found."""
    held = index.fingerprints()
    missing, stale, extra = [], [], set(held)
    for chunk in _chunks(ids):
        for id_, document in projection.documents(chunk).items():
            if document is None:
                continue
            extra.discard(id_)
            if id_ not in held:
                missing.append(id_)
            elif held[id_] != fingerprint(projection.schema.normalise(document)):
                stale.append(id_)
    return Differences(tuple(missing), tuple(sorted(extra)), tuple(stale))


def documents(projection: Projection, ids: Iterable[str]) -> Iterable[Document]:
    """Yield the documents of these ids, of those that have one: the source for `SearchIndex.rebuild`."""
    for chunk in _chunks(ids):
        yield from filter(None, projection.documents(chunk).values())


def _reindex(projection: Projection, index: SearchIndex, ids: Iterable[str]) -> int:
    changes = {id_: document for chunk in _chunks(ids) for id_, document in projection.documents(chunk).items()}
    index.apply(changes)
    return len(changes)


def _chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    waiting = iter(ids)
    while chunk := list(islice(waiting, _CHUNK)):
        yield chunk
