"""The result of ordering a gig: an offer that is accepted at once, with one milestone. Pure."""

from datetime import datetime, timedelta

from souk.domains.agreements.model import DeliveryModel, Parties, PayType
from souk.domains.gigs.model import CURRENCY, Gig, Package, Tier
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.offers.model import LastEvent, Offer, OfferKind, SourceType
from souk.domains.offers.rules.creating import LIFETIME
from souk.domains.offers.rules.states import Action, move
from souk.values.errors import NotFound, Unprocessable
from souk.values.times import stamp


def require_orderable(gig: Gig | None) -> Gig:
    """Return a gig that can be ordered. Raises NotFound for hidden and missing gigs, with the same message."""
    if gig is None or not gig.public:
        raise NotFound("Gig not found")
    return gig


def package_of(gig: Gig, tier: Tier) -> Package:
    """Return the package of a tier. Raises Unprocessable if the gig does not offer it."""
    package = gig.packages.of(tier)
    if package is None:
        tiers = ", ".join(one for one in Tier if gig.packages.of(one))
        raise Unprocessable(f"input.tier: this gig does not offer a {tier} package; it offers: {tiers}.")
    return package


def offer_of(  # noqa: PLR0917 - six unrelated values
    gig: Gig, package: Package, parties: Parties, offer_id: str, requirements: str | None, now: datetime
) -> Offer:
    """Return the offer of an order, still open. By publishing the gig, the freelancer agreed to accept it."""
    return Offer(
        id=offer_id,
        kind=OfferKind.VANILLA,
        parties=parties,
        source_type=SourceType.CATALOG_PROJECT,
        source_id=gig.id,
        delivery_model=DeliveryModel.CATALOG_PROJECT,
        title=gig.title or "",
        description=requirements,
        currency=CURRENCY,
        pay=PayType.FIXED,
        budget=package.price_minor,
        expires=stamp(now + LIFETIME),
        created=stamp(now),
        modified=stamp(now),
    )


def milestone_of(offer: Offer, package: Package, milestone_id: str, now: datetime) -> Milestone:
    """Return the only milestone of an order, a copy of the package."""
    return Milestone(
        id=milestone_id,
        offer_id=offer.id,
        currency=offer.currency,
        state=MilestoneState.IN_OFFER,
        sequence=1,
        description=package.name,
        instructions=package.description,
        due=(now + timedelta(days=package.delivery_time)).date().isoformat(),
        revisions=package.revisions,
        deposit=package.price_minor,
        created_by_id=offer.parties.client_user_id,
        created=stamp(now),
        modified=stamp(now),
    )


def accepted(offer: Offer, milestone: Milestone, contract_id: str, now: datetime) -> Offer:
    """Return the accepted offer of an order."""
    changed = {
        "state": move(Action.ACCEPT, offer, stamp(now)).to,
        "milestone_ids": (milestone.id,),
        "contract_id": contract_id,
        "last_event": LastEvent(time=stamp(now)),
    }
    return offer.model_copy(update=changed)
