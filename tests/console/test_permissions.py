"""The sets of permissions that the form of a new key offers."""

import pytest

from souk.app import graph
from souk.console.developer.permissions import SETS

HIRING = (
    "Query.ontologyCategories",
    "Mutation.createJobPosting",
    "Mutation.createClientJobInvitation",
    "Query.clientProposals",
    "Mutation.createOffer",
    "Mutation.activateMilestone",
    "Mutation.approveMilestone",
    "Query.contractDetails",
    "Query.transactionHistory",
)
WORKING = (
    "Query.ontologyCategories",
    "Query.marketplaceJobPostingsSearch",
    "Mutation.createSavedJobSearch",
    "Mutation.createJobProposal",
    "Query.vendorProposal",
    "Mutation.acceptOffer",
    "Mutation.submitMilestone",
    "Mutation.trackTime",
    "Query.contractDetails",
)


@pytest.mark.parametrize(("name", "story"), [("set-client", HIRING), ("set-freelancer", WORKING)])
def test_set_suffices_for_its_work(name: str, story: tuple[str, ...]) -> None:
    roots = graph().roots
    assert [field for field in story if not roots[field].scopes & SETS[name]] == []
