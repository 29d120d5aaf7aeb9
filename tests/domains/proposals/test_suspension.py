"""Postings of suspended clients, and what suspended people and organizations can no longer begin."""

import pytest

from tests.support.api import Answer
from tests.support.racing import meanwhile
from tests.support.standing import reactivate, suspend
from tests.support.worlds.jobs import ACME, RIVAL, SOFIA, STUDIO
from tests.support.worlds.proposals import ProposalsWorld


def reason(answer: Answer) -> tuple[str, str | None]:
    return answer.code, answer.error["extensions"].get("reason")


def test_suspended_client_takes_no_proposals(world: ProposalsWorld) -> None:
    job = world.post_hourly()
    proposal = world.apply(world.ivy, job)
    suspend(world.souk.table, ACME)
    assert world.try_apply(world.sofia, job).code == "NOT_FOUND"
    assert world.vendor_proposal(world.ivy, proposal)["marketplaceJobPosting"]["id"] == job
    assert world.withdraw(world.ivy, proposal).data
    reactivate(world.souk.table, ACME)
    assert world.try_apply(world.sofia, job).data


@pytest.mark.parametrize("side", [ACME, STUDIO, SOFIA])
def test_suspension_races_a_proposal(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch, side: str) -> None:
    job, sofia = world.post_hourly(), world.sofia
    who = {"user_id": SOFIA} if side == SOFIA else {}
    meanwhile(monkeypatch, lambda: suspend(world.souk.table, *([] if who else [side]), **who))
    assert reason(world.try_apply(sofia, job)) == ("FORBIDDEN", "SUSPENDED")
    assert world.activity_counts(job) == {}


def test_nobody_invites_the_suspended(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_hourly()
    suspend(world.souk.table, STUDIO)
    assert world.try_invite(world.olivia, job, SOFIA).code == "UNPROCESSABLE_CONTENT"
    reactivate(world.souk.table, STUDIO)
    invitation = world.invite(job, world.sofia)
    meanwhile(monkeypatch, lambda: suspend(world.souk.table, ACME))
    assert reason(world.accept_invitation(world.sofia, invitation, "40")) == ("FORBIDDEN", "SUSPENDED")
    assert reason(world.accept_invitation(world.sofia, invitation, "40")) == ("FORBIDDEN", "SUSPENDED")
    suspend(world.souk.table, RIVAL)
    assert world.omar.call("{ user { id } }").status == 403
