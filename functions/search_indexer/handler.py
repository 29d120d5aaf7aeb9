"""DynamoDB stream -> search indexes. Also handles `reindex` and `reset` from `souk search`."""

from typing import Any

from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.jobs.search.projection import JobsProjection
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.search.indexer import Indexer
from souk.search.snapshot import SnapshotWriter
from souk.storage import Table

_table = Table(aws.dynamodb(), settings().table)
_projections = (JobsProjection(_table), GigsProjection(_table))
_indexer = Indexer(
    (projection, SnapshotWriter(projection.schema, aws.s3(), settings().search_bucket)) for projection in _projections
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Handle an invocation. A batch of the stream is applied as a whole or not at all."""
    return _indexer.handle(event)
