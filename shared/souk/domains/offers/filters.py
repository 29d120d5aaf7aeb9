"""What the lists of offers of clients, agencies and freelancers can be asked for: the filters of the contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from souk.domains.agreements.model import DeliveryModel
from souk.domains.offers.contract_offers import Agreement
from souk.domains.offers.model import Offer
from souk.domains.offers.rules.enums import AGREEMENT_TYPE, AgreementKind, AgreementState, AgreementType
from souk.search import text as words
from souk.storage import Model
from souk.values.errors import Unprocessable
from souk.values.moments import moment

MAX_ENTRIES: Final = 100
"""In each list of a filter."""
MAX_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Conditions:
    """What something has to fulfil to be listed."""

    of_offers: list[Callable[[Offer], bool]]
    """Those that an offer alone answers: they come first, and nothing is read for what does not fulfil them."""
    of_agreements: list[Callable[[Agreement], bool]]


class CommonFilter(Model):
    """The contract's OfferSearchCommonFilter."""

    text_eq: str | None = None
    states_any: tuple[AgreementState, ...] | None = None
    start_date_period_bt: tuple[str, ...] | None = None
    end_date_period_bt: tuple[str, ...] | None = None
    catalog_project: bool | None = None

    def of_offers(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield what an offer has to fulfil. Raises Unprocessable for a text that is too long."""
        if self.text_eq and self.text_eq.strip():
            if len(self.text_eq) > MAX_TEXT:
                raise Unprocessable(f"commonFilter.text_eq: {MAX_TEXT} characters are the limit.")
            sought = set(words.tokens(self.text_eq))
            yield lambda one: sought <= set(words.tokens(f"{one.title} {one.description or ''}"))
        if self.catalog_project is not None:
            wanted = self.catalog_project
            yield lambda one: (one.delivery_model is DeliveryModel.CATALOG_PROJECT) == wanted

    def of_agreements(self) -> Iterator[Callable[[Agreement], bool]]:
        """Yield what an offer or a contract has to fulfil. Raises Unprocessable for periods that are none."""
        if states := self.states_any:
            yield lambda one: one.state in states
        if self.start_date_period_bt:
            begins = _period("startDatePeriod_bt", self.start_date_period_bt)
            yield lambda one: begins(one.start_date_time)
        if self.end_date_period_bt:
            ends = _period("endDatePeriod_bt", self.end_date_period_bt)
            yield lambda one: one.end_date_time is not None and ends(one.end_date_time)


class OfferFilter(Model):
    """What the filters of all three lists have in common. Conditions add up; an empty list constrains nothing."""

    common_filter: CommonFilter | None = None

    def conditions(self) -> Conditions:
        """Return what has to be fulfilled. Raises Unprocessable for what cannot be."""
        for name, given in self.model_dump(by_alias=True, exclude={"common_filter"}).items():
            if given and len(given) > MAX_ENTRIES:
                raise Unprocessable(f"{name}: {MAX_ENTRIES} entries of a list are the limit; these are {len(given)}.")
        common = self.common_filter or CommonFilter()
        return Conditions([*common.of_offers(), *self.of_offers()], [*common.of_agreements(), *self.of_agreements()])

    def of_offers(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield what an offer has to fulfil."""
        yield from ()

    def of_agreements(self) -> Iterator[Callable[[Agreement], bool]]:
        """Yield what an offer or a contract has to fulfil."""
        yield from ()


class ClientFilter(OfferFilter):
    """The contract's OfferByClientFilter."""

    team_id_any: tuple[str, ...] | None = None
    contact_person_id_any: tuple[str, ...] | None = None
    offer_type_any: tuple[AgreementType, ...] | None = None
    milestone_state_any: tuple[str, ...] | None = None
    escrow_refund_status_any: tuple[str, ...] | None = None
    freelancer_id_any: tuple[str, ...] | None = None
    agreement_kind_any: tuple[AgreementKind, ...] | None = None

    def of_offers(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield what an offer has to fulfil."""
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
            yield lambda _: False  # nobody can ask for escrow to be paid back

    def of_agreements(self) -> Iterator[Callable[[Agreement], bool]]:
        """Yield what an offer or a contract has to fulfil."""
        if states := self.milestone_state_any:
            yield lambda one: one.milestone_state in states


class AgencyFilter(OfferFilter):
    """The contract's OfferByRootCompanyFilter."""

    freelancer_id_any: tuple[str, ...] | None = None
    agency_team_org_id_any: tuple[str, ...] | None = None
    client_org_id_any: tuple[str, ...] | None = None

    def of_offers(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield what an offer has to fulfil."""
        if people := self.freelancer_id_any:
            yield lambda one: one.parties.vendor_user_id in people
        yield from _through(None, self.agency_team_org_id_any, self.client_org_id_any)


class FreelancerFilter(OfferFilter):
    """The contract's OfferForFreelancerFilter."""

    agency_root_company_org_id_any: tuple[str, ...] | None = None
    agency_team_org_id_any: tuple[str, ...] | None = None
    client_org_id_any: tuple[str, ...] | None = None

    def of_offers(self) -> Iterator[Callable[[Offer], bool]]:
        """Yield what an offer has to fulfil."""
        yield from _through(self.agency_root_company_org_id_any, self.agency_team_org_id_any, self.client_org_id_any)


def _through(
    agencies: tuple[str, ...] | None, teams: tuple[str, ...] | None, clients: tuple[str, ...] | None
) -> Iterator[Callable[[Offer], bool]]:
    """Yield conditions on whom an offer was made through, and by. A client is named by its company or its team."""
    if agencies:
        yield lambda one: one.parties.agency and one.parties.vendor_company_id in agencies
    if teams:
        yield lambda one: one.parties.agency and one.parties.vendor_team_id in teams
    if clients:
        yield lambda one: not {one.parties.client_company_id, one.parties.client_team_id}.isdisjoint(clients)


def _period(name: str, ends: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what says whether a time is in a period: days belong to it as a whole, on both sides."""
    path = f"commonFilter.{name}"
    try:
        first, last = ends
    except ValueError:
        raise Unprocessable(f"{path}: two dates, the first and the last.") from None
    begin, end = moment(path, first), moment(path, last)
    if end.first < begin.first:
        raise Unprocessable(f"{path}: it ends before it begins.")
    return lambda at: begin.first <= at and (at < end.after or at == end.first)
