"""The resolvers of gigs."""

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
from souk.domains.gigs.model import Attachment, Gig, Packages
from souk.domains.gigs.personal import PERSONAL
from souk.domains.gigs.rules.visibility import is_owner, may_see
from souk.domains.gigs.search import searching
from souk.domains.gigs.store import GIGS, gig_id_of, gigs_of
from souk.domains.identity.commands.absence import absent
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.reference import ontology
from souk.graph import Context, Domain, Scope
from souk.graph.lists import Connection, Pagination
from souk.values.errors import NotFound

# An order writes everything that an accepted offer writes.
domain = Domain(
    "gigs",
    function="gigs",
    joins=("contracts", "ledger", "market", "milestones", "offers", "payments", "rooms"),
)
domain.personal(PERSONAL)

# The contract defines no scopes for gigs. Reading them needs a scope for the market or for freelancer profiles; writing
# them changes the freelancer's services, so it needs the latter.
_READ: Final = (Scope.MARKETPLACE_JOBS_READ, Scope.FREELANCER_PROFILES)
_WRITE: Final = (Scope.FREELANCER_PROFILES,)


# Reading


@domain.query("doesOffersMultiplePackages", scopes=_READ)
def does_offers_multiple_packages(ctx: Context, gig_id: str) -> bool:
    """Return whether a gig offers more than the basic package.

    Raises NotFound for a gig that the caller cannot see, with the same message as for a missing gig.
    """
    gig = _visible_gig(ctx, gig_id)
    if gig is None:
        raise NotFound("Gig not found")
    return gig.offers_multiple_packages


@domain.query("getUserGigs", scopes=_READ)
def get_user_gigs(ctx: Context, user_id: str) -> list[Gig]:
    """Return the gigs of a person that the caller may see, newest first."""
    gigs = gigs_of(ctx.table, user_id, deleted=user_id == ctx.principal.user_id)
    return _shown(ctx, [gig for gig in gigs if may_see(gig, ctx.principal)])


@domain.query("gig", scopes=_READ)
def gig(ctx: Context, id: str) -> Gig | None:
    """Return a gig; None if the caller may not see it."""
    return _visible_gig(ctx, id)


@domain.query("gigBySlug", scopes=_READ)
def gig_by_slug(ctx: Context, slug: str) -> Gig | None:
    """Return the published gig of a current or former slug."""
    gig_id = gig_id_of(ctx.table, slug)
    gig = ctx.load(GIGS, gig_id, consistent=True) if gig_id else None
    return next(iter(_shown(ctx, [gig] if gig and gig.public else [])), None)


@domain.query("gigsSearch", scopes=_READ)
def gigs_search(
    ctx: Context,
    filter: GigsFilter | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Search published gigs."""
    return searching.search(ctx, filter or GigsFilter(), pagination)


def _visible_gig(ctx: Context, gig_id: str) -> Gig | None:
    gig = ctx.load(GIGS, gig_id, consistent=True)
    return next(iter(_shown(ctx, [gig] if gig and may_see(gig, ctx.principal) else [])), None)


def _shown(ctx: Context, gigs: list[Gig]) -> list[Gig]:
    """Return gigs without those of suspended people, which only they and operators see."""
    of_others = [gig.owner_id for gig in gigs if not (is_owner(gig, ctx.principal) or ctx.principal.operator)]
    gone = absent(ctx, of_others) if of_others else frozenset()
    return [gig for gig in gigs if gig.owner_id not in gone]


# Writing


@domain.mutation("createDraft", scopes=_WRITE)
def create_draft(ctx: Context) -> Gig:
    """Create an empty gig."""
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
    """Set the description and the FAQ."""
    stored = managing.update_description(ctx, input)
    return {"success": True, "description": stored.description, "faqCount": len(stored.faq)}


@domain.mutation("updateGallery", scopes=_WRITE)
def update_gallery(ctx: Context, input: GalleryInput) -> dict[str, Any]:
    """Set the images, videos and documents."""
    return {"success": True, "attachments": managing.update_gallery(ctx, input).attachments}


@domain.mutation("publish", scopes=_WRITE)
def publish(ctx: Context, gig_id: str) -> Gig:
    """Publish a draft."""
    return managing.publish(ctx, gig_id)


@domain.mutation("pauseGig", scopes=_WRITE)
def pause_gig(ctx: Context, gig_id: str) -> Gig:
    """Pause a published gig."""
    return managing.pause(ctx, gig_id)


@domain.mutation("resumeGig", scopes=_WRITE)
def resume_gig(ctx: Context, gig_id: str) -> Gig:
    """Resume a paused gig."""
    return managing.resume(ctx, gig_id)


@domain.mutation("delete", scopes=_WRITE)
def delete(ctx: Context, gig_id: str) -> Gig:
    """Delete a gig."""
    return managing.delete(ctx, gig_id)


@domain.mutation("orderGig", scopes=[Scope.OFFERS_WRITE])
def order_gig(ctx: Context, input: OrderInput) -> ordering.OrderResult:
    """Order a package of a gig."""
    return ordering.order(ctx, input)


# Fields and links


@domain.field("Gig.category")
def category(source: Gig, ctx: Context) -> dict[str, Any] | None:
    """Return the gig's subcategory."""
    subcategory = ontology.subcategory(source.subcategory_id) if source.subcategory_id else None
    if subcategory is None:
        return None
    return {
        "id": subcategory.id,
        "name": subcategory.preferred_label,
        "parentId": subcategory.category.id,
    }


@domain.field("GigAttachment.url")
def url(source: Attachment, ctx: Context) -> str | None:
    """Return the URL of an attachment. The URL of an upload is valid for 15 minutes."""
    return source.address or download_link(source.file_key or "", source.file_name or "")


@domain.field("GigOwner.username")
def username(source: User, ctx: Context) -> str:
    """Return the owner's nickname."""
    return source.nickname


domain.link("Gig.owner", to=USERS, by="owner_id")
