"""`userPermissions` about proposals, invitations, offers and webhooks agrees with what the API allows."""

from collections.abc import Callable
from typing import Any

import pytest

from souk.authentication.principal import Role
from tests.support.api import Answer, Person, Souk, person
from tests.support.worlds.jobs import ACME, LIAM
from tests.support.worlds.offers import WITHDRAW, OffersWorld
from tests.support.worlds.proposals import IVY, ProposalsWorld

PERMISSIONS = """query ($filter: UserPermissionFilterV2!) { user { userPermissions(filter: $filter) {
  edges { node { action access } } } } }"""
ROLES = (Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER, Role.MEMBER)
Attempt = Callable[[], Answer]


def granted(who: Person, kind: str) -> set[str]:
    found = who.call(PERMISSIONS, {"filter": {"resourceType_eq": kind}}).data["user"]["userPermissions"]["edges"]
    return {edge["node"]["action"] for edge in found if edge["node"]["access"] == "ACCESS_GRANTED"}


def allowed(attempts: dict[str, Attempt]) -> set[str]:
    """Return the attempts that succeed. All others must be forbidden."""
    answers = {action: attempt() for action, attempt in attempts.items()}
    refused = {action for action, answer in answers.items() if "errors" in answer.json}
    assert {answers[action].code for action in refused} <= {"FORBIDDEN"}
    return answers.keys() - refused


@pytest.mark.parametrize("role", ROLES)
def test_client_permissions_match_actions(souk: Souk, role: Role) -> None:
    world = ProposalsWorld(souk)
    who = person(souk, LIAM, ACME, role=role)
    job, other = world.post(), world.post()
    assert world.ivy
    proposal = world.apply(world.sofia, job)

    def act(verb: str, **given: Any) -> Attempt:
        return lambda: world.act_on(who, verb, job, proposal, **given)

    view = "query ($id: ID!) { clientProposals(jobPostingId: $id) { totalCount } }"
    invited = "query ($id: ID!) { clientJobInvitations(jobPostingId: $id) { totalCount } }"
    proposals: dict[str, Attempt] = {
        "view": lambda: who.call(view, {"id": job}),
        "mark": act("shortlist", shortlisted=True),
        "message": act("message", message="Hello"),
        "decline": act("decline", reason="1803"),
    }
    invitations: dict[str, Attempt] = {
        "view": lambda: who.call(invited, {"id": job}),
        "create": lambda: world.try_invite(who, other, IVY),
    }
    assert granted(who, "JOB_APPLICATION") == allowed(proposals)
    assert granted(who, "JOB_APPLICATION_INVITATION") == allowed(invitations)
    webhooks: dict[str, Attempt] = {
        "view": lambda: who.call("{ webhookSubscriptions { id } }"),
        "delete": lambda: who.call('mutation { deleteWebhookSubscription(id: "1") }'),
    }
    answers = {action: attempt().json for action, attempt in webhooks.items()}
    forbidden = {
        action
        for action, answer in answers.items()
        if "errors" in answer and answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    }
    assert granted(who, "GRAPHQL_SUBSCRIPTION") & webhooks.keys() == webhooks.keys() - forbidden


def test_freelancer_permissions_match_actions(souk: Souk) -> None:
    world = ProposalsWorld(souk)
    who = world.ivy_of_agency
    job = world.post()
    made: list[str] = []

    def apply() -> Answer:
        answer = world.try_apply(who, job)
        made.append(answer.data["createJobProposal"]["newProposalId"])
        return answer

    attempts: dict[str, Attempt] = {
        "create": apply,
        "view": lambda: who.call("query ($id: ID!) { vendorProposal(id: $id) { id } }", {"id": made[0]}),
        "update": lambda: world.update_proposal(who, made[0], coverLetter="New"),
        "withdraw": lambda: world.withdraw(who, made[0]),
    }
    assert granted(who, "JOB_APPLICATION") == allowed(attempts)
    assert granted(who, "OFFER") == {"view", "accept", "decline"}
    assert granted(who, "CONTRACT") == {"view", "submit", "end", "review"}


@pytest.mark.parametrize("role", ROLES)
def test_offer_permissions_match_actions(souk: Souk, role: Role) -> None:
    world = OffersWorld(souk)
    who = person(souk, LIAM, ACME, role=role)
    offer = world.make_offer(world.post_job())
    attempts: dict[str, Attempt] = {
        "view": lambda: who.call("query ($id: ID!) { offer(id: $id) { id } }", {"id": offer}),
        "create": lambda: world.try_offer(world.offer_input(world.post_job()), who),
        "withdraw": lambda: who.call(WITHDRAW, {"input": {"offerId": offer}}),
    }
    assert granted(who, "OFFER") == allowed(attempts)
