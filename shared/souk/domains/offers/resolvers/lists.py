"""The lists of offers of organizations and people."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.offers import lists
from souk.domains.offers.contract_offers import Agreement
from souk.domains.offers.filters import AgencyFilter, ClientFilter, FreelancerFilter
from souk.domains.offers.resolvers.declared import domain
from souk.domains.offers.store import offers_of_client, offers_to_company, offers_to_person
from souk.graph import Context, Scope
from souk.graph.lists import Pagination, SortAttribute
from souk.values.errors import Forbidden

CLIENT_PAGE: Final = 50
"""The largest page of a client's offers, set by the contract."""


@domain.connection("CurrentOrganization.clientOffers", scopes=[Scope.OFFERS_READ])
@domain.connection("GenericOrganization.clientOffers", scopes=[Scope.OFFERS_READ])
def client_offers(
    source: Organization,
    ctx: Context,
    pagination: Pagination,
    offer_by_client_filter: ClientFilter | None = None,
    sort_attribute: SortAttribute | None = None,
) -> dict[str, Any]:
    """Return a page of the offers of a company or one of its teams."""
    _require_member(source, ctx)
    company_offers = offers_of_client(ctx.table, source.company_id)
    offers = [one for one in company_offers if not source.is_team or one.parties.client_team_id == source.id]
    request = lists.ListRequest(offer_by_client_filter or ClientFilter(), sort_attribute, pagination, CLIENT_PAGE)
    return lists.page(ctx, ["clientOffers", source.id], offers, request)


@domain.connection("CurrentOrganization.agencyOffers", scopes=[Scope.OFFERS_READ])
@domain.connection("GenericOrganization.agencyOffers", scopes=[Scope.OFFERS_READ])
def agency_offers(
    source: Organization,
    ctx: Context,
    pagination: Pagination,
    offer_by_root_company_filter: AgencyFilter | None = None,
    sort_attribute: SortAttribute | None = None,
) -> dict[str, Any] | None:
    """Return a page of the offers to an agency. Its leaders see all of them, its freelancers their own.

    Returns None for a team: the contract has this list only for an agency's root organization.
    """
    _require_member(source, ctx)
    if source.is_team:
        return None
    request = lists.ListRequest(offer_by_root_company_filter or AgencyFilter(), sort_attribute, pagination)
    return lists.page(ctx, ["agencyOffers", source.id], offers_to_company(ctx.table, source.id), request)


@domain.connection("CurrentUser.offer", scopes=[Scope.OFFERS_READ])
def offers_of_user(
    source: User,
    ctx: Context,
    pagination: Pagination,
    offer_for_freelancer_filter: FreelancerFilter | None = None,
    sort_attribute: SortAttribute | None = None,
) -> dict[str, Any]:
    """Return a page of the offers to a person in the organization in context."""
    request = lists.ListRequest(offer_for_freelancer_filter or FreelancerFilter(), sort_attribute, pagination)
    offers = [one for one in offers_to_person(ctx.table, source.id) if one.parties.vendor_is(ctx.principal)]
    return lists.page(ctx, ["userOffers", source.id], offers, request)


def _require_member(source: Organization, ctx: Context) -> None:
    if not ctx.principal.acts_in(source.id, source.company_id):
        raise Forbidden("Only members of an organization can list its offers.")


def _party(field: str) -> Callable[[Agreement], str]:
    return lambda source: str(getattr(source.offer.parties, field))


def _agency(source: Agreement) -> str | None:
    parties = source.offer.parties
    return parties.vendor_company_id if parties.agency else None


domain.link("ContractOfferResult.company", to=ORGANIZATIONS, by=_party("client_company_id"))
domain.link("ContractOfferResult.team", to=ORGANIZATIONS, by=_party("client_team_id"))
domain.link("ContractOfferResult.agency", to=ORGANIZATIONS, by=_agency)
domain.link("ContractOfferResult.contactPerson", to=USERS, by=_party("client_user_id"))
domain.link("ContractOfferResult.freelancer", to=USERS, by=_party("vendor_user_id"))
