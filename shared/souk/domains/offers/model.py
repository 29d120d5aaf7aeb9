"""Stored offers. One stored Offer is the source of the contract's Offer, ModernizedOffer and similar types."""

from enum import StrEnum

from souk.domains.agreements.model import DeliveryModel, Parties, Payroll, PayType, RateIncrease
from souk.domains.files.model import Attachment
from souk.storage import Entity, Model
from souk.values.money import Money


class OfferKind(StrEnum):
    """The kind of an offer: the values of the contract's OfferKind that can be created."""

    VANILLA = "Vanilla"
    ENTERPRISE = "Enterprise"


class SourceType(StrEnum):
    """The source of an offer: the values of the contract's SourceType that can be created."""

    JOB_POSTING = "JobPosting"
    JOB_APPLICATION = "JobApplication"
    DIRECT = "Direct"
    CATALOG_PROJECT = "CatalogProjectOrderUid"
    """The order of a gig."""


class OfferState(StrEnum):
    """The state of an offer: the used values of the contract's WorkflowOfferState."""

    ACTIVE = "Active"
    """The freelancer can answer it."""
    EXPIRED = "Expired"
    DECLINED = "Declined"
    WITHDRAWN = "Withdrawn"
    COMMITTED = "Committed"
    """It was accepted, and the contract exists."""
    CANCELED = "Canceled"
    """It was cancelled together with its posting."""


class HourlyPay(Model):
    """Terms of hourly work."""

    rate: int
    """Minor units per hour."""
    weekly_limit: int | None = None
    """Whole hours per week. None is no limit; 0 allows no hours."""
    manual_time_allowed: bool = False


class StipendPay(Model):
    """A fixed payment for each period, independent of the hours."""

    amount: int
    """Minor units."""
    period: str = "Weekly"


class Place(Model):
    """The place of the work."""

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
    """An answer to a client's custom field, as an earlier release stored it in an offer."""

    id: str | None = None
    """None for an answer of a still earlier release."""
    key: str
    value: str


class LastEvent(Model):
    """The last event of an offer."""

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
    """The posting, for every source; None for Direct."""
    proposal_id: str | None = None
    occupation_id: str | None = None
    data: str | None = None
    delivery_model: DeliveryModel = DeliveryModel.TALENT_MARKETPLACE
    title: str
    description: str | None = None
    attachments: tuple[Attachment, ...] = ()
    currency: str
    pay: PayType
    hourly: HourlyPay | None = None
    """Only HOURLY."""
    stipend: StipendPay | None = None
    """Only HOURLY with a stipend."""
    budget: int | None = None
    """Only FIXED: the total price."""
    milestone_ids: tuple[str, ...] = ()
    """Only FIXED; in order (`souk.domains.milestones.store`)."""
    starts: str | None = None
    ends: str | None = None
    expires: str
    """The deadline of the answer. From then on the offer counts as expired."""
    state: OfferState = OfferState.ACTIVE
    close_on_accept: bool = False
    rate_increase: RateIncrease | None = None
    place: Place | None = None
    payroll: Payroll | None = None
    talent_cloud_id: str | None = None
    """The client's talent cloud that the freelancer is hired from. `cloud_id` knows those of payrolls too."""
    custom_fields: tuple[CustomAnswer, ...] = ()
    """Answers that an earlier release stored here. Today's are in `souk.domains.customfields`, and come first."""
    last_event: LastEvent | None = None
    contract_id: str | None = None
    idempotency_key: str | None = None
    fingerprint: str | None = None
    """The SHA-256 of the request, for a request with an idempotency key."""
    created: str
    modified: str

    @property
    def cloud_id(self) -> str | None:
        """The talent cloud that it names, itself or for the payroll."""
        return self.talent_cloud_id or (self.payroll.talent_cloud_id if self.payroll else None)

    @property
    def money(self) -> Money | None:
        """The total price; None for hourly work."""
        return None if self.budget is None else Money(self.budget, self.currency)
