"""The client's actions on proposals through the API, and archiving after a job closes."""

from typing import Any

import pytest

from souk.deadlines.model import schedule
from souk.domains.moderation.model import Takedown
from souk.domains.proposals import store
from souk.domains.proposals.commands import archiving
from souk.domains.rooms.model import Story
from souk.domains.rooms.store import ROOM_STORIES
from souk.domains.talent.store import PROFILES
from souk.storage import View
from tests.support.clock import CLOCK
from tests.support.worlds.proposals import CLIENTS, ProposalsWorld

VERBS: dict[str, dict[str, Any]] = {
    "decline": {},
    "hide": {"hide": True},
    "read": {},
    "message": {"message": "Hello"},
    "shortlist": {"shortlisted": True},
}


def test_decline_with_reason(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    answer = world.act_on(world.olivia, "decline", job, proposal, reason="1803", message="Next time!")
    result = answer.data["declineClientProposal"]
    assert result["status"] == "SUCCESS"
    why = {"id": "1803", "reason": "rate-too-high", "description": "The rate is above the budget"}
    assert result["proposal"]["status"] == {"status": "Declined", "reason": why}
    assert world.vendor_proposal(world.sofia, proposal)["status"] == {"status": "Declined", "reason": why}
    assert [names[-1] for names in world.event_names_of_both_sides(proposal)] == ["ClientDecline", "ClientDecline"]
    assert world.activity_counts(job) == {"proposals": 1, "declined": 1, "bids": 1, "bid_total": 4000}
    assert world.act_on(world.olivia, "decline", job, proposal).code == "CONFLICT"
    assert world.withdraw(world.sofia, proposal).code == "CONFLICT"
    assert world.try_apply(world.sofia, job).code == "CONFLICT"


def test_decline_with_free_text(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    world.act_on(world.olivia, "decline", job, proposal, otherReason="You live on the moon.")
    assert world.client_proposal(world.olivia, proposal)["status"]["reason"] == {
        "id": "1810",
        "reason": "other",
        "description": "You live on the moon.",
    }


@pytest.mark.parametrize("given", [{"reason": "1811"}, {"reason": "1102"}, {"otherReason": "x" * 1001}])
def test_decline_refuses_invalid_reasons(world: ProposalsWorld, given: dict[str, str]) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    assert world.act_on(world.olivia, "decline", job, proposal, **given).code == "UNPROCESSABLE_CONTENT"


def messages_about(world: ProposalsWorld, proposal: str) -> list[str | None]:
    """Return the texts of the stored messages about a proposal, newest first."""
    everything: View[Story, Story] = View()
    return [one.text for one in ROOM_STORIES.of(world.souk.table, proposal).all(everything)]


def test_first_message_activates_proposal(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    for word in ("When could we talk?", "Hello?"):
        result = world.act_on(world.olivia, "message", job, proposal, message=word).data["messageClientProposal"]
        assert result["proposal"]["status"] == {"status": "Activated", "reason": None}
    assert world.vendor_proposal(world.sofia, proposal)["status"]["status"] == "Activated"
    assert messages_about(world, proposal) == ["Hello?", "When could we talk?"]
    vendor, client = world.event_names_of_both_sides(proposal)
    assert vendor[3:] == ["ClientActivate"]
    assert client[2:] == ["ClientActivate", "ClientMessage", "ClientMessage"]
    assert world.activity_counts(job) == {
        "proposals": 1,
        "messaged": 1,
        "interviewed": 1,
        "bids": 1,
        "bid_total": 4000,
        "interviewed_bids": 1,
        "interviewed_bid_total": 4000,
    }
    world.update_proposal(world.sofia, proposal, chargedAmount={"amount": "50", "currency": "USD"})
    counted = world.activity(job)
    assert (counted.bid_total, counted.interviewed_bid_total) == (5000, 5000)


@pytest.mark.parametrize("message", ["", "  ", "a\u0000b", "x" * 5001])
def test_invalid_message_is_refused(world: ProposalsWorld, message: str) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    assert world.act_on(world.olivia, "message", job, proposal, message=message).code == "UNPROCESSABLE_CONTENT"
    assert messages_about(world, proposal) == []


def test_set_and_remove_marks(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    before = world.vendor_proposal(world.sofia, proposal)
    steps: list[tuple[str, dict[str, Any], list[str]]] = [
        ("read", {}, ["Read"]),
        ("read", {}, ["Read"]),
        ("shortlist", {"shortlisted": True}, ["Shortlisted", "Read"]),
        ("shortlist", {"shortlisted": True}, ["Shortlisted", "Read"]),
        ("hide", {"hide": True, "hideReason": "Enough"}, ["Shortlisted", "Read", "Hidden"]),
        ("shortlist", {"shortlisted": False}, ["Read", "Hidden"]),
        ("hide", {"hide": False}, ["Read"]),
        ("hide", {"hide": False}, ["Read"]),
    ]
    for verb, given, marks in steps:
        answer = world.act_on(world.olivia, verb, job, proposal, **given)
        (result,) = answer.data.values()
        assert result["proposal"]["annotations"] == marks
    assert world.vendor_proposal(world.sofia, proposal) == before  # who applied does not notice
    vendor, client = world.event_names_of_both_sides(proposal)
    assert vendor == ["VendorInitiate", "VendorCreate", "SystemAccept"]
    assert client[2:] == ["ClientRead", "ClientShortlist", "ClientHide", "ClientUnshortlist", "ClientUnhide"]
    assert world.activity_counts(job) == {"proposals": 1, "bids": 1, "bid_total": 4000}


def test_marks_can_be_set_in_any_status(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    world.act_on(world.olivia, "decline", job, proposal)
    world.act_on(world.olivia, "hide", job, proposal, hide=True, hideByClientReasonId="1809")
    stored = world.stored_proposal(proposal)
    assert stored.hidden_because is not None
    assert stored.hidden_because.reason_id == "1809"
    assert world.activity(job).hidden == 1


@pytest.mark.parametrize("verb", VERBS)
def test_client_actions_refuse_others(world: ProposalsWorld, verb: str) -> None:
    job = world.post(world.liam)
    proposal, other = world.apply(world.sofia, job), world.post_fixed_price()
    before = world.stored_proposal(proposal)
    given = VERBS[verb]
    assert world.act_on(world.max, verb, job, proposal, **given).code == "FORBIDDEN"  # a member who sees it
    for stranger in (world.sofia, world.omar, world.ada):
        assert world.act_on(stranger, verb, job, proposal, **given).code == "NOT_FOUND"
    assert world.act_on(world.olivia, verb, other, proposal, **given).code == "NOT_FOUND"
    assert world.act_on(world.olivia, verb, job, "#" * 5000, **given).code == "NOT_FOUND"
    assert world.stored_proposal(proposal) == before
    assert world.act_on(world.liam, verb, job, proposal, **given).data


@pytest.mark.parametrize(
    "name", ["declineClientProposal", "markClientProposalAsRead", "messageClientProposal", "shortlistClientProposal"]
)
def test_client_actions_need_a_request(world: ProposalsWorld, name: str) -> None:
    assert world.olivia.call(f"mutation {{ {name} {{ status }} }}").code == "UNPROCESSABLE_CONTENT"


def test_closing_a_job_archives_undecided_proposals(world: ProposalsWorld) -> None:
    job, other = world.post_fixed_price(), world.post_fixed_price()
    waiting, spoken, declined, gone = (world.apply(who, job) for who in (world.sofia, world.ivy, world.ada, world.noah))
    elsewhere = world.apply(world.sofia, other)
    world.act_on(world.olivia, "message", job, spoken, message="Hello")
    world.act_on(world.olivia, "decline", job, declined)
    world.withdraw(world.noah, gone)
    invitation = world.invite(other, world.ivy)
    world.close_job(job)
    for _ in range(2):
        world.souk.run_due(CLOCK.market())
    for proposal in (waiting, spoken):
        assert world.stored_proposal(proposal).client_status == "Archived"
        assert world.stored_proposal(proposal).vendor_status == "Archived"
        assert [names[-1] for names in world.event_names_of_both_sides(proposal)] == ["SystemArchive"] * 2
        assert world.event_names(proposal, "Client JA").count("SystemArchive") == 1
        assert world.stored_proposal(proposal).modified_by_id is None
    assert world.vendor_proposal(world.sofia, waiting)["auditDetails"]["modifiedByUser"] is None
    assert [world.stored_proposal(one).client_status for one in (declined, gone, elsewhere)] == [
        "Declined",
        "Withdrawn",
        "Created",
    ]
    assert world.activity(job).archived == 2
    assert world.activity(other).invites_unanswered == 1
    assert world.stored_invitation(invitation).state == "SENT"


def test_long_archiving_continues_in_another_run(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_CHUNK", 7)
    monkeypatch.setattr(archiving, "_BATCH", 4)
    monkeypatch.setattr(archiving, "_MOST", 8)
    job = world.post_fixed_price()
    proposal = world.stored_proposal(world.apply(world.sofia, job))
    world.copy_proposal(proposal, 22)
    world.close_job(job)
    archiving.archive(world.souk.table, job, CLOCK.market())
    assert world.activity(job).archived == 8
    world.souk.run_due(CLOCK.market())
    assert world.activity(job).archived == 23
    assert world.souk.run_due(CLOCK.market()) == 0


def test_open_job_archives_nothing(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    tx = world.souk.table.transaction()
    schedule(tx, "proposals.archive", job, CLOCK.market())
    schedule(tx, "proposals.archive", "no such job", CLOCK.market())
    tx.commit()
    assert world.souk.run_due(CLOCK.market()) >= 2  # and the bids, at the turn of a minute
    assert world.stored_proposal(proposal).client_status == "Created"


def test_read_proposal_round_trips(world: ProposalsWorld) -> None:
    """Each level of links takes one round trip, not each link."""
    proposal = world.apply(world.sofia, world.post_fixed_price())
    query = f"query ($id: ID!) {{ clientProposal(id: $id) {CLIENTS} }}"
    world.olivia.call(query, {"id": proposal})
    assert world.olivia.call(query, {"id": proposal}).trips == 3  # who calls, the proposal, and what it leads to


@pytest.mark.parametrize("way", ["message", "invitation"])
def test_client_of_activated_proposal_sees_private_profile(world: ProposalsWorld, way: str) -> None:
    private = 'input: {title: "Painter", visibilityLevel: PRIVATE}'
    assert world.sofia.call(f"mutation {{ updateFreelancerProfile({private}) {{ fullName }} }}").data
    by_key = f'{{ freelancerVisibility(id: "{world.sofia.user_id}") {{ currentVisibility }} }}'
    job = world.post_fixed_price()
    if way == "message":
        proposal = world.apply(world.sofia, job)
        assert world.olivia.call(by_key).data == {"freelancerVisibility": None}
        assert world.act_on(world.olivia, "message", job, proposal, message="When?").data
    else:
        world.accept_invitation(world.sofia, world.invite(job, world.sofia))
    assert world.olivia.call(by_key).data == {"freelancerVisibility": {"currentVisibility": "PRIVATE"}}
    assert world.omar.call(by_key).data == {"freelancerVisibility": None}


def test_filter_does_not_tell_of_private_profile(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    query = """query ($job: ID!) { clientProposals(jobPostingId: $job, filter: {title_eq: "painter"}) {
      edges { node { id } } } }"""

    def found(visibility: str) -> bool:
        changed = f'input: {{title: "Painter", visibilityLevel: {visibility}}}'
        assert world.sofia.call(f"mutation {{ updateFreelancerProfile({changed}) {{ fullName }} }}").data
        return bool(world.olivia.call(query, {"job": job}).data["clientProposals"]["edges"])

    assert found("PUBLIC")
    assert not found("PRIVATE")
    assert world.act_on(world.olivia, "message", job, proposal, message="When?").data
    assert found("PRIVATE")
    table = world.souk.table
    profile = table.get(PROFILES, world.sofia.user_id)
    assert profile
    tx = table.transaction()
    tx.update(PROFILES, profile.model_copy(update={"takedown": Takedown(reason="Copied", at="2026-01-01")}))
    tx.commit()
    assert not found("PUBLIC"), "an operator has taken it down"
