"""A table of things, which are documents with a title and a tag, except drafts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from souk.search import AnyOf, Document, IndexSchema
from tests.search.samples import SCHEMA


@dataclass
class ThingsProjection:
    """A projection of titles by id (`souk.search.indexer.Projection`). `OWNER#<tag>` items are shown in documents."""

    table: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of things, by id."""
    schema: IndexSchema = SCHEMA
    reads: list[int] = field(default_factory=list)
    """The number of documents of each read."""

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        kind, id_ = self._key(record)
        return [id_] if kind == "THING" else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:
        kind, id_ = self._key(record)
        return [AnyOf("tag", (id_,))] if kind == "OWNER" else []

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        self.reads.append(len(ids))
        return {
            id_: Document(id_, {"title": self.table[id_], "tag": self.tags.get(id_)})
            if self.table.get(id_, "draft") != "draft"
            else None
            for id_ in ids
        }

    @staticmethod
    def _key(record: Mapping[str, Any]) -> tuple[str, str]:
        kind, _, id_ = record["dynamodb"]["Keys"]["PK"]["S"].partition("#")
        return kind, id_


def record(key: str, event: str = "MODIFY") -> dict[str, Any]:
    """Return a stream record as Lambda delivers it (developer guide, "Using AWS Lambda with Amazon DynamoDB")."""
    return {
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": event,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1428537600,
            "Keys": {"PK": {"S": key}, "SK": {"S": "THING"}},
            "SequenceNumber": "4421584500000000017450439091",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/souk/stream/2015-06-27T00:48:05.899",
    }
