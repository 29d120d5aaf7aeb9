"""An organization's own postings: filtered, sorted and paged from its partition of the table."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from souk.domains.identity.model import Organization
from souk.domains.jobs.model import Access, Job, Status
from souk.domains.jobs.rules.classification import place_of
from souk.domains.jobs.store import jobs_of_company, jobs_of_team
from souk.graph import Context, lists
from souk.graph.lists import Pagination
from souk.search import text as words
from souk.storage import Model
from souk.values.errors import Forbidden, Unprocessable

_ALL: Final = "ALL"


class StatusAccess(Model):
    """The contract's CompanyJobPostingStatusAccess."""

    statuses_any: tuple[Status, ...] | None = None
    accesses_any: tuple[Access, ...] | None = None

    def fits(self, job: Job) -> bool:
        """Say whether a posting has one of each list that is given."""
        return (not self.statuses_any or job.status in self.statuses_any) and (
            not self.accesses_any or job.access in self.accesses_any
        )


class JobPostingsFilter(Model):
    """The contract's JobPostingsFilter. Conditions add up; an empty list constrains nothing."""

    pagination_eq: Pagination | None = None
    title_eq: str | None = None
    post_by_team_ids_any: tuple[str, ...] | None = None
    post_by_person_ids_any: tuple[str, ...] | None = None
    status_and_access_any: tuple[StatusAccess, ...] | None = None
    exclude_post_by_person_ids_any: tuple[str, ...] | None = None
    category_group_ids_any: tuple[str, ...] | None = None
    contract_type_eq: str | None = None
    created_date_time_from_eq: str | None = None
    created_date_time_to_eq: str | None = None

    def conditions(self) -> Iterable[Callable[[Job], bool]]:
        """Yield what a posting has to fulfil.

        Raises Unprocessable for a date that is none.
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
            yield lambda job: any(pair.fits(job) for pair in pairs)
        if groups := self.category_group_ids_any:
            yield lambda job: (category := place_of(job).category) is not None and category.id in groups
        if contract := self.contract_type_eq:
            yield lambda job: job.info.type is not None and job.info.type.contract_type == contract
        if self.created_date_time_from_eq is not None:
            since = _time("createdDateTimeFrom_eq", self.created_date_time_from_eq)
            yield lambda job: datetime.fromisoformat(job.created) >= since
        if self.created_date_time_to_eq is not None:
            until = _time("createdDateTimeTo_eq", self.created_date_time_to_eq, whole_day=True)
            yield lambda job: datetime.fromisoformat(job.created) <= until


class JobPostsFilter(Model):
    """The contract's JobPostsFilter."""

    team_ids: tuple[str, ...] | None = None
    statuses: tuple[str, ...] | None = None
    exclude_hidden: bool | None = None
    fields: tuple[str, ...] | None = None

    def conditions(self) -> Iterable[Callable[[Job], bool]]:
        """Yield what a posting has to fulfil.

        Raises Unprocessable for a status that there is not, and for a list of fields.
        """
        if self.fields:
            raise Unprocessable("jobPostsFilter.fields: leave it out; the query itself says which fields it wants.")
        if teams := self.team_ids:
            yield lambda job: job.organization_id in teams
        if self.exclude_hidden is not False:
            yield lambda job: not job.info.hidden
        if (statuses := self.statuses) and _ALL not in statuses:
            if unknown := [name for name in statuses if name not in Status.__members__]:
                raise Unprocessable(f"jobPostsFilter.statuses: there is no status {unknown[0][:40]!r}.")
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
    wanted: JobPostingsFilter | JobPostsFilter,
    page: Pagination | None,
    sort: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return JobPostingConnection of a team, or of a whole company; the newest first unless another order is asked for.

    Raises Forbidden for postings that the caller does not manage.
    """
    if not ctx.principal.acts_in(source.id, source.company_id):
        raise Forbidden("An organization's job postings are listed to those who act for it.")
    conditions = list(wanted.conditions())
    field, descending = (sort["field"], sort["sortOrder"] == "DESC") if sort else ("id", True)
    if field not in _SORT_KEYS:
        raise Unprocessable(f"sortAttribute.field: postings are sorted by {', '.join(_SORT_KEYS)}.")
    given = wanted.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"pagination_eq"})
    bound_to = [
        "jobPostings",
        type(wanted).__name__,
        source.id,
        ctx.principal.organization_id,
        given,
        field,
        descending,
    ]
    jobs = jobs_of_team(ctx.table, source.id) if source.is_team else jobs_of_company(ctx.table, source.company_id)
    found = [job for job in jobs if all(holds(job) for holds in conditions)]
    found.sort(key=lambda job: (_SORT_KEYS[field](job), int(job.id)), reverse=descending)
    return lists.connection(ctx.cursors, bound_to, found, page)


def _time(name: str, text: str, *, whole_day: bool = False) -> datetime:
    """Read `yyyy-MM-dd` or a timestamp; without an offset, UTC is meant. A day as the end of a range belongs to it."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Unprocessable(f"jobPostingFilter.{name}: yyyy-MM-dd or yyyy-MM-ddThh:mm:ss.SSS+HHmm.") from None
    if whole_day and len(text) <= len("yyyy-MM-dd"):
        time += timedelta(days=1, microseconds=-1)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
