"""The `scope` parameter. It holds ids, because the contract's names contain spaces (RFC 6749, section 3.3)."""

from collections.abc import Iterable

from souk.authentication.scopes import Scope


def join(names: Iterable[str]) -> str:
    """Return the `scope` parameter for scopes, given by their names in the contract."""
    return " ".join(Scope(name).id for name in names)


def select(scope: str | None, allowed: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the names of the scopes in a `scope` parameter; all allowed ones if it is empty.

    Returns None if a scope is not allowed.
    """
    if not scope:
        return allowed
    requested = set(scope.split())
    found = tuple(name for name in allowed if Scope(name).id in requested)
    return found if len(found) == len(requested) else None
