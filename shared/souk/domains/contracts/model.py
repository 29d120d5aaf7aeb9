"""Stored contracts. One stored Contract is the source of ContractDetails and, for each term, of the older Contract."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from souk.domains.agreements.model import DeliveryModel, Fees, Parties, Payroll, PayType, RateIncrease
from souk.domains.ledger.model import BookingKind
from souk.storage import Entity, Model
from souk.values.money import Money


class ContractStatus(StrEnum):
    """The status of a contract."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"


class Hold(StrEnum):
    """Why a week of an hourly contract holds the contract: paused, until the week is settled."""

    DECLINED = "DECLINED"
    """The charge for the week failed."""
    DISPUTED = "DISPUTED"
    """The client disputes the week."""


class ChangedAs(StrEnum):
    """The role of the author of a change: the used values of the contract's CreatorType."""

    CLIENT = "CLIENT"
    PROFESSIONAL = "PROFESSIONAL"
    SYSTEM = "SYSTEM"
    CATALOG_PROJECT = "CATALOG_PROJECT"


class Term(Model):
    """Agreed terms and their period. Amounts are minor units of the contract's currency."""

    id: str
    pay: PayType
    rate: int | None = None
    """Only HOURLY: the price of an hour."""
    stipend: int | None = None
    """Paid each week, independent of the hours."""
    price: int | None = None
    """Only FIXED: the total price."""
    manual_time_allowed: bool = False
    starts: str
    ends: str | None = None
    """None without an end."""
    created: str
    modified: str
    created_by_id: str | None = None
    """None for a scheduled raise, which the marketplace makes."""
    created_as: ChangedAs
    changed_by_id: str | None = None
    changed_as: ChangedAs

    def in_force(self, at: str) -> bool:
        """Return whether the term is in force at a time."""
        return self.starts <= at and (self.ends is None or at < self.ends)


class HourLimit(Model):
    """A weekly limit of hours, and its period."""

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
    """None for a hire without a posting."""
    proposal_id: str | None = None
    parties: Parties
    title: str
    description: str | None = None
    status: ContractStatus = ContractStatus.ACTIVE
    delivery_model: DeliveryModel
    enterprise: bool = False
    payroll: Payroll | None = None
    """Only for freelancers on a payroll."""
    currency: str
    fees: Fees = Fees()
    pay: PayType
    terms: tuple[Term, ...]
    """Oldest first. The last one is in force, or was until the contract ended."""
    hour_limits: tuple[HourLimit, ...] = ()
    """Only HOURLY; oldest first."""
    hide_screenshots: bool = False
    """Whether screenshots are hidden from the client. Only HOURLY."""
    rate_increase: RateIncrease | None = None
    next_raise: str | None = None
    """The time of the next raise."""
    held: Mapping[str, Hold] = Field(default_factory=dict)
    """Only HOURLY: the weeks that hold the contract, by their Mondays (yyyy-mm-dd)."""
    milestone_ids: tuple[str, ...] = ()
    """Only FIXED; in order (`souk.domains.milestones.store`)."""
    supervisor_id: str
    """The user who manages the contract for the client."""
    starts: str
    ends: str | None = None
    """The actual or expected end."""
    ended_by_id: str | None = None
    reason_id: str | None = None
    """The reason of the end."""
    created: str
    modified: str
    changed_by_id: str | None = None
    """None for the marketplace."""
    changed_as: ChangedAs

    @property
    def term(self) -> Term:
        """The latest term."""
        return self.terms[-1]

    def money(self, minor: int) -> Money:
        """Return an amount in the contract's currency."""
        return Money(minor, self.currency)


class ContractChange(Entity):
    """An entry in a contract's history. Entries never change."""

    id: str
    contract_id: str
    at: str
    """ISO 8601, UTC."""
    by_id: str | None = None
    """The author; None for the marketplace."""
    by: ChangedAs
    what: str
    """The name of a `souk.domains.contracts.rules.states.Action`."""
    message: str | None = None
    """The author's message to the other side."""
    details: Mapping[str, str | None] = Field(default_factory=dict)
    """The changed values, by name."""


class CustomPayment(Entity):
    """The last custom payment of a kind for a contract."""

    contract_id: str
    kind: BookingKind
    booking_id: str
    order_id: str | None = None
    at: str
    """ISO 8601, UTC."""
