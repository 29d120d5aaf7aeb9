"""The files that people upload: the permissions of the function that keeps them, and the function `images`."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from infra import grants
from infra.consumer import PERIOD, Consumer
from infra.functions import Functions, Provision
from infra.storage import Storage
from souk.app import FunctionSpec
from souk.deadlines.model import DUE_PREFIX
from souk.domains.files.model import (
    ATTACHMENTS,
    COPIES,
    ORIGINALS,
    PICTURES,
    PRIVATE_PICTURES,
    PRIVATE_UPLOADS,
    UPLOADS,
)
from souk.domains.files.store import IMAGES_WRITES, WRITES

_OLDEST = Duration.hours(6)


def files_provision(storage: Storage) -> Provision:
    """Return the permissions of the one function that writes uploads, confirmed files and originals.

    Upload forms are signed with its credentials, so a form can write nothing else.
    """
    bucket = storage.attachments
    return Provision(
        {},
        [
            grants.on_objects(bucket, ["s3:GetObject"], UPLOADS, PICTURES),
            grants.on_objects(bucket, ["s3:PutObject"], UPLOADS, ATTACHMENTS, ORIGINALS),
            grants.on_objects(bucket, ["s3:DeleteObject"], UPLOADS, ATTACHMENTS, ORIGINALS, PICTURES),
            grants.on_objects(bucket, ["s3:DeleteObject", "s3:DeleteObjectVersion"], PRIVATE_UPLOADS, PRIVATE_PICTURES),
            grants.list_versions(bucket),
        ],
    )


def copies_provision(storage: Storage) -> Provision:
    """Return the permissions of the one function that builds archives, in parts, and deletes them.

    An export of the marketplace reads the whole table.
    """
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    return Provision({}, [grants.on_objects(storage.attachments, actions, COPIES), grants.scan_table(storage.table)])


class Images(Consumer):
    """Processes each original of a picture, on the bucket's events.

    A failed invocation is retried twice, then the event becomes a dead letter.
    """

    def __init__(
        self, scope: Construct, id_: str, functions: Functions, storage: Storage, *, spec: FunctionSpec
    ) -> None:
        super().__init__(scope, id_, functions)
        config, bucket = functions.config, storage.attachments
        self.name = spec.name
        statements = [
            grants.read_items(storage.table, WRITES, config),
            grants.check_items(storage.table, WRITES, config),
            grants.write_table(storage.table, (*IMAGES_WRITES, DUE_PREFIX), config),
            grants.on_objects(bucket, ["s3:GetObject"], ORIGINALS, PRIVATE_UPLOADS),
            grants.on_objects(bucket, ["s3:PutObject"], PICTURES, PRIVATE_PICTURES),
            grants.on_objects(bucket, ["s3:DeleteObject"], ORIGINALS, PICTURES, PRIVATE_UPLOADS, PRIVATE_PICTURES),
            self.send_dead_letters,
        ]
        self.function = functions.make(spec, statements)
        target = self.event_target(_OLDEST, deliveries=20, invocations=2)
        events.Rule(
            self,
            "Originals",
            description="Processes confirmed and private pictures",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [bucket.bucket_name]},
                    "object": {"key": [{"prefix": ORIGINALS}, {"prefix": PRIVATE_UPLOADS}]},
                },
            ),
            targets=[target],
        )
        self.behind = self.function.metric("AsyncEventAge", period=PERIOD, statistic="Maximum")
