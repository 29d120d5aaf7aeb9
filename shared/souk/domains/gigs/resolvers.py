"""Gigs in the graph: what freelancers make, and what everybody sees and finds of it."""

from typing import Any, Final

from souk.domains.files.store import download_link
from souk.domains.gigs.commands import managing, ordering
from souk.domains.gigs.inputs import (
    DescriptionInput,
    GalleryInput,
    GigsFilter,
    OrderInput,
    OverviewInput,
    PackagesInput,
)
from souk.domains.gigs.model import Attachment, Gig, Packages, Status
from souk.domains.gigs.rules.visibility import may_see
from souk.domains.gigs.search import searching
from souk.domains.gigs.store import GIGS, WRITES, gig_id_of, gigs_of
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.reference import ontology
from souk.graph import Context, Domain, Scope
from souk.graph.lists import Pagination
from souk.values.errors import NotFound

# An order makes all that an offer makes which is accepted.
domain = Domain(
    "gigs",
    function="gigs",
    writes=WRITES,
    joins=("contracts", "ledger", "market", "milestones", "offers", "payments"),
)

# The contract names no scopes for gigs. Who reads them looks at the market, or at a freelancer's side of it; who
# changes them changes what they offer there.
_READ: Final = (Scope.MARKETPLACE_JOBS_READ, Scope.FREELANCER_PROFILES)
_WRITE: Final = (Scope.FREELANCER_PROFILES,)


# Reading


@domain.query("doesOffersMultiplePackages", scopes=_READ)
def does_offers_multiple_packages(ctx: Context, gig_id: str) -> bool:
    """Say whether a gig offers more than the basic package.

    Raises NotFound where there is none, and in the same words where there is one that the caller may not see.
    """
    found = _seen(ctx, gig_id)
    if found is None:
        raise NotFound("Gig not found")
    return found.offers_multiple_packages


@domain.query("getUserGigs", scopes=_READ)
def get_user_gigs(ctx: Context, user_id: str) -> list[Gig]:
    """Return the gigs of a person that the caller may see, the newest first."""
    found = gigs_of(ctx.table, user_id, deleted=user_id == ctx.principal.user_id)
    return [gig for gig in found if may_see(gig, ctx.principal)]


@domain.query("gig", scopes=_READ)
def gig(ctx: Context, id: str) -> Gig | None:
    """Return a gig, if the caller may see it."""
    return _seen(ctx, id)


@domain.query("gigBySlug", scopes=_READ)
def gig_by_slug(ctx: Context, slug: str) -> Gig | None:
    """Return the published gig that a slug, of now or of before, leads to."""
    gig_id = gig_id_of(ctx.table, slug)
    found = ctx.load(GIGS, gig_id, consistent=True) if gig_id else None
    return found if found and found.status is Status.PUBLISHED else None


@domain.query("gigsSearch", scopes=_READ)
def gigs_search(
    ctx: Context,
    filter: GigsFilter | None = None,
    pagination: Pagination | None = None,
) -> dict[str, Any]:
    """Search published gigs."""
    return searching.search(ctx, filter or GigsFilter(), pagination)


def _seen(ctx: Context, gig_id: str) -> Gig | None:
    found = ctx.load(GIGS, gig_id, consistent=True)
    return found if found and may_see(found, ctx.principal) else None


# Writing


@domain.mutation("createDraft", scopes=_WRITE)
def create_draft(ctx: Context) -> Gig:
    """Make an empty gig."""
    return managing.create_draft(ctx)


@domain.mutation("updateOverview", scopes=_WRITE)
def update_overview(ctx: Context, input: OverviewInput) -> Gig:
    """Set title, category and tags."""
    return managing.update_overview(ctx, input)


@domain.mutation("createPackages", scopes=_WRITE)
def create_packages(ctx: Context, input: PackagesInput) -> Packages:
    """Set the packages."""
    return managing.create_packages(ctx, input).packages


@domain.mutation("updateOffersMultiplePackages", scopes=_WRITE)
@domain.mutation("udpateOffersMultiplePackages", scopes=_WRITE)  # spelled so in the contract
def update_offers_multiple_packages(ctx: Context, gig_id: str, offers_multiple_packages: bool) -> Gig:
    """Set whether more than the basic package is offered."""
    return managing.offer_multiple_packages(ctx, gig_id, offers=offers_multiple_packages)


@domain.mutation("updateDescriptionFaq", scopes=_WRITE)
def update_description_faq(ctx: Context, input: DescriptionInput) -> dict[str, Any]:
    """Set description and answered questions."""
    stored = managing.update_description(ctx, input)
    return {"success": True, "description": stored.description, "faqCount": len(stored.faq)}


@domain.mutation("updateGallery", scopes=_WRITE)
def update_gallery(ctx: Context, input: GalleryInput) -> dict[str, Any]:
    """Set pictures, videos and documents."""
    return {"success": True, "attachments": managing.update_gallery(ctx, input).attachments}


@domain.mutation("publish", scopes=_WRITE)
def publish(ctx: Context, gig_id: str) -> Gig:
    """Show a draft to everybody."""
    return managing.publish(ctx, gig_id)


@domain.mutation("pauseGig", scopes=_WRITE)
def pause_gig(ctx: Context, gig_id: str) -> Gig:
    """Hide a published gig."""
    return managing.pause(ctx, gig_id)


@domain.mutation("resumeGig", scopes=_WRITE)
def resume_gig(ctx: Context, gig_id: str) -> Gig:
    """Show a paused gig again."""
    return managing.resume(ctx, gig_id)


@domain.mutation("delete", scopes=_WRITE)
def delete(ctx: Context, gig_id: str) -> Gig:
    """End a gig."""
    return managing.delete(ctx, gig_id)


@domain.mutation("orderGig", scopes=[Scope.OFFERS_WRITE])
def order_gig(ctx: Context, input: OrderInput) -> ordering.Ordered:
    """Order a package of a gig."""
    return ordering.order(ctx, input)


# What a gig shows, and where it leads


@domain.field("Gig.category")
def category(source: Gig, ctx: Context) -> dict[str, Any] | None:
    """Return the subcategory that a gig is in."""
    found = ontology.subcategory(source.subcategory_id) if source.subcategory_id else None
    return {"id": found.id, "name": found.preferred_label, "parentId": found.category.id} if found else None


@domain.field("GigAttachment.url")
def url(source: Attachment, ctx: Context) -> str | None:
    """Return where an attachment is: an upload for a quarter of an hour."""
    return source.address or download_link(source.file_key or "", source.file_name or "")


@domain.field("GigOwner.username")
def username(source: User, ctx: Context) -> str:
    """Return the owner's nickname."""
    return source.nickname


domain.link("Gig.owner", to=USERS, by="owner_id")
