"""Converts between the contract's camelCase names, where filters end in an operator, and snake_case."""

import re
from functools import cache

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OPERATORS = ("_eq", "_any", "_all", "_bt")


@cache
def to_snake(name: str) -> str:
    """`searchExpression_eq` -> `search_expression_eq`, `logoURL` -> `logo_url`."""
    return _BOUNDARY.sub("_", name).lower()


@cache
def to_contract(name: str) -> str:
    """`search_expression_eq` -> `searchExpression_eq`. The operator keeps its underscore."""
    operator = next((end for end in _OPERATORS if name.endswith(end)), "")
    first, *rest = name.removesuffix(operator).split("_")
    return first + "".join(part.capitalize() for part in rest) + operator
