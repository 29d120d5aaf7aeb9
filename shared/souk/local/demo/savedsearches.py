"""The saved searches of the demo data, made by the commands, with the postings that have matched since.

Each search was saved a day before the data is loaded. Every posting since then is matched at its own time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from souk.authentication.records import Membership
from souk.domains.jobs.model import Job, Status
from souk.domains.savedsearches.commands import managing
from souk.domains.savedsearches.commands.recording import tell
from souk.domains.savedsearches.inputs import NewSavedSearch, SavedFilter
from souk.domains.savedsearches.search import filters
from souk.domains.savedsearches.search.matching import Matcher
from souk.domains.savedsearches.store import SEARCHES
from souk.local.demo.accounts import context_of
from souk.local.demo.people import user_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table
from souk.values.clock import Clock

_AGE = timedelta(days=1)
_FIRST = 1_395_000_000_000_000_001


def _filter(**conditions: Any) -> SavedFilter:
    return SavedFilter.model_validate(conditions)


_SEARCHES = (
    (101, NewSavedSearch(name="Fixed prices above 500", filter=_filter(budgetRange_eq={"rangeStart": 500}))),
    (
        110,
        NewSavedSearch(
            name="Web, design and data",
            filter=_filter(searchExpression_eq="web* OR design* OR logo OR data"),
        ),
    ),
)
"""The number of the person who has saved it, and the search."""
LAST = str(_FIRST + len(_SEARCHES) - 1)
"""The id of the search that is written last."""


class _Then(Clock):
    """The clock of an earlier moment."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self._moment = moment

    def market(self) -> datetime:
        return self._moment


def save_searches(table: Table, memberships: Iterable[Membership], posted: Sequence[Job], now: datetime) -> int:
    """Save the missing searches, match the postings since then, and return the number of saved ones."""
    quiet = QuietTable.of(table)
    members = {one.user_id: one for one in reversed(list(memberships))}
    written = 0
    for number, (person, request) in enumerate(_SEARCHES):
        search_id = str(_FIRST + number)
        if table.get(SEARCHES, search_id, consistent=True) is None:
            quiet.new_id = lambda id_=search_id: id_  # type: ignore[misc]  # fixed, as all ids of the demo data are
            ctx = context_of(quiet, members[user_id(person)], now - _AGE)
            filters.check(ctx, request.filter)
            managing.create(ctx, request)
            written += 1
    if written:
        _match(quiet, posted, now)
    return written


def _match(table: Table, posted: Sequence[Job], now: datetime) -> None:
    matcher = Matcher(table)
    open_since = [(datetime.fromisoformat(job.published), job) for job in posted if job.published]
    for published, job in sorted(open_since, key=lambda pair: pair[0]):
        if published > now - _AGE and job.status is Status.REQUESTED:
            table.clock = _Then(published)
            matcher.match(job.id)
    table.clock = _Then(now)
    for number in range(len(_SEARCHES)):
        tell(table, str(_FIRST + number), now)  # so that no deadline of a match has an event to emit
