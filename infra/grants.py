"""The policy statements of functions' roles. Each names its actions and resources. Two functions may scan."""

from collections.abc import Sequence

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.config import Config
from infra.storage import INDEXES
from souk.domains import search_indexes
from souk.storage import market_time

SEARCH = "search/"
"""The key prefix of the search indexes."""


def read_table(table: dynamodb.ITable, config: Config) -> iam.PolicyStatement:
    """Allow reading items by key, and querying partitions of the table and its indexes. In production no test clock."""
    all_but = {"ForAllValues:StringNotEquals": {"dynamodb:LeadingKeys": [market_time.PREFIX]}}
    return iam.PolicyStatement(
        actions=["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
        resources=[table.table_arn, *(f"{table.table_arn}/index/{index}" for index in INDEXES)],
        conditions=all_but if config.production and config.on_aws else None,
    )


def scan_table(table: dynamodb.ITable) -> iam.PolicyStatement:
    """Allow reading the whole table: for the rebuild of a search index, and an export of the marketplace."""
    return iam.PolicyStatement(actions=["dynamodb:Scan"], resources=[table.table_arn])


def read_items(table: dynamodb.ITable, prefixes: Sequence[str], config: Config) -> iam.PolicyStatement:
    """Allow reading items by key and querying partitions, for partition keys with one of the prefixes."""
    return iam.PolicyStatement(
        actions=["dynamodb:GetItem", "dynamodb:Query"],
        resources=[table.table_arn],
        conditions=_only(prefixes, config),
    )


def test_clock(table: dynamodb.ITable, config: Config) -> list[iam.PolicyStatement]:
    """Allow reading how far the market time has been moved, which it cannot be in production."""
    if config.production:
        return []
    statement = iam.PolicyStatement(
        actions=["dynamodb:BatchGetItem"],
        resources=[table.table_arn],
        conditions=_only([market_time.PREFIX], config),
    )
    return [statement]


def write_table(table: dynamodb.ITable, prefixes: Sequence[str], config: Config) -> iam.PolicyStatement:
    """Allow writing items whose partition key has one of the prefixes.

    DynamoDB checks the permission for each operation of a transaction, so this applies within transactions too.
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


def append_table(table: dynamodb.ITable, prefixes: Sequence[str], config: Config) -> iam.PolicyStatement:
    """Allow putting items whose partition key has one of the prefixes, and neither updating nor deleting them.

    IAM cannot require that a put creates its item. The storage layer does (`Transaction.create`).
    """
    return iam.PolicyStatement(
        actions=["dynamodb:PutItem"], resources=[table.table_arn], conditions=_only(prefixes, config)
    )


def _only(prefixes: Sequence[str], config: Config) -> dict[str, dict[str, list[str]]] | None:
    """Return the condition that partition keys have one of the prefixes."""
    # The emulator does not support this condition and would refuse every request. There only the storage layer checks
    # writes; a test evaluates the policy for AWS.
    if not config.on_aws:
        return None
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{prefix}*" for prefix in prefixes]}}


def check_table(table: dynamodb.ITable) -> iam.PolicyStatement:
    """Allow condition checks of a transaction on all items. A check writes nothing."""
    return iam.PolicyStatement(actions=["dynamodb:ConditionCheckItem"], resources=[table.table_arn])


def check_items(table: dynamodb.ITable, prefixes: Sequence[str], config: Config) -> iam.PolicyStatement:
    """Allow condition checks of a transaction on items whose partition key has one of the prefixes."""
    return iam.PolicyStatement(
        actions=["dynamodb:ConditionCheckItem"], resources=[table.table_arn], conditions=_only(prefixes, config)
    )


def count(counters: dynamodb.ITable) -> iam.PolicyStatement:
    """Allow counting requests and reading the counts."""
    return iam.PolicyStatement(actions=["dynamodb:UpdateItem", "dynamodb:BatchGetItem"], resources=[counters.table_arn])


def read_objects(bucket: s3.Bucket, *prefixes: str) -> list[iam.PolicyStatement]:
    """Allow reading objects with one of the prefixes. Without ListBucket, S3 returns 403 for a missing object."""
    return [
        on_objects(bucket, ["s3:GetObject"], *prefixes),
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
    ]


def list_versions(bucket: s3.Bucket) -> iam.PolicyStatement:
    """Allow listing the versions of objects."""
    return iam.PolicyStatement(actions=["s3:ListBucketVersions"], resources=[bucket.bucket_arn])


def write_objects(bucket: s3.Bucket, prefix: str) -> iam.PolicyStatement:
    """Allow writing and deleting objects with a prefix."""
    return on_objects(bucket, ["s3:PutObject", "s3:DeleteObject"], prefix)


def read_search(bucket: s3.Bucket, *, private: bool) -> list[iam.PolicyStatement]:
    """Allow reading the search indexes; without `private`, only those of what everybody may read."""
    names = [one.schema.name for one in search_indexes() if private or not one.private]
    return read_objects(bucket, *(f"{SEARCH}{name}/" for name in names))


def read_pointers(bucket: s3.Bucket) -> iam.PolicyStatement:
    """Allow reading what is known about each search index: its size and its state, but none of its documents."""
    names = [one.schema.name for one in search_indexes()]
    return iam.PolicyStatement(
        actions=["s3:GetObject"], resources=[bucket.arn_for_objects(f"{SEARCH}{name}/current") for name in names]
    )


def write_search(bucket: s3.Bucket) -> list[iam.PolicyStatement]:
    """Allow reading and changing the search indexes."""
    return [*read_objects(bucket, SEARCH), write_objects(bucket, SEARCH)]


def on_objects(bucket: s3.Bucket, actions: list[str], *prefixes: str) -> iam.PolicyStatement:
    """Allow actions on objects with one of the prefixes."""
    return iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])


def read_secret(secret_arn: str) -> iam.PolicyStatement:
    """Allow reading the secret's value."""
    return iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret_arn])


def reset_authenticators(pool: cognito.UserPool) -> iam.PolicyStatement:
    """Allow finding an account in the user pool, and turning its authenticator app off."""
    actions = ["cognito-idp:ListUsers", "cognito-idp:AdminSetUserMFAPreference"]
    return iam.PolicyStatement(actions=actions, resources=[pool.user_pool_arn])


def send_mail(identity_arn: str, config: Config) -> iam.PolicyStatement:
    """Allow sending mail as the identity."""
    # The emulator does not support the resource of this permission.
    return iam.PolicyStatement(actions=["ses:SendEmail"], resources=[identity_arn if config.on_aws else "*"])


def put_events(bus: events.EventBus) -> iam.PolicyStatement:
    """Allow putting events on the bus."""
    return iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])


def send_messages(queues: Sequence[sqs.IQueue], config: Config) -> iam.PolicyStatement:
    """Allow sending messages to the queues, alone or in batches."""
    # In AWS, SendMessage covers batches; the emulator requires a separate action.
    actions = ["sqs:SendMessage"] if config.on_aws else ["sqs:SendMessage", "sqs:SendMessageBatch"]
    return iam.PolicyStatement(actions=actions, resources=[queue.queue_arn for queue in queues])


def invoke(function_arns: Sequence[str]) -> iam.PolicyStatement:
    """Allow invoking the functions."""
    return iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(function_arns))
