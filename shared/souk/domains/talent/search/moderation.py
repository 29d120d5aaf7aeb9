"""How operators list profiles."""

from typing import Final

from souk.domains.identity.lists import people_of
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.moderation.lists import ContentLists
from souk.domains.talent.commands.takedown import PROFILE_CONTENT
from souk.domains.talent.model import Profile
from souk.domains.talent.search import index
from souk.domains.talent.store import PROFILES, TAKEN_DOWN_PROFILES, profile_key
from souk.graph import Context
from souk.search import ID, And, Exists, Search, SearchReader, Sort
from souk.search.lucene import parse

_Found = tuple[User, Profile]


def _complete(ctx: Context, profiles: list[Profile]) -> list[_Found]:
    """Return profiles with their people, in one round trip."""
    people = ctx.load_many(USERS, [one.user_id for one in profiles])
    return [(user, profile) for user, profile in zip(people, profiles, strict=True) if user]  # none without its person


def _load(ctx: Context, ids: list[str]) -> list[_Found]:
    ctx.fetch(dict.fromkeys(map(USERS.key, ids), USERS) | dict.fromkeys(map(profile_key, ids), PROFILES))
    return [(user, profile) for id_ in ids if (user := ctx.load(USERS, id_)) and (profile := ctx.load(PROFILES, id_))]


def _of_organization(ctx: Context, organization_id: str) -> list[_Found]:
    return _load(ctx, [one.id for one in people_of(ctx, organization_id)])


def _search(expression: str) -> tuple[SearchReader, Search]:
    accepted = Exists("rank")  # of an accepted profile; other documents are of clients
    return index.reader(), Search(And((parse(expression, index.INDEX), accepted)), (Sort(ID),))


PROFILE_LISTS: Final = ContentLists(
    content=PROFILE_CONTENT,
    taken_down=TAKEN_DOWN_PROFILES,
    complete=_complete,
    load=_load,
    of_organization=_of_organization,
    search=_search,
    found=lambda ctx, ids: {one[0].id: one for one in _load(ctx, ids)},
)
"""Profiles. The search finds accepted ones, the newest account first."""
