"""The file of a recorded table: every item, and answers of the API."""

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
class RecordedAnswer:
    """A query by the person with this e-mail address, and its answer."""

    email: str
    query: str
    variables: dict[str, Any]
    answer: Any


@dataclass(frozen=True)
class Release:
    """The table of a release, with answers of its API."""

    version: str
    recorded_at: datetime
    items: list[Item]
    answers: list[RecordedAnswer]

    @classmethod
    def read(cls, path: Path) -> "Release":
        """Read a file."""
        file = orjson.loads(gzip.decompress(path.read_bytes()))
        return cls(
            file["version"],
            datetime.fromisoformat(file["recorded"]),
            file["items"],
            [RecordedAnswer(one["who"], one["query"], one["variables"], one["answer"]) for one in file["readings"]],
        )

    def encode(self) -> bytes:
        """Return the content of the file, the same bytes for the same items and answers."""
        file = {
            "version": self.version,
            "recorded": self.recorded_at.isoformat(),
            "items": self.items,
            "readings": [
                {"who": one.email, "query": one.query, "variables": one.variables, "answer": one.answer}
                for one in self.answers
            ],
        }
        return gzip.compress(orjson.dumps(file, option=orjson.OPT_SORT_KEYS), mtime=0)

    def load(self, table: Table) -> None:
        """Write all items into an empty table."""
        for start in range(0, len(self.items), _BATCH):
            puts: Any = [{"PutRequest": {"Item": item}} for item in self.items[start : start + _BATCH]]
            table.client.batch_write_item(RequestItems={table.name: puts})


def scan(table: Table) -> list[Item]:
    """Return all items of a table in the order of their keys."""
    pages = table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    items: list[Item] = [dict(item) for page in pages for item in page["Items"]]
    return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def release_files() -> list[Path]:
    """Return the files of all recorded releases."""
    return sorted(FOLDER.glob("table-*.json.gz"))
