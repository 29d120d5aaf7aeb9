"""How operators list gigs."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from souk.domains.gigs.commands.takedown import GIG_CONTENT
from souk.domains.gigs.model import Gig
from souk.domains.gigs.search import index
from souk.domains.gigs.store import GIGS, NUMBERS, TAKEN_DOWN_GIGS, gigs_of
from souk.domains.identity.lists import people_of
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.moderation.lists import ContentLists
from souk.graph import Context
from souk.search import Search, SearchReader, Sort
from souk.search.lucene import parse
from souk.storage import Table

_Found = tuple[Gig, User | None]


def _complete(ctx: Context, gigs: Sequence[Gig | None]) -> list[_Found]:
    """Return gigs with their owners, in one round trip."""
    known = [one for one in gigs if one]
    owners = ctx.load_many(USERS, [one.owner_id for one in known])
    return list(zip(known, owners, strict=True))


def _load(ctx: Context, ids: list[str]) -> list[_Found]:
    return _complete(ctx, ctx.load_many(GIGS, ids, consistent=True))


def _of_organization(ctx: Context, organization_id: str) -> list[_Found]:
    """Return the gigs of the people whose own organization it is."""
    people = people_of(ctx, organization_id)
    parts = ctx.table.concurrently([partial(_gigs_of, user) for user in people])
    return [one for part in parts for one in part]


def _gigs_of(user: User, table: Table) -> list[_Found]:
    return [(one, user) for one in gigs_of(table, user.id)]


def _search(expression: str) -> tuple[SearchReader, Search]:
    return index.reader(), Search(parse(expression, index.INDEX), (Sort("published"),))


def _found(ctx: Context, numbers: list[str]) -> dict[str, _Found]:
    entries = [one for one in ctx.load_many(NUMBERS, numbers) if one]
    return {found[0].number: found for found in _load(ctx, [one.gig_id for one in entries])}


GIG_LISTS: Final = ContentLists(
    content=GIG_CONTENT,
    taken_down=TAKEN_DOWN_GIGS,
    complete=_complete,
    load=_load,
    of_organization=_of_organization,
    search=_search,
    found=_found,
)
"""Gigs. The search finds published ones."""
