"""What billing and releasing weeks costs. Run `python -m tests.bench.bench_weeks`.

A sample of weeks of one company is billed, charged and released in memory. The figures for all contracts of a
deployment, which are due within an hour, are the sample's, multiplied.
"""

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import create_contract
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.time.commands import billing, releasing
from souk.domains.time.store import save_timesheet, week_id
from souk.storage import Table
from souk.values.times import stamp
from tests.bench.caller import environment
from tests.support import table as table_shape
from tests.support.clock import CLOCK
from tests.support.fast_moto import answer_directly, make_moto_fast
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.jobs import ALL_ORGANIZATIONS
from tests.support.worlds.timesheets import BILLED, RELEASED, WEEK, at, run, sheet_of

SAMPLE: Final = 20
"""Weeks that are billed."""
CONTRACTS: Final = 50_000
"""Contracts that are due within an hour."""
_NAME: Final = "souk-bench"
_WRITE_UNIT: Final = 1_024
"""Bytes of an item that a write unit writes. A transaction takes two units for each."""


def lines() -> Iterator[tuple[str, str]]:
    """Yield what was done to a week, and what it cost."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        region = environment()["AWS_DEFAULT_REGION"]
        client = boto3.client("dynamodb", region_name=region, aws_access_key_id="b", aws_secret_access_key="b")
        answer_directly(client)
        table_shape.create(client, _NAME)
        table = Table(client, _NAME, CLOCK, writes=("",))
        tx = table.transaction()
        for organization in ALL_ORGANIZATIONS:
            tx.create(ORGANIZATIONS, organization)
        tx.commit()
        sent: list[Mapping[str, Any]] = []
        patch.setattr(client, "transact_write_items", _recording(client.transact_write_items, sent))
        on_account, by_card = (_contracts(table, enterprise=enterprise) for enterprise in (True, False))
        for what, contracts, work, now in (
            ("bill a week on account", on_account, billing.bill, BILLED),
            ("order the charge of a week", by_card, billing.bill, BILLED),
            ("charge a week, with its books", by_card, billing.charge, BILLED),
            ("release a week", on_account, releasing.release, RELEASED),
        ):
            CLOCK.at(now)
            sent.clear()
            before = table.trips
            for one in contracts:
                work(table, week_id(one.id, WEEK), now)
            yield what, _cost(sent, (table.trips - before) / SAMPLE)


def _contracts(table: Table, *, enterprise: bool) -> Sequence[Contract]:
    CLOCK.at(at(0, 9))
    found = [hourly_contract(6_500, 40, enterprise=enterprise) for _ in range(SAMPLE)]
    for one in found:
        tx = table.transaction()
        create_contract(tx, one)
        save_timesheet(tx, sheet_of(one, [run(48, day) for day in range(5)]))
        tx.commit()
    return found


def _recording(write: Callable[..., Any], sent: list[Mapping[str, Any]]) -> Callable[..., Any]:
    def transact(**request: Any) -> Any:
        sent.extend(request["TransactItems"])
        return write(**request)

    return transact


def _cost(sent: Sequence[Mapping[str, Any]], trips: float) -> str:
    """Return the cost of a week, and how often a second the hottest item is written when all are due in an hour."""
    writes = [next(iter(one.items())) for one in sent]
    units = sum(_units(operation) for _, operation in writes) / SAMPLE
    hottest = max(Counter(_key(operation) for action, operation in writes if action != "ConditionCheck").values())
    shared = f"one item written {hottest / SAMPLE * CONTRACTS / 3_600:.0f} times a second, if one company has them all"
    return (
        f"{trips:.0f} trips, {len(writes) / SAMPLE:.0f} operations, {units:.0f} write units; {CONTRACTS:,} in an hour: "
        f"{units * CONTRACTS / 1_000_000:.1f} million units, {shared if hottest > 1 else 'no item written by two'}"
    )


def _units(operation: Mapping[str, Any]) -> int:
    """Return the write units of an operation of a transaction: two for each KB, and one for each KB of an index."""
    item: Mapping[str, Any] = operation.get("Item", {})
    kilobytes = math.ceil(max(sum(len(name) + len(str(value)) for name, value in item.items()), 1) / _WRITE_UNIT)
    return kilobytes * (2 + sum(name.endswith("PK") and name != "PK" for name in item))


def _key(operation: Mapping[str, Any]) -> tuple[str, str]:
    key = operation.get("Key") or operation["Item"]
    return key["PK"]["S"], key["SK"]["S"]


if __name__ == "__main__":
    sys.stdout.write(f"{SAMPLE} weeks each, billed at {stamp(BILLED)}\n")
    for name, cost in lines():
        sys.stdout.write(f"{name:<40} {cost}\n")
