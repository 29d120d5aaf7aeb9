"""Pages of lists in order of ids: `after` is the id of the last record of the page before.

The reference says so of CurrentOrganization.staffs, and such ids are no secrets, so no cursor is made of them.
"""

from typing import Any, TypeVar

from souk.authentication.records import Membership
from souk.domains.identity.model import Organization
from souk.graph.lists import BEGINNING, MAX_PAGE, page_size
from souk.values.errors import Unprocessable

_Listed = TypeVar("_Listed", Organization, Membership)


def page(everything: list[_Listed], pagination: dict[str, Any] | None) -> list[_Listed]:
    """Return a page of a list. Raises Unprocessable for an `after` that is none of its ids."""
    first = page_size(pagination["first"]) if pagination else MAX_PAGE
    after = (pagination or {}).get("after") or BEGINNING
    if after == BEGINNING:
        return everything[:first]
    position = next((at for at, one in enumerate(everything) if one.id == after), None)
    if position is None:
        raise Unprocessable(
            "`after` holds the id of the last record of the page before; there is no record with this id."
        )
    return everything[position + 1 :][:first]


def connection(everything: list[_Listed], pagination: dict[str, Any] | None) -> dict[str, Any]:
    """Return a page in the contract's form, with how many there are in all."""
    shown = page(everything, pagination)
    return {
        "edges": [{"node": one} for one in shown],
        "totalCount": len(everything),
        "pageInfo": {
            "endCursor": shown[-1].id if shown else None,
            "hasNextPage": bool(shown) and shown[-1].id != everything[-1].id,
        },
    }
