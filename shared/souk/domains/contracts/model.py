"""What is stored of contracts, and what is counted of the two sides' records on the market.

One stored Contract is the source of ContractDetails and, for each of its terms, of the older Contract.
"""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from souk.domains.agreements.model import DeliveryModel, Fees, Parties, Payroll, PayType, RateIncrease
from souk.domains.ledger.model import BookingKind
from souk.storage import Entity, Model
from souk.values.money import Money


class ContractStatus(StrEnum):
    """Where a contract stands."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"


class ChangedAs(StrEnum):
    """In what part somebody makes or changes a contract: those of the contract's CreatorType that are used."""

    CLIENT = "CLIENT"
    PROFESSIONAL = "PROFESSIONAL"
    SYSTEM = "SYSTEM"
    CATALOG_PROJECT = "CATALOG_PROJECT"


class Term(Model):
    """What both sides agreed on, and while it is in force. Amounts are minor units of the contract's currency."""

    id: str
    pay: PayType
    rate: int | None = None
    """Of HOURLY: for an hour."""
    stipend: int | None = None
    """For a week, whatever is worked."""
    price: int | None = None
    """Of FIXED: for the whole."""
    manual_time_allowed: bool = False
    starts: str
    ends: str | None = None
    """None while that is open."""
    created: str
    modified: str
    created_by_id: str | None = None
    """None: the marketplace made it, as the two had agreed in advance."""
    created_as: ChangedAs
    changed_by_id: str | None = None
    changed_as: ChangedAs

    def in_force(self, at: str) -> bool:
        """Say whether it is in force at a time."""
        return self.starts <= at and (self.ends is None or at < self.ends)


class HourLimit(Model):
    """How many hours a week can be logged in a span of time."""

    id: str
    hours: int | None = None
    """None: no limit."""
    created: str
    modified: str
    starts: str
    ends: str | None = None


class Contract(Entity):
    """A contract. Times are ISO 8601, UTC."""

    id: str
    offer_id: str
    job_id: str | None = None
    """None where the client hired without a posting."""
    proposal_id: str | None = None
    parties: Parties
    title: str
    description: str | None = None
    status: ContractStatus = ContractStatus.ACTIVE
    delivery_model: DeliveryModel
    enterprise: bool = False
    payroll: Payroll | None = None
    """Of somebody on a payroll."""
    currency: str
    fees: Fees = Fees()
    pay: PayType
    terms: tuple[Term, ...]
    """Oldest first; the last one is in force or was."""
    hour_limits: tuple[HourLimit, ...] = ()
    """Of HOURLY, oldest first."""
    rate_increase: RateIncrease | None = None
    next_raise: str | None = None
    """When the rate rises next."""
    milestone_ids: tuple[str, ...] = ()
    """Of FIXED, in their order (`souk.domains.milestones.store`)."""
    supervisor_id: str
    """Who looks after it for the client."""
    starts: str
    ends: str | None = None
    """When it ended, or is to end."""
    ended_by_id: str | None = None
    reason_id: str | None = None
    """Why it ended."""
    created: str
    modified: str
    changed_by_id: str | None = None
    """None: the marketplace."""
    changed_as: ChangedAs

    @property
    def term(self) -> Term:
        """The latest term."""
        return self.terms[-1]

    def money(self, minor: int) -> Money:
        """Return an amount in the contract's currency."""
        return Money(minor, self.currency)


class ContractChange(Entity):
    """That somebody did something to a contract. All of them are its history, and are never changed."""

    id: str
    contract_id: str
    at: str
    """ISO 8601, UTC."""
    by_id: str | None = None
    """Who did it; None: the marketplace."""
    by: ChangedAs
    what: str
    """A word of `souk.domains.contracts.rules.states.Action`."""
    message: str | None = None
    """What they wrote to the other side."""
    details: Mapping[str, str | None] = Field(default_factory=dict)
    """What was changed and how, by name."""


class CustomPayment(Entity):
    """The last custom payment of a kind for a contract."""

    contract_id: str
    kind: BookingKind
    booking_id: str
    order_id: str | None = None
    at: str
    """ISO 8601, UTC."""
