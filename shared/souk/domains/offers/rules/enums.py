"""What the contract calls that which is stored of offers: one record, and several vocabularies. Pure.

The words for a state take what `souk.domains.offers.rules.states.state_at` says, so that an offer past its time is
called expired in all of them. `docs/offers.md` shows these tables.
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
    """Where an offer, or the contract that it became, stands: the contract's ContractOfferState."""

    PENDING = "Pending"
    ACTIVE = "Active"
    PAUSED = "Paused"
    ENDED = "Ended"


class AgreementKind(StrEnum):
    """Whether the two sides are still to agree: the contract's AgreementKind."""

    OFFER = "Offer"
    CONTRACT = "Contract"


class AgreementType(StrEnum):
    """How the work is paid: the contract's ContractOfferType."""

    HOURLY = "Hourly"
    FIXED_PRICE = "FixedPrice"


WORKFLOW_STATE: Final[Mapping[OfferState, str]] = {state: state.value for state in OfferState}
"""WorkflowOfferState: the words that are stored."""

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
"""ContractOfferState of an offer that has become a contract."""

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
"""ContractOfferTermsVersion: fixed prices are paid by milestones, which is the second version of such terms."""


def agreement_state(state: OfferState, status: ContractStatus | None) -> AgreementState:
    """Return ContractOfferState of an offer that stands somewhere, with the status of its contract if there is one."""
    if status is not None:
        return CONTRACT_STATE[status]
    return AgreementState.PENDING if state is OfferState.ACTIVE else AgreementState.ENDED


def vendor_type(offer: Offer) -> str:
    """Return ContractOfferVendorType."""
    return "AGENCY" if offer.parties.agency else "FREELANCER"


def present(milestones: Iterable[Milestone]) -> MilestoneState | None:
    """Return where the present milestone stands: the first that is not over, or the last of all; None without any."""
    in_order = sorted(milestones, key=lambda one: (one.sequence, one.id))
    still_open = next((one for one in in_order if one.state in OPEN), None)
    shown = still_open or (in_order[-1] if in_order else None)
    return shown.state if shown else None
