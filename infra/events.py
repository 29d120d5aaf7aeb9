"""The event bus, and the relay that publishes to it."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra import grants
from infra.config import Config
from infra.functions import Functions
from infra.storage import Storage
from infra.stream import ENDLESS, StreamConsumer, new_items
from souk.app import FunctionSpec
from souk.deadlines.model import DEADLINES, DUE_PREFIX
from souk.storage.transaction import OUTBOX, OUTBOX_PREFIX


class Bus(Construct):
    """The event bus. In AWS its events are archived for 30 days, so that they can be replayed to a new consumer."""

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_)
        self.bus = events.EventBus(self, "Bus", event_bus_name=config.prefix)
        if config.on_aws:  # the emulator does not support archives
            self.bus.archive(
                "Archive",
                description="Every event of the last 30 days",
                event_pattern=events.EventPattern(account=[Stack.of(self).account]),
                retention=Duration.days(30),
            )


class Relay(StreamConsumer):
    """Outbox records and deadlines on the table's stream -> events on the bus.

    The clock does not read the stream itself, because AWS recommends at most two readers. A bus that refuses events for
    hours costs none: they are retried for nearly as long as the stream keeps them.
    """

    retries = ENDLESS

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
        super().__init__(
            scope,
            id_,
            functions,
            storage,
            spec=spec,
            grants=[grants.put_events(bus)],
            # Only new items, not their expiry.
            patterns=[new_items(OUTBOX_PREFIX, OUTBOX.name), new_items(DUE_PREFIX, DEADLINES.name)],
        )
