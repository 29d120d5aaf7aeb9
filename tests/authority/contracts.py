"""Contracts between Acme Design and Ivy, with their offers and feedback."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from souk.domains.agreements.model import DeliveryModel, Parties, PayType
from souk.domains.contracts.model import ChangedAs, Contract, ContractChange, ContractStatus, HourLimit, Term
from souk.domains.feedback.model import Feedback, Review
from souk.domains.offers.model import Offer, OfferKind, OfferState, SourceType
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-05T08:00:00.000Z"
ENDED: Final = "2026-02-05T08:00:00.000Z"
NEVER: Final = "2099-01-01T00:00:00.000Z"
WORKING, RESTING, FINISHED, ANSWERED, SILENT = CONTRACTS = tuple(f"780000000000000000{number}" for number in range(5))
"""Contracts: active, paused, and ended ones with a review by Acme, by Ivy, and without reviews."""


def term_of(contract_id: str) -> str:
    """Return the id of the term of a contract."""
    return f"69{contract_id[2:]}"


def offer_of(contract_id: str) -> str:
    """Return the id of a contract's offer."""
    return f"67{contract_id[2:]}"


@dataclass(frozen=True)
class ContractRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    parties: Parties
    job_id: str

    def contracts(self) -> Iterator[Contract]:
        """Return the contracts. They and their offers are visible only to the parties."""
        keep = self.secrets.keep
        keep(Audience.PARTIES, "4321.98")
        for id_ in CONTRACTS:
            # The work history of a freelancer lists contracts that run, without what is agreed in them.
            shown = id_ in {WORKING, RESTING}
            keep(Audience.COMPANY if shown else Audience.PARTIES, id_, self.parties.vendor_user_id if shown else "")
            keep(Audience.PARTIES, term_of(id_))
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
            manual_time_allowed=True,
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
            title=self.secrets.plant(Audience.PARTIES, f"contract-{name}"),
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
        """Return a change of a contract, with a message to the other side."""
        yield ContractChange(
            id="1",
            contract_id=RESTING,
            at=SINCE,
            by_id=self.parties.client_user_id,
            by=ChangedAs.CLIENT,
            what="PAUSE",
            message=self.secrets.plant(Audience.PARTIES, "contract-message"),
        )

    def offers(self) -> Iterator[Offer]:
        """Return the offers of the contracts."""
        for id_ in CONTRACTS:
            yield Offer(
                id=self.secrets.keep(Audience.PARTIES, offer_of(id_)),
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
        """Return feedback by one party, which is hidden from the other."""
        yield self._feedback(FINISHED, client=self._review(Audience.TEAM, self.parties.client_user_id))
        yield self._feedback(SILENT)
        yield self._feedback(ANSWERED, freelancer=self._review(Audience.NOBODY, self.parties.vendor_user_id))

    def _review(self, audience: Audience, by_id: str) -> Review:
        of = by_id if audience is Audience.NOBODY else ""
        comment = self.secrets.plant(audience, f"feedback-of-{by_id}", of)
        return Review(scores={"skillsScore": 2}, comment=comment, by_id=by_id, created=ENDED, modified=ENDED)

    def _feedback(self, contract_id: str, **reviews: Review) -> Feedback:
        return Feedback(contract_id=contract_id, parties=self.parties, ended=ENDED, until=NEVER, **reviews)
