"""DynamoDB stream -> search indexes; also takes `reindex` and `reset` from `souk search`."""

from typing import Any

from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.jobs.search.projection import JobsProjection
from souk.entry.deployment import clock
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.search.indexer import Indexer
from souk.search.snapshot import SnapshotWriter
from souk.storage import Table

_table = Table(aws.dynamodb(), settings().table, clock())
_projections = (JobsProjection(_table), GigsProjection(_table))
_indexer = Indexer(
    (one, SnapshotWriter(one.schema, aws.s3(), settings().search_bucket, clock())) for one in _projections
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch of the stream, all of it or none."""
    return _indexer.handle(event)
