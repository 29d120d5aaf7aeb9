"""Resolvers of activities."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from souk.domains.activities import lists
from souk.domains.activities.commands import assigning, changing
from souk.domains.activities.inputs import ActivityChange, ActivityFilter, NewActivity, PageFilter
from souk.domains.activities.lists import ActivityPage, ActivityView
from souk.domains.activities.model import ActivityStatus
from souk.graph import Context, Domain, ListSize, Scope
from souk.values.money import Money

domain = Domain("activities", function="time")

WRITE: Final = (Scope.ACTIVITIES_WRITE,)
DEFAULT_PAGE: Final = 100
_DONE: Final = {"success": True}


@domain.query(
    "teamActivities", scopes=[Scope.ACTIVITIES_READ, Scope.ACTIVITIES_WRITE], size=ListSize(DEFAULT_PAGE, DEFAULT_PAGE)
)
def team_activities(
    ctx: Context,
    org_id: str,
    team_id: str | None = None,
    page: PageFilter | None = None,
    filter: ActivityFilter | None = None,
) -> ActivityPage:
    """Return a page of the activities of a team, or of an organization itself."""
    page = page or PageFilter(page_offset=0, page_size=DEFAULT_PAGE)
    return lists.team_activities(ctx, org_id, team_id, page, filter or ActivityFilter())


@domain.mutation("addTeamActivity", scopes=WRITE)
def add_team_activity(ctx: Context, org_id: str, request: NewActivity, team_id: str | None = None) -> dict[str, Any]:
    """Add an activity."""
    return {"id": changing.add(ctx, org_id, team_id, request).id, **_DONE}


@domain.mutation("updateTeamActivity", scopes=WRITE)
def update_team_activity(
    ctx: Context, org_id: str, request: ActivityChange, team_id: str | None = None
) -> dict[str, bool]:
    """Change an activity."""
    changing.update(ctx, org_id, team_id, request)
    return _DONE


@domain.mutation("archiveTeamActivity", scopes=WRITE)
def archive_team_activity(ctx: Context, org_id: str, codes: list[str], team_id: str | None = None) -> dict[str, bool]:
    """Archive activities."""
    changing.set_status(ctx, org_id, team_id, codes, ActivityStatus.ARCHIVED)
    return _DONE


@domain.mutation("unarchiveTeamActivity", scopes=WRITE)
def unarchive_team_activity(ctx: Context, org_id: str, codes: list[str], team_id: str | None = None) -> dict[str, bool]:
    """Restore archived activities."""
    changing.set_status(ctx, org_id, team_id, codes, ActivityStatus.ACTIVE)
    return _DONE


@domain.mutation("assignTeamActivityToTheContract", scopes=WRITE)
def assign_team_activity_to_the_contract(
    ctx: Context, org_id: str, contract_id: str, codes: list[str | None], team_id: str | None = None
) -> dict[str, bool]:
    """Replace the activities of a contract."""
    assigning.assign_codes(ctx, org_id, team_id, contract_id, codes)
    return _DONE


def _level(view: ActivityView) -> str:
    return "team" if _team_id(view) else "company"


def _team_id(view: ActivityView) -> str | None:
    activity = view.activity
    return None if activity.organization_id == activity.company_id else activity.organization_id


def _budget(view: ActivityView) -> float | None:
    activity = view.activity
    if activity.budget is None or view.only is not None:
        return None
    return Money(activity.budget, activity.currency).major


_FIELDS: Final[dict[str, Callable[[ActivityView], Any]]] = {
    "url": lambda one: one.activity.url,
    "codeOrder": lambda one: one.activity.code,
    "status": lambda one: one.activity.status,
    "level": _level,
    "userId": lambda _: None,  # activities are assigned to contracts
    "code": lambda one: one.activity.code,
    "createdTime": lambda one: f"{datetime.fromisoformat(one.activity.created):%Y-%m-%d %H:%M:%S}",
    "companyId": lambda one: one.activity.company_id,
    "recordId": lambda one: one.activity.id,
    "teamId": _team_id,
    "description": lambda one: one.activity.description,
    "budget": _budget,
}


def _field(read: Callable[[ActivityView], Any]) -> Callable[[ActivityView, Context], Any]:
    return lambda source, ctx: read(source)


for _name, _read in _FIELDS.items():
    domain.field(f"Activity.{_name}")(_field(_read))


@domain.field("Activity.totalContracts")
def total_contracts(source: ActivityView, ctx: Context) -> int:
    """Return the number of contracts that the caller sees."""
    return len(source.contract_ids(ctx))


@domain.field("Activity.contracts")
def contracts(source: ActivityView, ctx: Context) -> list[dict[str, str]]:
    """Return the first contracts that the caller sees."""
    return [{"contractId": one} for one in source.contract_ids(ctx)[: source.details]]
