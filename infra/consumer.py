"""A background function that processes a stream, a queue or events, with its dead-letter queue and metric."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.functions import Functions
from souk.domains.machinery.providers.queues import LetterKind

PERIOD = Duration.minutes(5)
"""The period of alarms and graphs."""


class Consumer(Construct):
    """Keeps failed input as dead letters for two weeks, and measures how far the function is behind."""

    name: str
    letter_kind: LetterKind = LetterKind.EVENT
    """What its dead letters hold."""
    letters_from: sqs.IQueue | None = None
    """The queue that its dead letters came from, if they are messages."""
    function: lambda_.Function
    behind: cloudwatch.Metric
    """How long the oldest unprocessed input has been waiting."""
    behind_in_seconds: bool = False
    """Whether `behind` is in seconds, as for queues, instead of milliseconds."""
    missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING
    """How the alarm on `behind` treats missing data."""

    def __init__(self, scope: Construct, id_: str, functions: Functions, dead_letters: sqs.Queue | None = None) -> None:
        """`dead_letters` is an existing queue to use."""
        super().__init__(scope, id_)
        self.dead_letters = dead_letters or make_dead_letters(self, functions.config)
        self.send_dead_letters = iam.PolicyStatement(
            actions=["sqs:SendMessage"], resources=[self.dead_letters.queue_arn]
        )

    def event_target(self, oldest: Duration, *, deliveries: int, invocations: int) -> targets.LambdaFunction:
        """Return the function as the target of an event rule.

        EventBridge tries to hand an event over `deliveries` times more, and Lambda to run the function `invocations`
        times more. After that, or when it is older than `oldest`, the event becomes a dead letter.
        """
        lambda_.CfnEventInvokeConfig(
            self,
            "Invocations",
            function_name=self.function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=invocations,
            maximum_event_age_in_seconds=int(oldest.to_seconds()),
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=self.dead_letters.queue_arn)
            ),
        )
        return targets.LambdaFunction(
            self.function, dead_letter_queue=self.dead_letters, max_event_age=oldest, retry_attempts=deliveries
        )


def make_dead_letters(scope: Construct, config: Config) -> sqs.Queue:
    """Create a dead-letter queue."""
    return sqs.Queue(
        scope,
        "DeadLetters",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=config.tls_only,
        retention_period=Duration.days(14),
    )
