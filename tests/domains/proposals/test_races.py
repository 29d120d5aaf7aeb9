"""Concurrent actions on proposals: one succeeds, the others get a conflict, and the activity counts are correct."""

from collections import Counter
from collections.abc import Callable

import pytest

from souk.domains.proposals.commands.archiving import archive
from souk.values.errors import Conflict
from tests.support.api import Answer
from tests.support.clock import CLOCK
from tests.support.racing import CALLERS, at_once, meanwhile
from tests.support.worlds.proposals import IVY, ProposalsWorld

ONE = {"done": 1, "CONFLICT": CALLERS - 1}
Act = Callable[[ProposalsWorld, str, str], Answer]
ACTS: dict[str, Act] = {
    "withdraw": lambda world, _, proposal: world.withdraw(world.sofia, proposal),
    "decline": lambda world, job, proposal: world.act_on(world.olivia, "decline", job, proposal),
    "message": lambda world, job, proposal: world.act_on(world.olivia, "message", job, proposal, message="Hello"),
    "mark": lambda world, job, proposal: world.act_on(world.olivia, "shortlist", job, proposal, shortlisted=True),
    "change": lambda world, _, proposal: world.update_proposal(world.sofia, proposal, coverLetter="Other words"),
}


def ready(world: ProposalsWorld) -> None:
    """Create the people first, because their own records are not part of a race."""
    assert all((world.olivia, world.sofia, world.ivy))


def test_concurrent_applications_create_one_proposal(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    job = world.post_fixed_price()
    assert at_once(monkeypatch, lambda: world.try_apply(world.sofia, job)) == ONE
    assert world.activity_counts(job) == {"proposals": 1, "bids": 1, "bid_total": 4000}


def test_concurrent_withdrawals_succeed_once(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    assert at_once(monkeypatch, lambda: world.withdraw(world.sofia, proposal)) == ONE
    assert world.event_names(proposal, "Vendor JA").count("VendorWithdraw") == 1
    assert world.activity_counts(job) == {"withdrawn": 1}


def test_concurrent_invites_and_accepts_succeed_once(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    job = world.post_private()
    assert at_once(monkeypatch, lambda: world.try_invite(world.olivia, job, IVY)) == ONE
    (invitation,) = {
        item["PK"]["S"].removeprefix("INVITATION#")
        for item in world.souk.table.client.scan(TableName=world.souk.table.name)["Items"]
        if item["SK"]["S"] == "INVITATION"
    }
    assert at_once(monkeypatch, lambda: world.accept_invitation(world.ivy, invitation)) == ONE
    counted = world.activity(job)
    assert (counted.invites_sent, counted.invites_unanswered, counted.proposals) == (1, 0, 1)


@pytest.mark.parametrize("late", ACTS)
@pytest.mark.parametrize("quick", ACTS)
def test_concurrent_actions_conflict(
    world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch, quick: str, late: str
) -> None:
    ready(world)
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    first = meanwhile(monkeypatch, lambda: ACTS[quick](world, job, proposal))
    answer = ACTS[late](world, job, proposal)
    assert first[0].data
    stored = world.stored_proposal(proposal)
    if late == "message":  # it is written in any status, so it is written after the other step
        assert answer.data
        assert stored.version == (3 if quick in ("mark", "change") else 2)
    else:
        assert answer.code == "CONFLICT"
        assert stored.version == 2
    assert world.activity(job).withdrawn == (quick == "withdraw")
    assert world.activity(job).declined == (quick == "decline")


def test_apply_conflicts_with_concurrent_close(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    job = world.post_fixed_price()
    first = meanwhile(monkeypatch, lambda: world.close_job(job))
    assert world.try_apply(world.sofia, job).code == "CONFLICT"
    assert first[0].data
    assert world.activity_counts(job) == {}


def test_invite_and_accept_conflict_with_concurrent_close(
    world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(world)
    job = world.post_fixed_price()
    invitation = world.invite(job, world.ivy)
    meanwhile(monkeypatch, lambda: world.close_job(job))
    assert world.accept_invitation(world.ivy, invitation).code == "CONFLICT"
    assert world.stored_invitation(invitation).state == "SENT"
    other = world.post_fixed_price()
    meanwhile(monkeypatch, lambda: world.close_job(other))
    assert world.try_invite(world.olivia, other, IVY).code == "CONFLICT"
    assert world.activity(other).invites_sent == 0


def test_concurrent_invitation_answers_succeed_once(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    job = world.post_fixed_price()
    invitation = world.invite(job, world.ivy)
    first = meanwhile(monkeypatch, lambda: world.try_apply(world.ivy, job))
    assert world.accept_invitation(world.ivy, invitation).code == "CONFLICT"
    assert first[0].data
    assert world.activity(job).invites_unanswered == 0
    assert world.activity(job).proposals == 1


def test_archive_conflict_is_retried(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world)
    job = world.post_fixed_price()
    proposals = [world.apply(who, job) for who in (world.sofia, world.ivy)]
    world.close_job(job)
    now, offers = CLOCK.market(), world.souk.tables["offers"]
    meanwhile(monkeypatch, lambda: world.withdraw(world.sofia, proposals[0]))
    with pytest.raises(Conflict):
        archive(offers, job, now)
    archive(offers, job, now)
    assert [world.stored_proposal(one).client_status for one in proposals] == ["Withdrawn", "Archived"]
    assert world.activity(job).archived == 1


def test_archive_uses_several_transactions(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    first = world.stored_proposal(world.apply(world.sofia, job))
    world.copy_proposal(first, 44)
    world.close_job(job)
    world.souk.run_due(CLOCK.market())
    assert world.activity(job).archived == 45
    told = world.events_named("SystemArchive")
    assert len(told) == 90
    assert set(Counter(told).values()) == {1}
