"""Making, changing and ending gigs: read, decide by the rules, write in one transaction with what is told."""

from typing import Any

from cuid2 import create_id

from souk.domains.files.store import FILES
from souk.domains.gigs.inputs import DescriptionInput, GalleryInput, OverviewInput, PackagesInput
from souk.domains.gigs.model import Gig, Status
from souk.domains.gigs.rules import completeness, description, gallery, overview, packages, slugs
from souk.domains.gigs.rules.states import OFFERED, Action, step
from souk.domains.gigs.rules.visibility import is_owner, told_of
from souk.domains.gigs.store import GIGS, SlugTaken, count, put, take_slug
from souk.domains.reference import ontology
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound, SoukError, Unauthorized
from souk.values.times import stamp

_NOT_FOUND = "Gig not found or not owned by user"


def create_draft(ctx: Context) -> Gig:
    """Make an empty gig of the caller's."""
    now = stamp(ctx.now)
    gig = Gig(
        id=create_id(),
        number=ctx.table.new_id(),
        owner_id=ctx.principal.user_id,
        status=step(None, Action.CREATE),
        created_date_time=now,
        modified_date_time=now,
    )
    tx = ctx.table.transaction()
    stored = put(tx, gig)
    count(tx, gig.owner_id, 1)
    tx.emit("GIG", Action.CREATE, gig.id, to=told_of(gig))
    tx.commit()
    return stored


def update_overview(ctx: Context, wanted: OverviewInput) -> Gig:
    """Set title, category and tags; a gig that has a slug gets another one with another title."""
    gig = _owned(ctx, wanted.gig_id)
    return _store(ctx, gig, Action.UPDATE, overview.checked(wanted))


def create_packages(ctx: Context, wanted: PackagesInput) -> Gig:
    """Set the packages."""
    gig = _owned(ctx, wanted.gig_id)
    return _store(ctx, gig, Action.UPDATE, packages.checked(wanted))


def offer_multiple_packages(ctx: Context, gig_id: str, *, offers: bool) -> Gig:
    """Set whether more than the basic package is offered."""
    return _store(ctx, _owned(ctx, gig_id), Action.UPDATE, {"offers_multiple_packages": offers})


def update_description(ctx: Context, wanted: DescriptionInput) -> Gig:
    """Set description and answered questions. What is not the caller's is UNAUTHORIZED here, as the contract says."""
    gig = _owned(ctx, wanted.gig_id, Unauthorized(_NOT_FOUND))
    return _store(ctx, gig, Action.UPDATE, description.checked(wanted))


def update_gallery(ctx: Context, wanted: GalleryInput) -> Gig:
    """Set pictures, videos and documents."""
    gig = _owned(ctx, wanted.gig_id)
    lists = gallery.named(wanted)
    files = {file.id: file for file in ctx.load_many(FILES, gallery.file_ids(lists)) if file}
    return _store(ctx, gig, Action.UPDATE, {"attachments": gallery.checked(gig, lists, files, create_id)})


def publish(ctx: Context, gig_id: str) -> Gig:
    """Show a draft to everybody, under a slug."""
    gig = _owned(ctx, gig_id)
    return _store(ctx, gig, Action.PUBLISH, {"published_date_time": gig.published_date_time or stamp(ctx.now)})


def pause(ctx: Context, gig_id: str) -> Gig:
    """Hide a published gig."""
    return _store(ctx, _owned(ctx, gig_id), Action.PAUSE, {})


def resume(ctx: Context, gig_id: str) -> Gig:
    """Show a paused gig again."""
    return _store(ctx, _owned(ctx, gig_id), Action.RESUME, {})


def delete(ctx: Context, gig_id: str) -> Gig:
    """End a gig. Its owner keeps seeing it, and its slugs stay its own."""
    return _store(ctx, _owned(ctx, gig_id), Action.DELETE, {})


def _owned(ctx: Context, gig_id: str, refused: SoukError | None = None) -> Gig:
    """Return a gig of the caller's as it is now; `refused` is raised for any other, whether or not there is one."""
    gig = ctx.table.get(GIGS, gig_id, consistent=True)
    if gig is None or not is_owner(gig, ctx.principal):
        raise refused or NotFound(_NOT_FOUND)
    return gig


def _store(ctx: Context, gig: Gig, action: Action, changes: dict[str, Any]) -> Gig:
    """Write what an action changes of a gig.

    Raises Conflict where the action is not possible or the gig was changed meanwhile, and Unprocessable where others
    would see a gig that is not complete.
    """
    status = step(gig.status, action)
    changed = gig.model_copy(update={**changes, "status": status, "modified_date_time": stamp(ctx.now)})
    if status not in OFFERED:
        return _commit(ctx, gig, changed, action)
    completeness.check(changed)
    subcategory = ontology.subcategory(changed.subcategory_id or "")
    fitting = slugs.candidates(changed.title or "", gig.id, subcategory.slug if subcategory else "gig")
    return _commit_named(ctx, gig, changed, action, list(fitting))


def _commit_named(ctx: Context, gig: Gig, changed: Gig, action: Action, fitting: list[str]) -> Gig:
    """Write a gig under a slug that fits its title: the one that it has, or the first that no other gig has taken."""
    if gig.slug in fitting or len(gig.former_slugs) >= slugs.MAX_FORMER:
        return _commit(ctx, gig, changed, action)
    for slug in fitting:
        former = [one for one in (*gig.former_slugs, gig.slug) if one and one != slug]
        try:
            return _commit(ctx, gig, changed.model_copy(update={"slug": slug, "former_slugs": tuple(former)}), action)
        except SlugTaken:  # somebody else was first, long ago or just now
            continue
    raise Conflict("No slug could be found for this title; choose another one.")


def _commit(ctx: Context, gig: Gig, changed: Gig, action: Action) -> Gig:
    tx: Transaction = ctx.table.transaction()
    stored = tx.update(GIGS, changed)
    if changed.slug and changed.slug != gig.slug:
        take_slug(tx, changed.slug, gig.id)
    if changed.status is Status.DELETED:
        count(tx, gig.owner_id, -1)
    tx.emit("GIG", action, gig.id, to=told_of(gig, changed))
    tx.commit()
    return stored
