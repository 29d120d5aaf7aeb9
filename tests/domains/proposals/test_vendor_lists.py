"""Lists on the freelancer's side, including agencies, and the round trips of lists on both sides."""

from typing import Any

import pytest

from souk.domains.identity.store import USERS
from souk.domains.jobs.store import JOBS
from souk.domains.proposals.commands.applying import add_proposal
from souk.domains.proposals.rules.states import Action
from tests.support.api import Person
from tests.support.clock import new_id
from tests.support.worlds.jobs import LISBON, user
from tests.support.worlds.proposals import AGENCY, CREW, ProposalsWorld

VENDORS = """query ($filter: VendorProposalFilter!, $sort: VendorProposalSortAttribute!, $page: Pagination!) {
  vendorProposals(filter: $filter, sortAttribute: $sort, pagination: $page) { totalCount
    edges { cursor node { id status { status } user { id name } organization { id name }
      auditDetails { createdByUser { id } modifiedByUser { id } }
      marketplaceJobPosting { id content { title } ownership { company { id name } team { id } }
        activityStat { jobActivity { invitesSent } } } } }
    pageInfo { endCursor hasNextPage } } }"""
CLIENTS = """query ($id: ID!, $first: Int!) { clientProposals(jobPostingId: $id, pagination: { first: $first },
    filter: { earnings_eq: NO_EARNINGS_YET }, sortAttribute: { field: BILLEDHOURS, sortOrder: ASC }) { totalCount
    edges { node { id user { id name } organization { id name } job { id ownership { company { id name } }
      activityStat { jobActivity { invitesSent } } } auditDetails { createdByUser { id } modifiedByUser { id } } } }
  } }"""
NEWEST = {"field": "CREATEDDATETIME", "sortOrder": "DESC"}


def listed(who: Person, first: int = 10, after: str | None = None, **values: Any) -> Any:
    """Return a page of a person's list. Default: sent and undecided proposals."""
    values = {"status_eq": "Accepted", **values}
    return who.call(VENDORS, {"filter": values, "sort": NEWEST, "page": {"first": first, "after": after}})


def ids(who: Person, **values: Any) -> list[str]:
    return [edge["node"]["id"] for edge in listed(who, **values).data["vendorProposals"]["edges"]]


def test_agency_manager_lists_agency_proposals(world: ProposalsWorld) -> None:
    first, second = world.post_fixed_price(), world.post_fixed_price()
    of_crew = world.apply(world.ivy_of_agency, first, organizationId=CREW)
    of_ada = world.apply(world.ada, second)
    alone = world.apply(world.ivy, second)
    assert ids(world.ada) == [of_ada, of_crew]
    assert ids(world.ada, freelancerId_eq=world.ivy.user_id) == [of_crew]
    assert ids(world.ada, organizationId_eq=CREW) == [of_crew]
    assert ids(world.ada, organizationId_eq=AGENCY) == [of_ada, of_crew]
    assert ids(world.ivy_of_agency) == [of_crew]
    assert ids(world.ivy) == [alone]
    assert ids(world.olivia) == []


def test_list_by_status(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    world.act_on(world.olivia, "message", job, proposal, message="When could you add_proposal?")
    assert ids(world.sofia) == []
    assert ids(world.sofia, status_eq="Activated") == [proposal]
    world.withdraw(world.sofia, proposal)
    assert ids(world.sofia, status_eq="Withdrawn") == [proposal]
    for never in ("Pending", "Hired", "Offered", "Archived", "Declined"):
        assert ids(world.sofia, status_eq=never) == []


def test_hidden_proposal_stays_in_freelancer_list(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    world.act_on(world.olivia, "hide", job, proposal, hide=True)
    assert ids(world.sofia) == [proposal]


@pytest.mark.parametrize("after", ["x", "0" * 3_000, "é"])
def test_invalid_cursor_is_refused(world: ProposalsWorld, after: str) -> None:
    assert listed(world.sofia, after=after).code == "UNPROCESSABLE_CONTENT"


def test_cursor_is_bound_to_its_person(world: ProposalsWorld) -> None:
    for _ in range(3):
        world.apply(world.ada, world.post_fixed_price())
    page = listed(world.ada, 2).data["vendorProposals"]
    assert page["pageInfo"]["hasNextPage"]
    after = page["pageInfo"]["endCursor"]
    assert len(listed(world.ada, 2, after).data["vendorProposals"]["edges"]) == 1
    assert listed(world.ivy_of_agency, 2, after).code == "UNPROCESSABLE_CONTENT"
    assert listed(world.ada, 2, after, status_eq="Declined").code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize("first", [0, -1])
def test_page_size_limits(world: ProposalsWorld, first: int) -> None:
    assert listed(world.sofia, first).code == "UNPROCESSABLE_CONTENT"


def test_vendor_list_round_trips_do_not_grow(world: ProposalsWorld) -> None:
    job_id = world.post_fixed_price()
    job, made = world.souk.table.get(JOBS, job_id), world.stored_proposal(world.apply(world.sofia, job_id))
    assert job is not None
    for _ in range(50):
        tx = world.souk.table.transaction()
        another = tx.create(JOBS, job.model_copy(update={"id": new_id()}))
        add_proposal(tx, made.model_copy(update={"id": new_id(), "job_id": another.id}), Action.APPLY)
        tx.commit()
    few, many = listed(world.sofia, 5), listed(world.sofia, 50)
    assert len(many.data["vendorProposals"]["edges"]) == 50
    assert few.trips == many.trips <= 5  # who calls, the list, people and jobs, their clients


def test_client_list_round_trips_do_not_grow(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    world.copy_proposal(world.stored_proposal(world.apply(world.sofia, job)), 50)
    for at in range(50):
        tx = world.souk.table.transaction()
        tx.create(USERS, user(f"9{at:05}", f"P{at}", world.sofia.organization_id, LISBON))
        tx.commit()
    few, many = (world.olivia.call(CLIENTS, {"id": job, "first": first}) for first in (5, 50))
    people = {edge["node"]["user"]["id"] for edge in many.data["clientProposals"]["edges"]}
    assert len(people) == 50
    assert few.trips == many.trips <= 6  # likewise, with the job, and the records of those who applied
