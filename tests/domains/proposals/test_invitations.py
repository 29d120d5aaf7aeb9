"""Inviting freelancers, and what they answer, by the API."""

import pytest

from souk.domains.offers.model import Offer, OfferState
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.rules.states import Action
from tests.support.api import person
from tests.support.workshop import offer
from tests.support.worlds.jobs import OMAR, STUDIO
from tests.support.worlds.proposals import GARAGE, IVY, Board


def test_an_invitation_lets_them_see_and_apply(board: Board) -> None:
    job = board.private()
    market = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
    assert board.ivy.call(market, {"id": job}).code == "NOT_FOUND"
    invitation = board.invite(job, board.ivy, invitationLetter="Come!")
    assert board.invitation(invitation).letter == "Come!"
    assert board.ivy.call(market, {"id": job}).data["marketplaceJobPosting"] == {"id": job}
    assert board.sofia.call(market, {"id": job}).code == "NOT_FOUND"
    assert board.counted(job) == {"invites_sent": 1, "invites_unanswered": 1}
    seen = board.accept(board.ivy, invitation, "900", coverLetter="Gladly").data["acceptJobInvitation"]
    assert seen["status"]["status"] == "Activated"
    assert (seen["organization"], seen["coverLetter"]) == ({"id": GARAGE}, "Gladly")
    assert board.received(board.olivia, seen["id"])["status"]["status"] == "Activated"
    assert board.told_both(seen["id"]) == (["VendorCreate", "VendorAcceptInvite"],) * 2
    assert board.counted(job) == {
        "invites_sent": 1,
        "proposals": 1,
        "interviewed": 1,
        "bids": 1,
        "bid_total": 90_000,
        "interviewed_bids": 1,
        "interviewed_bid_total": 90_000,
    }
    answered = board.invitation(invitation)
    assert (answered.state, answered.proposal_id) == ("ACCEPTED", seen["id"])
    assert board.accept(board.ivy, invitation).code == "CONFLICT"
    assert board.refuse(board.ivy, invitation).code == "CONFLICT"
    assert board.ask_apply(board.ivy, job).code == "CONFLICT"


def test_who_is_invited_is_not_asked_questions(board: Board) -> None:
    job = board.hourly("When?")
    assert board.accept(board.ivy, board.invite(job, board.ivy), "40").data


def test_applying_answers_an_invitation(board: Board) -> None:
    job = board.private()
    invitation = board.invite(job, board.ivy)
    proposal = board.apply(board.ivy, job)
    answered = board.invitation(invitation)
    assert (answered.state, answered.proposal_id) == ("ACCEPTED", proposal)
    assert board.stored(proposal).invitation_id == invitation
    assert board.counted(job) == {"invites_sent": 1, "proposals": 1, "bids": 1, "bid_total": 4000}
    assert board.accept(board.ivy, invitation).code == "CONFLICT"


def test_declined(board: Board) -> None:
    job = board.private()
    invitation = board.invite(job, board.ivy)
    assert board.refuse(board.ivy, invitation, reasonId="1009").code == "UNPROCESSABLE_CONTENT"
    answer = board.refuse(board.ivy, invitation, reasonId="1002", message="Sorry")
    assert answer.data == {"declineJobInvitation": True}
    answered = board.invitation(invitation)
    assert answered.state == "DECLINED"
    assert answered.note is not None
    assert (answered.note.reason_id, answered.note.message) == ("1002", "Sorry")
    assert board.counted(job) == {"invites_sent": 1}
    assert board.accept(board.ivy, invitation).code == "CONFLICT"
    assert board.stored(board.apply(board.ivy, job)).invitation_id is None  # a change of mind is an application
    assert board.activity(job).invites_unanswered == 0


def test_invited_once(board: Board) -> None:
    job = board.fixed()
    board.invite(job, board.ivy)
    assert board.ask_invite(board.olivia, job, IVY).code == "CONFLICT"
    board.apply(board.sofia, job)
    assert board.ask_invite(board.olivia, job, board.sofia.user_id).code == "CONFLICT"
    assert board.activity(job).invites_sent == 1


def test_who_can_be_invited(board: Board) -> None:
    job = board.fixed()
    for nobody in (OMAR, "no#such", "x" * 5000, board.olivia.user_id):
        assert board.ask_invite(board.olivia, job, nobody).code == "UNPROCESSABLE_CONTENT"
    assert board.ask_invite(board.olivia, job, board.max.user_id).code == "UNPROCESSABLE_CONTENT"
    person(board.souk, board.max.user_id, STUDIO)  # who is of both sides is no more invited than hired
    assert board.ask_invite(board.olivia, job, board.max.user_id).code == "UNPROCESSABLE_CONTENT"
    long = board.ask_invite(board.olivia, job, board.ivy.user_id, invitationLetter="x" * 5001)
    assert long.code == "UNPROCESSABLE_CONTENT"


def test_who_invites(board: Board) -> None:
    job = board.post(board.liam)
    assert board.ask_invite(board.max, job, board.ivy.user_id).code == "FORBIDDEN"
    for stranger in (board.omar, board.sofia):
        assert board.ask_invite(stranger, job, board.ivy.user_id).code == "NOT_FOUND"
    assert board.ask_invite(board.olivia, "no such", board.ivy.user_id).code == "NOT_FOUND"
    invitation = board.ask_invite(board.liam, job, board.ivy.user_id).data["createClientJobInvitation"]
    for stranger in (board.sofia, board.olivia, board.ada):
        assert board.accept(stranger, invitation).code == "NOT_FOUND"
        assert board.refuse(stranger, invitation).code == "NOT_FOUND"
    assert board.refuse(board.ivy, "#").code == "NOT_FOUND"


def test_a_closed_job(board: Board) -> None:
    job = board.fixed()
    invitation = board.invite(job, board.ivy)
    board.close(job)
    assert board.accept(board.ivy, invitation).code == "CONFLICT"
    assert board.ask_invite(board.olivia, job, board.sofia.user_id).code == "CONFLICT"
    assert board.refuse(board.ivy, invitation).data


@pytest.mark.parametrize(
    ("state", "expires", "action", "status"),
    [
        (OfferState.ACTIVE, "2099-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION_OFFERED, "Offered"),
        (OfferState.ACTIVE, "2026-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION, "Activated"),
        (OfferState.COMMITTED, "2026-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION_HIRED, "Hired"),
        (OfferState.WITHDRAWN, "2099-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION, "Activated"),
    ],
)
def test_accepted_after_an_offer(board: Board, state: OfferState, expires: str, action: Action, status: str) -> None:
    job = board.fixed()
    invitation = board.invite(job, board.ivy)
    made = _offered(board, job, state, expires)
    seen = board.accept(board.ivy, invitation).data["acceptJobInvitation"]
    assert seen["status"]["status"] == status
    stored, there = board.stored(seen["id"]), board.souk.table.get(OFFERS, made.id)
    assert there is not None
    counts = action is not Action.ACCEPT_INVITATION
    assert stored.offer_id == (made.id if counts else None)
    assert there.proposal_id == (stored.id if counts else None)
    word = {
        Action.ACCEPT_INVITATION: "VendorAcceptInvite",
        Action.ACCEPT_INVITATION_OFFERED: "VendorAcceptInviteWithPendingOffer",
        Action.ACCEPT_INVITATION_HIRED: "VendorAcceptInviteWithAcceptedOffer",
    }[action]
    assert board.told_both(stored.id) == (["VendorCreate", word],) * 2


def _offered(board: Board, job_id: str, state: OfferState, expires: str) -> Offer:
    """Put an offer to Ivy into the table."""
    made = offer(job_id=job_id, state=state, expires=expires)
    parties = made.parties.model_copy(
        update={"vendor_user_id": IVY, "vendor_team_id": GARAGE, "vendor_company_id": GARAGE}
    )
    tx = board.souk.table.transaction()
    stored = tx.create(OFFERS, made.model_copy(update={"parties": parties}))
    tx.commit()
    return stored
