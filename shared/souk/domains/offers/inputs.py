"""Inputs of the requests about offers. The amounts of terms are strings of minor units."""

from enum import StrEnum

from souk.domains.agreements.inputs import MoneyInput
from souk.domains.offers.model import OfferKind, SourceType
from souk.storage import Input


class VendorUser(Input):
    """The contract's VendorUserInput."""

    user_id: str
    team_id: str


class Source(Input):
    """The contract's OfferMetadataInput."""

    source_type: SourceType
    source_id: str | None = None
    occupation_id: str | None = None
    job_posting_id: str | None = None
    data: str | None = None
    checkout_id: str | None = None


class HourlyTerms(Input):
    """The contract's OfferHourlyRateTerms."""

    vendor_rate: MoneyInput
    weekly_limit: str | None = None
    manual_time_allowed: bool | None = None


class StipendTerms(Input):
    """The contract's OfferStipendTerms."""

    stipend: MoneyInput
    vendor_rate: MoneyInput
    period: str


class TermsMilestone(Input):
    """The contract's OfferTermsMilestoneInput."""

    amount: MoneyInput
    description: str
    due_date: str | None = None
    instructions: str | None = None
    attachments: tuple[str, ...] | None = None


class MilestoneTerms(Input):
    """The contract's OfferMilestoneTerms."""

    budget: MoneyInput
    milestone_list: tuple[TermsMilestone, ...]


class RateIncreaseInput(Input):
    """The contract's OfferScheduledRateIncreaseInput."""

    rate: str | None = None
    cadence_months: int | None = None


class Address(Input):
    """The contract's OfferAddressInput."""

    address_line: str | None = None
    suite: str | None = None
    zip: str | None = None


class Location(Input):
    """The contract's OfferLocationInput."""

    work_type: str | None = None
    country: str | None = None
    state: str | None = None
    description: str | None = None
    flexible: bool | None = None
    flexibility_description: str | None = None
    city: str | None = None
    address: Address | None = None


class PayrollInput(Input):
    """The contract's OfferPayrollInput."""

    talent_cloud_id: str | None = None
    purchase_order_id: str | None = None
    assets: tuple[str, ...] | None = None


class CustomField(Input):
    """The contract's StringMapElementInput."""

    key: str | None = None
    value: str | None = None


class CreationOffer(Input):
    """The contract's CreationOfferInput.

    `interactive` and `ignoreTestAccount` have no effect.
    """

    interactive: bool | None = None
    idempotency_key: str | None = None
    ignore_test_account: bool | None = None
    kind: OfferKind
    offeror: str
    client_team_id: str
    vendor_user: VendorUser
    metadata: Source
    attachments: tuple[str, ...] | None = None
    title: str
    description: str | None = None
    contract_start_date_time: str | None = None
    contract_end_date_time: str | None = None
    hourly_rate_terms: HourlyTerms | None = None
    stipend_terms: StipendTerms | None = None
    milestone_terms: MilestoneTerms | None = None
    delivery_model: str
    close_on_accept: bool | None = None
    scheduled_rate_increase: RateIncreaseInput | None = None
    custom_fields: tuple[CustomField | None, ...] | None = None
    offer_location: Location | None = None
    offer_payroll: PayrollInput | None = None
    talent_cloud_id: str | None = None


class WithdrawReason(StrEnum):
    """The contract's WithdrawReason."""

    HIRED_OTHER = "OFFER_WITHDRAW_REASON_HIRED_DIFFERENT_FREELANCER"
    NOT_HIRING = "OFFER_WITHDRAW_REASON_NO_LONGER_HIRING_FOR_THE_JOB"
    MODIFY = "OFFER_WITHDRAW_REASON_NEED_TO_MODIFY"
    UNRESPONSIVE = "OFFER_WITHDRAW_REASON_FREELANCER_UNRESPONSIVE"
    ACCIDENT = "OFFER_WITHDRAW_REASON_SENT_BY_ACCIDENT"
    VIOLATION = "OFFER_WITHDRAW_REASON_FREELANCER_VIOLATED_TERMS_OF_SERVICE"
    OTHER = "OFFER_WITHDRAW_REASON_OTHER_L1"
    NO_AGREEMENT = "OFFER_WITHDRAW_REASON_NOT_AGREE_ON_THE_TERMS"
    JOB_EXPIRED = "API_REAS_JOB_EXPIRED"
    JOB_INAPPROPRIATE = "API_REAS_JOB_INAPPROPRIATE"


class WithdrawOffer(Input):
    """The contract's WithdrawOfferInput."""

    offer_id: str
    message: str | None = None
    withdrawal_reason: WithdrawReason | None = None


class AcceptOffer(Input):
    """The contract's AcceptOfferInput."""

    offer_id: str
    message: str | None = None


class DeclineOffer(Input):
    """The contract's DeclineOfferInput."""

    offer_id: str
    reason_id: str | None = None
    message: str | None = None
