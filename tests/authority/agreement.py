"""Contracts between Acme Design and Ivy, with their feedback."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from souk.domains.agreements.model import DeliveryModel, Parties, PayType
from souk.domains.contracts.model import ChangedAs, Contract, ContractChange, ContractStatus, HourLimit, Term
from souk.domains.feedback.model import Feedback, Words
from souk.domains.offers.model import Offer, OfferKind, OfferState, SourceType
from tests.authority.secrets import Circle, Secrets

SINCE: Final = "2026-01-05T08:00:00.000Z"
ENDED: Final = "2026-02-05T08:00:00.000Z"
NEVER: Final = "2099-01-01T00:00:00.000Z"
WORKING, RESTING, FINISHED, ANSWERED, SILENT = CONTRACTS = tuple(f"780000000000000000{number}" for number in range(5))
"""Contracts: one active, one paused, and ended ones reviewed by Acme, by Ivy, or by nobody."""


def term_of(contract_id: str) -> str:
    """Return the id of a contract's term."""
    return f"69{contract_id[2:]}"


def offer_of(contract_id: str) -> str:
    """Return the id of a contract's offer."""
    return f"67{contract_id[2:]}"


@dataclass(frozen=True)
class Agreement:
    """The records of both sides, with their secrets."""

    secrets: Secrets
    parties: Parties
    job_id: str

    def contracts(self) -> Iterator[Contract]:
        """Return the contracts. Only the two sides can see them and their history."""
        keep = self.secrets.keep
        keep(Circle.PARTIES, "4321.98")
        for id_ in CONTRACTS:
            keep(Circle.PARTIES, id_)
            keep(Circle.PARTIES, term_of(id_))
        yield self._contract(WORKING, "working", job_id=self.job_id)
        yield self._contract(RESTING, "resting", status=ContractStatus.PAUSED)
        for id_, name in ((FINISHED, "finished"), (ANSWERED, "answered"), (SILENT, "silent")):
            yield self._contract(id_, name, status=ContractStatus.CLOSED, ends=ENDED, reason_id="1201")

    def _contract(self, id_: str, name: str, **fields: Any) -> Contract:
        client = self.parties.client_user_id
        term = Term(
            id=term_of(id_),
            pay=PayType.HOURLY,
            rate=432_198,
            starts=SINCE,
            ends=fields.get("ends"),
            created=SINCE,
            modified=SINCE,
            created_by_id=client,
            created_as=ChangedAs.CLIENT,
            changed_by_id=client,
            changed_as=ChangedAs.CLIENT,
        )
        limit = HourLimit(
            id=f"66{id_[2:]}", hours=17, created=SINCE, modified=SINCE, starts=SINCE, ends=fields.get("ends")
        )
        return Contract(
            id=id_,
            offer_id=offer_of(id_),
            parties=self.parties,
            title=self.secrets.plant(Circle.PARTIES, f"contract-{name}"),
            delivery_model=DeliveryModel.TALENT_MARKETPLACE,
            currency="USD",
            pay=PayType.HOURLY,
            terms=(term,),
            hour_limits=(limit,),
            supervisor_id=client,
            starts=SINCE,
            created=SINCE,
            modified=SINCE,
            changed_by_id=client,
            changed_as=ChangedAs.CLIENT,
            **fields,
        )

    def changes(self) -> Iterator[ContractChange]:
        """Return the history of a contract, with messages that no field shows."""
        yield ContractChange(
            id="1",
            contract_id=RESTING,
            at=SINCE,
            by_id=self.parties.client_user_id,
            by=ChangedAs.CLIENT,
            what="PAUSE",
            message=self.secrets.plant(Circle.NOBODY, "contract-message"),
        )

    def offers(self) -> Iterator[Offer]:
        """Return the offers of the contracts."""
        for id_ in CONTRACTS:
            yield Offer(
                id=self.secrets.keep(Circle.PARTIES, offer_of(id_)),
                kind=OfferKind.VANILLA,
                parties=self.parties,
                source_type=SourceType.DIRECT,
                title="As agreed",
                currency="USD",
                pay=PayType.HOURLY,
                expires=NEVER,
                state=OfferState.COMMITTED,
                contract_id=id_,
                created=SINCE,
                modified=SINCE,
            )

    def feedback(self) -> Iterator[Feedback]:
        """Return the review of one side, which is hidden from the other."""
        yield self._feedback(FINISHED, client=self._words(Circle.TEAM, self.parties.client_user_id))
        yield self._feedback(SILENT)
        yield self._feedback(ANSWERED, freelancer=self._words(Circle.NOBODY, self.parties.vendor_user_id))

    def _words(self, circle: Circle, by_id: str) -> Words:
        of = by_id if circle is Circle.NOBODY else ""
        comment = self.secrets.plant(circle, f"feedback-of-{by_id}", of)
        return Words(scores={"skillsScore": 2}, comment=comment, by_id=by_id, created=ENDED, modified=ENDED)

    def _feedback(self, contract_id: str, **words: Words) -> Feedback:
        return Feedback(contract_id=contract_id, parties=self.parties, ended=ENDED, until=NEVER, **words)
