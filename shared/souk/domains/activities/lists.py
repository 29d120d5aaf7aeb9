"""The list of a team's activities, for the client's side and for freelancers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from souk.domains.activities.commands import access
from souk.domains.activities.inputs import ActivityFilter, PageFilter
from souk.domains.activities.model import Activity, Assignment
from souk.domains.activities.rules import values
from souk.domains.activities.rules.assignment import covers
from souk.domains.activities.store import TEAM_ACTIVITIES, assigned
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CLIENT_CONTRACTS, CONTRACTS
from souk.domains.identity.model import Organization
from souk.graph import Context
from souk.graph.lists import check_offset_page, listed_at
from souk.storage import Table, View, among
from souk.values.problems import Problems

DEFAULT_DETAILS: Final = 10
MAX_DETAILS: Final = 50
"""The contracts that are shown with each activity."""
MAX_READ: Final = 10_000
"""The newest contracts of a company, which are read for its rules."""


@dataclass(frozen=True)
class CompanyContracts:
    """The contracts of a company, newest first."""

    table: Table
    company_id: str

    @cached_property
    def newest(self) -> list[Contract]:
        """As many as are read for a rule."""
        every: View[Contract, Contract] = View()
        found: list[Contract] = []
        for chunk in CLIENT_CONTRACTS.of(self.table, self.company_id).chunks(every):
            found += chunk
            if len(found) >= MAX_READ:
                break
        return found


@dataclass(frozen=True)
class ActivityView:
    """An activity with what the caller sees of it."""

    activity: Activity
    company: CompanyContracts
    details: int
    """The number of contracts to show."""
    only: str | None
    """For a freelancer, the id of their contract: the only one that they see. None for the client's side."""

    def contract_ids(self, ctx: Context) -> Sequence[str]:
        """Return the contracts that the caller sees. Those of all rules on a page are read together, once."""
        activity, company = self.activity, self.company
        if self.only is not None:
            return [self.only]
        if activity.assignment is Assignment.SELECTED:
            return activity.contract_ids
        contracts: list[Contract] = ctx.connection("Activity.contracts", company, {}, lambda: company.newest)
        return [one.id for one in contracts if covers(activity, one.id, one.parties)]


class ActivityPage:
    """The contract's ActivitiesConnection. The total is counted when it is read."""

    def __init__(self, views: list[ActivityView], page: PageFilter, count: Callable[[], int | None]) -> None:
        self.edges = [{"node": view} for view in views]
        self.page = {"pageOffset": page.page_offset, "pageSize": page.page_size}
        self._count = count

    @property
    def total_count(self) -> int | None:
        """The number of activities on all pages."""
        return self._count()


def team_activities(
    ctx: Context, org_id: str, team_id: str | None, page: PageFilter, criteria: ActivityFilter
) -> ActivityPage:
    """Return a page of activities, in the order of their codes.

    Members of the team or its company see those of the team. A freelancer who names a contract of theirs sees the
    active ones that are assigned to it: of the team, or of all teams of the client if the request names none. Raises
    NotFound for others, and Unprocessable as `listed_at` does.
    """
    owner = access.organization(ctx, org_id, team_id)
    check_offset_page(page.page_size, page.page_offset)
    details, conditions = _read(criteria)
    company = CompanyContracts(ctx.table, owner.company_id)
    contract = ctx.load(CONTRACTS, criteria.contract_id, consistent=True) if criteria.contract_id else None
    only: str | None = None
    if access.may_see(ctx, owner):
        if criteria.contract_id is None:
            accepted = among(status=[criteria.status] if criteria.status else None)
            view: View[Activity, Activity] = View(conditions, accepted)
            stored = TEAM_ACTIVITIES.of(ctx.table, owner.id)
            listed = listed_at(stored, view, limit=page.page_size, offset=page.page_offset)
            return ActivityPage([ActivityView(one, company, details, None) for one in listed.rows], page, listed.count)
        if contract is None or not contract.parties.client_is(ctx.principal):
            return ActivityPage([], page, lambda: 0)
        conditions.append(lambda one: one.organization_id == owner.id)
    else:
        if contract is None or not _is_theirs(contract, ctx, owner):
            raise access.not_found()
        only = contract.id
        conditions.append(lambda one: not one.archived)
        if owner.is_team:
            conditions.append(lambda one: one.organization_id == owner.id)
    found = [one for one in assigned(ctx.table, contract) if all(holds(one) for holds in conditions)]
    shown = found[page.page_offset : page.page_offset + page.page_size]
    return ActivityPage([ActivityView(one, company, details, only) for one in shown], page, lambda: len(found))


def _read(criteria: ActivityFilter) -> tuple[int, list[Callable[[Activity], bool]]]:
    """Return the number of contracts to show, and the conditions of a filter. Raises Unprocessable."""
    problems = Problems("filter")
    words = values.search_words(problems, criteria.search)
    details = DEFAULT_DETAILS if criteria.details_limit is None else criteria.details_limit
    if not 0 <= details <= MAX_DETAILS:
        problems.add("detailsLimit", f"must be 0 to {MAX_DETAILS}.")
    problems.raise_if_any()
    conditions: list[Callable[[Activity], bool]] = []
    if words is not None:
        conditions.append(lambda one: values.matches(one, words))
    if criteria.status is not None:
        conditions.append(lambda one: one.status is criteria.status)
    return details, conditions


def _is_theirs(contract: Contract, ctx: Context, owner: Organization) -> bool:
    """Return whether the caller is on the freelancer's side of a contract with an organization or its company."""
    return contract.parties.vendor_is(ctx.principal) and owner.company_id == contract.parties.client_company_id
