"""The resolvers of fields: two kinds that the executor can call without the library's resolve info."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo

from souk.values.errors import NotBuilt
from souk.values.naming import to_snake


class ContextResolver:
    """A resolver that needs nothing but its source and the request's context: `(source, ctx, **arguments)`."""

    __slots__ = ("call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call

    def __call__(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """Resolve a field as the library asks for it."""
        return self.call(source, info.context, **arguments)


def read_attribute(source: Any, name: str) -> Any:
    """Read an undeclared field from its source. A missing key of a dict is null.

    Raises NotBuilt if an object has no such attribute: null would be a wrong answer.
    """
    if isinstance(source, dict):
        return source.get(name)
    try:
        return getattr(source, to_snake(name))
    except AttributeError:
        message = f"The field {name} is part of the contract, but this marketplace does not have it yet."
        raise NotBuilt(message) from None


def default_resolver(source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    """Resolve the fields that no domain declares."""
    return read_attribute(source, info.field_name)
