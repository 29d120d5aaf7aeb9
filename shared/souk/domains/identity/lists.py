"""Paging by id: `after` is the id of the last record of the previous page.

The reference specifies this for CurrentOrganization.staffs. The ids are not secret, so they need no opaque cursor.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from souk.authentication.records import MEMBERS, Membership
from souk.domains.identity.model import Invitation, Organization, User
from souk.domains.identity.store import USERS, member_at
from souk.graph import Context
from souk.graph.lists import BEGINNING, MAX_PAGE, Connection, Pagination, page_size
from souk.storage import Table, View
from souk.values.errors import Unprocessable

_EVERYBODY: Final[View[Membership, Membership]] = View()
_Listed = TypeVar("_Listed", Organization, Membership, Invitation)


def members(table: Table, organization_id: str, pagination: Pagination | None) -> Connection:
    """Return a page of an organization's memberships, oldest first. Raises Unprocessable as `page` does."""
    listed = MEMBERS.of(table, organization_id)
    first, after = page_size(pagination, default=MAX_PAGE), _after(pagination)
    last = member_at(table, organization_id, after) if after else None
    if after and last is None:
        raise _unknown()
    shown = listed.page(_EVERYBODY, first, after=listed.stored.position(last) if last else None)
    return _connection(shown.rows, more=shown.more, count=shown.count)


def people_of(ctx: Context, organization_id: str) -> list[User]:
    """Return the people whose own organization it is, in two round trips.

    Raises Unprocessable for an organization with more than 100 members.
    """
    members = MEMBERS.of(ctx.table, organization_id).page(_EVERYBODY, MAX_PAGE)
    if members.more:
        raise Unprocessable(f"This organization has more than {MAX_PAGE} members. Name the ids of the content.")
    found = ctx.load_many(USERS, [one.user_id for one in members.rows])
    return [one for one in found if one and one.organization_id == organization_id]


def page(items: list[_Listed], pagination: Pagination | None) -> list[_Listed]:
    """Return a page of a list whose length is limited. Raises Unprocessable if `after` is not an id in the list."""
    return _rest(items, pagination)[: page_size(pagination, default=MAX_PAGE)]


def connection(items: list[Membership], pagination: Pagination | None) -> Connection:
    """Return a page of memberships whose number is limited. Raises Unprocessable as `page` does."""
    shown = page(items, pagination)
    return _connection(shown, more=len(shown) < len(_rest(items, pagination)), count=lambda: len(items))


def invitations(items: list[Invitation], pagination: Pagination | None) -> Connection:
    """Return a page of invitations whose number is limited. Raises Unprocessable as `page` does."""
    shown = page(items, pagination)
    edges: list[dict[str, Any]] = [{"node": one, "cursor": one.id} for one in shown]
    more = len(shown) < len(_rest(items, pagination))
    return Connection(edges, shown[-1].id if shown else None, more=more, count=lambda: len(items))


def _connection(shown: list[Membership], *, more: bool, count: Callable[[], int | None]) -> Connection:
    edges: list[dict[str, Any]] = [{"node": one} for one in shown]
    return Connection(edges, shown[-1].id if shown else None, more=more, count=count)


def _rest(items: list[_Listed], pagination: Pagination | None) -> list[_Listed]:
    """Return the items after the previous page."""
    after = _after(pagination)
    if after is None:
        return items
    position = next((at for at, one in enumerate(items) if one.id == after), None)
    if position is None:
        raise _unknown()
    return items[position + 1 :]


def _after(pagination: Pagination | None) -> str | None:
    """Return the id of the last record of the previous page; None for the beginning."""
    after = (pagination.after if pagination else None) or BEGINNING
    return None if after == BEGINNING else after


def _unknown() -> Unprocessable:
    return Unprocessable("`after` must be the id of the last record of the previous page; no record has this id.")
