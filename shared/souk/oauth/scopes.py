"""Scopes as OAuth writes them: the contract's names hold spaces, which separate scopes on the wire (RFC 6749, 3.3)."""

from collections.abc import Iterable

from souk.authentication.scopes import Scope


def wire(names: Iterable[str]) -> str:
    """Return scopes, by their names in the contract, as the value of a `scope` parameter."""
    return " ".join(Scope(name).id for name in names)


def chosen(scope: str | None, allowed: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the names that a `scope` parameter chooses of those allowed, which are all without one.

    None where it asks for more.
    """
    if not scope:
        return allowed
    asked = set(scope.split())
    found = tuple(name for name in allowed if Scope(name).id in asked)
    return found if len(found) == len(asked) else None
