"""Lists of an organization's own postings, filtered, sorted and paged in memory."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from souk.domains.identity.model import Organization
from souk.domains.jobs.model import Access, Job, Status
from souk.domains.jobs.rules.classification import place_of
from souk.domains.jobs.store import jobs_of_company, jobs_of_team
from souk.graph import Context, lists
from souk.graph.lists import Connection, Pagination, SortAttribute
from souk.search import text as words
from souk.storage import Input
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
        yield lambda job: created.includes(job.created)


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


_SORT_KEYS: Final[dict[str, Callable[[Job], Any]]] = {
    "id": lambda job: int(job.id),
    "createdDateTime": lambda job: job.created,
    "modifiedDateTime": lambda job: job.modified,
    "publishDateTime": lambda job: job.published or "",
    "title": lambda job: (job.info.title or "").casefold(),
    "status": lambda job: job.status,
}


def connection(
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
    conditions = list(job_filter.conditions())
    field, descending = (sort.field, sort.descending) if sort else ("id", True)
    if field not in _SORT_KEYS:
        raise Unprocessable(f"sortAttribute.field: must be one of {', '.join(_SORT_KEYS)}.")
    given = job_filter.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"pagination_eq"})
    bound_to = [
        "jobPostings",
        type(job_filter).__name__,
        source.id,
        ctx.principal.organization_id,
        given,
        field,
        descending,
    ]
    jobs = jobs_of_team(ctx.table, source.id) if source.is_team else jobs_of_company(ctx.table, source.company_id)
    found = [job for job in jobs if all(holds(job) for holds in conditions)]
    found.sort(key=lambda job: (_SORT_KEYS[field](job), int(job.id)), reverse=descending)
    return lists.connection_in_memory(ctx.cursors, bound_to, found, page)
