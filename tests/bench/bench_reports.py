"""What a month's report costs: round trips by depth. Run `python -m tests.bench.bench_reports`."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import boto3
import pytest
from moto import mock_aws

from souk.storage import Table
from tests.bench.caller import environment
from tests.support import table as table_shape
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.fast_moto import answer_directly, make_moto_fast
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.diaries import DiariesWorld, Work, at
from tests.support.worlds.jobs import ACME

SIZES: Final = (5, 50)
_NAME: Final = "souk-bench"
_DAYS: Final = [at("2026-11-02 09:00") + timedelta(days=day) for day in range(28) if day % 7 < 5]
_LEVELS: Final = {
    "hours and charges": ("dateWorkedOn totalHoursWorked totalCharges", 2),
    "and whose they are": ("dateWorkedOn totalCharges freelancer { name } team { name } contract { title }", 3),
    "and their company": ("totalCharges contract { clientTeam { name parentOrganization { name } } }", 4),
}
"""The fields of a row, and the round trips that are the aim."""


def reads() -> Iterator[tuple[str, str, str]]:
    """Yield what was read, what it cost, and the aim."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        region = environment()["AWS_DEFAULT_REGION"]
        client = boto3.client("dynamodb", region_name=region, aws_access_key_id="b", aws_secret_access_key="b")
        answer_directly(client)
        table_shape.create(client, _NAME)
        world = DiariesWorld(Souk.whole(Table(client, _NAME, CLOCK, writes=("",))))
        stored = 0
        for size in SIZES:
            for _ in range(size - stored):
                world.worked(*(Work(day) for day in _DAYS), contract=world.add_contract(hourly_contract()))
            stored = size
            for name, (fields, aim) in _LEVELS.items():
                document = f"""{{ contractTimeReport(pagination: {{ first: 500 }}, filter: {{
                  organizationId_eq: "{ACME}"
                  timeReportDate_bt: {{ rangeStart: "20261101", rangeEnd: "20261130" }} }}) {{
                  edges {{ node {{ {fields} }} }} }} }}"""
                answer = world.liam.call(document)
                rows = len(answer.data["contractTimeReport"]["edges"])
                what = f"a month's report of {size} contracts, {rows} rows, {name}"
                yield what, f"{answer.trips - 1} trips", f"{aim} trips, and 1 to authenticate"


if __name__ == "__main__":
    for what, cost, aim in reads():
        sys.stdout.write(f"{what:<80} {cost:>10}   aim {aim}\n")
