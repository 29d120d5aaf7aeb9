"""The search indexes: in a bucket, written by one function, and read by all API functions."""

from constructs import Construct

from infra import grants
from infra.functions import Functions
from infra.storage import Storage
from infra.stream import StreamConsumer, items
from souk.app import FunctionSpec
from souk.domains import search_indexes


class SearchIndexer(StreamConsumer):
    """Changed items on the table's stream -> the search indexes."""

    def __init__(
        self, scope: Construct, id_: str, functions: Functions, storage: Storage, *, spec: FunctionSpec
    ) -> None:
        changes = {change for index in search_indexes() for change in index.changes_with}
        super().__init__(
            scope,
            id_,
            functions,
            storage,
            spec=spec,
            grants=[
                grants.read_table(storage.table),
                *grants.read_objects(storage.search, grants.SEARCH),
                grants.write_objects(storage.search, grants.SEARCH),
            ],
            patterns=[items(partition, sort) for partition, sort in sorted(changes)],
        )
