"""The filters of the lists of offers, for clients, agencies and freelancers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from souk.domains.agreements.model import DeliveryModel
from souk.domains.offers.contract_offers import Agreement
from souk.domains.offers.model import Offer
from souk.domains.offers.rules.enums import AGREEMENT_TYPE, AgreementKind, AgreementState, AgreementType
from souk.search import text
from souk.storage import Input
from souk.values.errors import Unprocessable
from souk.values.ids import Id
from souk.values.moments import period

MAX_ENTRIES: Final = 100
"""The limit of each list of a filter."""
MAX_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a filter."""

    on_offers: list[Callable[[Offer], bool]]
    """Conditions on offers alone. They are checked first, so contracts are loaded only for matching offers."""
    on_agreements: list[Callable[[Agreement], bool]]


class CommonFilter(Input):
    """The contract's OfferSearchCommonFilter."""

    text_eq: str | None = None
    states_any: tuple[AgreementState, ...] | None = None
    start_date_period_bt: tuple[str, ...] | None = None
    end_date_period_bt: tuple[str, ...] | None = None
    catalog_project: bool | None = None

    def offer_conditions(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield the conditions on offers. Raises Unprocessable for a text that is too long."""
        if self.text_eq and self.text_eq.strip():
            if len(self.text_eq) > MAX_TEXT:
                raise Unprocessable(f"commonFilter.text_eq: a text can have at most {MAX_TEXT} characters.")
            tokens = set(text.tokens(self.text_eq))
            yield lambda one: tokens <= set(text.tokens(f"{one.title} {one.description or ''}"))
        if self.catalog_project is not None:
            expected = self.catalog_project
            yield lambda one: (one.delivery_model is DeliveryModel.CATALOG_PROJECT) == expected

    def agreement_conditions(self) -> Iterator[Callable[[Agreement], bool]]:
        """Yield the conditions on offers with their contracts. Raises Unprocessable for an invalid period."""
        if states := self.states_any:
            yield lambda one: one.state in states
        if self.start_date_period_bt:
            begins = _period("startDatePeriod_bt", self.start_date_period_bt)
            yield lambda one: begins(one.start_date_time)
        if self.end_date_period_bt:
            ends = _period("endDatePeriod_bt", self.end_date_period_bt)
            yield lambda one: one.end_date_time is not None and ends(one.end_date_time)


class OfferFilter(Input):
    """The common part of the three filters. An offer must match all conditions; an empty list matches everything."""

    common_filter: CommonFilter | None = None

    def conditions(self) -> Conditions:
        """Return the conditions. Raises Unprocessable for an invalid filter."""
        for name, values in self.model_dump(by_alias=True, exclude={"common_filter"}).items():
            if values and len(values) > MAX_ENTRIES:
                raise Unprocessable(f"{name}: a list can have at most {MAX_ENTRIES} entries; these are {len(values)}.")
        common = self.common_filter or CommonFilter()
        return Conditions(
            [*common.offer_conditions(), *self.offer_conditions()],
            [*common.agreement_conditions(), *self.agreement_conditions()],
        )

    def offer_conditions(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield the conditions on offers."""
        yield from ()

    def agreement_conditions(self) -> Iterator[Callable[[Agreement], bool]]:
        """Yield the conditions on offers with their contracts."""
        yield from ()


class ClientFilter(OfferFilter):
    """The contract's OfferByClientFilter."""

    team_id_any: tuple[Id, ...] | None = None
    contact_person_id_any: tuple[Id, ...] | None = None
    offer_type_any: tuple[AgreementType, ...] | None = None
    milestone_state_any: tuple[str, ...] | None = None
    escrow_refund_status_any: tuple[str, ...] | None = None
    freelancer_id_any: tuple[Id, ...] | None = None
    agreement_kind_any: tuple[AgreementKind, ...] | None = None

    def offer_conditions(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield the conditions on offers."""
        if teams := self.team_id_any:
            yield lambda one: one.parties.client_team_id in teams
        if contacts := self.contact_person_id_any:
            yield lambda one: one.parties.client_user_id in contacts
        if people := self.freelancer_id_any:
            yield lambda one: one.parties.vendor_user_id in people
        if types := self.offer_type_any:
            yield lambda one: AGREEMENT_TYPE[one.pay] in types
        if kinds := self.agreement_kind_any:
            yield lambda one: (AgreementKind.CONTRACT if one.contract_id else AgreementKind.OFFER) in kinds
        if self.escrow_refund_status_any:
            yield lambda _: False  # no request asks for a refund of escrow

    def agreement_conditions(self) -> Iterator[Callable[[Agreement], bool]]:
        """Yield the conditions on offers with their contracts."""
        if states := self.milestone_state_any:
            yield lambda one: one.milestone_state in states


class AgencyFilter(OfferFilter):
    """The contract's OfferByRootCompanyFilter."""

    freelancer_id_any: tuple[Id, ...] | None = None
    agency_team_org_id_any: tuple[Id, ...] | None = None
    client_org_id_any: tuple[Id, ...] | None = None

    def offer_conditions(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield the conditions on offers."""
        if people := self.freelancer_id_any:
            yield lambda one: one.parties.vendor_user_id in people
        yield from _party_conditions(None, self.agency_team_org_id_any, self.client_org_id_any)


class FreelancerFilter(OfferFilter):
    """The contract's OfferForFreelancerFilter."""

    agency_root_company_org_id_any: tuple[Id, ...] | None = None
    agency_team_org_id_any: tuple[Id, ...] | None = None
    client_org_id_any: tuple[Id, ...] | None = None

    def offer_conditions(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield the conditions on offers."""
        yield from _party_conditions(
            self.agency_root_company_org_id_any, self.agency_team_org_id_any, self.client_org_id_any
        )


def _party_conditions(
    agencies: tuple[str, ...] | None, teams: tuple[str, ...] | None, clients: tuple[str, ...] | None
) -> Iterator[Callable[[Offer], bool]]:
    """Yield the conditions on the agency, its team, and the client. A client's id is its company's or its team's."""
    if agencies:
        yield lambda one: one.parties.agency and one.parties.vendor_company_id in agencies
    if teams:
        yield lambda one: one.parties.agency and one.parties.vendor_team_id in teams
    if clients:
        yield lambda one: not {one.parties.client_company_id, one.parties.client_team_id}.isdisjoint(clients)


def _period(name: str, dates: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a function that checks whether a time is in a period. Both ends belong to it."""
    path = f"commonFilter.{name}"
    try:
        first, last = dates
    except ValueError:
        raise Unprocessable(f"{path}: give two dates, the first and the last.") from None
    return period(path, ("0", first), ("1", last)).includes
