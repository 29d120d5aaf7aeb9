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
from souk.graph.lists import MAX_PAGE, Pagination, SortAttribute, connection
from souk.storage import Collection
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
class ListRequest:
    """The filter, order and page of a list."""

    filter: OfferFilter
    sort: SortAttribute | None
    """The contract's SortAttribute; None for newest first."""
    pagination: Pagination
    most: int = MAX_PAGE
    """The largest page of this list."""


def page(ctx: Context, bound_to: Sequence[Any], offers: list[Offer], request: ListRequest) -> dict[str, Any]:
    """Return ContractOfferConnection of the offers that the caller is a party to. `bound_to` identifies the list.

    Contracts are loaded for the page only, or for all offers if a condition or the order needs them.
    """
    conditions, pagination, most = request.filter.conditions(), request.pagination, request.most
    field, descending = (request.sort.field, request.sort.descending) if request.sort else (None, True)
    if field is not None and field not in BY_NAME and field not in BY_AGREEMENT:
        raise Unprocessable(f"sortAttribute.field: offers can be sorted by {', '.join((*BY_NAME, *BY_AGREEMENT))}.")
    filter_json = request.filter.model_dump(mode="json", by_alias=True, exclude_none=True)
    bound = [*bound_to, ctx.principal.organization_id, filter_json, field, descending]
    matches = [
        one
        for one in offers
        if one.parties.include(ctx.principal) and all(condition(one) for condition in conditions.on_offers)
    ]
    name_of = _names(ctx, matches, field)
    matches.sort(key=lambda one: (name_of(one), int(one.id)), reverse=descending)
    by_agreement = BY_AGREEMENT.get(field or "")
    if not (by_agreement or conditions.on_agreements):
        return connection(
            ctx.cursors, bound, matches, pagination, most=most, nodes=lambda offers: load_agreements(ctx, offers)
        )
    agreements = [
        one for one in load_agreements(ctx, matches) if all(condition(one) for condition in conditions.on_agreements)
    ]
    if by_agreement:
        agreements.sort(key=by_agreement, reverse=descending)
    return connection(ctx.cursors, bound, agreements, pagination, most=most)


def _names(ctx: Context, offers: list[Offer], field: str | None) -> Callable[[Offer], str]:
    """Return a function for the name to sort by. All names are loaded in one batch. It returns "" for other orders."""
    if field is None or field not in BY_NAME:
        return lambda _: ""
    collection, id_of = BY_NAME[field]
    ids = list({id_of(one) for one in offers})
    entities = ctx.load_many(collection, ids)
    names = {id_: one.name.casefold() if one else "" for id_, one in zip(ids, entities, strict=True)}
    return lambda one: names[id_of(one)]
