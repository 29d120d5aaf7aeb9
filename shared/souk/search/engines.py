"""The engines that a deployment has its indexes in. This module alone chooses one.

By default an index is a file in a bucket, which each function copies to its disk (`souk.search.snapshot`). Larger
deployments have a cluster (`souk.search.opensearch`). While a deployment moves from one to the other, it has both: the
first is searched, and all are written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from souk.runtime import aws
from souk.runtime.settings import settings
from souk.search.port import IndexState, RebuildableIndex, SearchReader
from souk.search.schema import IndexSchema
from souk.search.together import Together
from souk.values.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from souk.search.opensearch import Client

TANTIVY: Final = "tantivy"
OPENSEARCH: Final = "opensearch"


class Engine(Protocol):
    """Where indexes are kept."""

    def reader(self, schema: IndexSchema) -> SearchReader:
        """Return the reader of an index."""
        ...

    def writer(self, schema: IndexSchema, clock: Clock) -> RebuildableIndex:
        """Return a writer of an index."""
        ...

    def state(self, schema: IndexSchema) -> IndexState:
        """Return what is known about an index. Raises an error of botocore, or Unavailable."""
        ...


# Importing an engine takes longer than many requests, so each is imported only where it is used.


@dataclass(frozen=True)
class Bucket:
    """Indexes of tantivy in a bucket."""

    client: "S3Client"
    name: str

    def reader(self, schema: IndexSchema) -> SearchReader:
        """See `Engine.reader`."""
        from souk.search.snapshot import SnapshotReader  # noqa: PLC0415

        return SnapshotReader(schema, self.client, self.name)

    def writer(self, schema: IndexSchema, clock: Clock) -> RebuildableIndex:
        """See `Engine.writer`."""
        from souk.search.snapshot import SnapshotWriter  # noqa: PLC0415

        return SnapshotWriter(schema, self.client, self.name, clock)

    def state(self, schema: IndexSchema) -> IndexState:
        """See `Engine.state`."""
        from souk.search.snapshot import read_pointer  # noqa: PLC0415

        return read_pointer(schema.name, self.client, self.name).state


@dataclass(frozen=True)
class Cluster:
    """Indexes in a cluster of OpenSearch."""

    client: "Client"

    def reader(self, schema: IndexSchema) -> SearchReader:
        """See `Engine.reader`."""
        from souk.search.opensearch import OpenSearchReader  # noqa: PLC0415

        return OpenSearchReader(schema, self.client)

    def writer(self, schema: IndexSchema, clock: Clock) -> RebuildableIndex:
        """See `Engine.writer`."""
        from souk.search.opensearch import OpenSearchWriter  # noqa: PLC0415

        return OpenSearchWriter(schema, self.client, clock)

    def state(self, schema: IndexSchema) -> IndexState:
        """See `Engine.state`."""
        from souk.search.opensearch import index_state  # noqa: PLC0415

        return index_state(schema.name, self.client)


@dataclass(frozen=True)
class Engines:
    """The engines of a deployment, by their names. The first is searched, and all are written."""

    by_name: Mapping[str, Engine]

    def reader(self, schema: IndexSchema) -> SearchReader:
        """Return the reader of an index."""
        return self._searched.reader(schema)

    def writer(self, schema: IndexSchema, clock: Clock) -> RebuildableIndex:
        """Return a writer of an index."""
        writers = [engine.writer(schema, clock) for engine in self.by_name.values()]
        return writers[0] if len(writers) == 1 else Together(writers)

    def state(self, schema: IndexSchema) -> IndexState:
        """Return what is known about the index that is searched. Raises as `Engine.state` does."""
        return self._searched.state(schema)

    @property
    def _searched(self) -> Engine:
        return next(iter(self.by_name.values()))


def open_engines(names: Sequence[str], bucket: Callable[[], Bucket], cluster: Callable[[], Cluster]) -> Engines:
    """Return the engines with these names, in this order."""
    make: Mapping[str, Callable[[], Engine]] = {TANTIVY: bucket, OPENSEARCH: cluster}
    return Engines({name: make[name]() for name in names})


def open_cluster(endpoint: str, sign: aws.Sign | None) -> Cluster:
    """Return the cluster at a URL. `sign` signs the requests to it."""
    from souk.search.opensearch import Client  # noqa: PLC0415

    return Cluster(Client(endpoint, sign))


def deployed() -> Engines:
    """Return the engines of this function's deployment."""
    own = settings()
    return open_engines(
        own.search,
        lambda: Bucket(aws.s3(), own.search_bucket),
        lambda: open_cluster(own.search_endpoint or "", aws.signer("es")),
    )


def reader(schema: IndexSchema) -> SearchReader:
    """Return the reader of an index of this function's deployment."""
    return deployed().reader(schema)
