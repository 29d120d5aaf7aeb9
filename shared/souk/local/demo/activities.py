"""The activities of the demo data, made by the commands: what Sofia logs her time for Acme under."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from souk.authentication.records import Membership
from souk.domains.activities.commands import changing
from souk.domains.activities.inputs import NewActivity
from souk.domains.activities.model import ActivityStatus, Assignment
from souk.domains.activities.store import ACTIVITIES
from souk.local.demo.accounts import context_of
from souk.local.demo.deals import CONTRACT
from souk.local.demo.people import organization_id, user_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table

_ACME, _OLIVIA = organization_id(1), user_id(1)
_AGE: Final = timedelta(days=119)
_ARCHIVED: Final = "spring-2026"
_FIRST: Final = 1_396_000_000_000_000_001
_ACTIVITIES: Final = (
    NewActivity(code="counters", description="Photographs of the old counters", contract_ids=(CONTRACT,), budget=4_000),
    NewActivity(code="meetings", description="Meetings", batch_assignment=Assignment.COMPANY),
    NewActivity(code=_ARCHIVED, description="The catalogue of last spring", contract_ids=(CONTRACT,)),
)


def add_activities(table: Table, memberships: Iterable[Membership], now: datetime) -> int:
    """Add the missing activities of Acme, archive one of them, and return the number of added ones."""
    quiet = QuietTable.of(table)
    olivia = next(one for one in memberships if one.user_id == _OLIVIA)
    ctx = context_of(quiet, olivia, now - _AGE)
    written = 0
    for number, request in enumerate(_ACTIVITIES):
        if table.get(ACTIVITIES, _ACME, request.code, consistent=True) is None:
            quiet.new_id = lambda id_=str(_FIRST + number): id_  # type: ignore[misc]  # fixed, as other ids of the data
            changing.add(ctx, _ACME, None, request)
            written += 1
    changing.set_status(ctx, _ACME, None, [_ARCHIVED], ActivityStatus.ARCHIVED)
    return written
