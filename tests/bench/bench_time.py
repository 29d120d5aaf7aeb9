"""What an upload of tracked time costs: round trips, operations and bytes. Run `python -m tests.bench.bench_time`."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from souk.authentication.principal import Principal, Role
from souk.authentication.rate_limits import Meter
from souk.domains.contracts.store import create_contract
from souk.domains.time.commands.tracking import track
from souk.domains.time.inputs import TrackedCell, TrackedMinute, TrackTime
from souk.domains.time.rules.tracking import MAX_CELLS
from souk.graph import Context
from souk.storage import Table
from souk.values.times import stamp
from souk.web.signing import Signer
from tests.bench.caller import environment
from tests.support import table as table_shape
from tests.support.clock import CLOCK
from tests.support.fast_moto import answer_directly, make_moto_fast
from tests.support.worlds.milestones import PARTIES
from tests.support.worlds.tracking import manual_contract

_NAME: Final = "souk-bench"
_NOON: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
_CONTRACT: Final = manual_contract()


def uploads() -> Iterator[tuple[str, str, str]]:
    """Yield what was uploaded, what it cost, and the aim."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        region = environment()["AWS_DEFAULT_REGION"]
        client = boto3.client("dynamodb", region_name=region, aws_access_key_id="b", aws_secret_access_key="b")
        answer_directly(client)
        table_shape.create(client, _NAME)
        table = Table(client, _NAME, CLOCK, writes=("",))
        CLOCK.at(_NOON)
        tx = table.transaction()
        create_contract(tx, _CONTRACT)
        tx.commit()
        sent: list[dict[str, Any]] = []
        patch.setattr(client, "transact_write_items", _recording(client.transact_write_items, sent))
        midnight = _NOON.replace(hour=0)
        for what, start, aim in (
            ("an upload of 36 cells", midnight + timedelta(hours=4), "2 trips, 43 operations"),
            ("the same upload again", midnight + timedelta(hours=4), "2 trips, 0 operations"),
            ("36 cells over midnight", midnight - timedelta(hours=3), "3 trips, 46 operations"),
        ):
            sent.clear()
            before = table.trips
            track(_context(table), TrackTime(contract_id=_CONTRACT.id, cells=_cells(start)))
            items = [one["Put"]["Item"] for one in sent if "Put" in one]
            size = sum(len(item["doc"]["S"]) for item in items)
            cost = f"{table.trips - before} trips, {len(sent)} operations, {size / 1000:.1f} KB"
            yield what, cost, f"{aim}, and 1 trip to authenticate"


def _recording(write: Any, sent: list[dict[str, Any]]) -> Any:
    def transact(**request: Any) -> Any:
        sent.extend(request["TransactItems"])
        return write(**request)

    return transact


def _cells(start: datetime) -> list[TrackedCell]:
    minutes = [TrackedMinute(mouse=number * 7, keyboard=number * 11) for number in range(10)]
    return [
        TrackedCell(
            start_date_time=stamp(start + number * timedelta(minutes=10)),
            memo="Drawing the logo, and its first variants",
            active_window_title="logo-variant-3.svg - Inkscape",
            minutes=minutes,
        )
        for number in range(MAX_CELLS)
    ]


def _context(table: Table) -> Context:
    freelancer, studio = PARTIES.vendor_user_id, PARTIES.vendor_company_id
    principal = Principal(freelancer, "", studio, studio, Role.OWNER, frozenset())
    return Context(principal, table, Signer(lambda: b"bench"), _NOON, "bench", "", Meter(table.client, ""))


if __name__ == "__main__":
    for name, cost, aim in uploads():
        sys.stdout.write(f"{name:<80} {cost:>10}   aim {aim}\n")
