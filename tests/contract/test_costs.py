"""The cost of real requests on the contract: what clients need passes, and what nobody needs is refused."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_composite_type, parse, print_ast

from souk.app import graph
from souk.domains.offers.store import CLIENT_PAGE
from souk.graph.cost import Cost, size_arguments
from souk.graph.domain import ListSize
from souk.graph.limits import LIMITS
from souk.values.errors import LimitExceeded
from tests.graph.test_cost import cost
from tests.support.selections import everything

EXAMPLES: Final = [
    print_ast(each) for each in parse((Path(__file__).parent / "examples.graphql").read_text()).definitions
]
POSTING: Final = "MarketplaceJobPostingSearchResult"


def cost_of(source: str, variables: dict[str, Any] | None = None) -> Cost:
    return cost(source, variables, graph().schema, graph().sizes)


def searches(number: int, *, first: int, levels: int) -> str:
    node = everything(graph().schema, POSTING, levels)
    page = f"(marketPlaceJobFilter: {{pagination_eq: {{first: {first}}}}})"
    edges = f"{{ totalCount edges {{ cursor node {node} }} pageInfo {{ hasNextPage endCursor }} }}"
    return "{" + " ".join(f"s{at}: marketplaceJobPostingsSearch{page} {edges}" for at in range(number)) + "}"


def test_20_searches_of_100_full_postings_are_refused() -> None:
    source = searches(20, first=100, levels=1)
    [operation] = parse(source).definitions
    with pytest.raises(LimitExceeded, match=r"costs 24060; the limit is 10000.* at s0\.edges\.node") as refused:
        cost_of(source).check(operation, LIMITS.cost)  # type: ignore[arg-type] # it is an operation
    assert refused.value.details["limit"] == "cost"
    assert refused.value.details["actual"] == 24_060


def test_50_search_results_with_100_fields_pass() -> None:
    source = searches(1, first=50, levels=2)
    assert source.count(" ") > 100
    assert cost_of(source).total < LIMITS.cost / 5


def test_50_rooms_with_their_people_pass() -> None:
    source = """
        query ($page: Pagination) {
          roomList(pagination: $page) {
            totalCount
            pageInfo { endCursor hasNextPage }
            edges { cursor node {
              id roomName topic
              roomUsers { user { id name } organization { id name } }
              recruiters { id name }
              latestStory { id message user { id name } }
            } }
          }
        }
    """
    assert cost_of(source, {"page": {"first": 50}}).total < LIMITS.cost / 5


@pytest.mark.parametrize("source", EXAMPLES, ids=[re.split(r"\W", each)[1] for each in EXAMPLES])
def test_example_of_reference_passes(source: str) -> None:
    """Each fragment selects all scalars of its type, and the scalars of the objects below."""
    types = sorted(set(re.findall(r"\.\.\.(\w+)Fragment", source)))
    fragments = [f"fragment {name}Fragment on {name} {everything(graph().schema, name, 1)}" for name in types]
    document = "\n".join([source, *fragments])
    assert cost_of(document).total <= LIMITS.cost
    assert cost_of(document, {"pagination": {"first": 100}, "paging": {"limit": 100}}).total <= LIMITS.cost


def test_size_of_a_stored_list_is_that_of_its_pages() -> None:
    assert graph().sizes["CurrentOrganization.clientOffers"] == ListSize(default=20, greatest=CLIENT_PAGE)


PAGES: Final = {
    "Query.vendorContracts": "paging.limit",
    "Mutation.reorderPortfolioProjects": "ids",
    "Query.contractList": "ids",
    "Query.customFields": "limit",
    "Query.customFieldDefinitions": "pagination.first",
    "Query.gigsSearch": "pagination.first",
    "Query.staffsByPersonId": "pagination.first",
    "Query.jobsFeaturePredictions": "ids",
    "Query.marketplaceJobPostingsContents": "ids",
    "Query.savedJobSearches": "pagination.first",
    "Query.savedJobSearchMatches": "pagination.first",
    "Mutation.createSavedJobSearch": "input.filter.pagination_eq.first",  # which is refused
    "Mutation.updateSavedJobSearch": "input.filter.pagination_eq.first",
    "Query.marketplaceJobPostings": "marketPlaceJobFilter.pagination_eq.first",
    "Query.marketplaceJobPostingsSearch": "marketPlaceJobFilter.pagination_eq.first",
    "Query.publicRooms": "pagination.first",
    "Query.reportedRoomStories": "pagination.first",
    "Query.roomList": "pagination.first",
    "Query.roomStories": "filter.storyFilter.pagination.first",
    "Query.roomStoriesSearch": "pagination.first",
    "Query.offersByAttribute": "filter.limit",
    "Query.clientProposals": "pagination.first",
    "Query.vendorProposals": "pagination.first",
    "Query.vendorJobInvitations": "pagination.first",
    "Query.clientJobInvitations": "pagination.first",
    "Query.ontologyElementsSearchByPrefLabel": "filter.limit",
    "Query.ontologyEntities": "ids",
    "Query.ontologyEntitiesFiltered": "ontologyEntityFilter.limit pagination.first",
    "Query.ontologySkills": "limit",
    "Query.freelancerProfileSearchRecords": "pagination.first",
    "Query.talentCloudMembers": "pagination.first",
    "Query.talentCloudRequests": "pagination.first",
    "Query.workflows": "pagination.first",
    "Query.talentWorkHistory": "filter.pagination.limit",
    "Query.teamActivities": "page.pageSize",
    "Query.contractTimeReport": "pagination.first",
    "Query.workDiaryCompany": "workDiaryCompanyInput.paging",
    "Query.webhookDeliveries": "pagination.first",
    "PrivateCompanyInfo.jobPosts": "pagination.first",
    "CurrentOrganization.childOrganizations": "pagination.first",
    "CurrentOrganization.staffs": "pagination.first",
    "CurrentOrganization.userPermissions": "filter.limit",
    "CurrentOrganization.agencyOffers": "pagination.first",
    "CurrentOrganization.clientOffers": "pagination.first",
    "CurrentOrganization.clientContractTimeReport": "pagination.first",
    "CurrentOrganization.agencyContractTimeReport": "pagination.first",
    "CurrentOrganization.jobPosting": "jobPostingFilter.pagination_eq.first",
    "GenericOrganization.agencyOffers": "pagination.first",
    "GenericOrganization.clientOffers": "pagination.first",
    "GenericOrganization.jobPosting": "jobPostingFilter.pagination_eq.first",
    "CurrentUser.userPermissions": "filter.limit",
    "CurrentUser.offer": "pagination.first",
    "CurrentUser.contractTimeReport": "pagination.first",
    "MarketplaceJobPosting.clientProposals": "pagination.first",
    "MarketplaceJobPosting.customFields": "pagination.first",
    "Room.stories": "filter.pagination.first",
    "Offer.customFields": "pagination.first",
    "FreelancerProfile.otherExperiences": "pagination.first",
    "FreelancerProfile.educationRecords": "pagination.first",
    "Query.apiKeyRequests": "pagination.first",
    "Query.dataImports": "pagination.first",
    "Query.deadlines": "pagination.first",
    "Query.domainEvents": "pagination.first",
    "Query.ledgerAccounts": "pagination.first",
    "Query.ledgerBookings": "pagination.first",
    "Query.moderationItems": "pagination.first",
    "Query.operatorActions": "pagination.first",
    "Query.operatorOrganizations": "pagination.first",
    "Query.operatorReviews": "pagination.first",
    "Query.operatorUsers": "pagination.first",
    "Query.paymentOrders": "pagination.first",
    "Query.teamInvitations": "pagination.first",
    "Query.timesheets": "pagination.first",
}
"""All fields with arguments for the size of what they return."""


def test_arguments_for_sizes() -> None:
    found = {
        f"{named.name}.{name}": " ".join(".".join(argument) for argument in size_arguments(field))
        for named in graph().schema.type_map.values()
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in named.fields.items()
        if size_arguments(field) and is_composite_type(get_named_type(field.type))
    }
    assert found == PAGES
