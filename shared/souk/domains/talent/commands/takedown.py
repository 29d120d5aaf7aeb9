"""How a freelancer's profile is taken down: only the person and operators see it then."""

from typing import Final

from souk.domains.identity.model import User
from souk.domains.moderation.model import Content, ContentKind, Item, Takedown
from souk.domains.talent.commands.editing import read, store
from souk.domains.talent.model import Profile, ProfileEvent
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import NotFound

_Found = tuple[User, Profile]


def _read(ctx: Context, user_id: str) -> _Found | None:
    try:
        user, profile = read(ctx.table, user_id)
    except NotFound:
        return None
    return (user, profile) if profile.version else None


def describe(found: _Found) -> Item:
    """Return a profile with its person as operators see it."""
    user, profile = found
    return Item(
        kind=ContentKind.FREELANCER_PROFILE,
        id=user.id,
        title=profile.title,
        owner_id=user.organization_id,
        writer_id=user.id,
        status=profile.state.value,
        takedown=profile.takedown,
        created=profile.updated or user.creation_date,
        concerns=(user.organization_id,),
    )


def _change(ctx: Context, tx: Transaction, found: _Found, takedown: Takedown | None) -> _Found:
    user, before = found
    after = before.model_copy(update={"takedown": takedown})
    return user, store(ctx, tx, user, before, after, events=(ProfileEvent.UPDATE,))


def _words(found: _Found) -> str:
    _, profile = found
    jobs = [text for one in profile.employment for text in (one.job_title, one.description)]
    others = [text for one in profile.specialized for text in (one.title, one.description)]
    return "\n\n".join(filter(None, [profile.title, profile.overview, *others, *jobs]))


PROFILE_CONTENT: Final = Content(
    subject="User", read=_read, describe=describe, change=_change, words=_words, personal=True
)
"""Profiles of freelancers. The id is that of the person."""
