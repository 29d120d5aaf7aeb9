"""A function that processes queues, with a dead-letter queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.consumer import PERIOD, Consumer
from infra.functions import Functions
from souk.app import FunctionSpec
from souk.domains.machinery.providers.queues import LetterKind
from souk.events.relay import SOURCE

_BATCH = 10
"""The maximum number of messages in a batch."""
_MAX_RECEIVES = 5
"""How often a message is delivered before it becomes a dead letter."""
_VISIBILITY_FACTOR = 6
"""The visibility timeout of a message in multiples of the function's timeout, as AWS recommends."""


@dataclass(frozen=True, slots=True)
class QueueSource:
    """A queue to process, and the maximum number of concurrent batches."""

    queue: sqs.Queue
    concurrency: int


def make_queue(scope: Construct, id_: str, config: Config, timeout: int, dead_letters: sqs.IQueue) -> sqs.Queue:
    """Create a queue for a function with a timeout in seconds. It keeps messages for two weeks."""
    return sqs.Queue(
        scope,
        id_,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=config.tls_only,
        retention_period=Duration.days(14),
        visibility_timeout=Duration.seconds(_VISIBILITY_FACTOR * timeout),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=_MAX_RECEIVES),
    )


class QueueConsumer(Consumer):
    """Processes its queues. The age of the first one's oldest message is monitored."""

    behind_in_seconds = True
    letter_kind = LetterKind.MESSAGE

    def queue_of_events(
        self,
        id_: str,
        config: Config,
        *,
        spec: FunctionSpec,
        bus: events.EventBus,
        why: str,
        **detail: Any,
    ) -> sqs.Queue:
        """Create a queue of the events on the bus, or of those whose detail matches a pattern."""
        queue = make_queue(self, id_, config, spec.size.timeout, self.dead_letters)
        events.Rule(
            self,
            "Rule",
            description=why,
            event_bus=bus,
            event_pattern=events.EventPattern(source=[SOURCE], detail=detail or None),
            targets=[targets.SqsQueue(queue, dead_letter_queue=self.dead_letters)],
        )
        return queue

    def serve(
        self,
        functions: Functions,
        *,
        spec: FunctionSpec,
        grants: Sequence[iam.PolicyStatement],
        sources: Sequence[QueueSource],
    ) -> None:
        """Create the function and its event source mappings."""
        self.name = spec.name
        self.letters_from = sources[0].queue
        receive = iam.PolicyStatement(
            actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            resources=[source.queue.queue_arn for source in sources],
        )
        self.function = functions.make(spec, [receive, *grants])
        for number, source in enumerate(sources):
            lambda_.CfnEventSourceMapping(
                self,
                f"Mapping{number}",
                event_source_arn=source.queue.queue_arn,
                function_name=self.function.function_name,
                batch_size=_BATCH,
                function_response_types=["ReportBatchItemFailures"],
                scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                    maximum_concurrency=source.concurrency
                ),
            )
        self.behind = sources[0].queue.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum")
