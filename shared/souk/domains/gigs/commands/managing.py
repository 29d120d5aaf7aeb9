"""Creating, editing, publishing and deleting gigs. Each command writes one transaction, with its event."""

from typing import Any

from cuid2 import create_id

from souk.authentication.standing import require_standing
from souk.domains.files.store import FILES
from souk.domains.gigs.inputs import DescriptionInput, GalleryInput, OverviewInput, PackagesInput
from souk.domains.gigs.model import Gig, Status
from souk.domains.gigs.rules import completeness, description, gallery, overview, packages, slugs
from souk.domains.gigs.rules.states import COMPLETE, Action, step
from souk.domains.gigs.rules.visibility import event_audience, is_owner
from souk.domains.gigs.store import GIGS, SlugTaken, count, put, take_slug
from souk.domains.reference import ontology
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound, SoukError, Unauthorized
from souk.values.times import stamp

_NOT_FOUND = "Gig not found or not owned by user"


def create_draft(ctx: Context) -> Gig:
    """Create an empty gig of the caller."""
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
    tx.emit("GIG", Action.CREATE, gig.id, to=event_audience(gig))
    tx.commit()
    return stored


def update_overview(ctx: Context, request: OverviewInput) -> Gig:
    """Set title, category and tags. A gig with a slug gets a new slug for a new title."""
    gig = _owned(ctx, request.gig_id)
    return _store(ctx, gig, Action.UPDATE, overview.checked(request, (gig.category_id, gig.subcategory_id)))


def create_packages(ctx: Context, request: PackagesInput) -> Gig:
    """Set the packages."""
    gig = _owned(ctx, request.gig_id)
    return _store(ctx, gig, Action.UPDATE, packages.checked(request))


def offer_multiple_packages(ctx: Context, gig_id: str, *, offers: bool) -> Gig:
    """Set whether more than the basic package is offered."""
    return _store(ctx, _owned(ctx, gig_id), Action.UPDATE, {"offers_multiple_packages": offers})


def update_description(ctx: Context, request: DescriptionInput) -> Gig:
    """Set the description and the FAQ. The contract requires UNAUTHORIZED for another owner's gig."""
    gig = _owned(ctx, request.gig_id, Unauthorized(_NOT_FOUND))
    return _store(ctx, gig, Action.UPDATE, description.checked(request))


def update_gallery(ctx: Context, request: GalleryInput) -> Gig:
    """Set the images, videos and documents."""
    gig = _owned(ctx, request.gig_id)
    lists = gallery.read_lists(request)
    files = {file.id: file for file in ctx.load_many(FILES, gallery.file_ids(lists)) if file}
    return _store(ctx, gig, Action.UPDATE, {"attachments": gallery.checked(gig, lists, files, create_id)})


def publish(ctx: Context, gig_id: str) -> Gig:
    """Publish a draft, with a slug."""
    gig = _owned(ctx, gig_id)
    return _store(ctx, gig, Action.PUBLISH, {"published_date_time": gig.published_date_time or stamp(ctx.now)})


def pause(ctx: Context, gig_id: str) -> Gig:
    """Pause a published gig."""
    return _store(ctx, _owned(ctx, gig_id), Action.PAUSE, {})


def resume(ctx: Context, gig_id: str) -> Gig:
    """Resume a paused gig."""
    return _store(ctx, _owned(ctx, gig_id), Action.RESUME, {})


def delete(ctx: Context, gig_id: str) -> Gig:
    """Delete a gig. Its owner can still see it, and it keeps its slugs."""
    return _store(ctx, _owned(ctx, gig_id), Action.DELETE, {})


def _owned(ctx: Context, gig_id: str, refused: SoukError | None = None) -> Gig:
    """Return the caller's own gig. The read is strongly consistent. Raises `refused`, or NotFound, for other gigs."""
    gig = ctx.table.get(GIGS, gig_id, consistent=True)
    if gig is None or not is_owner(gig, ctx.principal):
        raise refused or NotFound(_NOT_FOUND)
    return gig


def _store(ctx: Context, gig: Gig, action: Action, changes: dict[str, Any]) -> Gig:
    """Store an action on a gig, with its changes.

    Raises Conflict if the action is not possible or the gig was changed meanwhile, and Unprocessable if a gig that
    others can see would be incomplete.
    """
    status = step(gig.status, action)
    changed = gig.model_copy(update={**changes, "status": status, "modified_date_time": stamp(ctx.now)})
    if status not in COMPLETE:
        return _commit(ctx, gig, changed, action)
    completeness.check(changed)
    subcategory = ontology.subcategory(changed.subcategory_id or "")
    slug_candidates = slugs.candidates(changed.title or "", gig.id, subcategory.slug if subcategory else "gig")
    return _commit_with_slug(ctx, gig, changed, action, list(slug_candidates))


def _commit_with_slug(ctx: Context, gig: Gig, changed: Gig, action: Action, slug_candidates: list[str]) -> Gig:
    """Store a gig with a slug for its title: its current slug if that fits, or the first free candidate."""
    if gig.slug in slug_candidates or len(gig.former_slugs) >= slugs.MAX_FORMER:
        return _commit(ctx, gig, changed, action)
    for slug in slug_candidates:
        former = [one for one in (*gig.former_slugs, gig.slug) if one and one != slug]
        try:
            return _commit(ctx, gig, changed.model_copy(update={"slug": slug, "former_slugs": tuple(former)}), action)
        except SlugTaken:
            continue
    raise Conflict("There is no free slug for this title. Choose another title.")


def _commit(ctx: Context, gig: Gig, changed: Gig, action: Action) -> Gig:
    tx: Transaction = ctx.table.transaction()
    if changed.public and not gig.public:
        require_standing(tx, ctx.principal.company_id, user_id=gig.owner_id)
    stored = tx.update(GIGS, changed)
    if changed.slug and changed.slug != gig.slug:
        take_slug(tx, changed.slug, gig.id)
    if changed.status is Status.DELETED:
        count(tx, gig.owner_id, -1)
    tx.emit("GIG", action, gig.id, to=event_audience(gig, changed))
    tx.commit()
    return stored
