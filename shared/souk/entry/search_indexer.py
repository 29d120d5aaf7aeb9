"""The `search_indexer` function: updates the search indexes when the table changes."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains import search_indexes
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.search.indexer import Indexer
from souk.search.snapshot import SnapshotWriter


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the stream's batches, and of `reindex` and `reset` from `souk search`."""
    own, bucket = table(), settings().search_bucket
    indexer = Indexer(
        (index.projection(own), SnapshotWriter(index.schema, aws.s3(), bucket, own.clock)) for index in search_indexes()
    )
    return lambda event, _context: indexer.handle(event)
