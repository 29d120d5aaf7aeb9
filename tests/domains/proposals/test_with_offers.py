"""Concurrent offers, invitations and proposals for the same job and freelancer."""

import pytest

from souk.domains.market.store import open_offers_for
from souk.domains.offers.model import Offer
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import ClientStatus
from tests.support.api import Answer, Souk, person
from tests.support.audit import audit
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, SOFIA, STUDIO
from tests.support.worlds.offers import ACCEPT, CREATE, HOURLY
from tests.support.worlds.proposals import AGENCY, IVY, ProposalsWorld


class OffersWorld(ProposalsWorld):
    """A world in which Acme also makes Sofia offers."""

    def try_offer(self, job_id: str) -> Answer:
        """Make an offer from a posting, and return the whole answer."""
        wanted = {
            "kind": "Vanilla",
            "offeror": "Client",
            "clientTeamId": ACME,
            "vendorUser": {"userId": SOFIA, "teamId": STUDIO},
            "metadata": {"sourceType": "JobPosting", "sourceId": job_id},
            "title": "Keep our servers running",
            "deliveryModel": "TalentMarketplace",
            **HOURLY,
        }
        return self.olivia.call(CREATE, {"input": wanted})

    def make_offer(self, job_id: str) -> str:
        """Make an offer from a posting, and return its id."""
        id_: str = self.try_offer(job_id).data["createOffer"]["offer"]["id"]
        return id_

    def stored_offer(self, offer_id: str) -> Offer:
        """Return an offer from the table."""
        found = self.souk.table.get(OFFERS, offer_id)
        assert found is not None
        return found

    def invite_sofia(self, job_id: str) -> str:
        """Invite Sofia, and return the invitation's id."""
        return self.invite(job_id, self.sofia)


@pytest.fixture
def world(souk: Souk) -> OffersWorld:
    world = OffersWorld(souk)
    assert all((world.olivia, world.sofia, world.ivy))  # their own records are no part of a race
    return world


def test_apply_with_open_offer_conflicts(world: OffersWorld) -> None:
    job = world.post_hourly()
    offer = world.make_offer(job)
    assert world.try_apply(world.sofia, job).code == "CONFLICT"
    assert world.sofia.call(ACCEPT, {"input": {"offerId": offer}}).data
    audit(world.souk.table)


def test_apply_again_with_open_offer_conflicts(world: OffersWorld) -> None:
    job = world.post_hourly()
    proposal = world.apply(world.sofia, job)
    world.withdraw(world.sofia, proposal)
    world.make_offer(job)
    assert world.try_apply(world.sofia, job).code == "CONFLICT"
    assert world.stored_proposal(proposal).client_status is ClientStatus.WITHDRAWN


def test_offer_and_concurrent_application_conflict(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_hourly()
    first = meanwhile(monkeypatch, lambda: world.make_offer(job))
    assert world.try_apply(world.sofia, job).code == "CONFLICT"
    assert [*open_offers_for(world.souk.table, job)] == first
    other = world.post_hourly()
    proposals = meanwhile(monkeypatch, lambda: world.apply(world.sofia, other))
    assert world.try_offer(other).code == "CONFLICT"
    assert world.stored_offer(world.make_offer(other)).proposal_id == proposals[0]
    assert world.stored_proposal(proposals[0]).client_status is ClientStatus.OFFERED


def test_offer_and_concurrent_reapplication_conflict(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_hourly()
    proposal = world.apply(world.sofia, job)
    world.withdraw(world.sofia, proposal)
    again = meanwhile(monkeypatch, lambda: world.apply(world.sofia, job))
    assert world.try_offer(job).code == "CONFLICT"
    assert again == [proposal]
    assert world.stored_offer(world.make_offer(job)).proposal_id == proposal


def test_offer_and_concurrent_invitation_answer_conflict(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_hourly()
    invitation = world.invite_sofia(job)
    offers = meanwhile(monkeypatch, lambda: world.make_offer(job))
    assert world.accept_invitation(world.sofia, invitation, "40").code == "CONFLICT"
    accepted = world.accept_invitation(world.sofia, invitation, "40").data["acceptJobInvitation"]
    assert accepted["status"]["status"] == "Offered"
    assert world.stored_offer(offers[0]).proposal_id == accepted["id"]
    other = world.post_hourly()
    invitation = world.invite_sofia(other)
    answers = meanwhile(monkeypatch, lambda: world.accept_invitation(world.sofia, invitation, "40"))
    assert world.try_offer(other).code == "CONFLICT"
    assert answers[0].data
    audit(world.souk.table)


def test_invitation_is_answered_in_organization_of_offer(world: OffersWorld) -> None:
    job = world.post_hourly()
    invitation = world.invite_sofia(job)
    world.make_offer(job)
    elsewhere = person(world.souk, SOFIA, AGENCY)
    assert world.accept_invitation(elsewhere, invitation, "40").code == "CONFLICT"
    assert world.accept_invitation(world.sofia, invitation, "40").data


def test_invitation_and_concurrent_application_conflict(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_fixed_price()
    meanwhile(monkeypatch, lambda: world.apply(world.ivy, job))
    assert world.try_invite(world.olivia, job, IVY).code == "CONFLICT"
    assert world.activity(job).invites_sent == 0
    other = world.post_fixed_price()
    invitations = meanwhile(monkeypatch, lambda: world.invite(other, world.ivy))
    assert world.try_apply(world.ivy, other).code == "CONFLICT"
    proposal = world.apply(world.ivy, other)
    assert world.stored_invitation(invitations[0]).proposal_id == proposal
