"""A world with a fixed-price contract between a client and a freelancer.

The contract and its offer are stored directly. Milestones and money go through the API.
"""

from dataclasses import dataclass, field
from typing import Any

from souk.domains.agreements.model import DeliveryModel, Fees, Parties, PayType
from souk.domains.contracts.model import ChangedAs, Contract, ContractStatus, Term
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.ledger.model import Account, AccountKind, LedgerTransaction
from souk.domains.ledger.store import BOOKINGS, balance
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.store import milestone_by_id, milestones_of
from souk.domains.offers.model import Offer, OfferKind, SourceType
from souk.domains.offers.store import OFFERS
from souk.storage.transaction import OUTBOX
from tests.support.api import Answer, Person
from tests.support.clock import new_id
from tests.support.worlds.jobs import ACME, ALL_ORGANIZATIONS, ALL_PEOPLE, DESIGN, LIAM, SOFIA, STUDIO, People

SINCE = "2026-01-05T08:00:00.000Z"
LATER = "2099-01-01T00:00:00.000Z"
FEES = Fees(client=500, vendor=1000)
PARTIES = Parties(
    client_user_id=LIAM,
    client_team_id=DESIGN,
    client_company_id=ACME,
    vendor_user_id=SOFIA,
    vendor_team_id=STUDIO,
    vendor_company_id=STUDIO,
)

SHOWN = """{ id state description sequenceId instructions dueDateTime submissionCount payComments
  lastSubmissionCreatedTime contractId underpaymentReason messages { message createdDateTime }
  attachments { id fileName contentLength contentType createdDateTime metaData link }
  depositAmount { rawValue currency } fundedAmount { rawValue } currentEscrowAmount { rawValue }
  paid { rawValue } overpayment { rawValue } bonus { rawValue } previousMilestoneUnusedDeposit { rawValue }
  createdBy { id } createdDateTime modifiedDateTime
  checkout { id url state reason amount { rawValue currency } expiresDateTime }
  submissionEvents { submission { id sequenceId amount { rawValue } createdDateTime }
    submissionMessage { message createdDateTime attachments { fileName link } }
    revisionMessage { message attachments { fileName link } } } }"""


def contract(**changes: Any) -> Contract:
    """Return an active fixed-price contract."""
    id_ = new_id()
    term = Term(
        id=new_id(),
        pay=PayType.FIXED,
        price=100_000,
        starts=SINCE,
        created=SINCE,
        modified=SINCE,
        created_by_id=LIAM,
        created_as=ChangedAs.CLIENT,
        changed_by_id=LIAM,
        changed_as=ChangedAs.CLIENT,
    )
    return Contract(
        **{
            "id": id_,
            "offer_id": f"1{id_[1:]}",
            "parties": PARTIES,
            "title": "A website",
            "delivery_model": DeliveryModel.TALENT_MARKETPLACE,
            "enterprise": True,
            "currency": "USD",
            "fees": FEES,
            "pay": PayType.FIXED,
            "terms": (term,),
            "supervisor_id": LIAM,
            "starts": SINCE,
            "created": SINCE,
            "modified": SINCE,
            "changed_by_id": LIAM,
            "changed_as": ChangedAs.CLIENT,
            **changes,
        }
    )


def offer(**changes: Any) -> Offer:
    """Return an open fixed-price offer."""
    return Offer(
        **{
            "id": new_id(),
            "kind": OfferKind.VANILLA,
            "parties": PARTIES,
            "source_type": SourceType.DIRECT,
            "title": "A website",
            "currency": "USD",
            "pay": PayType.FIXED,
            "expires": LATER,
            "created": SINCE,
            "modified": SINCE,
            **changes,
        }
    )


def milestone(**changes: Any) -> Milestone:
    """Return a milestone of an open offer."""
    return Milestone(
        **{
            "id": new_id(),
            "offer_id": "1",
            "currency": "USD",
            "state": MilestoneState.IN_OFFER,
            "sequence": 1,
            "description": "A draft",
            "deposit": 10_000,
            "created_by_id": LIAM,
            "created": SINCE,
            "modified": SINCE,
            **changes,
        }
    )


@dataclass
class MilestonesWorld(People):
    """The API with a contract and its people."""

    contract: Contract = field(default_factory=contract)

    def __post_init__(self) -> None:
        tx = self.souk.table.transaction()
        for one in ALL_ORGANIZATIONS:
            tx.create(ORGANIZATIONS, one)
        for somebody in ALL_PEOPLE:
            tx.create(USERS, somebody)
        tx.commit()
        self.contract = self.add_contract(self.contract)

    def add_contract(self, one: Contract) -> Contract:
        """Store another contract."""
        tx = self.souk.table.transaction()
        stored = tx.create(CONTRACTS, one)
        tx.commit()
        return stored

    def add_offer(self, **changes: Any) -> Offer:
        """Store an offer."""
        tx = self.souk.table.transaction()
        stored = tx.create(OFFERS, offer(**changes))
        tx.commit()
        return stored

    def mutate(self, field_: str, who: Person | None = None, shown: str = SHOWN, **given: Any) -> Answer:
        """Call a mutation of milestones or payments, and return the whole answer."""
        kind = KINDS[field_]
        return (who or self.liam).call(
            f"mutation ($input: {kind}) {{ {field_}(input: $input) {shown} }}", {"input": given}
        )

    def mutate_milestone(self, field_: str, who: Person | None = None, **given: Any) -> dict[str, Any]:
        """Call a mutation that must succeed, and return the milestone."""
        milestone: dict[str, Any] = self.mutate(field_, who, **given).data[field_]
        return milestone

    def add_milestone(self, price: int = 10_000, description: str = "A draft", **given: Any) -> str:
        """Add a milestone to the contract, and return its id."""
        wanted = {"contractId": self.contract.id, "depositAmount": str(price), "description": description, **given}
        return str(self.mutate_milestone("createMilestoneV2", **wanted)["id"])

    def add_funded_milestone(self, price: int = 10_000) -> str:
        """Add a milestone and fund it on account."""
        id_ = self.add_milestone(price)
        assert self.mutate_milestone("activateMilestone", id=id_)["state"] == "Active"
        return id_

    def add_submitted_milestone(self, price: int = 10_000, **given: Any) -> str:
        """Add a milestone, fund it and submit work."""
        id_ = self.add_funded_milestone(price)
        assert self.mutate_milestone("submitMilestone", self.sofia, id=id_, **given)["state"] == "Submitted"
        return id_

    def stored_milestone(self, milestone_id: str) -> Milestone:
        """Return a stored milestone."""
        found = milestone_by_id(self.souk.table, milestone_id)
        assert found is not None
        return found

    def change_contract(self, **changes: Any) -> None:
        """Change the stored contract."""
        tx = self.souk.table.transaction()
        self.contract = tx.update(CONTRACTS, self.stored_contract().model_copy(update=changes))
        tx.commit()

    def stored_contract(self) -> Contract:
        """Return the stored contract."""
        found = self.souk.table.get(CONTRACTS, self.contract.id, consistent=True)
        assert found is not None
        return found

    def mark_ended(self) -> None:
        """Set the contract's status to CLOSED."""
        self.change_contract(status=ContractStatus.CLOSED)

    def balance(self, kind: AccountKind, owner: str = "", currency: str = "USD") -> int:
        """Return a balance."""
        owners = {AccountKind.FUNDS: ACME, AccountKind.ESCROW: self.contract.id, AccountKind.EARNINGS: STUDIO}
        return balance(self.souk.table, Account(kind=kind, owner=owner or owners[kind], currency=currency))

    def bookings(self) -> list[LedgerTransaction]:
        """Return all bookings, in order."""
        return [BOOKINGS.decode(item) for item in self._items("BOOKING")]

    def events(self) -> list[tuple[str, str, str]]:
        """Return all events, in order."""
        told = [OUTBOX.decode(item) for item in self._items("EVENT")]
        return [(one.entity, one.action, one.id) for one in told]

    def audit(self) -> None:
        """Check the invariants of the ledger."""
        booked = self.bookings()
        lines = [line for one in booked for line in one.lines]
        for one in booked:
            assert sum(line.minor for line in one.lines) == 0, one
            assert len({line.account.currency for line in one.lines}) == 1
        for account in {
            line.account for line in lines if line.account.kind not in (AccountKind.FEES, AccountKind.PROVIDER)
        }:
            total = sum(line.minor for line in lines if line.account == account)
            assert balance(self.souk.table, account) == total, account
        assert self.balance(AccountKind.ESCROW, currency=self.contract.currency) == self.in_escrow()

    def in_escrow(self) -> int:
        """Return what milestones have in escrow."""
        return sum(one.escrow for one in milestones_of(self.souk.table, self.contract.offer_id))

    def _items(self, sort_key: str) -> list[dict[str, Any]]:
        table = self.souk.table
        items = table.client.scan(TableName=table.name)["Items"]
        return sorted((item for item in items if item["SK"]["S"] == sort_key), key=lambda item: item["PK"]["S"])


KINDS = {
    "createMilestoneV2": "CreateMilestoneInput!",
    "editMilestone": "EditMilestoneInput",
    "deleteMilestone": "DeleteMilestoneInput",
    "activateMilestone": "ActivateMilestoneInput",
    "submitMilestone": "SubmitMilestoneInput!",
    "approveMilestone": "ApproveMilestoneInput!",
    "rejectSubmittedMilestone": "RejectMilestoneSubmissionInput",
    "sendCustomPayment": "CustomPaymentInput",
}
