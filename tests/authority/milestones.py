"""A fixed-price contract between Acme Design and Ivy, with milestones and payments."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Final

from souk.domains.agreements.model import DeliveryModel, Fees, Parties, PayType
from souk.domains.contracts.model import ChangedAs, Contract, Term
from souk.domains.contracts.store import create_contract, deal_of
from souk.domains.ledger.model import BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.milestones.model import Message, Milestone, MilestoneState, Submission
from souk.domains.milestones.rules import paying
from souk.domains.milestones.store import create_milestone, reserve_submission
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.store import ORDERS
from souk.storage import Table
from souk.values.times import stamp
from tests.authority.secrets import Audience, Secrets

WHEN: Final = datetime(2026, 1, 7, 9, tzinfo=UTC)
PAID, PAID_BY_OFFER, PAID_TERM = "7810000000000000001", "7810000000000000002", "7810000000000000003"
PLANNED, ACTIVE, SENT = (f"782000000000000000{number}" for number in range(3))
"""Milestones: not funded, active, and submitted."""
SUBMISSION: Final = "7830000000000000001"
CHECKOUT: Final = "7840000000000000001"
REFUNDABLE: Final = "7840000000000000002"
OVERDUE: Final = "7840000000000000003"
BONUS: Final = "7860000000000000001"


@dataclass(frozen=True)
class MilestoneRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    parties: Parties

    def store(self, table: Table) -> None:
        """Store the records, as the commands do."""
        for id_ in (PAID, PAID_BY_OFFER, PAID_TERM, PLANNED, ACTIVE, SENT, SUBMISSION):
            # Work histories list the running contract, without what is agreed in it.
            audience, of = (Audience.COMPANY, self.parties.vendor_user_id) if id_ == PAID else (Audience.PARTIES, "")
            self.secrets.keep(audience, id_, of)
        contract = self._contract()
        tx = table.transaction()
        create_contract(tx, contract)
        tx.commit()
        deal = deal_of(table, contract)
        ids = (f"785000000000000000{number}" for number in count())
        context = paying.BookingContext(lambda: self.secrets.keep(Audience.TEAM, next(ids)), WHEN)
        for number, (id_, name) in enumerate(((PLANNED, "planned"), (ACTIVE, "active"), (SENT, "sent")), 1):
            milestone = self._milestone(id_, name, number)
            tx = table.transaction()
            if id_ != PLANNED:
                booked = paying.fund(milestone, deal, context)
                milestone = booked.milestone
                post(tx, *booked.bookings)
            if id_ == SENT:
                submission = self._submission(milestone)
                milestone = milestone.model_copy(
                    update={"state": MilestoneState.SUBMITTED, "submissions": (submission,)}
                )
                reserve_submission(tx, milestone, submission)
            create_milestone(tx, milestone, self.parties)
            tx.commit()
        tx = table.transaction()
        notes = self.secrets.plant(Audience.TEAM, "payment-notes")
        entry = entries.Entry(BONUS, stamp(WHEN), self.secrets.plant(Audience.PARTIES, "bonus"), notes=notes)
        self.secrets.keep(Audience.PARTIES, entry.id)
        post(tx, entries.direct(BookingKind.BONUS, deal, 1_234_500, entry))
        order = PaymentOrder(
            id=self.secrets.keep(Audience.TEAM, CHECKOUT),
            purpose="milestones.fund",
            checkout=True,
            provider="sandbox",
            deal=deal,
            amount=1,
            charge=1,
            title="",
            state=OrderState.DECLINED,
            reason=self.secrets.plant(Audience.TEAM, "checkout-reason"),
            booking_id="0",
            user_id=self.parties.client_user_id,
            created=stamp(WHEN),
            modified=stamp(WHEN),
            expires=stamp(WHEN),
        )
        tx.create(ORDERS, order)
        tx.commit()
        self._store_refundable(table, order)

    def _store_refundable(self, table: Table, like: PaymentOrder) -> None:
        """Store a payment that an operator can refund: its money is in the client's funds."""
        title = self.secrets.plant(Audience.OPERATORS, "order-title")
        money = {"amount": 19_000_000, "charge": 20_000_000, "title": title, "reason": None}
        order = like.model_copy(update={"id": REFUNDABLE, "state": OrderState.FULFILLED, **money})
        tx = table.transaction()
        tx.create(ORDERS, order)
        entry = entries.Entry("7860000000000000002", stamp(WHEN), order_id=order.id)
        post(tx, entries.payment(order.deal, order.charge, entry))
        tx.create(ORDERS, order.model_copy(update={"id": OVERDUE, "state": OrderState.OPEN}))
        tx.commit()

    def _contract(self) -> Contract:
        client, at = self.parties.client_user_id, stamp(WHEN)
        term = Term(
            id=PAID_TERM,
            pay=PayType.FIXED,
            price=7_654_321,
            starts=at,
            created=at,
            modified=at,
            created_by_id=client,
            created_as=ChangedAs.CLIENT,
            changed_by_id=client,
            changed_as=ChangedAs.CLIENT,
        )
        return Contract(
            id=PAID,
            offer_id=PAID_BY_OFFER,
            parties=self.parties,
            title=self.secrets.plant(Audience.PARTIES, "paid-contract"),
            delivery_model=DeliveryModel.TALENT_MARKETPLACE,
            enterprise=True,
            currency="USD",
            fees=Fees(client=500, vendor=1_000),
            pay=PayType.FIXED,
            terms=(term,),
            milestone_ids=(PLANNED, ACTIVE, SENT),
            supervisor_id=client,
            starts=at,
            created=at,
            modified=at,
            changed_by_id=client,
            changed_as=ChangedAs.CLIENT,
        )

    def _milestone(self, id_: str, name: str, sequence: int) -> Milestone:
        return Milestone(
            id=id_,
            offer_id=PAID_BY_OFFER,
            contract_id=PAID,
            currency="USD",
            state=MilestoneState.NOT_FUNDED,
            sequence=sequence,
            description=self.secrets.plant(Audience.PARTIES, f"milestone-{name}"),
            messages=(self._message(f"milestone-note-{name}"),),
            deposit=2_500_000,
            checkout_id=CHECKOUT,
            created_by_id=self.parties.client_user_id,
            created=stamp(WHEN),
            modified=stamp(WHEN),
        )

    def _submission(self, milestone: Milestone) -> Submission:
        at = stamp(WHEN)
        message = self._message("submission")
        return Submission(id=SUBMISSION, sequence=1, amount=milestone.escrow, message=message, created=at, modified=at)

    def _message(self, name: str) -> Message:
        return Message(created=stamp(WHEN), text=self.secrets.plant(Audience.PARTIES, name))
