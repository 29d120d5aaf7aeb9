"""A function that reads the table's stream, with a dead-letter queue."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.consumer import PERIOD, Consumer
from infra.functions import Functions
from infra.storage import Storage
from souk.app import FunctionSpec
from souk.domains.machinery.providers.queues import LetterKind
from souk.search.indexer import Items

BATCH = 100
"""The maximum number of records in a batch."""
RETRIES = 20
"""Retries of a failed batch whose work can be made again otherwise, before its records become dead letters."""
ENDLESS = -1
"""Lambda's number for as many retries as the age of records allows."""
OLDEST = Duration.hours(23)
"""The age at which records become dead letters. The stream deletes them after 24 hours, without a dead letter."""


class StreamConsumer(Consumer):
    """Reads the stream from its beginning. Failed records are retried alone, then become dead letters.

    A batch that fails is split in half each time, which does not count as a retry.
    """

    letter_kind = LetterKind.STREAM
    retries = RETRIES

    def __init__(
        self,
        scope: Construct,
        id_: str,
        functions: Functions,
        storage: Storage,
        *,
        spec: FunctionSpec,
        grants: Sequence[iam.PolicyStatement],
        patterns: Sequence[Mapping[str, Any]],
    ) -> None:
        super().__init__(scope, id_, functions)
        self.name = spec.name
        table = storage.table
        stream_arn = table.table_stream_arn
        if stream_arn is None:
            raise ValueError("the table has no stream")
        self.function = functions.make(
            spec,
            [
                iam.PolicyStatement(
                    actions=["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                    resources=[stream_arn],
                ),
                iam.PolicyStatement(
                    actions=["dynamodb:ListStreams"],
                    resources=[f"{table.table_arn}/stream/*"],  # a stream's name is its creation time
                ),
                self.send_dead_letters,
                *grants,
            ],
        )
        self.behind = self.function.metric("IteratorAge", period=PERIOD, statistic="Maximum")
        lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            event_source_arn=stream_arn,
            function_name=self.function.function_name,
            starting_position="TRIM_HORIZON",
            batch_size=BATCH,
            maximum_batching_window_in_seconds=0,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=self.retries,
            maximum_record_age_in_seconds=int(OLDEST.to_seconds()),
            function_response_types=["ReportBatchItemFailures"],
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[
                    lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(pattern)) for pattern in patterns
                ]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.dead_letters.queue_arn)
            ),
        )


def new_items(partition: str, kind: str) -> dict[str, Any]:
    """Return a filter for records of new items of a type with a partition key prefix."""
    keys, image = {"PK": {"S": [{"prefix": partition}]}}, {"type": {"S": [kind]}}
    return {"eventName": ["INSERT"], "dynamodb": {"Keys": keys, "NewImage": image}}


def changes(items: Collection[Items]) -> list[dict[str, Any]]:
    """Return the filters for the records of some items.

    AWS allows five filters, so the items with whole sort keys share one. It also passes the partition key of one with
    the sort key of another; there are few such items, and consumers ignore them.
    """
    whole = sorted(one for one in items if not one.sort.endswith("#"))
    parts = [[one] for one in sorted(items) if one.sort.endswith("#")]
    return [_keys([one.partition for one in group], [one.sort for one in group]) for group in (whole, *parts) if group]


def _keys(partitions: list[str], sorts: list[str]) -> dict[str, Any]:
    beginnings = [{"prefix": partition} for partition in partitions]
    ends = [{"prefix": sort} if sort.endswith("#") else sort for sort in dict.fromkeys(sorts)]
    return {"dynamodb": {"Keys": {"PK": {"S": beginnings}, "SK": {"S": ends}}}}
