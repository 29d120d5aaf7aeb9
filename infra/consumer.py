"""A background function that processes a stream, a queue or events, with its dead-letter queue and metric."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.functions import Functions

PERIOD = Duration.minutes(5)
"""The period of alarms and graphs."""


class Consumer(Construct):
    """Keeps failed input as dead letters for two weeks, and measures how far the function is behind."""

    name: str
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


def make_dead_letters(scope: Construct, config: Config) -> sqs.Queue:
    """Create a dead-letter queue."""
    return sqs.Queue(
        scope,
        "DeadLetters",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=config.tls_only,
        retention_period=Duration.days(14),
    )
