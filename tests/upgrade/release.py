"""A recorded table as it lies in a file: every item, and what the API answered of them."""

import gzip
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from souk.storage import Table

FOLDER: Final = Path(__file__).parent
_BATCH: Final = 25  # items in one BatchWriteItem, a limit of DynamoDB
Item = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """A question of somebody, by their e-mail address, and what they were answered."""

    who: str
    query: str
    variables: dict[str, Any]
    answer: Any


@dataclass(frozen=True)
class Release:
    """What a release wrote."""

    version: str
    recorded: datetime
    items: list[Item]
    readings: list[Reading]

    @classmethod
    def read(cls, path: Path) -> "Release":
        """Read a file."""
        held = orjson.loads(gzip.decompress(path.read_bytes()))
        return cls(
            held["version"],
            datetime.fromisoformat(held["recorded"]),
            held["items"],
            [Reading(**one) for one in held["readings"]],
        )

    def encode(self) -> bytes:
        """Return the file: the same bytes for the same items and answers."""
        held = {
            "version": self.version,
            "recorded": self.recorded.isoformat(),
            "items": self.items,
            "readings": [vars(one) for one in self.readings],
        }
        return gzip.compress(orjson.dumps(held, option=orjson.OPT_SORT_KEYS), mtime=0)

    def load(self, table: Table) -> None:
        """Put every item into an empty table."""
        for start in range(0, len(self.items), _BATCH):
            puts: Any = [{"PutRequest": {"Item": item}} for item in self.items[start : start + _BATCH]]
            table.client.batch_write_item(RequestItems={table.name: puts})


def scan(table: Table) -> list[Item]:
    """Return every item of a table, in the order of their keys."""
    pages = table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    items: list[Item] = [dict(item) for page in pages for item in page["Items"]]
    return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def recorded() -> list[Path]:
    """Return the files of all releases that were recorded."""
    return sorted(FOLDER.glob("table-*.json.gz"))
