"""Reads all arguments and input fields of the type ID, also in the form that web addresses use (`plain_id`)."""

from typing import Any

from graphql import ConstValueNode, GraphQLID
from graphql.type.scalars import coerce_id, parse_id_literal

from souk.values.ids import plain_id


def accept_web_addresses() -> None:
    """Have graphql-core's only ID type read both forms. It is the same object in all schemas of the process."""
    GraphQLID.coerce_input_value = _value
    GraphQLID.coerce_input_literal = _literal


def _value(value: Any) -> str:
    return plain_id(coerce_id(value))


def _literal(node: ConstValueNode) -> str:
    return plain_id(parse_id_literal(node))
