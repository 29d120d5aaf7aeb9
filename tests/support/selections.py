"""Selections of all fields of a type, for documents that are as large as clients write them."""

from typing import Any

from graphql import (
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)


def everything(schema: GraphQLSchema, type_name: str, levels: int) -> str:
    """Return a selection of all fields that need no argument, with those of the objects below, some levels deep."""
    return _all(schema.get_type(type_name), levels, {type_name})


def _all(named: Any, levels: int, above: set[str]) -> str:
    if isinstance(named, GraphQLUnionType):
        return (
            "{ __typename " + " ".join(f"... on {each.name} {_all(each, levels, above)}" for each in named.types) + " }"
        )
    parts = []
    for name, field in named.fields.items():
        inner = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(inner):
            parts.append(name)
        elif inner.name not in above and levels:
            step = levels if inner.name.endswith("Edge") or named.name.endswith("Edge") else levels - 1
            parts.append(f"{name} {_all(inner, step, above | {inner.name})}")
    return "{ " + " ".join(parts or ["__typename"]) + " }"
