"""What a page of 10 reads from lists of three lengths: round trips, items and bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import pytest
from moto import mock_aws

from souk.domains.agreements.model import Parties, PayType
from souk.domains.offers.model import Offer, OfferKind, SourceType
from souk.domains.offers.store import CLIENT_OFFERS, OFFERS
from souk.storage import Table, View
from souk.values.clock import Clock
from souk.values.errors import Unprocessable
from tests.bench.caller import environment
from tests.support import table as table_shape
from tests.support.fast_moto import answer_directly, make_moto_fast

SIZES = (20, 2_000, 20_000)
PAGE = 10
ONE_IN = 100
_NAME = "souk-bench"
_BATCH = 25  # DynamoDB's limit for one BatchWriteItem
_FREELANCER = "rare"


@dataclass(slots=True)
class Read:
    """What one page read."""

    trips: int
    items: int
    kilobytes: float

    def __str__(self) -> str:
        return f"{self.trips} trips, {self.items:,} items, {self.kilobytes:,.0f} KB"


def reads() -> Iterator[tuple[str, list[Read]]]:
    """Yield each kind of page with what it reads, by the list's length."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        region = environment()["AWS_DEFAULT_REGION"]
        client = boto3.client("dynamodb", region_name=region, aws_access_key_id="b", aws_secret_access_key="b")
        answer_directly(client)
        table_shape.create(client, _NAME)
        for size in SIZES:
            _fill(client, size)
        meter = Meter(client)
        rare = {_FREELANCER}
        in_table: View[Offer, Offer] = View([_is_rare], among={"freelancer": rare})
        kinds: dict[str, tuple[View[Offer, Offer], bool]] = {
            "newest first": (View(), False),
            "newest first, with totalCount": (View(), True),
            f"a filter of the table that keeps 1 in {ONE_IN}": (in_table, False),
            f"a filter in memory that keeps 1 in {ONE_IN}": (View([_is_rare]), False),
            f"a filter in memory that keeps 1 in {ONE_IN}, with totalCount": (View([_is_rare]), True),
            "sorted by title": (View(order=lambda one: one.title), False),
        }
        for name, (view, total) in kinds.items():
            yield name, [meter.measure(partial(_page, client, size, view, total=total)) for size in SIZES]


def _page(client: Any, size: int, view: View[Offer, Offer], *, total: bool) -> int:
    table = Table(client, _NAME, Clock())
    try:
        page = CLIENT_OFFERS.of(table, str(size)).page(view, PAGE)
    except Unprocessable:  # an order of too many items is refused; what was read before counts
        return table.trips
    if total:
        page.count()
    return table.trips


def _is_rare(offer: Offer) -> bool:
    return offer.parties.vendor_user_id == _FREELANCER


class Meter:
    """Counts what the client reads."""

    def __init__(self, client: Any) -> None:
        self._read = Read(0, 0, 0)
        query = client.query

        def counted(**request: Any) -> Any:
            answer = query(**request)
            self._read.items += answer["ScannedCount"]
            values = (value for item in answer.get("Items", ()) for typed in item.values() for value in typed.values())
            self._read.kilobytes += sum(len(str(value)) for value in values) / 1_000
            return answer

        client.query = counted

    def measure(self, page: Callable[[], int]) -> Read:
        """Return what a page reads. Its bytes are those that DynamoDB sends."""
        self._read = Read(0, 0, 0)
        self._read.trips = page()
        return self._read


def _fill(client: Any, size: int) -> None:
    puts = [{"PutRequest": {"Item": OFFERS.encode(_offer(size, number))}} for number in range(size)]
    for start in range(0, size, _BATCH):
        client.batch_write_item(RequestItems={_NAME: puts[start : start + _BATCH]})


def _offer(company: int, number: int) -> Offer:
    freelancer = _FREELANCER if number % ONE_IN == 0 else f"freelancer {number}"
    company_id = str(company)
    return Offer(
        id=f"{company_id.zfill(9)}{number:010}",
        version=1,
        kind=OfferKind.VANILLA,
        parties=Parties(
            client_user_id="1",
            client_team_id=company_id,
            client_company_id=company_id,
            vendor_user_id=freelancer,
            vendor_team_id=freelancer,
            vendor_company_id=freelancer,
        ),
        source_type=SourceType.DIRECT,
        title=f"Offer {number * 7_919 % company}",
        description="We look for somebody who has done this before. " * 10,
        currency="USD",
        pay=PayType.FIXED,
        budget=100_00,
        expires="2026-12-31T00:00:00.000Z",
        created="2026-11-28T00:00:00.000Z",
        modified="2026-11-28T00:00:00.000Z",
    )
