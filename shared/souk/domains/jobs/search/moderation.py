"""How operators list postings."""

from typing import Final

from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.commands import POSTING_CONTENT
from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.search import index
from souk.domains.jobs.store import COMPANY_JOBS, JOBS, TAKEN_DOWN_JOBS, TEAM_JOBS
from souk.domains.moderation.lists import ContentLists
from souk.graph import Context
from souk.search import Search, SearchReader, Sort
from souk.search.lucene import parse
from souk.storage import OwnedList


def _load(ctx: Context, ids: list[str]) -> list[Job]:
    return [one for one in ctx.load_many(JOBS, ids, consistent=True) if one and one.status is not Status.DELETED_DRAFT]


def _of_organization(ctx: Context, organization_id: str) -> OwnedList[Job] | list[Job]:
    organization = ctx.load(ORGANIZATIONS, organization_id)
    if organization is None:
        return []
    return (TEAM_JOBS if organization.is_team else COMPANY_JOBS).of(ctx.table, organization.id)


def _search(expression: str) -> tuple[SearchReader, Search]:
    return index.reader(), Search(parse(expression, index.INDEX), (Sort("published"),))


POSTING_LISTS: Final = ContentLists(
    content=POSTING_CONTENT,
    taken_down=TAKEN_DOWN_JOBS,
    complete=lambda _, jobs: jobs,
    load=_load,
    of_organization=_of_organization,
    search=_search,
    found=lambda ctx, ids: {one.id: one for one in _load(ctx, ids)},
)
"""Postings. The search finds open ones."""
