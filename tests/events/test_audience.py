"""Whom each event concerns: what happens by the API is recorded for those organizations, and for nobody else."""

from dataclasses import dataclass, field

import pytest

from souk.storage.transaction import OUTBOX
from tests.domains.contracts.deal import FIXED_DONE
from tests.domains.gigs.bazaar import DELETE, ORDER, OVERVIEW, PAUSE, PUBLISH, RESUME, complete, overview
from tests.domains.jobs.market import ACME, DESIGN, STUDIO, fixed_price
from tests.domains.proposals.board import AGENCY, CREW, Board
from tests.support.api import Person, Souk
from tests.support.hiring import DECLINE, WITHDRAW
from tests.support.story import Actor, fixed
from tests.support.workshop import PARTIES, Workshop, contract

Audience = tuple[str, ...]
Told = list[tuple[str, str, Audience]]

CLIENT = (DESIGN, ACME)
BOTH = (*CLIENT, CREW, AGENCY)
EVERYBODY, NOBODY = ("*",), ()


@dataclass
class Listener:
    """Reads the outbox, and knows what it has read."""

    souk: Souk
    heard: set[str] = field(default_factory=set)

    def news(self) -> dict[str, Told]:
        """Return what was recorded since it was asked last, in order: action and audience, by what it is about."""
        pages = self.souk.table.client.get_paginator("scan").paginate(TableName=self.souk.table.name)
        events = [OUTBOX.decode(one) for page in pages for one in page["Items"] if one["SK"]["S"] == "EVENT"]
        new = sorted((one for one in events if one.event_id not in self.heard), key=lambda one: int(one.event_id))
        self.heard.update(one.event_id for one in new)
        about: dict[str, Told] = {}
        for one in new:
            about.setdefault(one.id, []).append((one.entity, one.action, one.audience))
        return about


@pytest.fixture
def board(souk: Souk) -> Board:
    """Return a market where Liam hires for a team of a company, and Ivy works in a team of an agency."""
    return Board(souk)


def acting(who: Person) -> Actor:
    return Actor(who.user_id, who.organization_id, lambda query, variables: who.call(query, variables).json)


def told(entity: str, to: Audience, *actions: str) -> Told:
    return [(entity, action, to) for action in actions]


def test_posting_events_go_to_the_client(board: Board) -> None:
    listener = Listener(board.souk)
    job = board.post(board.liam)
    assert listener.news() == {job: told("JP", CLIENT, "NEW")}
    assert board.change(job, board.liam, DESIGN, jobPostingInfo=fixed_price(title="Build a Flask shop")).data
    assert board.close(job, board.liam).data
    assert listener.news() == {job: told("JP", CLIENT, "UPDATE", "CLOSE")}


def test_client_annotations_stay_with_the_client(board: Board) -> None:
    listener = Listener(board.souk)
    job = board.post(board.liam)
    listener.news()
    proposal = board.apply(board.ivy_of_agency, job, "900.00")
    seen = listener.news()
    assert seen.keys() == {proposal}
    assert sorted(seen[proposal]) == sorted(
        [
            *told("Vendor JA", BOTH, "VendorInitiate", "VendorCreate", "SystemAccept"),
            *told("Client JA", CLIENT, "VendorCreate", "SystemPublish"),
        ]
    )
    for verb, given in (
        ("read", {}),
        ("shortlist", {"shortlisted": True}),
        ("shortlist", {"shortlisted": False}),
        ("hide", {"hide": True}),
        ("hide", {"hide": False}),
    ):
        assert board.act(board.liam, verb, job, proposal, **given).data
    marks = ("ClientRead", "ClientShortlist", "ClientUnshortlist", "ClientHide", "ClientUnhide")
    assert listener.news() == {proposal: told("Client JA", CLIENT, *marks)}
    assert board.act(board.liam, "message", job, proposal, message="When could we talk?").data
    assert listener.news() == {
        proposal: [
            *told("Vendor JA", BOTH, "ClientActivate"),
            *told("Client JA", CLIENT, "ClientActivate", "ClientMessage"),
        ]
    }
    assert board.act(board.liam, "decline", job, proposal).data
    assert listener.news() == {
        proposal: [*told("Vendor JA", BOTH, "ClientDecline"), *told("Client JA", CLIENT, "ClientDecline")]
    }


def test_offer_and_milestone_events_go_to_both_sides(board: Board) -> None:
    client, freelancer = acting(board.liam), acting(board.ivy_of_agency)
    listener = Listener(board.souk)
    job = board.post(board.liam)
    proposal = board.apply(board.ivy_of_agency, job, "900.00")
    listener.news()

    made = client.offer(job, proposal, freelancer, **fixed(60_000, 40_000))
    offer, (first, second) = made["id"], [one["id"] for one in made["milestoneTerms"]["milestones"]]
    refreshed = told("MILESTONE", BOTH, "REFRESH")
    assert listener.news() == {
        offer: told("OFFER", BOTH, "CREATE"),
        first: refreshed,
        second: refreshed,
        proposal: [*told("Vendor JA", BOTH, "ClientOffer"), *told("Client JA", CLIENT, "ClientAccept")],
    }
    hired = freelancer.accept(offer)["id"]
    assert listener.news() == {
        offer: told("OFFER", BOTH, "ACCEPTED"),
        first: refreshed,
        second: refreshed,
        proposal: [
            *told("Vendor JA", BOTH, "VendorAcceptOffer", "ClientHire"),
            *told("Client JA", CLIENT, "VendorAcceptOffer"),
        ],
    }

    third = client.milestone(
        "createMilestoneV2", "CreateMilestoneInput!", contractId=hired, description="More", depositAmount="1000"
    )["id"]
    client.milestone("editMilestone", "EditMilestoneInput", id=third, description="Some more")
    client.answer("mutation ($input: DeleteMilestoneInput) { deleteMilestone(input: $input) }", input={"id": third})
    assert listener.news() == {third: 3 * refreshed}
    client.activate(first)
    submitted = freelancer.submit(first, "Here it is.")
    client.reject(submitted["submissionEvents"][0]["submission"]["id"], "In blue, please.")
    freelancer.submit(first, "Blue.")
    client.approve(first, paidAmount="60000")
    assert listener.news() == {first: 5 * refreshed}

    freelancer.end_as_freelancer(hired, FIXED_DONE)
    assert listener.news() == {second: refreshed}
    client.review(hired, 5, "Splendid.")
    freelancer.review(hired, 4, "Prompt.")
    assert listener.news() == {hired: told("CFB", BOTH, "SUBMIT", "SUBMIT")}


@pytest.mark.parametrize(("document", "action"), [(DECLINE, "DECLINE"), (WITHDRAW, "WITHDREW")])
def test_closed_offer_events_go_to_both_sides(board: Board, document: str, action: str) -> None:
    listener = Listener(board.souk)
    job = board.post(board.liam)
    made = acting(board.liam).offer(job, None, acting(board.ivy_of_agency), **fixed(60_000))
    (milestone,) = (one["id"] for one in made["milestoneTerms"]["milestones"])
    listener.news()
    who = board.ivy_of_agency if document == DECLINE else board.liam
    assert who.call(document, {"input": {"offerId": made["id"]}}).data
    assert listener.news() == {
        made["id"]: told("OFFER", BOTH, action),
        milestone: told("MILESTONE", BOTH, "REFRESH"),
    }


def test_declined_charge_events_go_to_both_sides(souk: Souk) -> None:
    agency = {"vendor_team_id": CREW, "vendor_company_id": AGENCY, "agency": True}
    shop = Workshop(souk, contract(parties=PARTIES.model_copy(update=agency)))
    milestone = shop.active()
    shop.change(enterprise=False)
    listener = Listener(souk)
    listener.news()
    assert shop.do("approveMilestone", id=milestone, paidAmount="10000", bonusAmount="4002").code == (
        "UNPROCESSABLE_CONTENT"
    )
    assert listener.news() == {milestone: told("MILESTONE", BOTH, "REFRESH")}  # it waits for the charge no more


def test_solo_freelancer_is_named_once(souk: Souk) -> None:
    shop = Workshop(souk)
    listener = Listener(souk)
    milestone = shop.planned()
    assert listener.news() == {milestone: told("MILESTONE", (*CLIENT, STUDIO), "REFRESH")}


def test_draft_gig_events_go_to_nobody(board: Board) -> None:
    listener = Listener(board.souk)
    gig = complete(board.ivy_of_agency)
    assert listener.news() == {gig: told("GIG", NOBODY, "CREATE", *4 * ["UPDATE"])}
    assert board.ivy_of_agency.call(DELETE, {"gigId": gig}).data
    assert listener.news() == {gig: told("GIG", NOBODY, "DELETE")}


def test_published_gig_events_go_to_everybody(board: Board) -> None:
    ivy = board.ivy_of_agency
    listener = Listener(board.souk)
    gig = complete(ivy)
    listener.news()

    def change(title: str) -> None:
        assert ivy.call(OVERVIEW, {"input": {"gigId": gig, **overview(title=title)}}).data

    assert ivy.call(PUBLISH, {"gigId": gig}).data
    change("Draw a badge")
    assert ivy.call(PAUSE, {"gigId": gig}).data
    assert listener.news() == {gig: told("GIG", EVERYBODY, "PUBLISH", "UPDATE", "PAUSE")}
    change("Draw a sign")
    assert listener.news() == {gig: told("GIG", NOBODY, "UPDATE")}
    assert ivy.call(RESUME, {"gigId": gig}).data
    assert ivy.call(DELETE, {"gigId": gig}).data
    assert listener.news() == {gig: told("GIG", EVERYBODY, "RESUME", "DELETE")}


def test_deleting_a_paused_gig_goes_to_nobody(board: Board) -> None:
    ivy = board.ivy_of_agency
    listener = Listener(board.souk)
    gig = complete(ivy)
    for document in (PUBLISH, PAUSE):
        assert ivy.call(document, {"gigId": gig}).data
    listener.news()
    assert ivy.call(DELETE, {"gigId": gig}).data
    assert listener.news() == {gig: told("GIG", NOBODY, "DELETE")}


def test_gig_order_events_go_to_both_sides(board: Board) -> None:
    gig = complete(board.ivy_of_agency)
    assert board.ivy_of_agency.call(PUBLISH, {"gigId": gig}).data
    listener = Listener(board.souk)
    listener.news()
    wanted = {"gigId": gig, "tier": "basic", "clientTeamId": DESIGN}
    made = board.liam.call(ORDER, {"input": wanted}).data["orderGig"]
    offer = acting(board.liam).contract(made["contract"]["id"])["offerId"]
    assert listener.news() == {
        offer: told("OFFER", BOTH, "CREATE", "ACCEPTED"),
        made["milestone"]["id"]: told("MILESTONE", BOTH, "REFRESH"),
        gig: told("GIG", BOTH, "ORDER"),
    }
