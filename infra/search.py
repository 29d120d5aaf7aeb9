"""The search index: kept in a bucket, written by one function alone, read by all that serve the API."""

from constructs import Construct

from infra import grants
from infra.functions import Functions, Size
from infra.storage import Storage
from infra.stream import StreamConsumer, items

INDEXED = (("APPLIED#", "ACTIVITY"), ("CLIENT#", "RECORD"), ("GIG#", "GIG"), ("JOB#", "JOB"), ("ORG#", "ORG"))
"""The items whose changes may change what is found: how their partition key begins, and their sort key."""


class SearchIndexer(StreamConsumer):
    """Changed items on the table's stream -> the index.

    An index has one writer, so the function runs once at a time, however many shards the stream has.
    """

    def __init__(self, scope: Construct, id_: str, functions: Functions, storage: Storage) -> None:
        super().__init__(
            scope,
            id_,
            functions,
            storage,
            function="search_indexer",
            size=Size(memory=1769, timeout=120, scratch=4096, concurrency=1),
            grants=[
                grants.read_table(storage.table),
                *grants.read_objects(storage.search, grants.SEARCH),
                grants.write_objects(storage.search, grants.SEARCH),
            ],
            patterns=[items(partition, sort) for partition, sort in INDEXED],
        )
