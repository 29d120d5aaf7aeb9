"""What offers have of a person: the offers to them, and those that they made."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.identity.commands.own_companies import companies_of, own_companies
from souk.domains.offers.commands.answering import end_for_erasure
from souk.domains.offers.model import Offer, OfferState
from souk.domains.offers.rules.states import Action
from souk.domains.offers.store import CLIENT_OFFERS, OFFERS, PERSON_OFFERS
from souk.domains.proposals.personal import withdraw
from souk.graph.personal import PersonalData, PersonalFile, in_batches, listed
from souk.storage import Table, Transaction, View

_ADDRESS = ("address_line", "suite", "zip", "description", "flexibility_description")


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """Decline the open offers to the person; withdraw those of their own companies, and erase the places of work."""
    still_open: View[Offer, Offer] = View([lambda one: one.state is OfferState.ACTIVE])
    for chunk in PERSON_OFFERS.of(table, user_id).chunks(still_open):
        for offer in chunk:
            end_for_erasure(table, offer.id, Action.DECLINE, now)
            if offer.proposal_id:  # it was as before the offer for a moment
                withdraw(table, offer.proposal_id, now)
            yield
    for company_id in own_companies(table, user_id):
        for chunk in CLIENT_OFFERS.of(table, company_id).chunks(still_open):
            for offer in chunk:
                end_for_erasure(table, offer.id, Action.WITHDRAW, now)
                yield
        placed: View[Offer, Offer] = View([_has_address])
        for chunk in CLIENT_OFFERS.of(table, company_id).chunks(placed):
            yield from in_batches(table, chunk, _erase_address)


def _has_address(offer: Offer) -> bool:
    return offer.place is not None and any(getattr(offer.place, name) for name in _ADDRESS)


def _erase_address(tx: Transaction, offer: Offer) -> None:
    place = offer.place.model_copy(update=dict.fromkeys(_ADDRESS)) if offer.place else None
    tx.update(OFFERS, offer.model_copy(update={"place": place}))


PERSONAL = PersonalData(
    stays=(
        "Offers: contracts came from them, and each side keeps its copy. Open ones are declined or withdrawn. The "
        "address of the work is erased from offers of a company that the person owned alone."
    ),
    files=(
        PersonalFile("offers", "The offers that you got.", listed(PERSON_OFFERS, "idempotency_key", "fingerprint")),
        PersonalFile(
            "offers-made",
            "The offers that you made as a client.",
            listed(
                CLIENT_OFFERS,
                "idempotency_key",
                "fingerprint",
                owners=lambda table, user_id: [(one,) for one in companies_of(table, user_id)],
                about=lambda one, user_id: one.parties.client_user_id == user_id,
            ),
        ),
    ),
    erase=erase,
)
