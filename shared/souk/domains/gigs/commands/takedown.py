"""How a gig is taken down: only its owner and operators see it then, and nobody can order it."""

from typing import Final

from souk.domains.gigs.model import Gig
from souk.domains.gigs.rules.editorjs import plain_texts
from souk.domains.gigs.rules.visibility import event_audience
from souk.domains.gigs.store import GIGS
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.moderation.model import Content, ContentKind, Item, Takedown
from souk.graph import Context
from souk.storage import Transaction

_Found = tuple[Gig, User | None]


def _read(ctx: Context, gig_id: str) -> _Found | None:
    gig = ctx.table.get(GIGS, gig_id, consistent=True)
    return (gig, ctx.table.get(USERS, gig.owner_id)) if gig else None


def describe(found: _Found) -> Item:
    """Return a gig with its owner as operators see it."""
    gig, owner = found
    return Item(
        kind=ContentKind.GIG,
        id=gig.id,
        title=gig.title or "",
        owner_id=owner.organization_id if owner else None,
        writer_id=gig.owner_id,
        status=gig.status.value,
        takedown=gig.takedown,
        created=gig.created_date_time,
        concerns=(owner.organization_id,) if owner else (),
    )


def _change(_ctx: Context, tx: Transaction, found: _Found, takedown: Takedown | None) -> _Found:
    before, owner = found
    after = before.model_copy(update={"takedown": takedown})
    tx.emit("GIG", "UPDATE", before.id, to=event_audience(before, after))
    return tx.update(GIGS, after), owner


def _words(found: _Found) -> str:
    gig, _ = found
    asked = [text for one in gig.faq for text in (one.question, one.answer)]
    tags = ", ".join(tag.text for tag in gig.tags)
    return "\n\n".join(filter(None, [gig.title, tags, *plain_texts(gig.description), *asked]))


GIG_CONTENT: Final = Content(subject="Gig", read=_read, describe=describe, change=_change, words=_words)
"""Gigs."""
