"""Choosing and reading permissions: scopes in their groups, what is chosen, and sets to start from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from souk.authentication.scopes import Access, Scope, ScopeGroup, grouped, scope_of
from souk.web.translations import Text

ALWAYS: Final = Scope.COMMON_ENTITIES_READ
"""The permission of every key."""
SETS: Final[Mapping[str, frozenset[Scope]]] = {
    "set-client": frozenset(
        {
            Scope.JOB_POSTINGS_READ,
            Scope.JOB_POSTINGS_WRITE,
            Scope.CLIENT_PROPOSALS,
            Scope.INVITATIONS,
            Scope.OFFERS_READ,
            Scope.OFFERS_WRITE,
            Scope.CONTRACTS,
            Scope.FREELANCER_PROFILES,
            Scope.USER_DETAILS_READ,
            Scope.MESSAGES_READ,
            Scope.MESSAGES_WRITE,
            Scope.TRANSACTIONS_READ,
            Scope.ONTOLOGY_READ,
        }
    ),
    "set-freelancer": frozenset(
        {
            Scope.MARKETPLACE_JOBS_READ,
            Scope.SAVED_SEARCHES,
            Scope.CLIENT_PROPOSALS,
            Scope.OFFERS_READ,
            Scope.OFFERS_WRITE,
            Scope.CONTRACTS,
            Scope.ACTIVITIES_READ,
            Scope.TIMESHEETS_READ,
            Scope.TIMESHEETS_WRITE,
            Scope.FREELANCER_PROFILES,
            Scope.WORK_HISTORY_READ,
            Scope.MESSAGES_READ,
            Scope.MESSAGES_WRITE,
            Scope.TRANSACTIONS_READ,
            Scope.ONTOLOGY_READ,
        }
    ),
    "set-read": frozenset(scope for scope in Scope if scope.access is Access.READ),
}
"""The permissions that a button of the form chooses, by its value."""
SET_TITLES: Final = (
    ("set-client", Text("Post and hire")),
    ("set-freelancer", Text("Find and do work")),
    ("set-read", Text("Read everything")),
)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of permissions in a form."""

    title: str
    scopes: tuple[Scope, ...]
    chosen: int
    open: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Permissions to choose from, and those that are chosen."""

    chosen: frozenset[Scope]
    groups: tuple[Group, ...]
    """Without `ALWAYS`; with a search only those with matches."""
    hidden: tuple[Scope, ...]
    """Chosen permissions of groups that the search leaves out."""
    total: int
    """The number of permissions that there are."""
    query: str

    @property
    def count(self) -> int:
        """The number of chosen permissions, with `ALWAYS`."""
        return len(self.chosen | {ALWAYS})


def scopes_of(ids: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes with these ids; unknown ids are left out."""
    return frozenset(scope for scope in map(scope_of, ids) if scope is not None)


def ids_of(chosen: Collection[Scope]) -> list[str]:
    """Return the ids of chosen scopes with `ALWAYS`, in the contract's order."""
    return [scope.id for scope in Scope if scope in chosen or scope is ALWAYS]


def choice(chosen: Collection[Scope], *, operator: bool, query: str = "") -> Choice:
    """Return what a form shows. Only operators can choose the scope of operators."""
    offered = [scope for scope in Scope if scope is not ALWAYS and (operator or scope is not Scope.OPERATOR)]
    taken = frozenset(scope for scope in chosen if scope in offered)
    groups = []
    hidden: list[Scope] = []
    for group, scopes in grouped(offered):
        if query and not any(_matches(query, group, scope) for scope in scopes):
            hidden += [scope for scope in scopes if scope in taken]
            continue
        count = sum(scope in taken for scope in scopes)
        groups.append(Group(group.value, tuple(scopes), count, open=bool(query) or count > 0))
    if groups and not any(group.open for group in groups):
        groups[0] = Group(groups[0].title, groups[0].scopes, 0, open=True)
    return Choice(taken, tuple(groups), tuple(hidden), len(offered) + 1, query)


def _matches(query: str, group: ScopeGroup, scope: Scope) -> bool:
    """Return whether each word of a search is in the texts of a permission."""
    text = f"{group} {scope.value} {scope.id} {scope.description} {scope.tag}".casefold()
    return all(word in text for word in query.casefold().split())
