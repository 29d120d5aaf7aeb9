"""The functions that write the search indexes, and the matcher of saved searches."""

from aws_cdk import aws_events as events
from constructs import Construct

from infra import grants
from infra.config import Config
from infra.consumer import make_dead_letters
from infra.functions import Functions, Provision
from infra.indexes import SearchIndexes
from infra.queue import QueueConsumer, QueueSource, make_queue
from infra.storage import Storage
from infra.stream import StreamConsumer, changes
from souk.app import FunctionSpec
from souk.domains import search_indexes
from souk.domains.savedsearches.store import MATCHER_CHECKS

_FANOUT_CONCURRENCY = 2
"""The least that Lambda allows. Pieces compete for the index with each other and with the stream's changes."""
_MATCHER_CONCURRENCY = 2
"""The least that Lambda allows. Each environment keeps all saved searches in memory."""


class SearchQueue(Construct):
    """The queue of documents that show a change of another item, such as the postings of a client."""

    def __init__(self, scope: Construct, id_: str, config: Config, *, fanout: FunctionSpec) -> None:
        """`fanout` is the function that processes the queue."""
        super().__init__(scope, id_)
        self.dead_letters = make_dead_letters(self, config)
        self.queue = make_queue(self, "Fanout", config, fanout.size.timeout, self.dead_letters)
        self.provision = Provision(
            {"SOUK_SEARCH_FANOUT": self.queue.queue_url}, [grants.send_messages([self.queue], config)]
        )


class SearchIndexer(StreamConsumer):
    """Changed items on the table's stream -> the search indexes, and the queue."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        functions: Functions,
        storage: Storage,
        *,
        spec: FunctionSpec,
        indexes: SearchIndexes,
    ) -> None:
        super().__init__(
            scope,
            id_,
            functions,
            storage,
            spec=spec,
            grants=[
                grants.read_table(storage.table, functions.config),
                grants.scan_table(storage.table),
                *indexes.write(),
            ],
            patterns=changes({one for index in search_indexes() for one in index.changes_with}),
        )


class SearchFanout(QueueConsumer):
    """The queue -> the search indexes."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        functions: Functions,
        storage: Storage,
        *,
        spec: FunctionSpec,
        queue: SearchQueue,
        indexes: SearchIndexes,
    ) -> None:
        super().__init__(scope, id_, functions, dead_letters=queue.dead_letters)
        self.serve(
            functions,
            spec=spec,
            grants=[grants.read_table(storage.table, functions.config), *indexes.write()],
            sources=[QueueSource(queue.queue, _FANOUT_CONCURRENCY)],
        )


class SearchMatcher(QueueConsumer):
    """Postings that more people may see, from the event bus -> a queue -> matches of saved searches."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        functions: Functions,
        storage: Storage,
        *,
        spec: FunctionSpec,
        bus: events.EventBus,
    ) -> None:
        super().__init__(scope, id_, functions)
        queue = self.queue_of_events(
            "Postings",
            functions.config,
            spec=spec,
            bus=bus,
            why="Sends postings that are published or made public to the matcher",
            opens=[True],
            payload={"entity": ["JP"]},
        )
        self.serve(
            functions,
            spec=spec,
            grants=[
                grants.read_table(storage.table, functions.config),
                grants.write_table(storage.table, spec.writes, functions.config),
                grants.check_items(storage.table, MATCHER_CHECKS, functions.config),
            ],
            sources=[QueueSource(queue, _MATCHER_CONCURRENCY)],
        )
