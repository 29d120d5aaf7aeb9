"""What surrounds the table: an AWS on moto with the queues and the bucket that commands use, mail, and the time."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table as MotoTable

from souk.domains.webhooks.messages import DeliveryQueue
from souk.runtime import aws as clients
from souk.runtime import mail
from souk.storage import Table
from tests.conftest import REGION, TABLE, dynamodb
from tests.support import table as table_shape
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.environment import deployed, with_webhooks

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BUCKET: Final = "souk-test-attachments"


@dataclass
class Surroundings:
    """The API over an empty table, and what it needs."""

    souk: Souk
    patch: pytest.MonkeyPatch
    sqs: "SQSClient"
    queues: dict[DeliveryQueue, str]
    mails: list[str] = field(default_factory=list)
    """The texts of the mails that were sent."""

    def at(self, moment: datetime) -> None:
        """Have the API take every request at this moment."""

        CLOCK.at(moment)


def _backup(table: MotoTable, _: Any = None) -> MotoTable:
    """Copy what a transaction can change: moto makes a deep copy of the whole table for each operation of one.

    Operations change the items in place, but replace the values of their attributes.
    """
    twin: MotoTable = copy(table)
    twin.items = defaultdict(dict)
    for hash_key, partition in table.items.items():
        twin.items[hash_key] = {range_key: _copied(item) for range_key, item in partition.items()}
    return twin


def _copied(item: Item) -> Item:
    twin: Item = copy(item)
    twin.attrs = LimitedSizeDict(item.attrs)
    return twin


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Make all of it, for as long as it is used."""
    with pytest.MonkeyPatch.context() as patch, mock_aws(), ExitStack() as more:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setattr(MotoTable, "__deepcopy__", _backup, raising=False)
        more.enter_context(deployed(patch, target="aws", attachments_bucket=BUCKET))
        sqs, queues = more.enter_context(with_webhooks(patch))
        clients.s3.cache_clear()
        more.callback(clients.s3.cache_clear)
        boto3.client("s3", region_name=REGION).create_bucket(Bucket=BUCKET)
        client = dynamodb()
        table_shape.create(client, TABLE)
        made = Surroundings(Souk.whole(Table(client, TABLE, CLOCK, writes=("",))), patch, sqs, queues)
        patch.setattr(mail, "send", lambda *letter: made.mails.append(letter[2]))
        yield made
