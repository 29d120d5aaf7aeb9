"""Invitations and their answers through the API."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.domains.offers.model import Offer, OfferState
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.rules.inviting import MAIL_PERIOD
from souk.domains.proposals.rules.states import Action
from souk.domains.proposals.store import INVITATIONS, recent_invitations
from souk.operations import lists
from souk.operations.deployment import Deployment
from souk.runtime import mail
from tests.support.api import Person, person
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.jobs import ACME, DESIGN, OLIVIA, OMAR, RIVAL, SOFIA, STUDIO
from tests.support.worlds.milestones import offer
from tests.support.worlds.proposals import AGENCY, CREW, GARAGE, IVY, ProposalsWorld


def test_invitation_shows_private_job_and_can_be_accepted(world: ProposalsWorld) -> None:
    job = world.post_private()
    posting = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
    assert world.ivy.call(posting, {"id": job}).code == "NOT_FOUND"
    invitation = world.invite(job, world.ivy, invitationLetter="Come!")
    assert world.stored_invitation(invitation).letter == "Come!"
    assert world.ivy.call(posting, {"id": job}).data["marketplaceJobPosting"] == {"id": job}
    assert world.sofia.call(posting, {"id": job}).code == "NOT_FOUND"
    assert world.activity_counts(job) == {"invites_sent": 1, "invites_unanswered": 1}
    seen = world.accept_invitation(world.ivy, invitation, "900", coverLetter="Gladly").data["acceptJobInvitation"]
    assert seen["status"]["status"] == "Activated"
    assert (seen["organization"], seen["coverLetter"]) == ({"id": GARAGE}, "Gladly")
    assert world.client_proposal(world.olivia, seen["id"])["status"]["status"] == "Activated"
    assert world.event_names_of_both_sides(seen["id"]) == (["VendorCreate", "VendorAcceptInvite"],) * 2
    assert world.activity_counts(job) == {
        "invites_sent": 1,
        "proposals": 1,
        "interviewed": 1,
        "bids": 1,
        "bid_total": 90_000,
        "interviewed_bids": 1,
        "interviewed_bid_total": 90_000,
    }
    answered = world.stored_invitation(invitation)
    assert (answered.state, answered.proposal_id) == ("ACCEPTED", seen["id"])
    assert world.accept_invitation(world.ivy, invitation).code == "CONFLICT"
    assert world.decline_invitation(world.ivy, invitation).code == "CONFLICT"
    assert world.try_apply(world.ivy, job).code == "CONFLICT"


def test_former_colleague_can_apply_and_be_invited(world: ProposalsWorld) -> None:
    colleague = person(world.souk, IVY, DESIGN, company_id=ACME, role=Role.MEMBER)
    job, other = world.post_fixed_price(), world.post_private()
    assert world.try_apply(world.ivy, job).code == "FORBIDDEN"
    assert world.try_invite(world.olivia, other, IVY).code == "UNPROCESSABLE_CONTENT"
    world.end_membership(colleague)
    assert world.try_apply(world.ivy, job).data
    assert world.accept_invitation(world.ivy, world.invite(other, world.ivy)).data


def test_former_member_of_agency_is_no_freelancer(world: ProposalsWorld) -> None:
    world.end_membership(world.ivy_of_agency)
    job = world.post_private()
    assert world.try_invite(world.olivia, job, IVY).code == "UNPROCESSABLE_CONTENT"
    assert world.ivy  # her own organization
    assert world.invite(job, world.ivy)


def test_inactive_sides_cannot_invite_or_be_invited(world: ProposalsWorld) -> None:
    job = world.post_private()
    assert world.ivy_of_agency
    world.change_organization(AGENCY, active=False)
    assert world.try_invite(world.olivia, job, IVY).code == "UNPROCESSABLE_CONTENT"
    assert world.ivy
    world.change_organization(ACME, active=False)
    assert world.try_invite(world.olivia, job, IVY).code == "FORBIDDEN"


def test_invited_freelancer_skips_screening_questions(world: ProposalsWorld) -> None:
    job = world.post_hourly("When?")
    assert world.accept_invitation(world.ivy, world.invite(job, world.ivy), "40").data


def test_applying_accepts_open_invitation(world: ProposalsWorld) -> None:
    job = world.post_private()
    invitation = world.invite(job, world.ivy)
    proposal = world.apply(world.ivy, job)
    answered = world.stored_invitation(invitation)
    assert (answered.state, answered.proposal_id) == ("ACCEPTED", proposal)
    assert world.stored_proposal(proposal).invitation_id == invitation
    assert world.activity_counts(job) == {"invites_sent": 1, "proposals": 1, "bids": 1, "bid_total": 4000}
    assert world.accept_invitation(world.ivy, invitation).code == "CONFLICT"


def test_decline_invitation(world: ProposalsWorld) -> None:
    job = world.post_private()
    invitation = world.invite(job, world.ivy)
    assert world.decline_invitation(world.ivy, invitation, reasonId="1009").code == "UNPROCESSABLE_CONTENT"
    answer = world.decline_invitation(world.ivy, invitation, reasonId="1002", message="Sorry")
    assert answer.data == {"declineJobInvitation": True}
    answered = world.stored_invitation(invitation)
    assert answered.state == "DECLINED"
    assert answered.note is not None
    assert (answered.note.reason_id, answered.note.message) == ("1002", "Sorry")
    assert world.activity_counts(job) == {"invites_sent": 1}
    assert world.accept_invitation(world.ivy, invitation).code == "CONFLICT"
    assert (
        world.stored_proposal(world.apply(world.ivy, job)).invitation_id is None
    )  # a change of mind is an application
    assert world.activity(job).invites_unanswered == 0


def test_freelancer_is_invited_once_per_job(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    world.invite(job, world.ivy)
    assert world.try_invite(world.olivia, job, IVY).code == "CONFLICT"
    world.apply(world.sofia, job)
    assert world.try_invite(world.olivia, job, world.sofia.user_id).code == "CONFLICT"
    assert world.activity(job).invites_sent == 1


def test_only_freelancers_can_be_invited(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    for user_id in (OMAR, "no#such", "x" * 5000, world.olivia.user_id):
        assert world.try_invite(world.olivia, job, user_id).code == "UNPROCESSABLE_CONTENT"
    assert world.try_invite(world.olivia, job, world.max.user_id).code == "UNPROCESSABLE_CONTENT"
    person(world.souk, world.max.user_id, STUDIO)  # who is of both sides is no more invited than hired
    assert world.try_invite(world.olivia, job, world.max.user_id).code == "UNPROCESSABLE_CONTENT"
    long = world.try_invite(world.olivia, job, world.ivy.user_id, invitationLetter="x" * 5001)
    assert long.code == "UNPROCESSABLE_CONTENT"


def test_invite_and_answer_permissions(world: ProposalsWorld) -> None:
    job = world.post(world.liam)
    assert world.try_invite(world.max, job, world.ivy.user_id).code == "FORBIDDEN"
    for stranger in (world.omar, world.sofia):
        assert world.try_invite(stranger, job, world.ivy.user_id).code == "NOT_FOUND"
    assert world.try_invite(world.olivia, "no such", world.ivy.user_id).code == "NOT_FOUND"
    invitation = world.try_invite(world.liam, job, world.ivy.user_id).data["createClientJobInvitation"]
    for stranger in (world.sofia, world.olivia, world.ada):
        assert world.accept_invitation(stranger, invitation).code == "NOT_FOUND"
        assert world.decline_invitation(stranger, invitation).code == "NOT_FOUND"
    assert world.decline_invitation(world.ivy, "#").code == "NOT_FOUND"


def test_closed_job_refuses_invitations(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    invitation = world.invite(job, world.ivy)
    world.close_job(job)
    assert world.accept_invitation(world.ivy, invitation).code == "CONFLICT"
    assert world.try_invite(world.olivia, job, world.sofia.user_id).code == "CONFLICT"
    assert world.decline_invitation(world.ivy, invitation).data


@pytest.mark.parametrize(
    ("state", "expires", "action", "status"),
    [
        (OfferState.ACTIVE, "2099-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION_OFFERED, "Offered"),
        (OfferState.ACTIVE, "2026-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION, "Activated"),
        (OfferState.COMMITTED, "2026-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION_HIRED, "Hired"),
        (OfferState.WITHDRAWN, "2099-01-01T00:00:00.000Z", Action.ACCEPT_INVITATION, "Activated"),
    ],
)
def test_accept_invitation_with_offer(
    world: ProposalsWorld, state: OfferState, expires: str, action: Action, status: str
) -> None:
    job = world.post_fixed_price()
    invitation = world.invite(job, world.ivy)
    made = _offered(world, job, state, expires)
    seen = world.accept_invitation(world.ivy, invitation).data["acceptJobInvitation"]
    assert seen["status"]["status"] == status
    stored, offer = world.stored_proposal(seen["id"]), world.souk.table.get(OFFERS, made.id)
    assert offer is not None
    counts = action is not Action.ACCEPT_INVITATION
    assert stored.offer_id == (made.id if counts else None)
    assert offer.proposal_id == (stored.id if counts else None)
    word = {
        Action.ACCEPT_INVITATION: "VendorAcceptInvite",
        Action.ACCEPT_INVITATION_OFFERED: "VendorAcceptInviteWithPendingOffer",
        Action.ACCEPT_INVITATION_HIRED: "VendorAcceptInviteWithAcceptedOffer",
    }[action]
    assert world.event_names_of_both_sides(stored.id) == (["VendorCreate", word],) * 2


def _offered(world: ProposalsWorld, job_id: str, state: OfferState, expires: str) -> Offer:
    """Store an offer to Ivy."""
    made = offer(job_id=job_id, state=state, expires=expires)
    parties = made.parties.model_copy(
        update={"vendor_user_id": IVY, "vendor_team_id": GARAGE, "vendor_company_id": GARAGE}
    )
    tx = world.souk.table.transaction()
    stored = tx.create(OFFERS, made.model_copy(update={"parties": parties}))
    tx.commit()
    return stored


VENDOR_LIST = """query ($filter: JobInvitationFilter, $pagination: Pagination) {
  vendorJobInvitations(filter: $filter, pagination: $pagination) { totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { id invitationLetter status message reason { id reason } inviter { id }
      marketplaceJobPosting { id content { title } } vendorProposal { id } } } } }"""
CLIENT_LIST = """query ($job: ID!, $filter: JobInvitationFilter) {
  clientJobInvitations(jobPostingId: $job, filter: $filter) { totalCount edges { node {
    id invitationLetter status message reason { id reason } inviter { id } user { id } job { id }
    clientProposal { id } } } } }"""


def vendor_list(who: Person, **given: Any) -> list[dict[str, Any]]:
    found = who.call(VENDOR_LIST, given).data["vendorJobInvitations"]
    return [edge["node"] for edge in found["edges"]]


def client_list(who: Person, job: str, **given: Any) -> list[dict[str, Any]]:
    found = who.call(CLIENT_LIST, {"job": job, **given}).data["clientJobInvitations"]
    return [edge["node"] for edge in found["edges"]]


def test_freelancer_finds_and_accepts_invitation_by_list(world: ProposalsWorld) -> None:
    job = world.post_private()
    sent = world.invite(job, world.ivy, invitationLetter="Come!")
    (found,) = vendor_list(world.ivy, filter={"status_eq": "SENT"})
    title = found.pop("marketplaceJobPosting")
    assert title == {"id": job, "content": {"title": "Build a Django shop"}}
    assert found == {
        "id": sent,
        "invitationLetter": "Come!",
        "status": "SENT",
        "message": None,
        "reason": None,
        "inviter": {"id": OLIVIA},
        "vendorProposal": None,
    }
    proposal = world.accept_invitation(world.ivy, found["id"]).data["acceptJobInvitation"]["id"]
    assert vendor_list(world.ivy, filter={"status_eq": "SENT"}) == []
    (answered,) = vendor_list(world.ivy)
    assert (answered["status"], answered["vendorProposal"]) == ("ACCEPTED", {"id": proposal})
    (seen,) = client_list(world.olivia, job)
    assert (seen["status"], seen["clientProposal"], seen["user"]) == ("ACCEPTED", {"id": proposal}, {"id": IVY})


def test_client_sees_why_invitation_was_declined(world: ProposalsWorld) -> None:
    job = world.post_private()
    sent = world.invite(job, world.ivy)
    world.invite(job, world.sofia)
    assert world.decline_invitation(world.ivy, sent, reasonId="1002", message="No time").data
    assert [one["user"]["id"] for one in client_list(world.olivia, job)] == [SOFIA, IVY], "newest first"
    (declined,) = client_list(world.olivia, job, filter={"status_eq": "DECLINED"})
    assert (declined["id"], declined["message"], declined["reason"]["id"]) == (sent, "No time", "1002")
    assert vendor_list(world.ivy)[0]["message"] == "No time"


def test_invitation_lists_are_private(world: ProposalsWorld) -> None:
    job = world.post_private()
    sent = world.invite(job, world.ivy)
    one = "query ($id: ID!) { vendorJobInvitation(id: $id) { id } clientJobInvitation(id: $id) { id } }"
    seen = {"vendorJobInvitation": {"id": sent}, "clientJobInvitation": {"id": sent}}
    for who, own in ((world.ivy, "vendorJobInvitation"), (world.olivia, "clientJobInvitation"), (world.omar, "")):
        assert who.call(one, {"id": sent}).data == {name: seen[name] if name == own else None for name in seen}
    assert vendor_list(world.sofia) == vendor_list(world.olivia) == []
    assert world.omar.call(CLIENT_LIST, {"job": job}).code == "NOT_FOUND"
    assert world.ivy.call(CLIENT_LIST, {"job": job}).code == "NOT_FOUND"


def test_invitation_lists_need_no_more_reads_for_more_entries(world: ProposalsWorld) -> None:
    def ask() -> tuple[int, int]:
        pages = {"pagination": {"first": 50}}
        return world.ivy.call(VENDOR_LIST, pages).trips, world.olivia.call(CLIENT_LIST, {"job": job}).trips

    job = world.post()
    world.invite(job, world.ivy)
    few = ask()
    world.invite(job, world.sofia)
    for _ in range(4):
        world.invite(world.post(), world.ivy)
    assert ask() == few


def add_invitations(world: ProposalsWorld, like: str, number: int, **changes: Any) -> list[str]:
    """Store copies of an invitation, and return their ids, oldest first."""
    invitation = world.stored_invitation(like)
    copies = [invitation.model_copy(update={"id": new_id(), **changes}) for _ in range(number)]
    for one in copies:
        tx = world.souk.table.transaction()
        tx.create(INVITATIONS, one)
        tx.commit()
    return [one.id for one in copies]


def test_page_of_many_invitations_costs_a_page(world: ProposalsWorld) -> None:
    job = world.post()
    sent = [world.invite(job, world.ivy)]
    own = """query ($page: Pagination, $filter: JobInvitationFilter) {
      vendorJobInvitations(pagination: $page, filter: $filter) { edges { node { id } } } }"""
    client = """query ($job: ID!, $page: Pagination, $filter: JobInvitationFilter) {
      clientJobInvitations(jobPostingId: $job, pagination: $page, filter: $filter) { edges { node { id } } } }"""

    def ask(first: int, after: str = "0", state: str | None = None) -> list[tuple[list[str], int]]:
        given = {"page": {"first": first, "after": after}, "filter": {"status_eq": state}}
        answers = [world.ivy.call(own, given), world.olivia.call(client, {"job": job, **given})]
        lists = [next(iter(answer.data.values())) for answer in answers]
        return [
            ([edge["node"]["id"] for edge in one["edges"]], answer.trips)
            for one, answer in zip(lists, answers, strict=True)
        ]

    sent += add_invitations(world, sent[0], 12)
    few = ask(10)
    sent += add_invitations(world, sent[0], 120)
    assert ask(10) == [(sent[:-11:-1], trips) for _, trips in few]
    assert [len(ids) for ids, _ in ask(500)] == [100, 100]
    assert [ids for ids, _ in ask(2, "30")] == [sent[-31:-33:-1]] * 2
    declined = world.stored_invitation(sent[0])
    world.decline_invitation(world.ivy, declined.id)
    for ids, trips in ask(10, state="DECLINED"):
        assert ids == [declined.id]
        assert trips <= few[1][1] + 4


def test_rewrite_lists_invitations_of_earlier_releases(world: ProposalsWorld) -> None:
    job, table = world.post(), world.souk.table
    old, new = world.invite(job, world.ivy), world.invite(job, world.sofia)
    key = {"PK": {"S": f"INVITATION#{old}"}, "SK": {"S": "INVITATION"}}
    table.client.update_item(TableName=table.name, Key=key, UpdateExpression="REMOVE GSI2PK, GSI2SK, f_state")
    assert [one["id"] for one in client_list(world.olivia, job)] == [new]
    lists.rewrite(Deployment({"TableName": table.name}, lambda _service: table.client, "https://souk.test"))
    assert [one["id"] for one in client_list(world.olivia, job)] == [new, old]


def test_mails_are_counted_in_one_read_of_recent_invitations(world: ProposalsWorld) -> None:
    now, table = CLOCK.market(), world.souk.table
    sent = world.invite(world.post(), world.ivy)
    add_invitations(world, sent, 60, client_company_id=RIVAL)
    later = add_invitations(world, sent, 2)
    before = table.trips
    recent = recent_invitations(table, IVY, ACME, now - MAIL_PERIOD)
    assert [one.id for one in recent] == [*reversed(later), sent]
    assert table.trips == before + 1
    assert recent_invitations(table, IVY, ACME, now + MAIL_PERIOD) == []


def test_events_of_invitation_go_to_both_sides(world: ProposalsWorld) -> None:
    job = world.post()
    assert world.ivy_of_agency
    accepted, declined = world.invite(job, world.ivy), world.invite(job, world.sofia)
    applied = world.invite(world.post(), world.ivy)
    assert world.accept_invitation(world.ivy, accepted).data
    assert world.decline_invitation(world.sofia, declined).data
    assert world.apply(world.ivy, world.stored_invitation(applied).job_id)
    for invitation, answer in ((accepted, "ACCEPT"), (declined, "DECLINE"), (applied, "ACCEPT")):
        assert world.event_names(invitation, "JOB_INVITATION") == ["CREATE", answer]
    (created,) = (one for one in world.events_about(accepted) if one.action == "CREATE")
    assert set(created.audience) == {ACME, GARAGE, AGENCY, CREW}
    assert {audience for one in world.events_about(declined) for audience in one.audience} == {ACME, STUDIO}


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr(mail, "is_enabled", lambda: True)
    monkeypatch.setattr(mail, "send", lambda *content, **_: sent.append(content))
    return sent


def test_invited_freelancer_gets_mail(world: ProposalsWorld, mails: list[tuple[str, str, str]]) -> None:
    invitation = world.invite(world.post_private(), world.ivy, invitationLetter="Come!\nToday.")
    assert mails == [], "sent by another function, a moment later"
    world.souk.run_due()
    ((to, subject, text),) = mails
    assert (to, subject) == ("ivy@souk.test", "Acme invites you to apply: Build a Django shop")
    assert "\n> Come!\n> Today.\n" in text
    assert invitation in text
    assert "Olivia E. of Acme" in text
    world.souk.run_due()
    assert len(mails) == 1


def test_few_mails_from_one_client_within_week(world: ProposalsWorld, mails: list[tuple[str, str, str]]) -> None:
    for _ in range(5):
        world.invite(world.post(), world.ivy)
    world.invite(world.post(), world.sofia)
    world.souk.run_due()
    assert Counter(to for to, *_ in mails) == {"ivy@souk.test": 3, "sofia@souk.test": 1}
    world.souk.run_due(CLOCK.market() + timedelta(days=8))
    world.invite(world.post(), world.ivy)
    world.souk.run_due()
    assert Counter(to for to, *_ in mails)["ivy@souk.test"] == 4
