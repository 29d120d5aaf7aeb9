"""The offers that the caller is a party to, found by what they belong to."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

from souk.domains.offers.model import Offer
from souk.domains.offers.store import offers_of_client, offers_to_company, offers_to_person
from souk.domains.offers.views import legacy_state
from souk.graph import Context
from souk.storage import Model
from souk.values.errors import Unprocessable
from souk.values.times import stamp

DEFAULT_LIMIT: Final = 10
MAX_FOUND: Final = 1_000
"""Offers in one answer: what a limit of 0, for none, comes to."""
MAX_IDS: Final = 100


class SearchAttribute(StrEnum):
    """What offers can be found by: the contract's OfferSearchAttribute."""

    PROPOSAL = "JobApplication"
    JOB = "JobPosting"
    CLIENT_USER = "ClientUser"
    VENDOR_USER = "VendorUser"
    CLIENT_TEAM = "ClientTeam"
    VENDOR_TEAM = "VendorTeam"
    CLIENT_COMPANY = "ClientOrg"
    VENDOR_COMPANY = "VendorOrg"
    CONTRACT = "Contract"


OF: Final[Mapping[SearchAttribute, Callable[[Offer], str | None]]] = {
    SearchAttribute.PROPOSAL: lambda one: one.proposal_id,
    SearchAttribute.JOB: lambda one: one.job_id,
    SearchAttribute.CLIENT_USER: lambda one: one.parties.client_user_id,
    SearchAttribute.VENDOR_USER: lambda one: one.parties.vendor_user_id,
    SearchAttribute.CLIENT_TEAM: lambda one: one.parties.client_team_id,
    SearchAttribute.VENDOR_TEAM: lambda one: one.parties.vendor_team_id,
    SearchAttribute.CLIENT_COMPANY: lambda one: one.parties.client_company_id,
    SearchAttribute.VENDOR_COMPANY: lambda one: one.parties.vendor_company_id,
    SearchAttribute.CONTRACT: lambda one: one.contract_id,
}


class Parts(Model):
    """Which parts of an offer are wanted."""

    include_attachments: bool | None = None
    include_milestones: bool | None = None

    def of(self, offer: Offer) -> Offer:
        """Return an offer without the parts that are not wanted."""
        left: dict[str, tuple[()]] = {} if self.include_attachments is not False else {"attachments": ()}
        return offer.model_copy(update=left if self.include_milestones is not False else left | {"milestone_ids": ()})


class SearchOffers(Parts):
    """The contract's SearchOffersInput."""

    id: str
    search_attribute: SearchAttribute
    states: tuple[str, ...] | None = None
    limit: int | None = None
    page: int | None = None
    ascending_order: bool | None = None


class SearchOffersByAttributes(Parts):
    """The contract's SearchOffersByAttributesInput."""

    ids: tuple[str, ...]
    search_attribute: SearchAttribute


def by_attribute(ctx: Context, wanted: SearchOffers) -> list[Offer]:
    """Return a page of offers, in the order of their making."""
    limit = DEFAULT_LIMIT if wanted.limit is None else wanted.limit or MAX_FOUND
    page = 1 if wanted.page is None else wanted.page
    if not 1 <= limit <= MAX_FOUND:
        raise Unprocessable(f"filter.limit: 1 to {MAX_FOUND} offers, or 0 for no limit; {limit} were asked for.")
    if page < 1:
        raise Unprocessable("filter.page: pages are counted from 1.")
    found = _belonging(ctx, wanted.search_attribute, {wanted.id})
    if states := wanted.states:
        now = stamp(ctx.now)
        found = [one for one in found if legacy_state(one, now) in states]
    if wanted.ascending_order is False:
        found.reverse()
    return [wanted.of(one) for one in found[(page - 1) * limit : page * limit]]


def by_attributes(ctx: Context, wanted: SearchOffersByAttributes) -> list[Offer]:
    """Return offers, the oldest first. Raises Unprocessable where they are too many for an answer without pages."""
    if len(wanted.ids) > MAX_IDS:
        raise Unprocessable(f"filter.ids: {MAX_IDS} at once are the limit; these are {len(wanted.ids)}.")
    found = _belonging(ctx, wanted.search_attribute, set(wanted.ids))
    if len(found) > MAX_FOUND:
        raise Unprocessable(f"filter.ids: these have more than {MAX_FOUND} offers; ask for fewer at once.")
    return [wanted.of(one) for one in found]


def _belonging(ctx: Context, attribute: SearchAttribute, ids: set[str]) -> list[Offer]:
    of = OF[attribute]
    return [one for one in _own(ctx) if of(one) in ids]


def _own(ctx: Context) -> Iterable[Offer]:
    """Return all offers that the caller is a party to in the organization in context, the oldest first.

    They are read from the lists of the parties, so the offers of others are not even looked at.
    """
    principal, table = ctx.principal, ctx.table
    lists = [offers_of_client(table, principal.company_id), offers_to_person(table, principal.user_id)]
    if principal.leads:
        lists.append(offers_to_company(table, principal.company_id))
    own = {one.id: one for found in lists for one in found if one.parties.include(principal)}
    return sorted(own.values(), key=lambda one: int(one.id))
