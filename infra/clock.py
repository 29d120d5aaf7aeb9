"""The clock function, its event rules and its permissions."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from infra import grants, metrics
from infra.consumer import Consumer
from infra.functions import Functions
from infra.storage import Storage
from souk.app import FunctionSpec
from souk.events.relay import DEADLINES_SOURCE
from souk.runtime.log import BEHIND

_TOO_OLD = Duration.minutes(5)


class Clock(Consumer):
    """Invokes the clock every minute, and for each deadline that the relay puts on the bus.

    Deadlines stay in the table until their work is done, so a failed invocation is not retried. A dead letter means
    that the clock could not run, not that work is lost.
    """

    # The clock writes its metric every minute. If there is none, no deadlines run.
    missing_data = cloudwatch.TreatMissingData.BREACHING

    def __init__(
        self,
        scope: Construct,
        id_: str,
        functions: Functions,
        storage: Storage,
        *,
        bus: events.EventBus,
        spec: FunctionSpec,
    ) -> None:
        super().__init__(scope, id_, functions)
        config = functions.config
        self.name = spec.name
        statements = [
            grants.read_items(storage.table, spec.writes, config),
            grants.write_table(storage.table, spec.writes, config),
            self.send_dead_letters,
        ]
        self.function = functions.make(spec, statements)
        target = self.event_target(_TOO_OLD, deliveries=3, invocations=0)
        events.Rule(
            self,
            "Minute",
            description="Runs deadlines every minute",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[target],
        )
        events.Rule(
            self,
            "AtOnce",
            description="Runs deadlines at once that are due when they are scheduled",
            event_bus=bus,
            event_pattern=events.EventPattern(source=[DEADLINES_SOURCE]),
            targets=[target],
        )
        self.behind = metrics.own(config.prefix, spec.name, BEHIND, "Maximum")
