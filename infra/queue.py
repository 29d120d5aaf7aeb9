"""A function that works through queues, with a place for what it could not handle."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.consumer import PERIOD, Consumer
from infra.functions import Functions
from souk.app import FunctionSpec

_BATCH = 10
"""Messages; Lambda hands over fewer when there are fewer."""
_RECEIVED = 5
"""How often a message is handed over before it is given up to the dead letters."""
_PATIENCE = 6
"""A message that was handed over stays hidden for so many times the function's timeout, as AWS advises."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue that is worked through, and how many batches of it at once."""

    queue: sqs.Queue
    at_once: int


def make_queue(scope: Construct, id_: str, config: Config, timeout: int, dead_letters: sqs.IQueue) -> sqs.Queue:
    """Make a queue for a function with a timeout, in seconds. It keeps messages for two weeks."""
    return sqs.Queue(
        scope,
        id_,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=config.tls_only,
        retention_period=Duration.days(14),
        visibility_timeout=Duration.seconds(_PATIENCE * timeout),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=_RECEIVED),
    )


class QueueConsumer(Consumer):
    """Works through its lanes, of which the first is the one that must not be behind."""

    behind_in_seconds = True

    def serve(
        self,
        functions: Functions,
        *,
        spec: FunctionSpec,
        grants: Sequence[iam.PolicyStatement],
        lanes: Sequence[Lane],
    ) -> None:
        """Make the function, and have Lambda hand it what is in the lanes' queues."""
        self.name = spec.name
        take = iam.PolicyStatement(
            actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            resources=[lane.queue.queue_arn for lane in lanes],
        )
        self.function = functions.make(spec, [take, *grants])
        for number, lane in enumerate(lanes):
            lambda_.CfnEventSourceMapping(
                self,
                f"Mapping{number}",
                event_source_arn=lane.queue.queue_arn,
                function_name=self.function.function_name,
                batch_size=_BATCH,
                function_response_types=["ReportBatchItemFailures"],
                scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=lane.at_once),
            )
        self.behind = lanes[0].queue.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum")
