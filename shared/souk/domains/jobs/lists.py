"""Lists of an organization's own postings: filters, orders and pages."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from souk.domains.identity.model import Organization
from souk.domains.jobs.model import Access, Job, Status
from souk.domains.jobs.rules.classification import place_of
from souk.domains.jobs.store import COMPANY_JOBS, TEAM_JOBS
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, SortAttribute, connection
from souk.search import text as words
from souk.storage import Input, View, among
from souk.values.errors import Forbidden, Unprocessable
from souk.values.ids import Id
from souk.values.moments import period

_ALL: Final = "ALL"


class StatusAccess(Input):
    """The contract's CompanyJobPostingStatusAccess."""

    statuses_any: tuple[Status, ...] | None = None
    accesses_any: tuple[Access, ...] | None = None

    def matches(self, job: Job) -> bool:
        """Return whether a posting matches both lists. An absent or empty list matches every posting."""
        return (not self.statuses_any or job.status in self.statuses_any) and (
            not self.accesses_any or job.access in self.accesses_any
        )


class JobPostingsFilter(Input):
    """The contract's JobPostingsFilter. All conditions must hold; an empty list is ignored."""

    pagination_eq: Pagination | None = None
    title_eq: str | None = None
    post_by_team_ids_any: tuple[Id, ...] | None = None
    post_by_person_ids_any: tuple[Id, ...] | None = None
    status_and_access_any: tuple[StatusAccess, ...] | None = None
    exclude_post_by_person_ids_any: tuple[Id, ...] | None = None
    category_group_ids_any: tuple[Id, ...] | None = None
    contract_type_eq: str | None = None
    created_date_time_from_eq: str | None = None
    created_date_time_to_eq: str | None = None

    def conditions(self) -> Iterable[Callable[[Job], bool]]:
        """Yield the conditions of the filter.

        Raises Unprocessable for an invalid date.
        """
        if self.title_eq and self.title_eq.strip():
            title = words.tokens(self.title_eq)
            yield lambda job: set(title) <= set(words.tokens(job.info.title or ""))
        if teams := self.post_by_team_ids_any:
            yield lambda job: job.organization_id in teams
        if people := self.post_by_person_ids_any:
            yield lambda job: job.owner_id in people
        if others := self.exclude_post_by_person_ids_any:
            yield lambda job: job.owner_id not in others
        if pairs := self.status_and_access_any:
            yield lambda job: any(pair.matches(job) for pair in pairs)
        if groups := self.category_group_ids_any:
            yield lambda job: (category := place_of(job).category) is not None and category.id in groups
        if contract := self.contract_type_eq:
            yield lambda job: job.info.type is not None and job.info.type.contract_type == contract
        created = period(
            "jobPostingFilter",
            ("createdDateTimeFrom_eq", self.created_date_time_from_eq),
            ("createdDateTimeTo_eq", self.created_date_time_to_eq),
        )
        if self.created_date_time_from_eq or self.created_date_time_to_eq:
            yield lambda job: created.includes(job.created)

    def among(self) -> Mapping[str, AbstractSet[str]]:
        """Return the conditions that the table filters by."""
        pairs = self.status_and_access_any or ()
        return among(
            team=self.post_by_team_ids_any,
            person=self.post_by_person_ids_any,
            contract_type=self.contract_type_eq and [self.contract_type_eq],
            status=_union([pair.statuses_any for pair in pairs]),
            access=_union([pair.accesses_any for pair in pairs]),
        )


class JobPostsFilter(Input):
    """The contract's JobPostsFilter."""

    team_ids: tuple[Id, ...] | None = None
    statuses: tuple[str, ...] | None = None
    exclude_hidden: bool | None = None
    fields: tuple[str, ...] | None = None

    def conditions(self) -> Iterable[Callable[[Job], bool]]:
        """Yield the conditions of the filter.

        Raises Unprocessable for an unknown status, and for a list of fields.
        """
        if self.fields:
            raise Unprocessable("jobPostsFilter.fields: leave it out; select the fields in the query.")
        if teams := self.team_ids:
            yield lambda job: job.organization_id in teams
        if self.exclude_hidden is not False:
            yield lambda job: not job.info.hidden
        if (statuses := self.statuses) and _ALL not in statuses:
            if unknown := [name for name in statuses if name not in Status.__members__]:
                raise Unprocessable(f"jobPostsFilter.statuses: unknown status {unknown[0][:40]!r}.")
            yield lambda job: job.status in statuses

    def among(self) -> Mapping[str, AbstractSet[str]]:
        """Return the conditions that the table filters by."""
        statuses = self.statuses if self.statuses and _ALL not in self.statuses else None
        return among(team=self.team_ids, status=statuses)


_ORDERS: Final[dict[str, Callable[[Job], Any] | None]] = {
    "id": None,
    "createdDateTime": None,
    "modifiedDateTime": lambda job: job.modified,
    "publishDateTime": lambda job: job.published or "",
    "title": lambda job: (job.info.title or "").casefold(),
    "status": lambda job: job.status,
}
"""The values to sort by; None for the order of the ids, which is the order of creation."""


def postings(
    ctx: Context,
    source: Organization,
    job_filter: JobPostingsFilter | JobPostsFilter,
    page: Pagination | None,
    sort: SortAttribute | None,
) -> Connection:
    """Return the JobPostingConnection of a team or a whole company. The default order is newest first.

    Raises Forbidden unless the caller acts for the organization.
    """
    if not ctx.principal.acts_in(source.id, source.company_id):
        raise Forbidden("Only members of an organization can list its job postings.")
    field, descending = (sort.field, sort.descending) if sort else ("id", True)
    if field not in _ORDERS:
        raise Unprocessable(f"sortAttribute.field: must be one of {', '.join(_ORDERS)}.")
    view = View(
        conditions=list(job_filter.conditions()),
        among=job_filter.among(),
        order=_ORDERS[field],
        descending=descending,
        narrow="Leave out `sortAttribute`, or filter by status or team.",
    )
    given = job_filter.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"pagination_eq"})
    bound_to = [type(job_filter).__name__, source.id, ctx.principal.organization_id, given, field, descending]
    listed = TEAM_JOBS.of(ctx.table, source.id) if source.is_team else COMPANY_JOBS.of(ctx.table, source.company_id)
    return connection(ctx.cursors, listed, view, page, bound_to=bound_to)


def _union(lists: Iterable[tuple[str, ...] | None]) -> frozenset[str]:
    """Return the values of some lists; none if one of them accepts everything."""
    accepted = [*lists]
    return frozenset(one for values in accepted for one in values or ()) if all(accepted) else frozenset()
