"""The contract's enums for stored values of offers. Pure.

The enums of states map the result of `souk.domains.offers.rules.states.state_at`, so that they all show an offer past
its deadline as expired. `docs/offers.md` shows these tables.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from souk.domains.agreements.model import DeliveryModel, PayType
from souk.domains.contracts.model import ContractStatus
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.rules.states import OPEN
from souk.domains.offers.model import Offer, OfferKind, OfferState


class AgreementState(StrEnum):
    """The state of an offer or its contract: the contract's ContractOfferState."""

    PENDING = "Pending"
    ACTIVE = "Active"
    PAUSED = "Paused"
    ENDED = "Ended"


class AgreementKind(StrEnum):
    """Whether it is still an offer: the contract's AgreementKind."""

    OFFER = "Offer"
    CONTRACT = "Contract"


class AgreementType(StrEnum):
    """The type of payment: the contract's ContractOfferType."""

    HOURLY = "Hourly"
    FIXED_PRICE = "FixedPrice"


WORKFLOW_STATE: Final[Mapping[OfferState, str]] = {state: state.value for state in OfferState}
"""WorkflowOfferState: the stored values."""

STATE: Final[Mapping[OfferState, str]] = {
    OfferState.ACTIVE: "PENDING_VENDOR_ACCEPTANCE",
    OfferState.EXPIRED: "EXPIRED",
    OfferState.DECLINED: "REJECTED",
    OfferState.WITHDRAWN: "WITHDRAWN",
    OfferState.COMMITTED: "ACCEPTED",
    OfferState.CANCELED: "CANCELED",
}
"""OfferState of the contract."""

LEGACY_STATE: Final[Mapping[OfferState, str]] = {
    OfferState.ACTIVE: "New",
    OfferState.EXPIRED: "Expired",
    OfferState.DECLINED: "Declined",
    OfferState.WITHDRAWN: "Withdrawn",
    OfferState.COMMITTED: "Accepted",
    OfferState.CANCELED: "Canceled",
}
"""OfferLegacyState and ContractOfferLegacyState."""

CONTRACT_STATE: Final[Mapping[ContractStatus, AgreementState]] = {
    ContractStatus.ACTIVE: AgreementState.ACTIVE,
    ContractStatus.PAUSED: AgreementState.PAUSED,
    ContractStatus.CLOSED: AgreementState.ENDED,
}
"""ContractOfferState of an accepted offer."""

DELIVERY_MODEL: Final[Mapping[DeliveryModel, str]] = {
    DeliveryModel.TALENT_MARKETPLACE: "TalentMarketplace",
    DeliveryModel.CATALOG_PROJECT: "CatalogProject",
}
"""OfferDeliveryModel."""

OFFER_TYPE: Final[Mapping[tuple[OfferKind, PayType], str]] = {
    (OfferKind.VANILLA, PayType.HOURLY): "MARKET_PLACE_HOURLY",
    (OfferKind.VANILLA, PayType.FIXED): "MARKET_PLACE_FIXED_PRICE",
    (OfferKind.ENTERPRISE, PayType.HOURLY): "ENTERPRISE_HOURLY",
    (OfferKind.ENTERPRISE, PayType.FIXED): "ENTERPRISE_FIXED_PRICE",
}
"""OfferType."""

AGREEMENT_TYPE: Final[Mapping[PayType, AgreementType]] = {
    PayType.HOURLY: AgreementType.HOURLY,
    PayType.FIXED: AgreementType.FIXED_PRICE,
}
"""ContractOfferType."""

TERMS_VERSION: Final = "V2"
"""ContractOfferTermsVersion: the second version of fixed-price terms is paid by milestones."""


def agreement_state(state: OfferState, status: ContractStatus | None) -> AgreementState:
    """Return ContractOfferState of an offer's state, or of its contract's status if there is one."""
    if status is not None:
        return CONTRACT_STATE[status]
    return AgreementState.PENDING if state is OfferState.ACTIVE else AgreementState.ENDED


def vendor_type(offer: Offer) -> str:
    """Return ContractOfferVendorType."""
    return "AGENCY" if offer.parties.agency else "FREELANCER"


def current_milestone_state(milestones: Iterable[Milestone]) -> MilestoneState | None:
    """Return the state of the first open milestone, or of the last one if none is open; None without any."""
    in_order = sorted(milestones, key=lambda one: (one.sequence, one.id))
    first_open = next((one for one in in_order if one.state in OPEN), None)
    current = first_open or (in_order[-1] if in_order else None)
    return current.state if current else None
