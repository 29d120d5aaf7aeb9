"""Finding the caller's own offers by an attribute, such as their posting."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.domains.offers.model import Offer
from souk.domains.offers.store import CLIENT_OFFERS, FILTERS, PERSON_OFFERS, VENDOR_OFFERS
from souk.domains.offers.views import legacy_state
from souk.graph import Context
from souk.graph.lists import MAX_PAGE, limit_size
from souk.storage import Input, View
from souk.values.errors import Unprocessable
from souk.values.times import stamp

DEFAULT_LIMIT: Final = 10
MAX_OFFERS: Final = 1_000
"""The most offers of several ids, in one answer."""
MAX_IDS: Final = 100


class SearchAttribute(StrEnum):
    """An attribute of offers: the contract's OfferSearchAttribute."""

    PROPOSAL = "JobApplication"
    JOB = "JobPosting"
    CLIENT_USER = "ClientUser"
    VENDOR_USER = "VendorUser"
    CLIENT_TEAM = "ClientTeam"
    VENDOR_TEAM = "VendorTeam"
    CLIENT_COMPANY = "ClientOrg"
    VENDOR_COMPANY = "VendorOrg"
    CONTRACT = "Contract"


ATTRIBUTES: Final[Mapping[SearchAttribute, str]] = {
    SearchAttribute.PROPOSAL: "proposal",
    SearchAttribute.JOB: "job",
    SearchAttribute.CLIENT_USER: "client_person",
    SearchAttribute.VENDOR_USER: "freelancer",
    SearchAttribute.CLIENT_TEAM: "client_team",
    SearchAttribute.VENDOR_TEAM: "vendor_team",
    SearchAttribute.CLIENT_COMPANY: "client_company",
    SearchAttribute.VENDOR_COMPANY: "vendor_company",
    SearchAttribute.CONTRACT: "contract",
}
"""The names of the attributes in the table (`souk.domains.offers.store.FILTERS`)."""


class IncludedParts(Input):
    """The optional parts of an offer to include."""

    include_attachments: bool | None = None
    include_milestones: bool | None = None

    def apply_to(self, offer: Offer) -> Offer:
        """Return an offer without the excluded parts."""
        omitted: dict[str, tuple[()]] = {} if self.include_attachments is not False else {"attachments": ()}
        return offer.model_copy(
            update=omitted if self.include_milestones is not False else omitted | {"milestone_ids": ()}
        )


class SearchOffers(IncludedParts):
    """The contract's SearchOffersInput."""

    id: str
    search_attribute: SearchAttribute
    states: tuple[str, ...] | None = None
    limit: int | None = None
    page: int | None = None
    ascending_order: bool | None = None


class SearchOffersByAttributes(IncludedParts):
    """The contract's SearchOffersByAttributesInput."""

    ids: tuple[str, ...]
    search_attribute: SearchAttribute


def by_attribute(ctx: Context, criteria: SearchOffers) -> list[Offer]:
    """Return a page of offers, oldest first by default. A limit of 0 asks for all of them, if they fit on one page.

    Raises Unprocessable for a larger page, and if there are more offers than fit.
    """
    limit = limit_size(DEFAULT_LIMIT if criteria.limit is None else criteria.limit or MAX_PAGE)
    page = 1 if criteria.page is None else criteria.page
    if page < 1:
        raise Unprocessable("filter.page: must be 1 or more.")
    offers = _with_attribute(ctx, criteria.search_attribute, {criteria.id})
    if states := criteria.states:
        now = stamp(ctx.now)
        offers = [one for one in offers if legacy_state(one, now) in states]
    if criteria.limit == 0 and len(offers) > MAX_PAGE:  # what is left out could not be told from the end
        raise Unprocessable(f"filter.limit: there are more than {MAX_PAGE} offers; ask for pages of them.")
    if criteria.ascending_order is False:
        offers.reverse()
    return [criteria.apply_to(one) for one in offers[(page - 1) * limit : page * limit]]


def by_attributes(ctx: Context, criteria: SearchOffersByAttributes) -> list[Offer]:
    """Return offers, oldest first. Raises Unprocessable if there are more than `MAX_OFFERS`."""
    if len(criteria.ids) > MAX_IDS:
        raise Unprocessable(f"filter.ids: at most {MAX_IDS} ids; these are {len(criteria.ids)}.")
    offers = _with_attribute(ctx, criteria.search_attribute, set(criteria.ids))
    if len(offers) > MAX_OFFERS:
        raise Unprocessable(f"filter.ids: these have more than {MAX_OFFERS} offers; use fewer ids.")
    return [criteria.apply_to(one) for one in offers]


def _with_attribute(ctx: Context, attribute: SearchAttribute, ids: set[str]) -> list[Offer]:
    """Return the caller's own offers with one of these ids, oldest first. Own are those of the organization in context.

    They are read from the parties' own lists, so other people's offers are never loaded.
    """
    principal, table = ctx.principal, ctx.table
    name = ATTRIBUTES[attribute]
    view: View[Offer, Offer] = View(
        conditions=[lambda one: FILTERS[name](one) in ids, lambda one: one.parties.include(principal)],
        among={name: ids},
        narrow="Use `clientOffers`, `agencyOffers` or `offer`, which have pages.",
    )
    lists = [CLIENT_OFFERS.of(table, principal.company_id), PERSON_OFFERS.of(table, principal.user_id)]
    if principal.leads:
        lists.append(VENDOR_OFFERS.of(table, principal.company_id))
    own = {one.id: one for offers in lists for one in offers.all(view)}
    return sorted(own.values(), key=lambda one: int(one.id))
