"""What the consent page says of the permissions that a program asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from souk.authentication.records import GRANTS_OF_PERSON, ApiKey, Grant, live_grants
from souk.authentication.scopes import Access, Scope, ScopeGroup, grouped
from souk.authentication.standing import PERSON, STANDINGS
from souk.authentication.tokens import session_of
from souk.storage import Table, View

_MANY = 12
"""More permissions than this without a choice of the program deserve a note."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that a program asks for."""

    scope: Scope
    new: bool
    """Whether the person has agreed to others of the program, but not to this."""

    @property
    def money(self) -> bool:
        """Whether it is about money."""
        return self.scope.group is ScopeGroup.MONEY


@dataclass(frozen=True, slots=True)
class Group:
    """Permissions of a group that are shown together."""

    title: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """All permissions that a program asks for."""

    changing: tuple[Group, ...]
    """Those by which it can change things, sensitive ones first in each group."""
    looking: tuple[Group, ...]
    """Those by which it can only look."""
    everything: bool
    """Whether it asks for all that its key has, because the request names no scope, and that is much."""


def asked(scopes: Iterable[str], agreed: frozenset[str] | None, *, named: bool) -> Asked:
    """Return what a program asks for.

    `agreed` are the scopes that the person has agreed to before; None if they have never. `named` is whether the
    request names scopes.
    """
    wanted = [Scope(name) for name in scopes]

    def groups(access: Access) -> tuple[Group, ...]:
        found = grouped(scope for scope in wanted if scope.access is access)
        return tuple(
            Group(group.value, tuple(Permission(one, agreed is not None and one not in agreed) for one in members))
            for group, members in found
        )

    return Asked(groups(Access.WRITE), groups(Access.READ), everything=not named and len(wanted) > _MANY)


def agreed_scopes(table: Table, user_id: str, key: ApiKey, now: datetime) -> frozenset[str] | None:
    """Return the scopes that a person has agreed to for a key, in all organizations; None if they never have."""
    standing = table.get(STANDINGS, PERSON, user_id)
    # What the API explorer got was never asked on this page.
    conditions = (lambda one: one.key_id == key.id, lambda one: not session_of(one.id))
    to_key: View[Grant, Grant] = View([*live_grants(now, standing).conditions, *conditions])
    grants = [grant for chunk in GRANTS_OF_PERSON.of(table, user_id).chunks(to_key) for grant in chunk]
    return frozenset(scope for grant in grants for scope in grant.scopes) if grants else None
