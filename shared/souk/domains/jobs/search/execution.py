"""Execution of a job search: one query to the index, and batched reads for a page of results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from souk.authentication.standing import company_key, suspended_of
from souk.domains.clouds.commands.naming import open_relations
from souk.domains.identity.model import Location, Organization
from souk.domains.identity.store import ORGANIZATIONS, USERS, organization_key, user_key
from souk.domains.jobs.inputs import JobFilter
from souk.domains.jobs.rules.visibility import may_see
from souk.domains.jobs.search import index, skills
from souk.domains.jobs.search.filters import SearchContext, build_query, visible
from souk.domains.jobs.search.views import FoundJob, Highlighter, JobHit, result
from souk.domains.jobs.store import JOBS, job_key, posted_key
from souk.domains.market.model import Activity, LastContract, RelationKind, Relations
from souk.domains.market.rules import with_record
from souk.domains.market.store import (
    ACTIVITY,
    CLIENT_RECORDS,
    RELATIONS,
    activity_key,
    client_record_key,
    relation_key,
    relations_for_search,
)
from souk.graph import Context
from souk.graph.lists import Connection
from souk.graph.searches import find_page
from souk.search import RELEVANCE, And, Search, Sort
from souk.storage import Collection, Key, counter_value
from souk.values.errors import SoukError, Unprocessable

_FOUND_JOBS: Final[Collection[FoundJob]] = Collection(
    name=JOBS.name, model=FoundJob, key=JOBS.key, key_of=lambda job: JOBS.key(job.id), whole=False
)
_ORDERS: Final = {
    "RECENCY": Sort("published"),
    "RELEVANCE": Sort(RELEVANCE),
    "CLIENT_TOTAL_CHARGE": Sort("client_charge"),
    "CLIENT_RATING": Sort("client_rating"),
}


def search(ctx: Context, job_filter: JobFilter, fields: list[str]) -> Connection:
    """Return MarketplaceJobPostingSearchConnection. `fields` are the sort fields, most important first."""
    principal = ctx.principal
    related = relations_for_search(ctx.table, principal.user_id, with_clients=bool(job_filter.previous_clients_eq))
    relations = open_relations(ctx.table, related)
    query = build_query(job_filter, SearchContext(principal, relations, ctx.now, lambda: home_of(ctx)))
    highlighter = Highlighter.from_query(query, _skills_of(job_filter))
    order = _order(fields, by_words=bool(highlighter.words or highlighter.prefixes))
    bound_to = [
        "jobs",
        job_filter.bound_to(),
        [one.field for one in order],
        principal.user_id,
        principal.organization_id,
    ]
    wanted = Search(And((query, visible(principal, relations))), order)
    found = find_page(ctx.cursors, bound_to, index.reader(), wanted, job_filter.pagination_eq)
    results = {}
    for one in _load(ctx, list(found.ids), relations):
        one.job.highlight_with(highlighter)
        caller = ctx.entities.get(user_key(principal.user_id))
        results[one.job.id] = result(
            JobHit(
                one.job,
                one.client,
                one.posted,
                caller,
                principal,
                one.activity,
                one.last_contract,
                one.applied,
                highlighter,
                ctx.now,
            )
        )
    return found.connection(results)


def home_of(ctx: Context) -> Location:
    """Return the location of the caller."""
    user = ctx.load(USERS, ctx.principal.user_id)
    if user is None:
        raise SoukError("The caller has no user record.")
    return user.location


def _skills_of(job_filter: JobFilter) -> frozenset[str]:
    return frozenset(
        [*(job_filter.ontology_skill_ids_all or ()), *skills.named_in(job_filter.skill_expression_eq or "")]
    )


def _order(fields: list[str], *, by_words: bool) -> tuple[Sort, ...]:
    """Return the sort order. The default is by relevance for searches by words. Newest first breaks ties."""
    names = list(dict.fromkeys(fields)) or (["RELEVANCE"] if by_words else [])
    if "RELEVANCE" in names[1:]:
        raise Unprocessable("sortAttributes: RELEVANCE can only be the first, because it leaves no ties.")
    order = [_ORDERS[field] for field in names if field != "RELEVANCE" or by_words]
    if _ORDERS["RECENCY"] not in order:
        order.append(_ORDERS["RECENCY"])
    return tuple(order)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A posting of a result page, with the data that is shown with it."""

    job: FoundJob
    client: Organization
    posted: int
    """The number of postings that its client has published here."""
    activity: Activity
    last_contract: LastContract | None
    """The caller's last contract with the client."""
    applied: bool


def _load(ctx: Context, ids: list[str], relations: Relations) -> Iterable[_Loaded]:
    """Read postings and their activity, then their clients and teams. Takes two round trips for any page size.

    Postings of clients that have been suspended since they were indexed are left out.
    """
    user_id = ctx.principal.user_id
    applications = {id_: relation_key(RelationKind.APPLICATION, id_, user_id) for id_ in ids}
    keys = [make(id_) for id_ in ids for make in (job_key, activity_key)]
    items = ctx.table.batch_get([*keys, *applications.values()], attributes=ACTIVITY.attributes)
    jobs = [_FOUND_JOBS.decode(items[job_key(id_)]) for id_ in ids if job_key(id_) in items]
    jobs = [job for job in jobs if may_see(job, ctx.principal, relations)]
    counters = _load_clients(ctx, jobs)
    suspended = suspended_of({company_key(job.company_id) for job in jobs}, counters)
    for job in jobs:
        if job.company_id in suspended:
            continue
        counts = items.get(activity_key(job.id))
        activity = ACTIVITY.decode(counts) if counts else ACTIVITY.absent
        ctx.entities |= {job_key(job.id): job, activity_key(job.id): activity}
        client = ctx.entities[organization_key(job.company_id)]
        if client is not None:
            posted = counter_value(counters.get(posted_key(job.company_id)))
            record = counters.get(client_record_key(job.company_id))
            client = with_record(client, CLIENT_RECORDS.decode(record) if record else CLIENT_RECORDS.absent)
            worked = counters.get(relation_key(RelationKind.CLIENT, job.company_id, user_id))
            last = LastContract.of(RELATIONS.decode(worked)) if worked else None
            yield _Loaded(job, client, posted, activity, last, applications[job.id] in items)


def _load_clients(ctx: Context, jobs: list[FoundJob]) -> Mapping[Key, Any]:
    """Read companies, teams and the caller into `ctx.entities`.

    Return the companies' counters, track records and standings, and the caller's relations to them.
    """
    if not jobs:
        return {}
    organizations = {organization_key(id_) for job in jobs for id_ in (job.company_id, job.organization_id)}
    person = user_key(ctx.principal.user_id)
    missing = [key for key in (*organizations, person) if key not in ctx.entities]
    companies = {job.company_id for job in jobs}
    counters = [make(id_) for id_ in companies for make in (posted_key, client_record_key, company_key)]
    worked = [relation_key(RelationKind.CLIENT, id_, ctx.principal.user_id) for id_ in companies]
    items = ctx.table.batch_get([*missing, *counters, *worked], attributes=CLIENT_RECORDS.attributes)
    for key in missing:
        collection = USERS if key == person else ORGANIZATIONS
        ctx.entities[key] = collection.decode(items[key]) if key in items else None
    return items
