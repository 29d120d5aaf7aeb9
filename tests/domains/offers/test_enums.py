"""Every word of the contract for what is stored of offers: each is one that the schema has, and none is left out."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from graphql import GraphQLEnumType

import souk
from souk.app import schema
from souk.domains.agreements.model import DeliveryModel, PayType
from souk.domains.contracts.model import ContractStatus
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.rules.states import OPEN
from souk.domains.offers.model import OfferKind, OfferState
from souk.domains.offers.rules import enums
from souk.domains.offers.rules.enums import AgreementState
from tests.support.worlds.milestones import milestone, offer

S = OfferState


def values(enum: str) -> set[str]:
    """Return the values of an enum of the schema."""
    found = schema().get_type(enum)
    assert isinstance(found, GraphQLEnumType)
    return set(found.values)


@pytest.mark.parametrize(
    ("enum", "used"),
    [
        ("WorkflowOfferState", enums.WORKFLOW_STATE.values()),
        ("OfferState", enums.STATE.values()),
        ("OfferLegacyState", enums.LEGACY_STATE.values()),
        ("ContractOfferLegacyState", enums.LEGACY_STATE.values()),
        ("ContractOfferState", enums.AgreementState),
        ("ContractOfferType", enums.AgreementType),
        ("AgreementKind", enums.AgreementKind),
        ("OfferDeliveryModel", enums.DELIVERY_MODEL.values()),
        ("OfferType", enums.OFFER_TYPE.values()),
        ("ContractOfferTermsVersion", [enums.TERMS_VERSION]),
        ("ContractOfferVendorType", ["AGENCY", "FREELANCER"]),
    ],
)
def test_values_are_in_contract(enum: str, used: Iterable[str]) -> None:
    assert set(used) <= values(enum)


def test_every_stored_value_is_mapped() -> None:
    for table in (enums.WORKFLOW_STATE, enums.STATE, enums.LEGACY_STATE):
        assert set(table) == set(S)
        assert len(set(table.values())) == len(table)
    assert set(enums.DELIVERY_MODEL) == set(DeliveryModel)
    assert set(enums.OFFER_TYPE) == {(kind, pay) for kind in OfferKind for pay in PayType}
    assert set(enums.AGREEMENT_TYPE) == set(PayType)
    assert set(enums.CONTRACT_STATE) == set(ContractStatus)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("status", [None, *ContractStatus])
def test_agreement_state_follows_contract(state: OfferState, status: ContractStatus | None) -> None:
    found = enums.agreement_state(state, status)
    if status is not None:
        assert found is enums.CONTRACT_STATE[status]
    else:
        assert found is (AgreementState.PENDING if state is S.ACTIVE else AgreementState.ENDED)


def test_vendor_type() -> None:
    one = offer()
    assert enums.vendor_type(one) == "FREELANCER"
    agencys = one.model_copy(update={"parties": one.parties.model_copy(update={"agency": True})})
    assert enums.vendor_type(agencys) == "AGENCY"


@pytest.mark.parametrize(
    ("states", "present"),
    [
        ([], None),
        (["InOffer", "InOffer"], "InOffer"),
        (["Paid", "Submitted", "NotFunded"], "Submitted"),
        (["Paid", "Paid"], "Paid"),
        (["Paid", "CancelledByClient"], "CancelledByClient"),
        (["CancelledByClient", "NotFunded", "Active"], "NotFunded"),
    ],
)
def test_current_milestone_state(states: list[str], present: str | None) -> None:
    made = [milestone(sequence=at, state=MilestoneState(state)) for at, state in enumerate(states, 1)]
    assert enums.current_milestone_state(reversed(made)) == present
    assert present is None or (MilestoneState(present) in OPEN) == any(one.state in OPEN for one in made)


def test_page_shows_tables() -> None:
    page = (Path(souk.__file__).parents[2] / "docs" / "offers.md").read_text(encoding="utf-8")
    for state in S:
        ours = (enums.WORKFLOW_STATE[state], enums.STATE[state], enums.LEGACY_STATE[state])
        agreed = None if state is S.COMMITTED else enums.agreement_state(state, None)
        row = "".join(f" `{word}` |" for word in (*ours, *filter(None, [agreed])))
        assert f"|{row}" in page, row
    for pay in PayType:
        types = (enums.OFFER_TYPE[kind, pay] for kind in (OfferKind.VANILLA, OfferKind.ENTERPRISE))
        row = "".join(f" `{word}` |" for word in (*types, enums.AGREEMENT_TYPE[pay]))
        assert f"|{row}" in page, row
