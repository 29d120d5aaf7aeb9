"""The `search_indexer` function: keeps the search indexes in step with the table."""

from collections.abc import Callable, Mapping
from typing import Any

from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.jobs.search.projection import JobsProjection
from souk.entry.deployment import table
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.search.indexer import Indexer
from souk.search.snapshot import SnapshotWriter


def make_handler() -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """Return the handler of the stream's batches, and of the `reindex` and `reset` of `souk search`."""
    own, bucket = table(), settings().search_bucket
    projections = (JobsProjection(own), GigsProjection(own))
    indexer = Indexer((one, SnapshotWriter(one.schema, aws.s3(), bucket)) for one in projections)
    return lambda event, _context: indexer.handle(event)
