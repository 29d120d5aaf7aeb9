"""The audience of each event: API calls record events for exactly these organizations."""

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
Events = list[tuple[str, str, Audience]]

CLIENT = (DESIGN, ACME)
BOTH = (*CLIENT, CREW, AGENCY)
EVERYBODY, NOBODY = ("*",), ()


@dataclass
class OutboxReader:
    """Reads the new events of the outbox."""

    souk: Souk
    seen: set[str] = field(default_factory=set)

    def new_events(self) -> dict[str, Events]:
        """Return the events since the last call, in order, by the id of their entity."""
        pages = self.souk.table.client.get_paginator("scan").paginate(TableName=self.souk.table.name)
        decoded = [OUTBOX.decode(one) for page in pages for one in page["Items"] if one["SK"]["S"] == "EVENT"]
        new = sorted((one for one in decoded if one.event_id not in self.seen), key=lambda one: int(one.event_id))
        self.seen.update(one.event_id for one in new)
        by_id: dict[str, Events] = {}
        for one in new:
            by_id.setdefault(one.id, []).append((one.entity, one.action, one.audience))
        return by_id


@pytest.fixture
def world(souk: Souk) -> ProposalsWorld:
    """Return a world where Liam hires for a team of a company, and Ivy works in a team of an agency."""
    return ProposalsWorld(souk)


def actor(person: Person) -> Actor:
    return Actor(person.user_id, person.organization_id, lambda query, variables: person.call(query, variables).json)


def events(entity: str, to: Audience, *actions: str) -> Events:
    return [(entity, action, to) for action in actions]


def test_posting_events_go_to_the_client(world: ProposalsWorld) -> None:
    outbox = OutboxReader(world.souk)
    job = world.post(world.liam)
    assert outbox.new_events() == {job: events("JP", CLIENT, "NEW")}
    assert world.change(job, world.liam, DESIGN, jobPostingInfo=fixed_price(title="Build a Flask shop")).data
    assert world.close_job(job, world.liam).data
    assert outbox.new_events() == {job: events("JP", CLIENT, "UPDATE", "CLOSE")}


def test_client_annotations_stay_with_the_client(world: ProposalsWorld) -> None:
    outbox = OutboxReader(world.souk)
    job = world.post(world.liam)
    outbox.new_events()
    proposal = world.apply(world.ivy_of_agency, job, "900.00")
    recorded = outbox.new_events()
    assert recorded.keys() == {proposal}
    assert sorted(recorded[proposal]) == sorted(
        [
            *events("Vendor JA", BOTH, "VendorInitiate", "VendorCreate", "SystemAccept"),
            *events("Client JA", CLIENT, "VendorCreate", "SystemPublish"),
        ]
    )
    for verb, arguments in (
        ("read", {}),
        ("shortlist", {"shortlisted": True}),
        ("shortlist", {"shortlisted": False}),
        ("hide", {"hide": True}),
        ("hide", {"hide": False}),
    ):
        assert world.act_on(world.liam, verb, job, proposal, **arguments).data
    annotations = ("ClientRead", "ClientShortlist", "ClientUnshortlist", "ClientHide", "ClientUnhide")
    assert outbox.new_events() == {proposal: events("Client JA", CLIENT, *annotations)}
    assert world.act_on(world.liam, "message", job, proposal, message="When could we talk?").data
    assert outbox.new_events() == {
        proposal: [
            *events("Vendor JA", BOTH, "ClientActivate"),
            *events("Client JA", CLIENT, "ClientActivate", "ClientMessage"),
            *events("ROOM", BOTH, "STORY"),
        ]
    }
    assert world.act_on(world.liam, "decline", job, proposal).data
    assert outbox.new_events() == {
        proposal: [*events("Vendor JA", BOTH, "ClientDecline"), *events("Client JA", CLIENT, "ClientDecline")]
    }


def test_offer_and_milestone_events_go_to_both_sides(world: ProposalsWorld) -> None:
    client, freelancer = actor(world.liam), actor(world.ivy_of_agency)
    outbox = OutboxReader(world.souk)
    job = world.post(world.liam)
    proposal = world.apply(world.ivy_of_agency, job, "900.00")
    outbox.new_events()

    created = client.offer(job, proposal, freelancer, **fixed(60_000, 40_000))
    offer, (first, second) = created["id"], [one["id"] for one in created["milestoneTerms"]["milestones"]]
    refreshed = events("MILESTONE", BOTH, "REFRESH")
    assert outbox.new_events() == {
        offer: events("OFFER", BOTH, "CREATE"),
        first: refreshed,
        second: refreshed,
        proposal: [*events("Vendor JA", BOTH, "ClientOffer"), *events("Client JA", CLIENT, "ClientAccept")],
    }
    contract_id = freelancer.accept(offer)["id"]
    assert outbox.new_events() == {
        offer: events("OFFER", BOTH, "ACCEPTED"),
        first: refreshed,
        second: refreshed,
        proposal: [
            *events("Vendor JA", BOTH, "VendorAcceptOffer", "ClientHire"),
            *events("Client JA", CLIENT, "VendorAcceptOffer"),
        ],
    }

    third = client.milestone(
        "createMilestoneV2", "CreateMilestoneInput!", contractId=contract_id, description="More", depositAmount="1000"
    )["id"]
    client.milestone("editMilestone", "EditMilestoneInput", id=third, description="Some more")
    client.answer("mutation ($input: DeleteMilestoneInput) { deleteMilestone(input: $input) }", input={"id": third})
    assert outbox.new_events() == {third: 3 * refreshed}
    client.activate(first)
    submitted = freelancer.submit(first, "Here it is.")
    client.reject(submitted["submissionEvents"][0]["submission"]["id"], "In blue, please.")
    freelancer.submit(first, "Blue.")
    client.approve(first, paidAmount="60000")
    words = events("ROOM", BOTH, "STORY")
    assert outbox.new_events() == {first: 5 * refreshed, proposal: 3 * words}

    freelancer.end_as_freelancer(contract_id, FIXED_DONE)
    assert outbox.new_events() == {second: refreshed}
    client.review(contract_id, 5, "Splendid.")
    freelancer.review(contract_id, 4, "Prompt.")
    assert outbox.new_events() == {contract_id: events("CFB", BOTH, "SUBMIT", "SUBMIT")}


@pytest.mark.parametrize(("document", "action"), [(DECLINE, "DECLINE"), (WITHDRAW, "WITHDREW")])
def test_closed_offer_events_go_to_both_sides(world: ProposalsWorld, document: str, action: str) -> None:
    outbox = OutboxReader(world.souk)
    job = world.post(world.liam)
    created = actor(world.liam).offer(job, None, actor(world.ivy_of_agency), **fixed(60_000))
    (milestone,) = (one["id"] for one in created["milestoneTerms"]["milestones"])
    outbox.new_events()
    caller = world.ivy_of_agency if document == DECLINE else world.liam
    assert caller.call(document, {"input": {"offerId": created["id"]}}).data
    assert outbox.new_events() == {
        created["id"]: events("OFFER", BOTH, action),
        milestone: events("MILESTONE", BOTH, "REFRESH"),
    }


def test_declined_charge_events_go_to_both_sides(souk: Souk) -> None:
    agency = {"vendor_team_id": CREW, "vendor_company_id": AGENCY, "agency": True}
    shop = MilestonesWorld(souk, contract(parties=PARTIES.model_copy(update=agency)))
    milestone = shop.add_funded_milestone()
    shop.change_contract(enterprise=False)
    outbox = OutboxReader(souk)
    outbox.new_events()
    assert shop.mutate("approveMilestone", id=milestone, paidAmount="10000", bonusAmount="4002").code == (
        "UNPROCESSABLE_CONTENT"
    )
    assert outbox.new_events() == {
        milestone: events("MILESTONE", BOTH, "REFRESH")
    }  # the milestone no longer waits for the charge


def test_solo_freelancer_is_named_once(souk: Souk) -> None:
    shop = MilestonesWorld(souk)
    outbox = OutboxReader(souk)
    milestone = shop.add_milestone()
    assert outbox.new_events() == {milestone: events("MILESTONE", (*CLIENT, STUDIO), "REFRESH")}


def test_draft_gig_events_go_to_nobody(world: ProposalsWorld) -> None:
    outbox = OutboxReader(world.souk)
    gig = complete(world.ivy_of_agency)
    assert outbox.new_events() == {gig: events("GIG", NOBODY, "CREATE", *4 * ["UPDATE"])}
    assert world.ivy_of_agency.call(DELETE, {"gigId": gig}).data
    assert outbox.new_events() == {gig: events("GIG", NOBODY, "DELETE")}


def test_published_gig_events_go_to_everybody(world: ProposalsWorld) -> None:
    ivy = world.ivy_of_agency
    outbox = OutboxReader(world.souk)
    gig = complete(ivy)
    outbox.new_events()

    def change(title: str) -> None:
        assert ivy.call(OVERVIEW, {"input": {"gigId": gig, **overview(title=title)}}).data

    assert ivy.call(PUBLISH, {"gigId": gig}).data
    change("Draw a badge")
    assert ivy.call(PAUSE, {"gigId": gig}).data
    assert outbox.new_events() == {gig: events("GIG", EVERYBODY, "PUBLISH", "UPDATE", "PAUSE")}
    change("Draw a sign")
    assert outbox.new_events() == {gig: events("GIG", NOBODY, "UPDATE")}
    assert ivy.call(RESUME, {"gigId": gig}).data
    assert ivy.call(DELETE, {"gigId": gig}).data
    assert outbox.new_events() == {gig: events("GIG", EVERYBODY, "RESUME", "DELETE")}


def test_deleting_a_paused_gig_goes_to_nobody(world: ProposalsWorld) -> None:
    ivy = world.ivy_of_agency
    outbox = OutboxReader(world.souk)
    gig = complete(ivy)
    for document in (PUBLISH, PAUSE):
        assert ivy.call(document, {"gigId": gig}).data
    outbox.new_events()
    assert ivy.call(DELETE, {"gigId": gig}).data
    assert outbox.new_events() == {gig: events("GIG", NOBODY, "DELETE")}


def test_gig_order_events_go_to_both_sides(world: ProposalsWorld) -> None:
    gig = complete(world.ivy_of_agency)
    assert world.ivy_of_agency.call(PUBLISH, {"gigId": gig}).data
    outbox = OutboxReader(world.souk)
    outbox.new_events()
    order = {"gigId": gig, "tier": "basic", "clientTeamId": DESIGN}
    created = world.liam.call(ORDER, {"input": order}).data["orderGig"]
    offer = actor(world.liam).contract(created["contract"]["id"])["offerId"]
    assert outbox.new_events() == {
        offer: events("OFFER", BOTH, "CREATE", "ACCEPTED"),
        created["milestone"]["id"]: events("MILESTONE", BOTH, "REFRESH"),
        gig: events("GIG", BOTH, "ORDER"),
    }
