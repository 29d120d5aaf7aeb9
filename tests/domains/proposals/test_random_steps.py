"""Random actions on proposals and invitations by both sides keep the activity counts correct."""

import random
from collections import Counter
from collections.abc import Callable
from itertools import chain

import pytest

from souk.domains.market.model import Activity
from souk.domains.proposals.model import ClientStatus, InvitationState, JobInvitation, Mark, Proposal
from souk.domains.proposals.rules.states import VENDOR_STATUS
from souk.domains.proposals.store import INVITATIONS, applications_to
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK
from tests.support.worlds.proposals import ProposalsWorld

STEPS = 220
EXPECTED = {"CONFLICT", "NOT_FOUND", "FORBIDDEN", "UNPROCESSABLE_CONTENT"}
"""The error codes of steps that are not possible."""


class Walk:
    """Steps around two jobs, mostly by a person who may take them."""

    def __init__(self, world: ProposalsWorld, seed: int) -> None:
        self.draw, self.world = random.Random(seed), world  # noqa: S311 - the same steps in every run
        self.freelancers, self.clients = [world.sofia, world.noah, world.ivy], [world.olivia] * 5 + [world.omar]
        self.jobs = [world.post_fixed_price(), world.post_private()]
        self.seen: set[str] = set()

    def step(self) -> None:
        """Take one step. It must succeed or fail with an expected error."""
        name = self.draw.choice(WEIGHTED)
        answer = STEPS_TAKEN[name](self)
        if "errors" in answer.json:
            assert answer.code in EXPECTED, (name, answer.json)
            self.seen.add(answer.code)
        else:
            self.seen.add(name)

    def proposal(self) -> Proposal | None:
        """Return one of the stored proposals."""
        found = [one for job in self.jobs for chunk in applications_to(self.world.souk.table, job) for one in chunk]
        return self.draw.choice(found) if found else None

    def invitations(self) -> list[JobInvitation]:
        """Return all invitations."""
        pages = self.world.souk.table.client.get_paginator("scan").paginate(TableName=self.world.souk.table.name)
        items = [item for page in pages for item in page["Items"] if item["SK"]["S"] == "INVITATION"]
        return [INVITATIONS.decode(item) for item in items]

    def apply(self) -> Answer:
        amount = self.draw.choice(["0", "10.00", "25.50", "900", "1.234"])
        return self.world.try_apply(self.draw.choice(self.freelancers), self.draw.choice(self.jobs), amount)

    def change(self) -> Answer:
        price = {"amount": self.draw.choice(["12", "77.77", "-3"]), "currency": "USD"}
        return self.world.update_proposal(*self._own(), chargedAmount=price)

    def withdraw(self) -> Answer:
        return self.world.withdraw(*self._own())

    def invite(self) -> Answer:
        freelancer = self.draw.choice(self.freelancers)
        return self.world.try_invite(self.draw.choice(self.clients), self.draw.choice(self.jobs), freelancer.user_id)

    def refuse(self) -> Answer:
        return self.world.decline_invitation(*self._invited())

    def accept(self) -> Answer:
        return self.world.accept_invitation(*self._invited())

    def act(self, verb: str, **given: object) -> Answer:
        proposal = self.proposal()
        job, id_ = (proposal.job_id, proposal.id) if proposal else (self.jobs[0], "1")
        return self.world.act_on(self.draw.choice(self.clients), verb, job, id_, **given)

    def close(self) -> Answer:
        job = self.jobs.pop(0)
        self.jobs.append(self.draw.choice([self.world.post_fixed_price, self.world.post_private])())
        answer = self.world.close_job(job)
        self.world.souk.run_due(CLOCK.market())
        check(self.world, job, self.invitations())
        return answer

    def _own(self) -> tuple[Person, str]:
        """Return a proposal, and most often its freelancer."""
        proposal = self.proposal()
        if proposal is None:
            return self.draw.choice(self.freelancers), "1"
        return self._mostly(proposal.parties.vendor_user_id), proposal.id

    def _invited(self) -> tuple[Person, str]:
        """Return one of the last invitations, and most often its freelancer."""
        last = sorted(self.invitations(), key=lambda one: one.id)[-3:]
        if not last:
            return self.draw.choice(self.freelancers), "1"
        invitation = self.draw.choice(last)
        return self._mostly(invitation.user_id), invitation.id

    def _mostly(self, user_id: str) -> Person:
        theirs = next(one for one in self.freelancers if one.user_id == user_id)
        return theirs if self.draw.random() < 0.8 else self.draw.choice(self.freelancers)


STEPS_TAKEN: dict[str, Callable[[Walk], Answer]] = {
    "apply": Walk.apply,
    "change": Walk.change,
    "withdraw": Walk.withdraw,
    "invite": Walk.invite,
    "accept": Walk.accept,
    "refuse": Walk.refuse,
    "decline": lambda walk: walk.act("decline"),
    "message": lambda walk: walk.act("message", message=walk.draw.choice(["Hello", ""])),
    "read": lambda walk: walk.act("read"),
    "hide": lambda walk: walk.act("hide", hide=walk.draw.random() < 0.7),
    "shortlist": lambda walk: walk.act("shortlist", shortlisted=walk.draw.random() < 0.7),
    "close": Walk.close,
}
WEIGHTED = [*(name for name in STEPS_TAKEN if name != "close")] * 4 + ["apply"] * 12 + ["close"]


def check(world: ProposalsWorld, job_id: str, invitations: list[JobInvitation]) -> None:
    """Compare a posting's activity with a recount of the stored items."""
    there = [*chain.from_iterable(applications_to(world.souk.table, job_id))]
    invited = [one for one in invitations if one.job_id == job_id]
    statuses = Counter(one.client_status for one in there)
    marks = Counter(mark for one in there for mark in one.marks)
    bids = [one for one in there if one.client_status is not ClientStatus.WITHDRAWN]
    seen = world.activity(job_id)
    expected = Activity(
        proposals=len(bids),
        messaged=sum(one.messaged for one in there),
        interviewed=sum(one.interviewed for one in there),
        invites_sent=len(invited),
        invites_unanswered=sum(one.state is InvitationState.SENT for one in invited),
        shortlisted=marks[Mark.SHORTLISTED],
        hidden=marks[Mark.HIDDEN],
        declined=statuses[ClientStatus.DECLINED],
        withdrawn=statuses[ClientStatus.WITHDRAWN],
        archived=statuses[ClientStatus.ARCHIVED],
        bids=len(bids),
        bid_total=sum(one.amount for one in bids),
        lowest_bid=seen.lowest_bid,  # a moment later: `test_bids`
        highest_bid=seen.highest_bid,
        interviewed_bids=sum(one.interviewed for one in bids),
        interviewed_bid_total=sum(one.amount for one in bids if one.interviewed),
    )
    assert seen == expected
    assert len({one.parties.vendor_user_id for one in there}) == len(there)
    for one in there:
        assert one.vendor_status is VENDOR_STATUS[one.client_status]
    answers = {one.proposal_id: one for one in invited if one.state is InvitationState.ACCEPTED}
    for proposal in there:
        asked = answers.get(proposal.id)
        assert asked is None or (asked.user_id, asked.id) == (proposal.parties.vendor_user_id, proposal.invitation_id)


@pytest.mark.parametrize("seed", [1])
def test_random_steps_keep_counts_correct(world: ProposalsWorld, seed: int) -> None:
    walk = Walk(world, seed)
    for _ in range(STEPS):
        walk.step()
    for job in walk.jobs:
        check(world, job, walk.invitations())
    assert walk.seen >= {*STEPS_TAKEN, *EXPECTED} - {"FORBIDDEN"}
