"""Paging by id: `after` is the id of the last record of the previous page.

The reference specifies this for CurrentOrganization.staffs. The ids are not secret, so they need no opaque cursor.
"""

from typing import Any, TypeVar

from souk.authentication.records import Membership
from souk.domains.identity.model import Organization
from souk.graph.lists import BEGINNING, MAX_PAGE, Pagination, page_size
from souk.values.errors import Unprocessable

_Listed = TypeVar("_Listed", Organization, Membership)


def page(items: list[_Listed], pagination: Pagination | None) -> list[_Listed]:
    """Return a page of a list. Raises Unprocessable if `after` is not an id in the list."""
    first = page_size(pagination, default=MAX_PAGE)
    after = (pagination.after if pagination else None) or BEGINNING
    if after == BEGINNING:
        return items[:first]
    position = next((at for at, one in enumerate(items) if one.id == after), None)
    if position is None:
        raise Unprocessable("`after` must be the id of the last record of the previous page; no record has this id.")
    return items[position + 1 :][:first]


def connection(items: list[_Listed], pagination: Pagination | None) -> dict[str, Any]:
    """Return a page as the contract's connection, with the total count."""
    shown = page(items, pagination)
    return {
        "edges": [{"node": one} for one in shown],
        "totalCount": len(items),
        "pageInfo": {
            "endCursor": shown[-1].id if shown else None,
            "hasNextPage": bool(shown) and shown[-1].id != items[-1].id,
        },
    }
