"""A function that works through what comes to it, and what an operator has to know of it."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.functions import Functions

PERIOD = Duration.minutes(5)
"""What alarms and graphs sum up."""


class Consumer(Construct):
    """What the function could not handle is kept for two weeks; how far it is behind is measured."""

    name: str
    function: lambda_.Function
    behind: cloudwatch.Metric
    """How long the oldest of what is still to be done has been waiting."""
    behind_in_seconds: bool = False
    """Whether that is in seconds, as queues have it; else it is in milliseconds."""
    silence: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING
    """What it means when nothing is measured."""

    def __init__(self, scope: Construct, id_: str, functions: Functions, dead_letters: sqs.Queue | None = None) -> None:
        """`dead_letters` is where they are kept if that is made already."""
        super().__init__(scope, id_)
        self.dead_letters = dead_letters or make_dead_letters(self, functions.config)
        self.keep_dead_letters = iam.PolicyStatement(
            actions=["sqs:SendMessage"], resources=[self.dead_letters.queue_arn]
        )


def make_dead_letters(scope: Construct, config: Config) -> sqs.Queue:
    """Make a queue for what could not be handled."""
    return sqs.Queue(
        scope,
        "DeadLetters",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=config.tls_only,
        retention_period=Duration.days(14),
    )
