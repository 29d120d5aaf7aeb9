"""The tallies of freelancers: what the numbers of five years of work read, and what a rebuild takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from souk.domains.contracts.store import CONTRACTS, deal_of
from souk.domains.ledger.model import BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import HISTORY, rows_of
from souk.domains.market.store import DAYS, LAST_DAYS, day_key
from souk.operations import talent
from souk.operations.deployment import Deployment
from souk.storage import Table
from souk.storage.collection import key_attributes, tally_attribute
from souk.storage.served import serve
from souk.values.clock import Clock
from souk.values.times import stamp
from tests.bench.bench_lists import Meter, Read
from tests.bench.caller import environment
from tests.domains.reputation.work import parties
from tests.support import table as table_shape
from tests.support.fast_moto import answer_directly, make_moto_fast
from tests.support.worlds.milestones import contract

FREELANCERS, CONTRACTS_EACH = 40, 250
_NAME = "souk-bench"
_BATCH = 25  # DynamoDB's limit for one BatchWriteItem
_YEARS = 5


def five_years() -> Read:
    """Return what the numbers of a freelancer read who has worked on every day of five years."""
    with _table() as table:
        today = Clock().market().date()
        counts = {tally_attribute(name): {"N": "12345"} for name in DAYS.names}
        for ago in range(_YEARS * 365):
            key = key_attributes(day_key("1", (today - timedelta(days=ago)).isoformat()))
            contracts = {tally_attribute("contracts"): {"SS": [f"15764365404728999{ago % 40:02}#F"]}}
            table.client.put_item(TableName=_NAME, Item=key | counts | contracts)
        before = table.trips

        def read() -> int:
            assert len(LAST_DAYS.read(table, LAST_DAYS.key("1", today.isoformat()))) == 365
            return table.trips - before

        return Meter(table.client).measure(read)


def rebuild() -> float:
    """Rebuild the tallies of 10,000 contracts. Return the seconds of CPU, those of moto included."""
    with _table() as table:
        _fill(table)
        deployment = Deployment({"TableName": table.name}, lambda _: table.client, "")
        started = time.process_time()
        assert talent.rebuild(deployment, lambda _: None, lambda _: None) == FREELANCERS
        return time.process_time() - started


@contextmanager
def _table() -> Iterator[Table]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        region = environment()["AWS_DEFAULT_REGION"]
        client = boto3.client("dynamodb", region_name=region, aws_access_key_id="b", aws_secret_access_key="b")
        answer_directly(client)
        table_shape.create(client, _NAME)
        yield Table(client, _NAME, Clock(), writes=("",))
        serve(None)  # a command serves the table that it opens


def _fill(table: Table) -> None:
    now = stamp(table.clock.market())
    items: list[dict[str, Any]] = []
    for freelancer in map(str, range(1, FREELANCERS + 1)):
        sides = parties().model_copy(update={"vendor_user_id": freelancer, "vendor_company_id": freelancer})
        for _ in range(CONTRACTS_EACH):
            one = contract(parties=sides, created=now, version=1)
            entry = entries.Entry(table.new_id(), now, "A bonus")
            booking = entries.direct(BookingKind.BONUS, deal_of(table, one), 10_000, entry)
            items += [CONTRACTS.encode(one), *map(HISTORY.encode, rows_of(booking))]
    for start in range(0, len(items), _BATCH):
        puts: list[Any] = [{"PutRequest": {"Item": item}} for item in items[start : start + _BATCH]]
        table.client.batch_write_item(RequestItems={_NAME: puts})


def lines() -> Iterator[tuple[str, str]]:
    """Yield the rows of the report."""
    yield f"the numbers of a freelancer with {_YEARS} years of work", str(five_years())
    total = FREELANCERS * CONTRACTS_EACH
    yield f"rebuilding the tallies of {total:,} contracts (CPU, with moto)", f"{rebuild():.0f} s"
