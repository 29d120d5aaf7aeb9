"""The lists of offers of organizations and people."""

from collections.abc import Callable

from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.offers import lists
from souk.domains.offers.contract_offers import Agreement
from souk.domains.offers.filters import AgencyFilter, ClientFilter, FreelancerFilter
from souk.domains.offers.resolvers.declared import domain
from souk.domains.offers.store import CLIENT_OFFERS, PERSON_OFFERS, VENDOR_OFFERS
from souk.graph import Context, Scope
from souk.graph.lists import Connection, Pagination, SortAttribute
from souk.values.errors import Forbidden


@domain.connection("CurrentOrganization.clientOffers", scopes=[Scope.OFFERS_READ], size=CLIENT_OFFERS)
@domain.connection("GenericOrganization.clientOffers", scopes=[Scope.OFFERS_READ], size=CLIENT_OFFERS)
def client_offers(
    source: Organization,
    ctx: Context,
    pagination: Pagination,
    offer_by_client_filter: ClientFilter | None = None,
    sort_attribute: SortAttribute | None = None,
) -> Connection:
    """Return a page of the offers of a company or one of its teams."""
    _require_member(source, ctx)
    request = lists.ListRequest(offer_by_client_filter or ClientFilter(), sort_attribute, pagination)
    team = [lambda one: one.parties.client_team_id == source.id] if source.is_team else []
    return lists.page(ctx, CLIENT_OFFERS.of(ctx.table, source.company_id), request, source.id, team)


@domain.connection("CurrentOrganization.agencyOffers", scopes=[Scope.OFFERS_READ])
@domain.connection("GenericOrganization.agencyOffers", scopes=[Scope.OFFERS_READ])
def agency_offers(
    source: Organization,
    ctx: Context,
    pagination: Pagination,
    offer_by_root_company_filter: AgencyFilter | None = None,
    sort_attribute: SortAttribute | None = None,
) -> Connection | None:
    """Return a page of the offers to an agency. Its leaders see all of them, its freelancers their own.

    Returns None for a team: the contract has this list only for an agency's root organization.
    """
    _require_member(source, ctx)
    if source.is_team:
        return None
    request = lists.ListRequest(offer_by_root_company_filter or AgencyFilter(), sort_attribute, pagination)
    return lists.page(ctx, VENDOR_OFFERS.of(ctx.table, source.id), request, source.id)


@domain.connection("CurrentUser.offer", scopes=[Scope.OFFERS_READ])
def offers_of_user(
    source: User,
    ctx: Context,
    pagination: Pagination,
    offer_for_freelancer_filter: FreelancerFilter | None = None,
    sort_attribute: SortAttribute | None = None,
) -> Connection:
    """Return a page of the offers to a person in the organization in context."""
    request = lists.ListRequest(offer_for_freelancer_filter or FreelancerFilter(), sort_attribute, pagination)
    in_context = [lambda one: one.parties.vendor_is(ctx.principal)]
    return lists.page(ctx, PERSON_OFFERS.of(ctx.table, source.id), request, source.id, in_context)


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
