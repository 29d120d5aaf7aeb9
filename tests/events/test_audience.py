"""Whom each event concerns: what happens by the API is recorded for those organizations, and for nobody else."""

from dataclasses import dataclass, field

import pytest

from souk.storage.transaction import OUTBOX
from tests.support.actor import Actor, fixed
from tests.support.api import Person, Souk
from tests.support.worlds.contracts import FIXED_DONE
from tests.support.worlds.gigs import DELETE, ORDER, OVERVIEW, PAUSE, PUBLISH, RESUME, complete, overview
from tests.support.worlds.jobs import ACME, DESIGN, STUDIO, fixed_price
from tests.support.worlds.milestones import PARTIES, MilestonesWorld, contract
from tests.support.worlds.offers import DECLINE, WITHDRAW
from tests.support.worlds.proposals import AGENCY, CREW, ProposalsWorld

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
def world(souk: Souk) -> ProposalsWorld:
    """Return a market where Liam hires for a team of a company, and Ivy works in a team of an agency."""
    return ProposalsWorld(souk)


def acting(who: Person) -> Actor:
    return Actor(who.user_id, who.organization_id, lambda query, variables: who.call(query, variables).json)


def told(entity: str, to: Audience, *actions: str) -> Told:
    return [(entity, action, to) for action in actions]


def test_a_posting_concerns_its_client_alone(world: ProposalsWorld) -> None:
    listener = Listener(world.souk)
    job = world.post(world.liam)
    assert listener.news() == {job: told("JP", CLIENT, "NEW")}
    assert world.change(job, world.liam, DESIGN, jobPostingInfo=fixed_price(title="Build a Flask shop")).data
    assert world.close_job(job, world.liam).data
    assert listener.news() == {job: told("JP", CLIENT, "UPDATE", "CLOSE")}


def test_what_the_client_does_for_itself_with_a_proposal_is_no_news_for_the_freelancer(world: ProposalsWorld) -> None:
    listener = Listener(world.souk)
    job = world.post(world.liam)
    listener.news()
    proposal = world.apply(world.ivy_of_agency, job, "900.00")
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
        assert world.act_on(world.liam, verb, job, proposal, **given).data
    marks = ("ClientRead", "ClientShortlist", "ClientUnshortlist", "ClientHide", "ClientUnhide")
    assert listener.news() == {proposal: told("Client JA", CLIENT, *marks)}
    assert world.act_on(world.liam, "message", job, proposal, message="When could we talk?").data
    assert listener.news() == {
        proposal: [
            *told("Vendor JA", BOTH, "ClientActivate"),
            *told("Client JA", CLIENT, "ClientActivate", "ClientMessage"),
        ]
    }
    assert world.act_on(world.liam, "decline", job, proposal).data
    assert listener.news() == {
        proposal: [*told("Vendor JA", BOTH, "ClientDecline"), *told("Client JA", CLIENT, "ClientDecline")]
    }


def test_an_offer_and_the_work_upon_it_concern_both_sides(world: ProposalsWorld) -> None:
    client, freelancer = acting(world.liam), acting(world.ivy_of_agency)
    listener = Listener(world.souk)
    job = world.post(world.liam)
    proposal = world.apply(world.ivy_of_agency, job, "900.00")
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
def test_an_offer_that_comes_to_nothing_concerns_both_sides(world: ProposalsWorld, document: str, action: str) -> None:
    listener = Listener(world.souk)
    job = world.post(world.liam)
    made = acting(world.liam).offer(job, None, acting(world.ivy_of_agency), **fixed(60_000))
    (milestone,) = (one["id"] for one in made["milestoneTerms"]["milestones"])
    listener.news()
    who = world.ivy_of_agency if document == DECLINE else world.liam
    assert who.call(document, {"input": {"offerId": made["id"]}}).data
    assert listener.news() == {
        made["id"]: told("OFFER", BOTH, action),
        milestone: told("MILESTONE", BOTH, "REFRESH"),
    }


def test_a_charge_that_is_declined_is_told_to_the_sides_of_its_deal(souk: Souk) -> None:
    agency = {"vendor_team_id": CREW, "vendor_company_id": AGENCY, "agency": True}
    shop = MilestonesWorld(souk, contract(parties=PARTIES.model_copy(update=agency)))
    milestone = shop.add_funded_milestone()
    shop.change_contract(enterprise=False)
    listener = Listener(souk)
    listener.news()
    assert shop.mutate("approveMilestone", id=milestone, paidAmount="10000", bonusAmount="4002").code == (
        "UNPROCESSABLE_CONTENT"
    )
    assert listener.news() == {milestone: told("MILESTONE", BOTH, "REFRESH")}  # it waits for the charge no more


def test_who_works_for_herself_is_one_organization_and_named_once(souk: Souk) -> None:
    shop = MilestonesWorld(souk)
    listener = Listener(souk)
    milestone = shop.add_milestone()
    assert listener.news() == {milestone: told("MILESTONE", (*CLIENT, STUDIO), "REFRESH")}


def test_of_a_draft_nobody_is_told(world: ProposalsWorld) -> None:
    listener = Listener(world.souk)
    gig = complete(world.ivy_of_agency)
    assert listener.news() == {gig: told("GIG", NOBODY, "CREATE", *4 * ["UPDATE"])}
    assert world.ivy_of_agency.call(DELETE, {"gigId": gig}).data
    assert listener.news() == {gig: told("GIG", NOBODY, "DELETE")}


def test_what_happens_to_a_gig_concerns_everybody_while_everybody_may_see_it(world: ProposalsWorld) -> None:
    ivy = world.ivy_of_agency
    listener = Listener(world.souk)
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


def test_that_a_paused_gig_is_deleted_nobody_is_told(world: ProposalsWorld) -> None:
    ivy = world.ivy_of_agency
    listener = Listener(world.souk)
    gig = complete(ivy)
    for document in (PUBLISH, PAUSE):
        assert ivy.call(document, {"gigId": gig}).data
    listener.news()
    assert ivy.call(DELETE, {"gigId": gig}).data
    assert listener.news() == {gig: told("GIG", NOBODY, "DELETE")}


def test_an_order_concerns_its_two_sides_though_the_gig_is_everybodys(world: ProposalsWorld) -> None:
    gig = complete(world.ivy_of_agency)
    assert world.ivy_of_agency.call(PUBLISH, {"gigId": gig}).data
    listener = Listener(world.souk)
    listener.news()
    wanted = {"gigId": gig, "tier": "basic", "clientTeamId": DESIGN}
    made = world.liam.call(ORDER, {"input": wanted}).data["orderGig"]
    offer = acting(world.liam).contract(made["contract"]["id"])["offerId"]
    assert listener.news() == {
        offer: told("OFFER", BOTH, "CREATE", "ACCEPTED"),
        made["milestone"]["id"]: told("MILESTONE", BOTH, "REFRESH"),
        gig: told("GIG", BOTH, "ORDER"),
    }
