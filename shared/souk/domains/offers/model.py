"""What is stored of offers. One stored Offer is the source of the contract's Offer, ModernizedOffer and their like."""

from enum import StrEnum

from souk.domains.agreements.model import DeliveryModel, Parties, Payroll, PayType, RateIncrease
from souk.domains.files.model import Attachment
from souk.storage import Entity, Model
from souk.values.money import Money


class OfferKind(StrEnum):
    """Which terms an offer follows: those of the contract's OfferKind that can be made."""

    VANILLA = "Vanilla"
    ENTERPRISE = "Enterprise"


class SourceType(StrEnum):
    """Where an offer comes from: those of the contract's SourceType that can be made."""

    JOB_POSTING = "JobPosting"
    JOB_APPLICATION = "JobApplication"
    DIRECT = "Direct"
    CATALOG_PROJECT = "CatalogProjectOrderUid"
    """The order of a gig."""


class OfferState(StrEnum):
    """Where an offer stands: those of the contract's WorkflowOfferState that are used."""

    ACTIVE = "Active"
    """The freelancer can answer it."""
    EXPIRED = "Expired"
    DECLINED = "Declined"
    WITHDRAWN = "Withdrawn"
    COMMITTED = "Committed"
    """It was accepted, and its contract is made."""
    CANCELED = "Canceled"
    """It was called off: its job was closed, or one of its people is gone."""


class HourlyPay(Model):
    """Terms of work by the hour."""

    rate: int
    """Minor units for an hour."""
    weekly_limit: int | None = None
    """Whole hours a week; None sets no limit, 0 allows none."""
    manual_time_allowed: bool = False


class StipendPay(Model):
    """A sum for each period, whatever is worked."""

    amount: int
    """Minor units."""
    period: str = "Weekly"


class Place(Model):
    """Where work is to be done."""

    work_type: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    state: str | None = None
    city: str | None = None
    description: str | None = None
    flexible: bool | None = None
    flexibility_description: str | None = None
    address_line: str | None = None
    suite: str | None = None
    zip: str | None = None


class CustomAnswer(Model):
    """An answer to a client's custom field."""

    key: str
    value: str


class LastEvent(Model):
    """What happened to an offer last."""

    time: str
    reason_id: str | None = None
    message: str | None = None


class Offer(Entity):
    """An offer. Times are ISO 8601, UTC; amounts are minor units of `currency`."""

    id: str
    kind: OfferKind
    parties: Parties
    source_type: SourceType
    source_id: str | None = None
    job_id: str | None = None
    """Of whatever source: the posting behind it; None for Direct."""
    proposal_id: str | None = None
    occupation_id: str | None = None
    data: str | None = None
    checkout_id: str | None = None
    delivery_model: DeliveryModel = DeliveryModel.TALENT_MARKETPLACE
    title: str
    description: str | None = None
    attachments: tuple[Attachment, ...] = ()
    currency: str
    pay: PayType
    hourly: HourlyPay | None = None
    """Of HOURLY."""
    stipend: StipendPay | None = None
    """Of HOURLY, where one is paid."""
    budget: int | None = None
    """Of FIXED: the price of the whole."""
    milestone_ids: tuple[str, ...] = ()
    """Of FIXED, in their order (`souk.domains.milestones.store`)."""
    starts: str | None = None
    ends: str | None = None
    expires: str
    """When it can no longer be accepted. Checked when it is read: an offer past it counts as expired."""
    state: OfferState = OfferState.ACTIVE
    close_on_accept: bool = False
    rate_increase: RateIncrease | None = None
    place: Place | None = None
    payroll: Payroll | None = None
    custom_fields: tuple[CustomAnswer, ...] = ()
    last_event: LastEvent | None = None
    contract_id: str | None = None
    idempotency_key: str | None = None
    fingerprint: str | None = None
    """The SHA-256 of the request that made it, where that had an idempotency key."""
    created: str
    modified: str

    @property
    def money(self) -> Money | None:
        """The price of the whole."""
        return None if self.budget is None else Money(self.budget, self.currency)
