"""The arguments and input fields of the built fields, for tests that hold for all of them."""

from collections.abc import Iterator
from typing import NamedTuple

from graphql import GraphQLInputObjectType, GraphQLInputType, get_named_type

from souk.app import graph


class Leaf(NamedTuple):
    """A scalar or enum that programs send."""

    field: str
    """The field's coordinate, such as `Query.jobPosting`."""
    path: tuple[str, ...]
    """The names of the argument and of the input fields in it."""
    type: str
    """The name of its type, without lists and non-null."""

    def __str__(self) -> str:
        return f"{self.field} {'.'.join(self.path)}"

    @property
    def name(self) -> str:
        """The name of the argument or input field."""
        return self.path[-1]


def leaves() -> Iterator[Leaf]:
    """Yield the leaves of all arguments of built fields. A recursive input is entered once."""
    for coordinate in sorted({*graph().roots, *graph().computed}):
        type_name, _, field_name = coordinate.partition(".")
        for name, argument in graph().object_type(type_name).fields[field_name].args.items():
            yield from _below(coordinate, (name,), argument.type, frozenset())


def _below(field: str, path: tuple[str, ...], type_: GraphQLInputType, seen: frozenset[str]) -> Iterator[Leaf]:
    named = get_named_type(type_)
    if not isinstance(named, GraphQLInputObjectType):
        yield Leaf(field, path, named.name)
    elif named.name not in seen:
        for name, part in named.fields.items():
            yield from _below(field, (*path, name), part.type, seen | {named.name})
