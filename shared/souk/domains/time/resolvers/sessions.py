"""The diary of a company: sessions of all who worked for it on a day."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.identity.views import photo_url
from souk.domains.time.inputs import WorkDiaryOfCompany
from souk.domains.time.lists import sessions as lists
from souk.domains.time.lists.sessions import LONGEST_PAGE
from souk.domains.time.resolvers.declared import domain
from souk.domains.time.rules.zones import clock_time
from souk.domains.time.store import DIARY_CELLS
from souk.domains.time.views import diaries as views
from souk.domains.time.views.diaries import ShownCell
from souk.domains.time.views.sessions import ShownSession, overtime_cells, session_cells
from souk.graph import Context, ListSize, Scope
from souk.graph.context import Source
from souk.storage import Key
from souk.values.times import stamp

SCREENSHOTS_SHOWN: Final = 20
"""The cells of a session that the cost of a request assumes."""
_SECONDS: Final = 600


@domain.query(
    "workDiaryCompany",
    scopes=[Scope.WORK_DIARY_COMPANY_READ],
    size=ListSize(default=LONGEST_PAGE, greatest=LONGEST_PAGE),
)
def work_diary_company(ctx: Context, work_diary_company_input: WorkDiaryOfCompany) -> dict[str, Any]:
    """Return the sessions of all who worked for a company on a day."""
    return lists.sessions(ctx, work_diary_company_input)


_FIELDS: Final[dict[str, dict[str, Callable[[ShownSession], Any]]]] = {
    "WorkDiaryCompanySnapshot": {
        "contract": lambda one: one,
        "duration": lambda one: clock_time(one.cells()),
        "durationInt": lambda one: one.cells() * _SECONDS,
        "task": lambda one: one if one.session.code or one.session.memo else None,
        "time": lambda one: one,
    },
    "WorkDiaryCompanyContract": {
        "id": lambda one: one.contract_id,
        "userId": lambda one: one.user_id,
        "contractTitle": lambda one: one.contract.title,
    },
    "WorkDiaryCompanySnapshotTask": {
        "id": lambda one: one.session.code,
        "code": lambda one: one.session.code,
        "memo": lambda one: one.session.memo,
    },
    "WorkDiaryCompanyTime": {
        "trackedTime": lambda one: clock_time(one.cells(manual=False)),
        "manualTime": lambda one: clock_time(one.cells(manual=True)),
        "firstWorked": lambda one: stamp(one.session.begins),
        "lastWorked": lambda one: stamp(one.session.ends),
        "firstWorkedInt": lambda one: int(one.session.begins.timestamp()),
        "lastWorkedInt": lambda one: int(one.session.ends.timestamp()),
    },
}


def _field(read: Callable[[ShownSession], Any]) -> Callable[[ShownSession, Context], Any]:
    return lambda source, ctx: read(source)


for _type, _reads in _FIELDS.items():
    for _name, _read in _reads.items():
        domain.field(f"{_type}.{_name}")(_field(_read))
domain.link("WorkDiaryCompanySnapshot.user", to=USERS, by="user_id")


@domain.field("WorkDiaryCompanyUser.portraitUrl")
def portrait(source: User, ctx: Context) -> str | None:
    """Return the URL of the portrait."""
    return photo_url(source, ctx.base_url)


def _task_needs(source: ShownSession, ctx: Context) -> dict[Key, Source]:
    return views.task_needs(source.contract.parties, source.session.code)


@domain.field("WorkDiaryCompanySnapshotTask.description", needs=_task_needs)
def task_description(source: ShownSession, ctx: Context) -> str | None:
    """Return the description of the activity."""
    return views.task_description(ctx, source.contract.parties, source.session.code)


def _week_needs(source: ShownSession, ctx: Context) -> dict[Key, Source]:
    return views.week_needs(source.contract_id, source.day)


@domain.field("WorkDiaryCompanyTime.overtime", needs=_week_needs)
def overtime(source: ShownSession, ctx: Context) -> str:
    """Return the time beyond the weekly limit."""
    return clock_time(overtime_cells(source, views.not_overtime(ctx, source.contract, source.day)))


def _cells_needs(source: ShownSession, ctx: Context) -> dict[Key, Source]:
    return {views.cells_key(source.contract_id, source.span): DIARY_CELLS}


@domain.field("WorkDiaryCompanySnapshot.screenshots", needs=_cells_needs)
def screenshots(source: ShownSession, ctx: Context) -> list[ShownCell]:
    """Return the snapshots, one for each cell."""
    return list(session_cells(ctx, source))


@domain.field("WorkDiaryCompanyTime.lastScreenshot", needs=_cells_needs)
def last_screenshot(source: ShownSession, ctx: Context) -> str | None:
    """Return when the last screenshot was taken; None without one, or once they have expired."""
    taken = [one.pictured for one in session_cells(ctx, source) if one.pictured]
    return stamp(taken[-1]) if taken else None


@domain.field("WorkDiaryCompanySnapshotScreenshot.activity")
def activity(source: ShownCell, ctx: Context) -> int:
    """Return the share of the minutes with input, in percent."""
    return source.slot.activity


@domain.field("WorkDiaryCompanySnapshotScreenshot.flags")
def flags(source: ShownCell, ctx: Context) -> dict[str, bool]:
    """Return whether the picture is hidden. It is never shown at a lower resolution."""
    return {"hideScreenshot": source.contract.hide_screenshots, "downSampleScreenshots": False}


domain.list_size("WorkDiaryCompanySnapshot.screenshots", size=SCREENSHOTS_SHOWN)
