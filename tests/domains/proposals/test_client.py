"""What clients do with proposals by the API: decline, write, mark; and what becomes of those to closed jobs."""

from typing import Any

import pytest

from souk.deadlines.model import schedule
from souk.domains.proposals.store import messages_about
from tests.domains.proposals.board import CLIENTS, Board
from tests.support.clock import CLOCK

VERBS: dict[str, dict[str, Any]] = {
    "decline": {},
    "hide": {"hide": True},
    "read": {},
    "message": {"message": "Hello"},
    "shortlist": {"shortlisted": True},
}


def test_declined_with_a_reason(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    answer = board.act(board.olivia, "decline", job, proposal, reason="1803", message="Next time!")
    result = answer.data["declineClientProposal"]
    assert result["status"] == "SUCCESS"
    why = {"id": "1803", "reason": "rate-too-high", "description": "The rate is above the budget"}
    assert result["proposal"]["status"] == {"status": "Declined", "reason": why}
    assert board.own(board.sofia, proposal)["status"] == {"status": "Declined", "reason": why}
    assert [told[-1] for told in board.told_both(proposal)] == ["ClientDecline", "ClientDecline"]
    assert board.counted(job) == {"proposals": 1, "declined": 1, "bids": 1, "bid_total": 4000}
    assert board.act(board.olivia, "decline", job, proposal).code == "CONFLICT"
    assert board.withdraw(board.sofia, proposal).code == "CONFLICT"
    assert board.ask_apply(board.sofia, job).code == "CONFLICT"


def test_declined_in_words(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    board.act(board.olivia, "decline", job, proposal, otherReason="You live on the moon.")
    assert board.received(board.olivia, proposal)["status"]["reason"] == {
        "id": "1810",
        "reason": "other",
        "description": "You live on the moon.",
    }


@pytest.mark.parametrize("given", [{"reason": "1811"}, {"reason": "1102"}, {"otherReason": "x" * 1001}])
def test_reasons_that_are_none(board: Board, given: dict[str, str]) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    assert board.act(board.olivia, "decline", job, proposal, **given).code == "UNPROCESSABLE_CONTENT"


def test_a_word_begins_the_conversation(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    for word in ("When could we talk?", "Hello?"):
        result = board.act(board.olivia, "message", job, proposal, message=word).data["messageClientProposal"]
        assert result["proposal"]["status"] == {"status": "Activated", "reason": None}
    assert board.own(board.sofia, proposal)["status"]["status"] == "Activated"
    assert [one.text for one in messages_about(board.souk.table, proposal)] == ["When could we talk?", "Hello?"]
    vendor, client = board.told_both(proposal)
    assert vendor[3:] == ["ClientActivate"]
    assert client[2:] == ["ClientActivate", "ClientMessage", "ClientMessage"]
    assert board.counted(job) == {
        "proposals": 1,
        "messaged": 1,
        "interviewed": 1,
        "bids": 1,
        "bid_total": 4000,
        "interviewed_bids": 1,
        "interviewed_bid_total": 4000,
    }
    board.change_own(board.sofia, proposal, chargedAmount={"amount": "50", "currency": "USD"})
    counted = board.activity(job)
    assert (counted.bid_total, counted.interviewed_bid_total) == (5000, 5000)


@pytest.mark.parametrize("message", ["", "  ", "a\u0000b", "x" * 5001])
def test_words_that_are_none(board: Board, message: str) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    assert board.act(board.olivia, "message", job, proposal, message=message).code == "UNPROCESSABLE_CONTENT"
    assert messages_about(board.souk.table, proposal) == []


def test_marks(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    before = board.own(board.sofia, proposal)
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
        answer = board.act(board.olivia, verb, job, proposal, **given)
        (result,) = answer.data.values()
        assert result["proposal"]["annotations"] == marks
    assert board.own(board.sofia, proposal) == before  # who applied does not notice
    vendor, client = board.told_both(proposal)
    assert vendor == ["VendorInitiate", "VendorCreate", "SystemAccept"]
    assert client[2:] == ["ClientRead", "ClientShortlist", "ClientHide", "ClientUnshortlist", "ClientUnhide"]
    assert board.counted(job) == {"proposals": 1, "bids": 1, "bid_total": 4000}


def test_marks_are_put_on_whatever_has_become_of_it(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    board.act(board.olivia, "decline", job, proposal)
    board.act(board.olivia, "hide", job, proposal, hide=True, hideByClientReasonId="1809")
    stored = board.stored(proposal)
    assert stored.hidden_because is not None
    assert stored.hidden_because.reason_id == "1809"
    assert board.activity(job).hidden == 1


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not(board: Board, verb: str) -> None:
    job = board.post(board.liam)
    proposal, other = board.apply(board.sofia, job), board.fixed()
    before = board.stored(proposal)
    given = VERBS[verb]
    assert board.act(board.max, verb, job, proposal, **given).code == "FORBIDDEN"  # a member who sees it
    for stranger in (board.sofia, board.omar, board.ada):
        assert board.act(stranger, verb, job, proposal, **given).code == "NOT_FOUND"
    assert board.act(board.olivia, verb, other, proposal, **given).code == "NOT_FOUND"
    assert board.act(board.olivia, verb, job, "#" * 5000, **given).code == "NOT_FOUND"
    assert board.stored(proposal) == before
    assert board.act(board.liam, verb, job, proposal, **given).data


@pytest.mark.parametrize(
    "name", ["declineClientProposal", "markClientProposalAsRead", "messageClientProposal", "shortlistClientProposal"]
)
def test_a_request_says_which(board: Board, name: str) -> None:
    assert board.olivia.call(f"mutation {{ {name} {{ status }} }}").code == "UNPROCESSABLE_CONTENT"


def test_closed_jobs_archive_what_was_not_decided(board: Board) -> None:
    job, other = board.fixed(), board.fixed()
    waiting, spoken, declined, gone = (board.apply(who, job) for who in (board.sofia, board.ivy, board.ada, board.noah))
    elsewhere = board.apply(board.sofia, other)
    board.act(board.olivia, "message", job, spoken, message="Hello")
    board.act(board.olivia, "decline", job, declined)
    board.withdraw(board.noah, gone)
    invitation = board.invite(other, board.ivy)
    board.close(job)
    for _ in range(2):
        board.souk.run_due(CLOCK.market())
    for proposal in (waiting, spoken):
        assert board.stored(proposal).client_status == "Archived"
        assert board.stored(proposal).vendor_status == "Archived"
        assert [told[-1] for told in board.told_both(proposal)] == ["SystemArchive"] * 2
        assert board.told(proposal, "Client JA").count("SystemArchive") == 1
        assert board.stored(proposal).modified_by_id is None
    assert board.own(board.sofia, waiting)["auditDetails"]["modifiedByUser"] is None
    assert [board.stored(one).client_status for one in (declined, gone, elsewhere)] == [
        "Declined",
        "Withdrawn",
        "Created",
    ]
    assert board.activity(job).archived == 2
    assert board.activity(other).invites_unanswered == 1
    assert board.invitation(invitation).state == "SENT"


def test_a_job_that_is_open_archives_nothing(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    tx = board.souk.table.transaction()
    schedule(tx, "proposals.archive", job, CLOCK.market())
    schedule(tx, "proposals.archive", "no such job", CLOCK.market())
    tx.commit()
    assert board.souk.run_due(CLOCK.market()) >= 2  # and the bids, at the turn of a minute
    assert board.stored(proposal).client_status == "Created"


def test_what_one_proposal_costs_to_read(board: Board) -> None:
    """Storage is asked once for each level of links, not once for each link."""
    proposal = board.apply(board.sofia, board.fixed())
    query = f"query ($id: ID!) {{ clientProposal(id: $id) {CLIENTS} }}"
    board.olivia.call(query, {"id": proposal})
    assert board.olivia.call(query, {"id": proposal}).trips == 3  # who calls, the proposal, and what it leads to
