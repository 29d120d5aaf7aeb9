"""Lists for the freelancer's side, agencies included; and that lists stay flat with all that is below them."""

from typing import Any

import pytest

from souk.domains.identity.store import USERS
from souk.domains.jobs.store import JOBS
from souk.domains.proposals.commands.applying import begin
from souk.domains.proposals.rules.states import Action
from tests.domains.jobs.market import LISBON, user
from tests.domains.proposals.board import AGENCY, CREW, Board
from tests.support.api import Person
from tests.support.clock import new_id

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


def listed(who: Person, first: int = 10, after: str | None = None, **wanted: Any) -> Any:
    """Return a page of somebody's list: what was sent and is not decided, unless told otherwise."""
    wanted = {"status_eq": "Accepted", **wanted}
    return who.call(VENDORS, {"filter": wanted, "sort": NEWEST, "page": {"first": first, "after": after}})


def ids(who: Person, **wanted: Any) -> list[str]:
    return [edge["node"]["id"] for edge in listed(who, **wanted).data["vendorProposals"]["edges"]]


def test_who_leads_an_agency_sees_what_was_made_for_it(board: Board) -> None:
    first, second = board.fixed(), board.fixed()
    of_crew = board.apply(board.ivy_of_agency, first, organizationId=CREW)
    of_ada = board.apply(board.ada, second)
    alone = board.apply(board.ivy, second)
    assert ids(board.ada) == [of_ada, of_crew]
    assert ids(board.ada, freelancerId_eq=board.ivy.user_id) == [of_crew]
    assert ids(board.ada, organizationId_eq=CREW) == [of_crew]
    assert ids(board.ada, organizationId_eq=AGENCY) == [of_ada, of_crew]
    assert ids(board.ivy_of_agency) == [of_crew]
    assert ids(board.ivy) == [alone]
    assert ids(board.olivia) == []


def test_each_state_is_a_list_of_its_own(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    board.act(board.olivia, "message", job, proposal, message="When could you begin?")
    assert ids(board.sofia) == []
    assert ids(board.sofia, status_eq="Activated") == [proposal]
    board.withdraw(board.sofia, proposal)
    assert ids(board.sofia, status_eq="Withdrawn") == [proposal]
    for never in ("Pending", "Hired", "Offered", "Archived", "Declined"):
        assert ids(board.sofia, status_eq=never) == []


def test_what_the_client_hides_stays_in_the_freelancers_list(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    board.act(board.olivia, "hide", job, proposal, hide=True)
    assert ids(board.sofia) == [proposal]


@pytest.mark.parametrize("after", ["x", "0" * 3_000, "é", ""])
def test_a_cursor_of_nothing_is_refused(board: Board, after: str) -> None:
    assert listed(board.sofia, after=after).code == "UNPROCESSABLE_CONTENT"


def test_a_cursor_is_good_for_whom_it_was_made(board: Board) -> None:
    for _ in range(3):
        board.apply(board.ada, board.fixed())
    page = listed(board.ada, 2).data["vendorProposals"]
    assert page["pageInfo"]["hasNextPage"]
    after = page["pageInfo"]["endCursor"]
    assert len(listed(board.ada, 2, after).data["vendorProposals"]["edges"]) == 1
    assert listed(board.ivy_of_agency, 2, after).code == "UNPROCESSABLE_CONTENT"
    assert listed(board.ada, 2, after, status_eq="Declined").code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_holds_one_to_a_hundred(board: Board, first: int) -> None:
    assert listed(board.sofia, first).code == "UNPROCESSABLE_CONTENT"


def test_fifty_of_a_freelancers_cost_what_five_do(board: Board) -> None:
    job_id = board.fixed()
    job, made = board.souk.table.get(JOBS, job_id), board.stored(board.apply(board.sofia, job_id))
    assert job is not None
    for _ in range(50):
        tx = board.souk.table.transaction()
        another = tx.create(JOBS, job.model_copy(update={"id": new_id()}))
        begin(tx, made.model_copy(update={"id": new_id(), "job_id": another.id}), Action.APPLY)
        tx.commit()
    few, many = listed(board.sofia, 5), listed(board.sofia, 50)
    assert len(many.data["vendorProposals"]["edges"]) == 50
    assert few.trips == many.trips <= 5  # who calls, the list, people and jobs, their clients


def test_fifty_of_a_jobs_cost_what_five_do(board: Board) -> None:
    job = board.fixed()
    board.copies(board.stored(board.apply(board.sofia, job)), 50)
    for at in range(50):
        tx = board.souk.table.transaction()
        tx.create(USERS, user(f"9{at:05}", f"P{at}", board.sofia.organization_id, LISBON))
        tx.commit()
    few, many = (board.olivia.call(CLIENTS, {"id": job, "first": first}) for first in (5, 50))
    people = {edge["node"]["user"]["id"] for edge in many.data["clientProposals"]["edges"]}
    assert len(people) == 50
    assert few.trips == many.trips <= 6  # likewise, with the job, and the records of those who applied
