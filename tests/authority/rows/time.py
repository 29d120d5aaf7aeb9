"""Worked time: only the freelancer enters it, and only the two sides of the contract see it."""

from datetime import timedelta
from typing import Any

from souk.domains.time.rules import weeks
from souk.values.times import stamp
from tests.authority.contracts import WORKING
from tests.authority.row import Row, refused
from tests.authority.time import SHOT, WORKED
from tests.authority.world import INVITED

_HIDDEN = refused("NOT_FOUND")
_BEFORE = WORKED - timedelta(hours=1)


def _entered(field: str, shows: str, selected: str = "{ minutes timesheets { contractId week } }", **given: Any) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"""mutation ($input: {field[0].upper()}{field[1:]}Input!) {{
          {field}(input: $input) {selected} }}""",
        variables={"input": {"contractId": WORKING, **given}},
        shows=shows,
        strangers=_HIDDEN,
        owner=INVITED,
    )


def _period(cells: int) -> dict[str, str]:
    return {"startDateTime": stamp(WORKED), "endDateTime": stamp(WORKED + cells * weeks.CELL)}


ROWS: tuple[Row, ...] = (
    _entered(
        "trackTime",
        '"STORED"',
        "{ cells { startDateTime outcome refusal message } timesheets { contractId week } }",
        cells=[{"startDateTime": stamp(_BEFORE), "memo": "More", "screenshotId": SHOT}],
    ),
    _entered(
        "addManualTime",
        '"minutes":20',
        startDateTime=stamp(_BEFORE),
        endDateTime=stamp(_BEFORE + 2 * weeks.CELL),
        memo="A call",
    ),
    _entered("updateTime", '"minutes":30', **_period(3), memo="Something else"),
    _entered("removeTime", '"minutes":30', **_period(3)),
)
