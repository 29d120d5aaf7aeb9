"""The statements that functions' roles are made of. Each names its actions and resources; none grants a Scan."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.config import Config
from infra.storage import INDEXES

ATTACHMENTS = "attachments/"
"""Keys of uploaded files begin with it."""
SEARCH = "search/"
"""Keys of the search index begin with it."""


def read_table(table: dynamodb.Table) -> iam.PolicyStatement:
    """Read items by key, and the items of one partition of the table or of an index."""
    return iam.PolicyStatement(
        actions=["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
        resources=[table.table_arn, *(f"{table.table_arn}/index/{index}" for index in INDEXES)],
    )


def read_items(table: dynamodb.Table, prefixes: Sequence[str], config: Config) -> iam.PolicyStatement:
    """Read items whose partition key begins with one of the prefixes, by key and a partition at a time."""
    return iam.PolicyStatement(
        actions=["dynamodb:GetItem", "dynamodb:Query"],
        resources=[table.table_arn],
        conditions=_only(prefixes, config),
    )


def write_table(table: dynamodb.Table, prefixes: Sequence[str], config: Config) -> iam.PolicyStatement:
    """Write items whose partition key begins with one of the prefixes.

    DynamoDB asks for the permission of each part of a transaction, so this holds within transactions too.
    """
    return iam.PolicyStatement(
        actions=[
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
        ],
        resources=[table.table_arn],
        conditions=_only(prefixes, config),
    )


def _only(prefixes: Sequence[str], config: Config) -> dict[str, dict[str, list[str]]] | None:
    """Return the condition that partition keys begin with one of the prefixes."""
    # The emulator does not know this condition and would refuse every request; there the storage layer alone keeps
    # functions within what they write, and a test evaluates the policy that AWS gets.
    if not config.on_aws:
        return None
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{prefix}*" for prefix in prefixes]}}


def check_table(table: dynamodb.Table) -> iam.PolicyStatement:
    """Let a transaction hold only if something is as it was read, whoever owns it: a check writes nothing."""
    return iam.PolicyStatement(actions=["dynamodb:ConditionCheckItem"], resources=[table.table_arn])


def count(counters: dynamodb.Table) -> iam.PolicyStatement:
    """Count requests, and read how many there were."""
    return iam.PolicyStatement(actions=["dynamodb:UpdateItem", "dynamodb:BatchGetItem"], resources=[counters.table_arn])


def read_objects(bucket: s3.Bucket, prefix: str) -> list[iam.PolicyStatement]:
    """Read and list the objects below a prefix; without the list, S3 answers 403 for an object that is not there."""
    return [
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects(f"{prefix}*")]),
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
    ]


def write_objects(bucket: s3.Bucket, prefix: str) -> iam.PolicyStatement:
    """Write and remove the objects below a prefix."""
    return iam.PolicyStatement(
        actions=["s3:PutObject", "s3:DeleteObject"], resources=[bucket.arn_for_objects(f"{prefix}*")]
    )


def read_secret(secret_arn: str) -> iam.PolicyStatement:
    """Read the secret's value."""
    return iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret_arn])


def send_mail(identity_arn: str, config: Config) -> iam.PolicyStatement:
    """Send mail as the identity."""
    # The emulator asks whether one may send at all, not as whom.
    return iam.PolicyStatement(actions=["ses:SendEmail"], resources=[identity_arn if config.on_aws else "*"])


def put_events(bus: events.EventBus) -> iam.PolicyStatement:
    """Put events on the one bus."""
    return iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])


def send_messages(queues: Sequence[sqs.IQueue], config: Config) -> iam.PolicyStatement:
    """Put messages into the queues, one or many at once."""
    # To AWS a batch is so many single messages; the emulator has an action of its own for it.
    actions = ["sqs:SendMessage"] if config.on_aws else ["sqs:SendMessage", "sqs:SendMessageBatch"]
    return iam.PolicyStatement(actions=actions, resources=[queue.queue_arn for queue in queues])


def invoke(function_arns: Sequence[str]) -> iam.PolicyStatement:
    """Invoke the functions."""
    return iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(function_arns))
