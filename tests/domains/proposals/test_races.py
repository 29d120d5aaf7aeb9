"""Several at once: one wins, the others are told, and the numbers around the job are right."""

from collections import Counter
from collections.abc import Callable

import pytest

from souk.domains.proposals.commands.archiving import archive
from souk.values.errors import Conflict
from tests.domains.proposals.board import IVY, Board
from tests.support.api import Answer
from tests.support.clock import CLOCK
from tests.support.racing import CALLERS, at_once, meanwhile

ONE = {"done": 1, "CONFLICT": CALLERS - 1}
Act = Callable[[Board, str, str], Answer]
ACTS: dict[str, Act] = {
    "withdraw": lambda board, _, proposal: board.withdraw(board.sofia, proposal),
    "decline": lambda board, job, proposal: board.act(board.olivia, "decline", job, proposal),
    "message": lambda board, job, proposal: board.act(board.olivia, "message", job, proposal, message="Hello"),
    "mark": lambda board, job, proposal: board.act(board.olivia, "shortlist", job, proposal, shortlisted=True),
    "change": lambda board, _, proposal: board.change_own(board.sofia, proposal, coverLetter="Other words"),
}


def ready(board: Board) -> None:
    """Make the people first: their own records are no part of a race."""
    assert all((board.olivia, board.sofia, board.ivy))


def test_many_applications_of_one_person_are_one(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(board)
    job = board.fixed()
    assert at_once(monkeypatch, lambda: board.ask_apply(board.sofia, job)) == ONE
    assert board.counted(job) == {"proposals": 1, "bids": 1, "bid_total": 4000}


def test_one_of_many_withdrawals_wins(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(board)
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    assert at_once(monkeypatch, lambda: board.withdraw(board.sofia, proposal)) == ONE
    assert board.told(proposal, "Vendor JA").count("VendorWithdraw") == 1
    assert board.counted(job) == {"withdrawn": 1}


def test_one_of_many_invitations_and_acceptances_wins(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(board)
    job = board.private()
    assert at_once(monkeypatch, lambda: board.ask_invite(board.olivia, job, IVY)) == ONE
    (invitation,) = {
        item["PK"]["S"].removeprefix("INVITATION#")
        for item in board.souk.table.client.scan(TableName=board.souk.table.name)["Items"]
        if item["SK"]["S"] == "INVITATION"
    }
    assert at_once(monkeypatch, lambda: board.accept(board.ivy, invitation)) == ONE
    counted = board.activity(job)
    assert (counted.invites_sent, counted.invites_unanswered, counted.proposals) == (1, 0, 1)


@pytest.mark.parametrize("late", ACTS)
@pytest.mark.parametrize("quick", ACTS)
def test_of_two_one_wins(board: Board, monkeypatch: pytest.MonkeyPatch, quick: str, late: str) -> None:
    ready(board)
    job = board.fixed()
    proposal = board.apply(board.sofia, job)
    first = meanwhile(monkeypatch, lambda: ACTS[quick](board, job, proposal))
    assert ACTS[late](board, job, proposal).code == "CONFLICT"
    assert first[0].data
    stored = board.stored(proposal)
    assert stored.version == 2
    assert board.activity(job).withdrawn == (quick == "withdraw")
    assert board.activity(job).declined == (quick == "decline")


def test_applying_and_closing_do_not_cross(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(board)
    job = board.fixed()
    first = meanwhile(monkeypatch, lambda: board.close(job))
    assert board.ask_apply(board.sofia, job).code == "CONFLICT"
    assert first[0].data
    assert board.counted(job) == {}


def test_inviting_and_accepting_do_not_cross_with_closing(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(board)
    job = board.fixed()
    invitation = board.invite(job, board.ivy)
    meanwhile(monkeypatch, lambda: board.close(job))
    assert board.accept(board.ivy, invitation).code == "CONFLICT"
    assert board.invitation(invitation).state == "SENT"
    other = board.fixed()
    meanwhile(monkeypatch, lambda: board.close(other))
    assert board.ask_invite(board.olivia, other, IVY).code == "CONFLICT"
    assert board.activity(other).invites_sent == 0


def test_an_invitation_is_answered_once(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(board)
    job = board.fixed()
    invitation = board.invite(job, board.ivy)
    first = meanwhile(monkeypatch, lambda: board.ask_apply(board.ivy, job))
    assert board.accept(board.ivy, invitation).code == "CONFLICT"
    assert first[0].data
    assert board.activity(job).invites_unanswered == 0
    assert board.activity(job).proposals == 1


def test_archiving_gives_way_and_is_tried_again(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(board)
    job = board.fixed()
    proposals = [board.apply(who, job) for who in (board.sofia, board.ivy)]
    board.close(job)
    now, offers = CLOCK.market(), board.souk.tables["offers"]
    meanwhile(monkeypatch, lambda: board.withdraw(board.sofia, proposals[0]))
    with pytest.raises(Conflict):
        archive(offers, job, now)
    archive(offers, job, now)
    assert [board.stored(one).client_status for one in proposals] == ["Withdrawn", "Archived"]
    assert board.activity(job).archived == 1


def test_many_proposals_are_archived_in_several_transactions(board: Board) -> None:
    job = board.fixed()
    first = board.stored(board.apply(board.sofia, job))
    board.copies(first, 44)
    board.close(job)
    board.souk.run_due(CLOCK.market())
    assert board.activity(job).archived == 45
    told = board.events_named("SystemArchive")
    assert len(told) == 90
    assert set(Counter(told).values()) == {1}
