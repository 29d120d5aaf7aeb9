"""Pages of offers with their contracts: filtered and sorted. Only the necessary contracts are loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.offers.contract_offers import Agreement, load_agreements
from souk.domains.offers.filters import OfferFilter
from souk.domains.offers.model import Offer
from souk.domains.offers.rules.enums import AgreementState
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, SortAttribute, connection
from souk.storage import Collection, OwnedList, View
from souk.values.errors import Unprocessable

_STATES: Final = list(AgreementState)
_NO_END: Final = "9999"
"""Greater than every time, so that entries without an end come last."""

BY_NAME: Final[Mapping[str, tuple[Collection[Any], Callable[[Offer], str]]]] = {
    "Team": (ORGANIZATIONS, lambda one: one.parties.client_team_id),
    "ClientCompanyName": (ORGANIZATIONS, lambda one: one.parties.client_company_id),
    "ClientName": (USERS, lambda one: one.parties.client_user_id),
    "FreelancerName": (USERS, lambda one: one.parties.vendor_user_id),
}
"""Orders by a public name: the collection and the id of the person or organization."""
BY_AGREEMENT: Final[Mapping[str, Callable[[Agreement], Any]]] = {
    "ContractName": lambda one: one.title.casefold(),
    "StartDate": lambda one: one.start_date_time,
    "EndDate": lambda one: one.end_date_time or _NO_END,
    "State": lambda one: _STATES.index(one.state),
}
"""Orders by values that a contract can change."""


@dataclass(frozen=True, slots=True)
class Row:
    """An offer, with what the conditions and the order need of it."""

    offer: Offer
    agreement: Agreement | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """The filter, order and page of a list."""

    filter: OfferFilter
    sort: SortAttribute | None
    """The contract's SortAttribute; None for newest first."""
    pagination: Pagination


def page(
    ctx: Context,
    offers: OwnedList[Offer],
    request: ListRequest,
    source_id: str,
    also: Sequence[Callable[[Offer], bool]] = (),
) -> Connection:
    """Return ContractOfferConnection of the offers of a person or organization that the caller is a party to.

    `also` are further conditions. Contracts are loaded for the page only, unless a condition or the order needs them.
    """
    conditions = request.filter.conditions()
    field, descending = (request.sort.field, request.sort.descending) if request.sort else (None, True)
    if field is not None and field not in BY_NAME and field not in BY_AGREEMENT:
        raise Unprocessable(f"sortAttribute.field: offers can be sorted by {', '.join((*BY_NAME, *BY_AGREEMENT))}.")
    needs_agreements = bool(conditions.on_agreements) or field in BY_AGREEMENT

    def rows(found: list[Offer]) -> list[Row]:
        agreements = load_agreements(ctx, found) if needs_agreements else [None] * len(found)
        names = _names(ctx, found, field)
        return [Row(*row) for row in zip(found, agreements, names, strict=True)]

    def nodes(rows: list[Row]) -> list[Agreement]:
        loaded = [row.agreement for row in rows if row.agreement]
        return loaded if needs_agreements else load_agreements(ctx, [row.offer for row in rows])

    def accepts(condition: Callable[[Agreement], bool]) -> Callable[[Row], bool]:
        return lambda row: row.agreement is not None and condition(row.agreement)

    view = View(
        conditions=[lambda one: one.parties.include(ctx.principal), *also, *conditions.on_offers],
        rows=rows,
        row_conditions=[accepts(condition) for condition in conditions.on_agreements],
        order=_order(field),
        descending=descending,
        narrow="Leave out `sortAttribute`.",
    )
    filter_json = request.filter.model_dump(mode="json", by_alias=True, exclude_none=True)
    bound = [source_id, ctx.principal.organization_id, filter_json, field, descending]
    return connection(ctx.cursors, offers, view, request.pagination, bound_to=bound, nodes=nodes)


def _order(field: str | None) -> Callable[[Row], Any] | None:
    """Return the value to sort rows by; None for the order of creation."""
    if field in BY_NAME:
        return lambda row: row.name
    if field is not None and field in BY_AGREEMENT:
        value_of = BY_AGREEMENT[field]
        return lambda row: row.agreement and value_of(row.agreement)
    return None


def _names(ctx: Context, offers: list[Offer], field: str | None) -> list[str]:
    """Return the names of offers to sort by, loaded in one batch; "" for other orders."""
    if field is None or field not in BY_NAME:
        return [""] * len(offers)
    collection, id_of = BY_NAME[field]
    entities = ctx.load_many(collection, [id_of(one) for one in offers])
    return [one.name.casefold() if one else "" for one in entities]
