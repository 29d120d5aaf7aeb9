"""A world that all tests of a module share."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import boto3
import pytest
from moto import mock_aws

from souk.domains.gigs.search import index as gigs_index
from souk.domains.jobs.search import index
from souk.domains.messages.search import index as stories_index
from souk.domains.operator.search import organizations as organizations_index
from souk.domains.operator.search import people as operators_people_index
from souk.domains.talent.search import index as people_index
from souk.runtime import aws as clients
from souk.runtime import mail, operator_log
from souk.storage import Table
from tests.authority import machinery
from tests.authority.fixtures import BRIEF, DESIGN, SKETCH
from tests.authority.world import World
from tests.conftest import REGION, TABLE, dynamodb
from tests.support import table as table_shape
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.environment import deployed, with_webhooks

_BUCKET = "souk-test-attachments"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Return the world. Tests that change it restore it."""
    with make_world() as made:
        yield made


@contextmanager
def make_world() -> Iterator[World]:
    """Make the world in an empty AWS, which ends with it."""
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(),
        deployed(patch, attachments_bucket=_BUCKET),
        ExitStack() as more,
    ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        more.enter_context(with_webhooks(patch))
        clients.s3.cache_clear()
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=_BUCKET)
        for file_id in (BRIEF, SKETCH):
            s3.put_object(Bucket=_BUCKET, Key=f"attachments/{DESIGN}/{file_id}", Body=b"12345")
        client = dynamodb()
        table_shape.create(client, TABLE)
        table = Table(client, TABLE, CLOCK, writes=("",))
        there = World(Souk.whole(table, max_cost=sys.maxsize))  # the crawl asks for pages in pages
        patch.setattr(index, "reader", lambda: there.index)
        patch.setattr(gigs_index, "reader", lambda: there.gigs_index)
        patch.setattr(people_index, "reader", lambda: there.people_index)
        patch.setattr(stories_index, "reader", lambda: there.stories_index)
        patch.setattr(operators_people_index, "reader", lambda: there.operators_people_index)
        patch.setattr(organizations_index, "reader", lambda: there.organizations_index)
        machinery.install(patch)
        patch.setattr(mail, "send", there.send_mail)
        patch.setattr(operator_log, "record_reads", lambda *_: None)
        yield there
        clients.s3.cache_clear()
