"""The bus that says what happened, and the relay that puts it there."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra import grants
from infra.config import Config
from infra.functions import Functions
from infra.storage import Storage
from infra.stream import StreamConsumer, births
from souk.app import FunctionSpec
from souk.deadlines.model import DEADLINES, DUE_PREFIX
from souk.storage.transaction import OUTBOX, OUTBOX_PREFIX


class Bus(Construct):
    """The bus; on AWS it keeps what passed for a month, so that events can be replayed to a new consumer."""

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_)
        self.bus = events.EventBus(self, "Bus", event_bus_name=config.prefix)
        if config.on_aws:  # the emulator has no archives
            self.bus.archive(
                "Archive",
                description="Every event of the last 30 days",
                event_pattern=events.EventPattern(account=[Stack.of(self).account]),
                retention=Duration.days(30),
            )


class Relay(StreamConsumer):
    """Outbox record, or deadline, on the table's stream -> event on the bus.

    A deadline could go from the stream to the clock itself, but AWS advises two readers of a stream at the most.
    """

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
            # Only their birth: a record's later expiry is no event.
            patterns=[births(OUTBOX_PREFIX, OUTBOX.name), births(DUE_PREFIX, DEADLINES.name)],
        )
