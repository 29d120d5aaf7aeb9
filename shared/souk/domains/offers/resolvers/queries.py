"""The queries, fields and links of offers."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from souk.domains.clouds.store import CLOUDS
from souk.domains.clouds.views import CloudView
from souk.domains.customfields import views as custom_fields
from souk.domains.customfields.commands import answering
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.milestones.store import MILESTONES
from souk.domains.offers import search, views
from souk.domains.offers.model import Offer
from souk.domains.offers.resolvers.declared import domain
from souk.domains.offers.rules import answers, enums
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.domains.talent.views.people import link_profile
from souk.graph import Context, ListSize, Scope
from souk.graph.context import Source
from souk.graph.lists import MAX_PAGE, Connection, Pagination, connection_in_memory
from souk.storage import Key
from souk.values.times import stamp


@domain.query("offer", scopes=[Scope.OFFERS_READ])
def offer(ctx: Context, id: str) -> Offer | None:
    """Return an offer to its parties; None for everyone else."""
    loaded = ctx.load(OFFERS, id, consistent=True)
    return loaded if loaded and loaded.parties.include(ctx.principal) else None


@domain.query("offersByAttribute", scopes=[Scope.OFFERS_READ], size=ListSize(search.DEFAULT_LIMIT, MAX_PAGE))
def offers_by_attribute(ctx: Context, filter: search.SearchOffers) -> dict[str, list[Offer]]:
    """Return a page of the offers with an attribute."""
    return {"offers": search.by_attribute(ctx, filter)}


@domain.query("offersByAttributes", scopes=[Scope.OFFERS_READ, Scope.OFFERS_WRITE])
def offers_by_attributes(ctx: Context, filter: search.SearchOffersByAttributes) -> dict[str, list[Offer]]:
    """Return the offers with any of several values of an attribute."""
    return {"offers": search.by_attributes(ctx, filter)}


domain.list_size("ModernizedContractOfferList.offers", size=search.MAX_IDS)


# Fields

_PARTIES: Final[dict[str, Callable[[Offer], Any]]] = {
    "offeror": lambda _: "Client",  # no request lets a freelancer make an offer
    "clientUserId": lambda one: one.parties.client_user_id,
    "clientTeamId": lambda one: one.parties.client_team_id,
    "clientOrgId": lambda one: one.parties.client_company_id,
    "vendorUserId": lambda one: one.parties.vendor_user_id,
    "vendorTeamId": lambda one: one.parties.vendor_team_id if one.parties.agency else None,
    "vendorOrgId": lambda one: one.parties.vendor_company_id,
    "agencyRootCompanyId": lambda one: one.parties.vendor_company_id if one.parties.agency else None,
    "actors": lambda _: [],  # offers have no further participants
    "staffingManagerId": lambda _: None,  # agencies do not name one
    "instanceId": lambda _: None,  # offers are never replaced
    "metadata": views.metadata,
    "expirationDateTime": lambda one: one.expires,
    "attachments": lambda one: [file.id for file in one.attachments] or None,
    "attachedFiles": lambda one: one.attachments,
    "contractStartDateTime": lambda one: one.starts,
    "contractEndDateTime": lambda one: one.ends,
    "hourlyRateTerms": views.hourly_terms,
    "stipendTerms": views.stipend_terms,
    "milestoneTerms": views.milestone_terms,
    "deliveryModel": lambda one: enums.DELIVERY_MODEL[one.delivery_model],
    "createdDateTime": lambda one: one.created,
}
"""The common fields of the two types that show the parties as ids."""

_PROJECTIONS: Final[dict[str, dict[str, Callable[[Offer], Any]]]] = {
    "Offer": {
        "type": lambda one: enums.OFFER_TYPE[one.kind, one.pay],
        "closeJobPostingOnAccept": lambda one: one.close_on_accept,
        "offerTerms": views.offer_terms,
        "messageToContractor": lambda one: one.description,  # the client's only text
        "createdUsingBYOFlow": lambda _: False,  # clients cannot bring freelancers along
        "payrollOffer": lambda one: one.payroll is not None,
        "deliveryModel": lambda one: enums.DELIVERY_MODEL[one.delivery_model],
        "metadata": views.metadata,
        "scheduledRateIncrease": views.rate_increase,
        "location": views.location,
    },
    "ModernizedOffer": _PARTIES,
    "ModernizedContractOffer": _PARTIES
    | {
        "type": lambda one: enums.AGREEMENT_TYPE[one.pay],
        "vendorType": enums.vendor_type,
        "termsVersion": lambda _: enums.TERMS_VERSION,
        "previousOfferId": lambda _: None,  # as with instanceId
        "newOfferId": lambda _: None,
        "closePostingUponAccept": lambda one: one.close_on_accept,
    },
}

_BY_TIME: Final[dict[str, Callable[[Offer, str], Any]]] = {
    "Offer.state": views.state,
    "Offer.lastEvent": views.last_event,
    "ModernizedOffer.state": views.workflow_state,
    "ModernizedOffer.lastEvent": views.last_event,
    "ModernizedContractOffer.state": views.workflow_state,
    "ModernizedContractOffer.legacyState": views.legacy_state,
    "ModernizedContractOffer.lastEvent": views.last_event,
}
"""The fields that change when an offer expires."""


def _projection(read: Callable[[Offer], Any]) -> Callable[[Offer, Context], Any]:
    return lambda source, ctx: read(source)


def _projection_at(read: Callable[[Offer, str], Any]) -> Callable[[Offer, Context], Any]:
    return lambda source, ctx: read(source, stamp(ctx.now))


for _type, _parts in _PROJECTIONS.items():
    for _name, _part in _parts.items():
        domain.field(f"{_type}.{_name}")(_projection(_part))
for _coordinate, _read in _BY_TIME.items():
    domain.field(_coordinate)(_projection_at(_read))


@domain.field("Offer.offerFeatures")
def offer_features(source: Offer, ctx: Context) -> dict[str, Any] | None:
    """Return the features of enterprise offers and of offers from a talent cloud."""
    return views.features(source, ctx.principal)


@domain.field("Offer.payroll")
def offer_payroll(source: Offer, ctx: Context) -> dict[str, Any] | None:
    """Return the payroll data."""
    return views.payroll(source, ctx.principal)


def _answers(source: Offer, ctx: Context) -> Mapping[Key, Source]:
    """Return the answers to custom fields that a field of an offer needs."""
    return answering.needs(source.id) if source.parties.client_is(ctx.principal) else {}


@domain.field("Offer.customFields", needs=_answers)
def offer_custom_fields(
    source: Offer,
    ctx: Context,
    organization_ids: list[str] | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of the answers to the client's custom fields, to the client only."""
    found = []
    if source.parties.client_is(ctx.principal):
        sheet = answering.sheet_of(ctx, answers.sheet(source))
        found = custom_fields.answers(sheet, ctx.principal, organization_ids)
    bound_to = ["offerCustomFields", source.id, ctx.principal.organization_id, organization_ids]
    return connection_in_memory(ctx.cursors, bound_to, found, pagination)


@domain.field("OfferFeatures.purchaseOrder", needs=lambda source, ctx: _answers(source["offer"], ctx))
def purchase_order(source: dict[str, Any], ctx: Context) -> dict[str, Any] | None:
    """Return the purchase order that an answer has the number of, to the client only."""
    offer: Offer = source["offer"]
    if not offer.parties.client_is(ctx.principal):
        return None
    sheet = answering.sheet_of(ctx, answers.sheet(offer))
    return custom_fields.purchase_order(sheet, ctx.principal, views.money(offer, 0))


# Links


def _party(field: str) -> Callable[[Offer], str]:
    return lambda source: str(getattr(source.parties, field))


def _key(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda source: source.get(name)


def _membership(source: dict[str, Any], ctx: Context) -> Mapping[Key, Any]:
    """Return the caller's membership in the talent cloud of an offer, which is read beside it."""
    cloud_id = source["talentCloudId"]
    return {RELATIONS.key(RelationKind.CLOUD, cloud_id, ctx.principal.user_id): RELATIONS} if cloud_id else {}


def _sees_cloud(view: CloudView, ctx: Context) -> bool:
    """Return whether the caller is of the client, or still a member of the talent cloud of an offer."""
    return view.client or ctx.load(RELATIONS, RelationKind.CLOUD, view.id, ctx.principal.user_id) is not None


def _vendor_can_see(proposal: Proposal, ctx: Context) -> bool:
    return proposal.parties.vendor_is(ctx.principal)


domain.link("Offer.job", to=JOBS, by="job_id")
domain.link("Offer.vendorProposal", to=PROPOSALS, by="proposal_id", visible=_vendor_can_see)
link_profile(domain, "Offer.freelancer", by=_party("vendor_user_id"))
domain.link("PurchaseOrder.creator", to=USERS, by=_key("creatorId"))
domain.link("Offer.milestones", to=MILESTONES, by=views.milestone_keys)
domain.link(
    "OfferFeatures.privateTalentCloud",
    to=CLOUDS,
    by=_key("talentCloudId"),
    shown=lambda source, cloud: CloudView.of(cloud, source["principal"]),
    visible=_sees_cloud,
    beside=_membership,
)
domain.link("MilestoneTerms.milestones", to=MILESTONES, by=_key("milestoneKeys"))
for _offer in ("Offer", "ModernizedOffer"):
    domain.link(f"{_offer}.client", f"{_offer}.clientCompany", to=ORGANIZATIONS, by=_party("client_company_id"))
