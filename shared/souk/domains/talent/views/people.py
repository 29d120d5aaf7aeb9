"""A person with their profile, as a caller sees it.

The source of the types FreelancerProfile and TalentProfile is the user. `link_profile` declares a link to one, which
reads the profile in the same round trip; the fields then find it in the request's cache.
"""

from collections.abc import Callable
from typing import Any

from souk.domains.identity.commands.absence import absent
from souk.domains.identity.model import User
from souk.domains.identity.rules.privacy import person_shown
from souk.domains.identity.store import USERS
from souk.domains.market.model import CloudTies
from souk.domains.market.store import cloud_ties_key
from souk.domains.talent.model import Profile
from souk.domains.talent.rules import privacy
from souk.domains.talent.store import PROFILES, other_side_keys, read_beside
from souk.graph import Context, Domain
from souk.runtime.settings import talent_settings


def profile_of(ctx: Context, user: User) -> Profile:
    """Return the profile of a person; an empty one if they have none.

    It is also empty if the profile was taken down and the caller may not see it: the parties of an offer or a contract
    still see the person then.
    """
    profile = ctx.load(PROFILES, user.id)
    if profile is None or (profile.takedown and not privacy.taken_down_shown(user.id, ctx)):
        return Profile(user_id=user.id)
    return profile


def link_profile(
    domain: Domain,
    *coordinates: str,
    by: str | Callable[[Any], str | None],
    visible: Callable[[User, Context], bool] | None = None,
) -> None:
    """Declare fields that lead to the profile of a person.

    Without `visible`, the source is shown only to those who may see the profile: the parties of an offer, for example.
    """

    def beside(source: Any, ctx: Context) -> dict[Any, Any]:
        user_id = getattr(source, by) if isinstance(by, str) else by(source)
        companies = source.company_ids if isinstance(source, User) else ()
        return read_beside(ctx.principal, user_id, companies) if user_id else {}

    domain.link(*coordinates, to=USERS, by=by, visible=visible, beside=beside)


def shown(user: User, ctx: Context) -> bool:
    """Return whether a person has a profile that the caller may see."""
    profile = ctx.load(PROFILES, user.id)
    return profile is not None and visible(profile, user, ctx)


def visible(profile: Profile, user: User, ctx: Context) -> bool:
    """Return whether the caller may see a profile. Reads the relations that the link did not read."""
    gone = not person_shown(user, ctx) and user.id in absent(ctx, [user.id])
    if privacy.profile_shown(profile, user, ctx, tied=False, absent=gone):
        return True
    tied = in_cloud(ctx, user.id) or other_side(ctx, user.id)
    return privacy.profile_shown(profile, user, ctx, tied=tied, absent=gone)


def other_side(ctx: Context, user_id: str) -> bool:
    """Return whether the company of the request has an offer, a contract or a conversation with a person."""
    if not ctx.principal.member:
        return False
    ctx.fetch(read_beside(ctx.principal, user_id))
    return any(ctx.entities[key] for key in other_side_keys(ctx.principal, user_id))


def in_cloud(ctx: Context, user_id: str) -> bool:
    """Return whether a person is in a talent cloud of the company of the request."""
    if not ctx.principal.member:
        return False
    ctx.fetch(read_beside(ctx.principal, user_id))
    ties: CloudTies = ctx.entities[cloud_ties_key(ctx.principal.company_id, user_id)]
    return ties.clouds > 0


def fetch(ctx: Context, user_id: str) -> User | None:
    """Return a person, and read their profile and their standing with them. None if there is no such person."""
    at_user = USERS.key(user_id)
    ctx.fetch({at_user: USERS, **read_beside(ctx.principal, user_id)})
    user: User | None = ctx.entities[at_user]
    return user


def page_of(user: User) -> str | None:
    """Return the address of a person's public page; None if the deployment names no pages."""
    pages = talent_settings().profile_pages
    return f"{pages}{user.ciphertext}" if pages else None
