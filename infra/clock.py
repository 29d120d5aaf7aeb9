"""The clock: what invokes it, every minute and at once, and what it may do."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import grants
from infra.consumer import PERIOD, Consumer
from infra.functions import Functions
from infra.storage import Storage
from souk.app import FunctionSpec
from souk.events.relay import DEADLINES_SOURCE
from souk.runtime.log import METRIC_NAMESPACE

_TOO_OLD = Duration.minutes(5)


class Clock(Consumer):
    """A rule for each minute, and one for the deadlines that the relay puts on the bus.

    Nothing depends on a single invocation: what is due stays in the table until its work is done. So none is repeated,
    and what is in the dead letters tells that the clock could not run, not that work is lost.
    """

    # It measures every minute. When it does not, nothing that is due is done.
    silence = cloudwatch.TreatMissingData.BREACHING

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
            self.keep_dead_letters,
        ]
        self.function = functions.make(spec, statements)
        lambda_.CfnEventInvokeConfig(
            self,
            "Invocations",
            function_name=self.function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=0,
            maximum_event_age_in_seconds=int(_TOO_OLD.to_seconds()),
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=self.dead_letters.queue_arn)
            ),
        )
        target = targets.LambdaFunction(
            self.function, dead_letter_queue=self.dead_letters, max_event_age=_TOO_OLD, retry_attempts=3
        )
        events.Rule(
            self,
            "Minute",
            description="Work that is due is done",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[target],
        )
        events.Rule(
            self,
            "AtOnce",
            description="So is at once what is due when it is noted",
            event_bus=bus,
            event_pattern=events.EventPattern(source=[DEADLINES_SOURCE]),
            targets=[target],
        )
        self.behind = cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name="Behind",
            dimensions_map={"deployment": config.prefix, "service": spec.name},
            statistic="Maximum",
            period=PERIOD,
        )
