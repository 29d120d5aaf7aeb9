"""The custom fields of the demo data, made by the commands, and the answers of Acme's newest postings.

The answers are given when the postings are published. The last field is made after them, and has none yet.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from souk.authentication.principal import Role
from souk.authentication.records import Membership
from souk.domains.customfields.commands import defining
from souk.domains.customfields.inputs import NewField
from souk.domains.customfields.store import FIELDS, SHEETS
from souk.domains.jobs import commands
from souk.domains.jobs.model import Job, PostingRequest, Status
from souk.local.demo.accounts import context_of
from souk.local.demo.people import organization_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table

_ACME = organization_id(1)
_FIRST = 1_396_000_000_000_000_000
_STEP = 1_000
"""Ids between those of one field, or of one posting's answers, and the next."""
_AGE = timedelta(days=100)
"""The age of the fields, which is more than that of any posting."""
_ANSWERED = 4
_CENTRES = ("4100 Marketing", "4200 Engineering", "7310 Research")
_FIELDS: tuple[dict[str, Any], ...] = (
    {"label": "Cost centre", "type": "DROP_DOWN_LIST", "options": [{"value": one} for one in _CENTRES]},
    {"label": "Purchase order", "type": "PO_NUMBER"},
    {"label": "Approved by legal", "type": "BOOLEAN"},
)
_CENTRE, _ORDER, _LAST = (str(_FIRST + at * _STEP) for at in range(3))
LAST = FIELDS.key(_ACME, _LAST)
"""The key of the field that is written last."""


def define_fields(table: Table, memberships: Iterable[Membership], posted: Sequence[Job], now: datetime) -> int:
    """Make the missing fields and answers, and return the number of fields that were made."""
    quiet = QuietTable.of(table)
    owner = next(one for one in memberships if one.organization_id == _ACME and one.role is Role.OWNER)
    written = _define(quiet, owner, 0, now) + _define(quiet, owner, 1, now)
    open_now = [one for one in posted if one.company_id == _ACME and one.status is Status.REQUESTED and one.published]
    for number, job in enumerate(open_now[-_ANSWERED:]):
        if table.get(SHEETS, job.id, consistent=True) is None:
            _number(quiet, len(_FIELDS) + number)
            _answer(quiet, owner, job, number)
    return written + _define(quiet, owner, 2, now)


def _define(table: QuietTable, owner: Membership, number: int, now: datetime) -> int:
    """Make a field unless it exists, and return the number of fields that were made."""
    if table.get(FIELDS, _ACME, str(_FIRST + number * _STEP), consistent=True) is not None:
        return 0
    _number(table, number)
    defining.create(context_of(table, owner, now - _AGE), NewField.model_validate(_FIELDS[number]))
    return 1


def _number(table: QuietTable, number: int) -> None:
    """Have a table count ids from a fixed one, as all ids of the demo data are fixed."""
    ids = count(_FIRST + number * _STEP)
    table.new_id = lambda: str(next(ids))


def _answer(table: QuietTable, owner: Membership, job: Job, number: int) -> None:
    responses = [{"customFieldId": _CENTRE, "value": _CENTRES[number % len(_CENTRES)]}]
    if number % 2:
        responses.append({"customFieldId": _ORDER, "value": f"PO-2026-{number:04}"})
    request = {"organizationId": job.organization_id, "customFields": {"responses": responses}}
    published = datetime.fromisoformat(job.published or job.created)
    commands.update(context_of(table, owner, published), job.id, PostingRequest.model_validate(request))
