"""Pages of offers and the contracts that they became: filtered, sorted, and read no further than is needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.offers import contract_offers
from souk.domains.offers.contract_offers import Agreement
from souk.domains.offers.filters import OfferFilter
from souk.domains.offers.model import Offer
from souk.domains.offers.rules.enums import AgreementState
from souk.graph import Context
from souk.graph.lists import MAX_PAGE, Pagination, connection
from souk.storage import Collection
from souk.values.errors import Unprocessable

_STATES: Final = list(AgreementState)
_OPEN: Final = "9999"
"""After every time: what has no end is over last."""

BY_NAME: Final[Mapping[str, tuple[Collection[Any], Callable[[Offer], str]]]] = {
    "Team": (ORGANIZATIONS, lambda one: one.parties.client_team_id),
    "ClientCompanyName": (ORGANIZATIONS, lambda one: one.parties.client_company_id),
    "ClientName": (USERS, lambda one: one.parties.client_user_id),
    "FreelancerName": (USERS, lambda one: one.parties.vendor_user_id),
}
"""Orders by the name of somebody: where they are kept, and which one it is. It is the name that everybody sees."""
BY_AGREEMENT: Final[Mapping[str, Callable[[Agreement], Any]]] = {
    "ContractName": lambda one: one.title.casefold(),
    "StartDate": lambda one: one.start_date_time,
    "EndDate": lambda one: one.end_date_time or _OPEN,
    "State": lambda one: _STATES.index(one.state),
}
"""Orders by what a contract may have changed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for."""

    wanted: OfferFilter
    sort: dict[str, Any] | None
    """The contract's SortAttribute; None: the newest first."""
    pagination: Pagination
    most: int = MAX_PAGE
    """The greatest page of this list."""


def page(ctx: Context, bound_to: Sequence[Any], offers: list[Offer], asked: Asked) -> dict[str, Any]:
    """Return ContractOfferConnection of those offers that the caller is a party to. `bound_to` names the list.

    Contracts are read for the page, or for all offers where a condition or the order asks for what they decide.
    """
    conditions, pagination, most = asked.wanted.conditions(), asked.pagination, asked.most
    field, descending = (asked.sort["field"], asked.sort["sortOrder"] == "DESC") if asked.sort else (None, True)
    if field is not None and field not in BY_NAME and field not in BY_AGREEMENT:
        raise Unprocessable(f"sortAttribute.field: offers are sorted by {', '.join((*BY_NAME, *BY_AGREEMENT))}.")
    given = asked.wanted.model_dump(mode="json", by_alias=True, exclude_none=True)
    bound = [*bound_to, ctx.principal.organization_id, given, field, descending]
    found = [
        one
        for one in offers
        if one.parties.include(ctx.principal) and all(holds(one) for holds in conditions.of_offers)
    ]
    name_of = _names(ctx, found, field)
    found.sort(key=lambda one: (name_of(one), int(one.id)), reverse=descending)
    by_agreement = BY_AGREEMENT.get(field or "")
    if not (by_agreement or conditions.of_agreements):
        return connection(
            ctx.cursors, bound, found, pagination, most=most, nodes=lambda shown: contract_offers.of(ctx, shown)
        )
    fitting = [one for one in contract_offers.of(ctx, found) if all(holds(one) for holds in conditions.of_agreements)]
    if by_agreement:
        fitting.sort(key=by_agreement, reverse=descending)
    return connection(ctx.cursors, bound, fitting, pagination, most=most)


def _names(ctx: Context, offers: list[Offer], field: str | None) -> Callable[[Offer], str]:
    """Return what says the name to sort by, after reading all names at once; it is empty for other orders."""
    if field is None or field not in BY_NAME:
        return lambda _: ""
    collection, id_of = BY_NAME[field]
    ids = list({id_of(one) for one in offers})
    people = ctx.load_many(collection, ids)
    names = {id_: one.name.casefold() if one else "" for id_, one in zip(ids, people, strict=True)}
    return lambda one: names[id_of(one)]
