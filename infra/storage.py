"""The storage: the table, the request counters, the two buckets, and the secret that signs page cursors."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import Config
from infra.secret import make_secret
from souk.domains.files.model import COPIES, EXPORTS, ORIGINALS, PRIVATE_PICTURES, UPLOADS

INDEXES = ("GSI1", "GSI2", "GSI3")
_UPLOAD_HEADERS = ["content-type", "content-length", "content-md5", "x-amz-*"]


class Storage(Construct):
    """The data stores. Only the table and the attachments cannot be rebuilt."""

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_)
        self._tls_only = config.tls_only
        removal = RemovalPolicy.RETAIN if config.retain else RemovalPolicy.DESTROY
        self.table = self._restored(config.table) if config.table else self._table(config, removal)
        # A separate table, so that counting requests does not add to the main table's stream, and functions that only
        # read need no write access to it. Losing it loses only today's counts.
        self.counters = dynamodb.Table(
            self,
            "Counters",
            partition_key=_string("PK"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.attachments = self._bucket(
            "Attachments",
            removal,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(30),
                    expired_object_delete_marker=True,
                ),
                # What was not confirmed, and originals of pictures, which contain metadata such as positions. An
                # original is deleted when it has been processed; one that cannot be processed is kept to look at.
                s3.LifecycleRule(
                    prefix=UPLOADS, expiration=Duration.days(1), noncurrent_version_expiration=Duration.days(1)
                ),
                s3.LifecycleRule(
                    prefix=EXPORTS, expiration=Duration.days(1), noncurrent_version_expiration=Duration.days(1)
                ),
                s3.LifecycleRule(
                    prefix=COPIES, expiration=Duration.days(8), noncurrent_version_expiration=Duration.days(1)
                ),
                # Records expire by their times; this deletes their pictures.
                s3.LifecycleRule(
                    prefix=PRIVATE_PICTURES,
                    expiration=Duration.days(config.archive_days),
                    noncurrent_version_expiration=Duration.days(1),
                ),
                s3.LifecycleRule(
                    prefix=ORIGINALS, expiration=Duration.days(14), noncurrent_version_expiration=Duration.days(1)
                ),
            ],
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.PUT, s3.HttpMethods.POST],
                    allowed_origins=["*"],
                    allowed_headers=_UPLOAD_HEADERS,
                    exposed_headers=["ETag"],
                    max_age=3600,
                )
            ],
        )
        _send_events(self.attachments)
        # The search indexes can be rebuilt from the table, so they are not retained.
        self.search = self._bucket("Search", RemovalPolicy.DESTROY)
        self.cursor_secret = make_secret(
            self,
            "CursorSecret",
            config,
            description="Signs page cursors. Replacing it ends the pages that clients are on, and nothing else.",
        )

    @property
    def cursor_secret_arn(self) -> str:
        """The ARN, from `Fn::GetAtt`. The emulator returns the name for `Ref`, which is not valid in a policy."""
        return self.cursor_secret.attr_id

    def indexes_of(self, table: dynamodb.ITable) -> tuple[str, ...]:
        """Return the names of a table's indexes."""
        return INDEXES if table is self.table else ()

    def _restored(self, stream_arn: str) -> dynamodb.ITable:
        """Return a table that exists already, with this stream. Permissions name its indexes by `INDEXES`."""
        table_arn = stream_arn.partition("/stream/")[0]
        return dynamodb.Table.from_table_attributes(self, "Table", table_arn=table_arn, table_stream_arn=stream_arn)

    def _table(self, config: Config, removal: RemovalPolicy) -> dynamodb.ITable:
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string("PK"),
            sort_key=_string("SK"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            time_to_live_attribute="ttl",
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=config.retain,
            removal_policy=removal,
        )
        for name in INDEXES:
            table.add_global_secondary_index(
                index_name=name,
                partition_key=_string(f"{name}PK"),
                sort_key=_string(f"{name}SK"),
                projection_type=dynamodb.ProjectionType.ALL,
            )
        return table

    def _bucket(
        self,
        name: str,
        removal: RemovalPolicy,
        *,
        versioned: bool = False,
        lifecycle_rules: list[s3.LifecycleRule] | None = None,
        cors: list[s3.CorsRule] | None = None,
    ) -> s3.Bucket:
        return s3.Bucket(
            self,
            name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=self._tls_only,
            versioned=versioned,
            lifecycle_rules=lifecycle_rules,
            cors=cors,
            removal_policy=removal,
        )


def _send_events(bucket: s3.Bucket) -> None:
    """Send the bucket's events to EventBridge. The CDK's own way adds a function with permissions of its own."""
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError("the bucket is not a CfnBucket")
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
    )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
