"""The table's items of offers.

OFFER#<id>   OFFER   GSI1 OFFERS#CLIENT#<company> / OFFER#<id>: of a client company, oldest first
                     GSI2 OFFERS#PERSON#<user> / OFFER#<id>: to a freelancer, oldest first
                     GSI3 OFFERS#VENDOR#<company> / OFFER#<id>: to an agency or a freelancer's company
UNIQ#offer#<company>#<SHA-256 of the key>   held by the offer of a client company's idempotency key
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from souk.domains.market.model import OpenOffer
from souk.domains.market.store import OPEN_OFFERS
from souk.domains.offers.model import Offer
from souk.storage import Collection, Key, StoredList, Table, Transaction
from souk.values.errors import Conflict

WRITES: Final = ("OFFER#", "OFFERED#", "UNIQ#offer#")
"""The prefixes of the partition keys that this domain owns."""
CLIENT_PAGE: Final = 50
"""The largest page of a client's offers, set by the contract."""


def offer_key(offer_id: str) -> Key:
    """Return the key of an offer."""
    return Key(f"OFFER#{offer_id}", "OFFER")


def idempotency_guard(company_id: str, key: str) -> str:
    """Return the unique value for a company's idempotency key."""
    return f"UNIQ#offer#{company_id}#{sha256(key.encode()).hexdigest()}"


FILTERS: Final[Mapping[str, Callable[[Offer], str | None]]] = {
    "job": lambda one: one.job_id,
    "proposal": lambda one: one.proposal_id,
    "contract": lambda one: one.contract_id,
    "client_person": lambda one: one.parties.client_user_id,
    "client_team": lambda one: one.parties.client_team_id,
    "client_company": lambda one: one.parties.client_company_id,
    "freelancer": lambda one: one.parties.vendor_user_id,
    "vendor_team": lambda one: one.parties.vendor_team_id,
    "vendor_company": lambda one: one.parties.vendor_company_id,
}
"""What offers are filtered by in the table."""

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
    filters=FILTERS,
)


CLIENT_OFFERS: Final = StoredList(
    "clientOffers", OFFERS, "OFFERS#CLIENT#{}".format, index="GSI1", greatest_page=CLIENT_PAGE
)
"""The offers of a company and its teams."""
PERSON_OFFERS: Final = StoredList("userOffers", OFFERS, "OFFERS#PERSON#{}".format, index="GSI2")
"""The offers to a person."""
VENDOR_OFFERS: Final = StoredList("agencyOffers", OFFERS, "OFFERS#VENDOR#{}".format, index="GSI3")
"""The offers to an agency or a freelancer's own organization."""
LISTS: Final = (CLIENT_OFFERS, PERSON_OFFERS, VENDOR_OFFERS)


def mark_open(tx: Transaction, offer: Offer) -> None:
    """Add the posting's open offer to a transaction, if there is a posting. It fails if there is one already."""
    if offer.job_id is not None:
        pending = Conflict("This freelancer already has an open offer for this job. Withdraw it first.")
        tx.create(OPEN_OFFERS, _open(offer, offer.job_id), pending)


def mark_settled(tx: Transaction, offer: Offer) -> None:
    """Remove the posting's open offer in a transaction."""
    if offer.job_id is not None:
        tx.delete(OPEN_OFFERS, _open(offer, offer.job_id).model_copy(update={"version": 1}))


def _open(offer: Offer, job_id: str) -> OpenOffer:
    return OpenOffer(job_id=job_id, user_id=offer.parties.vendor_user_id, offer_id=offer.id)


def offer_by_key(table: Table, company_id: str, key: str, fingerprint: str) -> Offer | None:
    """Return the offer of a company's idempotency key.

    Raises Conflict if the key was used for a different request.
    """
    holder = table.holder(idempotency_guard(company_id, key))
    offer = table.get(OFFERS, holder, consistent=True) if holder else None
    if offer is not None and offer.fingerprint != fingerprint:
        raise _key_used()
    return offer


def create_offer(tx: Transaction, offer: Offer) -> Offer:
    """Add a new offer to a transaction, and reserve its idempotency key."""
    if offer.idempotency_key is not None:
        tx.reserve(idempotency_guard(offer.parties.client_company_id, offer.idempotency_key), offer.id, _key_used())
    return tx.create(OFFERS, offer)


def _key_used() -> Conflict:
    return Conflict("This idempotency key was used for a different offer.")


def link_proposal(tx: Transaction, offer: Offer, proposal_id: str) -> None:
    """Link an offer to a proposal that came after it, from an accepted invitation, in a transaction.

    This makes a new version of the offer, so a concurrent answer fails with Conflict and does not miss the proposal.
    """
    tx.update(OFFERS, offer.model_copy(update={"proposal_id": proposal_id}))
