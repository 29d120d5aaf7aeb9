"""The table's stream for tests: it brings search indexes up to date with a table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from souk.search import SearchIndex
from souk.search.fanout import Piece
from souk.search.indexer import Indexer, SearchIndexSpec, verify
from souk.search.port import RebuildableIndex
from souk.storage import Table


@dataclass
class Stream:
    """The indexer, and the queue of its fan-out, behind a table. `pump` brings the indexes up to date."""

    table: Table
    specs: Sequence[SearchIndexSpec]
    indexes: Sequence[SearchIndex]
    """In the order of `specs`."""
    queue: list[Piece] = field(default_factory=list)
    _before: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def index(self) -> SearchIndex:
        """The only index."""
        (only,) = self.indexes
        return only

    def send(self, pieces: Collection[Piece]) -> None:
        """Queue pieces of the fan-out."""
        self.queue += pieces

    def pump(self) -> None:
        """Hand the indexer a record of each item that has changed, and take all pieces of the fan-out."""
        now = self._items()
        records = [
            {
                "eventName": "MODIFY",
                "dynamodb": {
                    "Keys": {"PK": {"S": key[0]}, "SK": {"S": key[1]}},
                    **{name: image[key] for name, image in images.items() if key in image},
                },
            }
            for images in [{"OldImage": self._before, "NewImage": now}]
            for key in {*now, *self._before}
            if now.get(key) != self._before.get(key)
            and any(_matches(key, *items) for spec in self.specs for items in spec.changes_with)
        ]
        self._before = now
        projections = [spec.projection(self.table) for spec in self.specs]
        made = zip(projections, (cast("RebuildableIndex", index) for index in self.indexes), strict=True)
        indexer = Indexer(made, self)
        indexer.handle({"Records": records})
        while self.queue:
            indexer.take(self.queue.pop(0))

    def differs(self) -> bool:
        """Return whether an index differs from what a rebuild would read."""
        return any(
            bool(verify(spec.projection(self.table), index, self._ids(spec)))
            for spec, index in zip(self.specs, self.indexes, strict=True)
        )

    def _ids(self, spec: SearchIndexSpec) -> list[str]:
        partition, sort = spec.documents_of
        return [pk.removeprefix(partition) for pk, sk in self._items() if pk.startswith(partition) and sk == sort]

    def _items(self) -> dict[tuple[str, str], Any]:
        pages = self.table.client.get_paginator("scan").paginate(TableName=self.table.name)
        return {(item["PK"]["S"], item["SK"]["S"]): item for page in pages for item in page["Items"]}


def _matches(key: tuple[str, str], partition: str, sort: str) -> bool:
    """Return whether the stream's filter passes a record of an item (`infra.stream.changes`)."""
    return key[0].startswith(partition) and (key[1].startswith(sort) if sort.endswith("#") else key[1] == sort)
