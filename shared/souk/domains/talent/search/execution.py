"""Execution of a search for people: one query to the index, and one batch of reads for a page of results."""

from collections.abc import Iterable
from typing import Final

from souk.authentication.standing import STANDINGS, person_key
from souk.domains.identity.commands.absence import absent
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.market.store import FREELANCER_RECORDS, freelancer_record_key
from souk.domains.talent.model import Profile, Visibility
from souk.domains.talent.search import index
from souk.domains.talent.search.filters import build_search, visible
from souk.domains.talent.search.model import FreelancerFilter, UserType
from souk.domains.talent.search.views import FoundClient, FoundFreelancer, FoundPage
from souk.domains.talent.store import PROFILES, profile_key, read_beside
from souk.domains.talent.views.people import shown
from souk.graph import Context
from souk.graph.lists import Connection, Pagination
from souk.graph.searches import find_page
from souk.search import ID, And, AnyOf, Search

_LIST: Final = "freelancers"


def search(ctx: Context, wanted: FreelancerFilter, page: Pagination) -> Connection:
    """Return FreelancerProfilesSearchRecordsConnection."""
    principal = ctx.principal
    query = build_search(wanted, principal)
    bound_to = [_LIST, wanted.bound_to(), principal.user_id, principal.organization_id]
    found = find_page(ctx.cursors, bound_to, index.reader(), query, page)
    load = _clients if wanted.user_type is UserType.CLIENT else _freelancers
    return found.connection({one.user.id: one for one in load(ctx, list(found.ids))})


def _freelancers(ctx: Context, ids: list[str]) -> list[FoundFreelancer]:
    """Return the freelancers of a page, without those whose profiles have been hidden since they were indexed."""
    at_users, at_records = map(USERS.key, ids), map(freelancer_record_key, ids)
    ctx.fetch(
        dict.fromkeys(at_users, USERS)
        | dict.fromkeys(map(profile_key, ids), PROFILES)
        | dict.fromkeys(at_records, FREELANCER_RECORDS)
        | dict.fromkeys(map(person_key, ids), STANDINGS)
    )
    people = [(user, profile) for id_ in ids if (user := ctx.load(USERS, id_)) and (profile := ctx.load(PROFILES, id_))]
    gone = absent(ctx, [user.id for user, _ in people])
    people = [(user, profile) for user, profile in people if user.id not in gone]
    permitted, page = _found_as_private(ctx, people), FoundPage()
    for user, profile in people:
        private = profile.current_visibility is Visibility.PRIVATE
        if index.findable(profile) and (not private or user.id in permitted):
            own = user.id == ctx.principal.user_id
            record = ctx.entities[freelancer_record_key(user.id)]
            page.people.append(FoundFreelancer(user, profile, record, own, ctx.base_url, page))
    return page.people


def _found_as_private(ctx: Context, people: Iterable[tuple[User, Profile]]) -> frozenset[str]:
    """Return the ids of those whose private profiles were indexed for the caller, and not only as public ones."""
    private = [user.id for user, profile in people if profile.current_visibility is Visibility.PRIVATE]
    if not private:
        return frozenset()
    indexed = And((AnyOf(ID, tuple(private)), visible(ctx.principal, public=False)))
    return frozenset(index.reader().search(Search(indexed, limit=len(private))).ids)


def _clients(ctx: Context, ids: list[str]) -> Iterable[FoundClient]:
    """Yield the people of a page with their profiles, as far as the caller may see them."""
    ctx.fetch(
        {
            key: source
            for id_ in ids
            for key, source in {USERS.key(id_): USERS, **read_beside(ctx.principal, id_)}.items()
        }
    )
    gone = absent(ctx, ids)
    for user in (one for id_ in ids if id_ not in gone and (one := ctx.load(USERS, id_))):
        yield FoundClient(user, user if shown(user, ctx) else None)
