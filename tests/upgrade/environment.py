"""The environment of the upgrade tests: AWS on moto with queues and a bucket, mail, and the clock."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import boto3
import pytest
from moto import mock_aws

from souk.domains.webhooks.messages import DeliveryQueue
from souk.runtime import aws as clients
from souk.runtime import mail
from souk.storage import Table
from tests.conftest import REGION, TABLE, dynamodb
from tests.support import table as table_shape
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.environment import deployed, with_webhooks
from tests.support.fast_moto import make_moto_fast

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BUCKET: Final = "souk-test-attachments"


@dataclass
class Environment:
    """The API over an empty table, with the AWS services that it uses."""

    souk: Souk
    patch: pytest.MonkeyPatch
    sqs: "SQSClient"
    queues: dict[DeliveryQueue, str]
    mails: list[str] = field(default_factory=list)
    """The texts of sent mails."""

    def set_time(self, moment: datetime) -> None:
        """Set the time of all following requests."""
        CLOCK.at(moment)


@contextmanager
def create_environment() -> Iterator[Environment]:
    """Create an environment that exists until the context ends."""
    with pytest.MonkeyPatch.context() as patch, mock_aws(), ExitStack() as stack:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        make_moto_fast(patch)
        stack.enter_context(deployed(patch, target="aws", attachments_bucket=BUCKET))
        sqs, queues = stack.enter_context(with_webhooks(patch))
        clients.s3.cache_clear()
        stack.callback(clients.s3.cache_clear)
        boto3.client("s3", region_name=REGION).create_bucket(Bucket=BUCKET)
        client = dynamodb()
        table_shape.create(client, TABLE)
        environment = Environment(Souk.whole(Table(client, TABLE, CLOCK, writes=("",))), patch, sqs, queues)
        patch.setattr(mail, "send", lambda *arguments, **_: environment.mails.append(arguments[2]))
        yield environment
