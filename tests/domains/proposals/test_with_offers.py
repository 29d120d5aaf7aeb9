"""Offers, invitations and proposals that cross: whatever comes first, they know of each other."""

import pytest

from souk.domains.market.store import open_offers_for
from souk.domains.offers.model import Offer
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import ClientStatus
from tests.support.api import Answer, Souk, person
from tests.support.audit import audit
from tests.support.hiring import ACCEPT, CREATE, HOURLY
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, SOFIA, STUDIO
from tests.support.worlds.proposals import AGENCY, IVY, Board


class Market(Board):
    """A board on which Acme also makes Sofia offers without her asking."""

    def ask_offer(self, job_id: str) -> Answer:
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

    def offered(self, job_id: str) -> str:
        """Make an offer from a posting, and return its id."""
        id_: str = self.ask_offer(job_id).data["createOffer"]["offer"]["id"]
        return id_

    def offer(self, offer_id: str) -> Offer:
        """Return an offer from the table."""
        found = self.souk.table.get(OFFERS, offer_id)
        assert found is not None
        return found

    def invited(self, job_id: str) -> str:
        """Invite Sofia, and return the invitation's id."""
        return self.invite(job_id, self.sofia)


@pytest.fixture
def market(souk: Souk) -> Market:
    market = Market(souk)
    assert all((market.olivia, market.sofia, market.ivy))  # their own records are no part of a race
    return market


def test_who_has_an_offer_answers_that_instead_of_applying(market: Market) -> None:
    job = market.hourly()
    offer = market.offered(job)
    assert market.ask_apply(market.sofia, job).code == "CONFLICT"
    assert market.sofia.call(ACCEPT, {"input": {"offerId": offer}}).data
    audit(market.souk.table)


def test_who_took_their_proposal_back_and_has_an_offer_answers_that(market: Market) -> None:
    job = market.hourly()
    proposal = market.apply(market.sofia, job)
    market.withdraw(market.sofia, proposal)
    market.offered(job)
    assert market.ask_apply(market.sofia, job).code == "CONFLICT"
    assert market.stored(proposal).client_status is ClientStatus.WITHDRAWN


def test_an_offer_and_an_application_do_not_cross(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    job = market.hourly()
    first = meanwhile(monkeypatch, lambda: market.offered(job))
    assert market.ask_apply(market.sofia, job).code == "CONFLICT"
    assert open_offers_for(market.souk.table, job) == first
    other = market.hourly()
    proposals = meanwhile(monkeypatch, lambda: market.apply(market.sofia, other))
    assert market.ask_offer(other).code == "CONFLICT"
    assert market.offer(market.offered(other)).proposal_id == proposals[0]
    assert market.stored(proposals[0]).client_status is ClientStatus.OFFERED


def test_an_offer_and_applying_again_do_not_cross(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    job = market.hourly()
    proposal = market.apply(market.sofia, job)
    market.withdraw(market.sofia, proposal)
    again = meanwhile(monkeypatch, lambda: market.apply(market.sofia, job))
    assert market.ask_offer(job).code == "CONFLICT"
    assert again == [proposal]
    assert market.offer(market.offered(job)).proposal_id == proposal


def test_an_offer_and_an_answer_to_an_invitation_do_not_cross(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    job = market.hourly()
    invitation = market.invited(job)
    offers = meanwhile(monkeypatch, lambda: market.offered(job))
    assert market.accept(market.sofia, invitation, "40").code == "CONFLICT"
    accepted = market.accept(market.sofia, invitation, "40").data["acceptJobInvitation"]
    assert accepted["status"]["status"] == "Offered"
    assert market.offer(offers[0]).proposal_id == accepted["id"]
    other = market.hourly()
    invitation = market.invited(other)
    answers = meanwhile(monkeypatch, lambda: market.accept(market.sofia, invitation, "40"))
    assert market.ask_offer(other).code == "CONFLICT"
    assert answers[0].data
    audit(market.souk.table)


def test_an_invitation_is_answered_where_the_offer_is(market: Market) -> None:
    job = market.hourly()
    invitation = market.invited(job)
    market.offered(job)
    elsewhere = person(market.souk, SOFIA, AGENCY)
    assert market.accept(elsewhere, invitation, "40").code == "CONFLICT"
    assert market.accept(market.sofia, invitation, "40").data


def test_an_invitation_and_an_application_do_not_cross(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    job = market.fixed()
    meanwhile(monkeypatch, lambda: market.apply(market.ivy, job))
    assert market.ask_invite(market.olivia, job, IVY).code == "CONFLICT"
    assert market.activity(job).invites_sent == 0
    other = market.fixed()
    invitations = meanwhile(monkeypatch, lambda: market.invite(other, market.ivy))
    assert market.ask_apply(market.ivy, other).code == "CONFLICT"
    proposal = market.apply(market.ivy, other)
    assert market.invitation(invitations[0]).proposal_id == proposal
