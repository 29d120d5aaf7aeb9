"""Where offers are kept.

OFFER#<id>   OFFER   GSI1 OFFERS#CLIENT#<company> / OFFER#<id>: those that a company made, in the order of making
                     GSI2 OFFERS#PERSON#<user> / OFFER#<id>: those made to a person, likewise
                     GSI3 OFFERS#VENDOR#<company> / OFFER#<id>: those to an agency or a freelancer's own organization
UNIQ#offer#<company>#<SHA-256 of the key>   held by the offer that an idempotency key of a company has made
"""

from hashlib import sha256
from typing import Final

from souk.domains.market.model import OpenOffer
from souk.domains.market.store import OPEN_OFFERS
from souk.domains.offers.model import Offer
from souk.storage import Collection, Key, Table, Transaction
from souk.values.errors import Conflict

WRITES: Final = ("OFFER#", "OFFERED#", "UNIQ#offer#")
"""The beginnings of the partition keys that this domain owns."""


def offer_key(offer_id: str) -> Key:
    """Return the key of an offer."""
    return Key(f"OFFER#{offer_id}", "OFFER")


def idempotency_guard(company_id: str, key: str) -> str:
    """Return the unique value that an idempotency key of a company is."""
    return f"UNIQ#offer#{company_id}#{sha256(key.encode()).hexdigest()}"


OFFERS: Collection[Offer] = Collection(
    name="Offer",
    model=Offer,
    key=offer_key,
    key_of=lambda one: offer_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"OFFERS#CLIENT#{one.parties.client_company_id}", f"OFFER#{one.id}"),
        "GSI2": lambda one: Key(f"OFFERS#PERSON#{one.parties.vendor_user_id}", f"OFFER#{one.id}"),
        "GSI3": lambda one: Key(f"OFFERS#VENDOR#{one.parties.vendor_company_id}", f"OFFER#{one.id}"),
    },
)


def offers_of_client(table: Table, company_id: str) -> list[Offer]:
    """Return all offers that a company and its teams have made, oldest first."""
    return table.query_all(OFFERS, f"OFFERS#CLIENT#{company_id}", index="GSI1")


def offers_to_person(table: Table, user_id: str) -> list[Offer]:
    """Return all offers that were made to a person, oldest first."""
    return table.query_all(OFFERS, f"OFFERS#PERSON#{user_id}", index="GSI2")


def offers_to_company(table: Table, company_id: str) -> list[Offer]:
    """Return all offers that were made to an agency, or to a freelancer's own organization, oldest first."""
    return table.query_all(OFFERS, f"OFFERS#VENDOR#{company_id}", index="GSI3")


def note_open(tx: Transaction, offer: Offer) -> None:
    """Note in a transaction that an offer is open for its posting, if it has one. Refused where another one is."""
    if offer.job_id is not None:
        pending = Conflict("This freelancer has an open offer for this job already; withdraw it first.")
        tx.create(OPEN_OFFERS, _open(offer, offer.job_id), pending)


def note_settled(tx: Transaction, offer: Offer) -> None:
    """Note in a transaction that an offer is not open any more."""
    if offer.job_id is not None:
        tx.delete(OPEN_OFFERS, _open(offer, offer.job_id).model_copy(update={"version": 1}))


def _open(offer: Offer, job_id: str) -> OpenOffer:
    return OpenOffer(job_id=job_id, user_id=offer.parties.vendor_user_id, offer_id=offer.id)


def made_by(table: Table, company_id: str, key: str, fingerprint: str) -> Offer | None:
    """Return the offer that an idempotency key of a company has made.

    Raises Conflict where that was for another request.
    """
    holder = table.holder(idempotency_guard(company_id, key))
    offer = table.get(OFFERS, holder, consistent=True) if holder else None
    if offer is not None and offer.fingerprint != fingerprint:
        raise _taken()
    return offer


def create_offer(tx: Transaction, offer: Offer) -> Offer:
    """Note in a transaction that an offer is made; its idempotency key makes no other."""
    if offer.idempotency_key is not None:
        tx.reserve(idempotency_guard(offer.parties.client_company_id, offer.idempotency_key), offer.id, _taken())
    return tx.create(OFFERS, offer)


def _taken() -> Conflict:
    return Conflict("This idempotency key has been used for another offer.")


def take_up(tx: Transaction, offer: Offer, proposal_id: str) -> None:
    """Note in a transaction that a proposal came after an offer: by an invitation that was accepted.

    It is a new version of the offer, so whoever answers it at the same time reads again and finds the proposal.
    """
    tx.update(OFFERS, offer.model_copy(update={"proposal_id": proposal_id}))
