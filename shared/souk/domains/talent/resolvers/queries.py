"""The queries of profiles, and the fields of other types that lead to them."""

from souk.domains.identity.model import User
from souk.domains.talent.model import Profile, Visibility
from souk.domains.talent.resolvers.declared import PROFILES as PROFILE_SCOPES
from souk.domains.talent.resolvers.declared import domain
from souk.domains.talent.search import execution
from souk.domains.talent.search.model import FreelancerFilter
from souk.domains.talent.store import PROFILES
from souk.domains.talent.views.people import fetch, link_profile, page_of, profile_of, shown
from souk.graph import Context, Scope
from souk.graph.lists import Connection, Pagination
from souk.runtime.settings import talent_settings
from souk.values.errors import NotFound
from souk.values.ids import plain_id


@domain.query("freelancerProfileByProfileKey", scopes=PROFILE_SCOPES)
def freelancer_profile(ctx: Context, profile_key: str) -> User:
    """Return a person as a freelancer.

    Raises NotFound, with the same message, if they have no profile or the caller may not see it.
    """
    user = fetch(ctx, plain_id(profile_key))
    if user is None or not shown(user, ctx):
        raise NotFound("This profile does not exist, or you cannot see it.")
    return user


@domain.query("talentProfileByProfileKey", scopes=[Scope.TALENT_PROFILES])
def talent_profile(ctx: Context, profile_key: str) -> User | None:
    """Return a person as a freelancer; None if they have no profile or the caller may not see it."""
    user = fetch(ctx, plain_id(profile_key))
    return user if user and shown(user, ctx) else None


@domain.query("freelancerVisibility", scopes=PROFILE_SCOPES)
def freelancer_visibility(ctx: Context, id: str | None = None) -> Profile | None:
    """Return the visibility of a person's profile, the caller's by default; None if the caller may not see it."""
    user = fetch(ctx, plain_id(id) if id else ctx.principal.user_id)
    if user is None:
        return None
    if user.id == ctx.principal.user_id:
        return profile_of(ctx, user)
    return ctx.load(PROFILES, user.id) if shown(user, ctx) else None


@domain.query("freelancerProfileSearchRecords", scopes=PROFILE_SCOPES)
def search_records(ctx: Context, search_filter: FreelancerFilter, pagination: Pagination) -> Connection:
    """Return a page of the people who match a filter (`FreelancerProfilesSearchRecordsConnection`)."""
    return execution.search(ctx, search_filter, pagination)


@domain.field("FreelancerVisibility.locked")
def locked(source: Profile, ctx: Context) -> bool:
    """Return whether an operator has locked it, or taken the profile down."""
    return source.lock is not None or source.takedown is not None


@domain.field("FreelancerVisibility.risky")
def risky(source: Profile, ctx: Context) -> bool | None:
    """Return whether operators suspect it, to operators; None to others."""
    return source.risky if ctx.principal.operator else None


@domain.field("FreelancerVisibility.currentVisibility")
def current_visibility(source: Profile, ctx: Context) -> Visibility:
    """Return what holds."""
    return source.current_visibility


@domain.field("FreelancerVisibility.originalVisibility")
def original_visibility(source: Profile, ctx: Context) -> Visibility:
    """Return what the freelancer has chosen."""
    return source.visibility


# Fields of people

for _type in ("CurrentUser", "GenericUser"):
    link_profile(domain, f"{_type}.freelancerProfile", f"{_type}.talentProfile", by="id", visible=shown)

domain.link(
    "UserIdsByEmailRecordNode.title",
    to=PROFILES,
    by="id",
    shown=lambda _, profile: None if profile.takedown else profile.title or None,
)
domain.link(
    "UserIdsByEmailRecordNode.visibilityLevel",
    to=PROFILES,
    by="id",
    shown=lambda _, profile: profile.current_visibility,
)


def _with_page(user: User) -> str | None:
    return user.id if talent_settings().profile_pages else None


def _public_page(user: User, profile: Profile) -> str | None:
    return None if profile.current_visibility is Visibility.PRIVATE else page_of(user)


domain.link("GenericUser.publicUrl", "PiiUser.publicUrl", to=PROFILES, by=_with_page, shown=_public_page)
