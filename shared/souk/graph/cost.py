"""The cost of a request: how many objects it can select, worked out before it is executed.

Each selected field of an object type costs 1, times the product of the sizes of the lists above it. The size of a page
is what its argument asks for, clamped as the list clamps it; other lists have a declared size (`souk.graph.domain`).
Scalars and introspection cost nothing. A field counts each time that it is selected, and each fragment is worked out
once, so the work is linear in the document (ADR 26).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from souk.graph.domain import ListSize
from souk.graph.limits import clip, reportable, title
from souk.graph.lists import DEFAULT_PAGE, MAX_PAGE
from souk.values.errors import LimitExceeded

_PAGE: Final = ListSize(default=DEFAULT_PAGE, greatest=MAX_PAGE)
"""Of pages without a declaration."""
_LIST: Final = ListSize(default=10, greatest=10)
"""Of other lists without a declaration."""

_SIZES = frozenset({"first", "limit", "pageSize", "rows"})
_IDS = "ids"
_PAGING = "paging"  # `offset;limit` as a text
_MAX_INPUTS = 4  # levels of input objects; the contract has three
_MAX_DIGITS = 10

Argument = tuple[str, ...]
"""The way to a value in a field's arguments: `("filter", "pagination", "first")`."""


class Cost:
    """The cost of an operation."""

    def __init__(self, sum_: "_Sum", parts: "list[_Part]") -> None:
        self.total = sum_.total(parts)
        self._sum, self._parts = sum_, parts

    @property
    def dearest(self) -> tuple[str, ...]:
        """The response keys that lead to the dearest field."""
        return self._sum.dearest(self._parts)

    def check(self, operation: OperationDefinitionNode, maximum: int) -> None:
        """Raise LimitExceeded if the operation costs more than the maximum."""
        if self.total <= maximum:
            return
        shown, actual = reportable(self.total)
        path = clip(".".join(self.dearest), 200)
        raise LimitExceeded(
            f"{title(operation)} costs {shown}; the limit is {maximum}. Ask for smaller pages, or for fewer objects. "
            f"The dearest are at {path}.",
            limit="cost",
            maximum=maximum,
            actual=actual,
            dearest=path,
        )

    def shown(self, maximum: int) -> dict[str, Any]:
        """Return `extensions.cost` of a response."""
        return {"actual": reportable(self.total)[1], "maximum": maximum, "dearest": ".".join(self.dearest)}


class _Part(NamedTuple):
    """A field of an object type, or a fragment (`key` is None)."""

    key: str | None
    node: Any
    below: "list[_Part]"
    conditions: tuple[DirectiveNode, ...] = ()
    in_page: bool = False
    """Whether it is the list of the page that its parent is."""
    is_list: bool = False
    size: ListSize = _LIST
    """Of the field's list, or of the page that it leads to."""
    arguments: tuple[Argument, ...] = ()
    """Those that ask for the size; the greatest counts."""


class _Amount(NamedTuple):
    """The cost of selections: of each item of the page that they belong to, and of all the rest."""

    once: int
    each: int


_NOTHING = _Amount(0, 0)


class OperationCost:
    """Works out the cost of one operation, with the variables of a request."""

    def __init__(self, operation: OperationDefinitionNode, parts: list[_Part]) -> None:
        self._parts = parts
        self._defaults = {
            each.variable.name.value: each.default_value
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        }
        self._fixed: Cost | None = None

    def of(self, variables: Mapping[str, Any]) -> Cost:
        """Return the cost with these variables, as they were sent."""
        if self._fixed is not None:
            return self._fixed
        sum_ = _Sum(self._defaults | dict(variables))
        cost = Cost(sum_, self._parts)
        if not sum_.reads_variables:
            self._fixed = cost
        return cost


class Costs:
    """Prepares the costs of the operations of one document. Each fragment is read once, or twice if pages use it."""

    def __init__(
        self,
        schema: GraphQLSchema,
        sizes: Mapping[str, ListSize],
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> None:
        """`sizes` are the declared ones, by coordinate."""
        self._schema = schema
        self._sizes = sizes
        self._fragments = fragments
        self._read: dict[tuple[str, bool], list[_Part]] = {}

    def prepare(self, operation: OperationDefinitionNode) -> OperationCost:
        """Return the cost of an operation of the document, to be worked out with variables."""
        root = self._schema.get_root_type(operation.operation)
        return OperationCost(operation, list(self._parts(root, operation.selection_set, in_page=False)))

    def _parts(self, parent: Any, selections: SelectionSetNode, *, in_page: bool) -> Iterator[_Part]:
        for node in selections.selections:
            conditions = node.directives or ()
            if isinstance(node, FieldNode):
                field = getattr(parent, "fields", {}).get(node.name.value)
                if field is not None and node.selection_set and is_composite_type(get_named_type(field.type)):
                    yield self._field(parent, field, node, in_page=in_page)
            elif isinstance(node, FragmentSpreadNode):
                yield _Part(None, node, self._fragment(node.name.value, in_page=in_page), conditions)
            elif isinstance(node, InlineFragmentNode):
                on = self._schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                yield _Part(None, node, list(self._parts(on, node.selection_set, in_page=in_page)), conditions)

    def _fragment(self, name: str, *, in_page: bool) -> list[_Part]:
        if (name, in_page) not in self._read:
            definition = self._fragments[name]
            on = self._schema.get_type(definition.type_condition.name.value)
            self._read[name, in_page] = list(self._parts(on, definition.selection_set, in_page=in_page))
        return self._read[name, in_page]

    def _field(self, parent: Any, field: GraphQLField, node: FieldNode, *, in_page: bool) -> _Part:
        named = get_named_type(field.type)
        is_list = is_list_type(get_nullable_type(field.type))
        arguments = size_arguments(field)
        is_page = not is_list and (bool(arguments) or "edges" in getattr(named, "fields", {}))
        declared = self._sizes.get(f"{parent.name}.{node.name.value}")
        key = node.alias.value if node.alias else node.name.value
        return _Part(
            key=key,
            node=node,
            below=list(self._parts(named, node.selection_set, in_page=is_page)),  # type: ignore[arg-type] # checked
            conditions=tuple(node.directives or ()),
            in_page=in_page and is_list and not arguments and declared is None,
            is_list=is_list,
            size=declared or (_PAGE if is_page or arguments else _LIST),
            arguments=arguments,
        )


def size_arguments(field: GraphQLField) -> tuple[Argument, ...]:
    """Return the arguments that ask for the size of the page or list that a field returns."""
    return tuple(_size_arguments((), field.args))


def _size_arguments(way: Argument, inputs: Mapping[str, Any]) -> Iterator[Argument]:
    for name, given in inputs.items():
        kind = get_named_type(given.type)
        is_list = is_list_type(get_nullable_type(given.type))
        if name in _SIZES or (name == _IDS and is_list and not way) or (name == _PAGING and kind.name == "String"):
            yield (*way, name)
        elif isinstance(kind, GraphQLInputObjectType) and not is_list and len(way) < _MAX_INPUTS:
            yield from _size_arguments((*way, name), kind.fields)


class _Sum:
    """Adds up the costs of selections, with one request's variables."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._amounts: dict[int, _Amount] = {}
        self.reads_variables = False

    def total(self, parts: list[_Part]) -> int:
        return self._amount(parts).once

    def _amount(self, parts: list[_Part]) -> _Amount:
        known = self._amounts.get(id(parts))
        if known is None:
            once = each = 0
            for part in parts:
                amount = self._of_part(part)
                once += amount.once
                each += amount.each
            known = self._amounts[id(parts)] = _Amount(once, each)
        return known

    def _of_part(self, part: _Part) -> _Amount:
        if part.conditions and not self._included(part):
            return _NOTHING
        below = self._amount(part.below) if part.below else _NOTHING
        if part.key is None:
            return below
        items, page = self._sizes(part)
        inside = below.once + page * below.each
        return _Amount(1, inside) if part.in_page else _Amount(1 + items * inside, 0)

    def _sizes(self, part: _Part) -> tuple[int, int]:
        """Return the size of a field's own list, and of the page in each of its values."""
        size = 1 if part.in_page else self._size(part)
        return (size, 1) if part.is_list else (1, size)

    def _size(self, part: _Part) -> int:
        if not part.arguments:
            return part.size.default
        asked = [size for argument in part.arguments if (size := self._asked(part, argument)) is not None]
        return max(asked, default=part.size.default)

    def _asked(self, part: _Part, argument: Argument) -> int | None:
        """Return the size that an argument asks for, as the list clamps it; None if the argument is absent."""
        value: Any = ObjectValueNode(fields=part.node.arguments or ())
        for name in argument:
            value = self._value(_inner(value, name))
        if argument[-1] == _IDS:
            return _count(value)
        number = _number(value)
        if number is None:
            return None
        # Zero and negative numbers are refused, or mean as many as possible.
        return min(number, part.size.greatest) if number > 0 else part.size.greatest

    def _included(self, part: _Part) -> bool:
        for directive in part.conditions:
            name = directive.name.value
            condition = next((self._value(each.value) for each in directive.arguments or ()), None)
            holds = condition.value if isinstance(condition, BooleanValueNode) else condition
            if (name == "skip" and holds is True) or (name == "include" and holds is False):
                return False
        return True

    def _value(self, value: Any) -> Any:
        """Return a value of the document or of the variables; the variable's value for a variable."""
        if isinstance(value, VariableNode):
            self.reads_variables = True
            return self._variables.get(value.name.value)
        return None if isinstance(value, NullValueNode) else value

    def dearest(self, parts: list[_Part]) -> tuple[str, ...]:
        """Return the response keys of the dearest field, of the dearest field in it, and so on."""
        keys: list[str] = []
        page = 1
        while parts:
            cost, best = max(
                ((amount.once + page * amount.each, part) for part in parts for amount in [self._of_part(part)]),
                key=lambda pair: pair[0],
            )
            if not cost:
                break
            if best.key is not None:
                keys.append(best.key)
                _, page = self._sizes(best)
            parts = best.below
        return tuple(keys)


def _inner(value: Any, name: str) -> Any:
    if isinstance(value, ObjectValueNode):
        return next((each.value for each in value.fields if each.name.value == name), None)
    return value.get(name) if isinstance(value, dict) else None


def _count(value: Any) -> int | None:
    """Return the length of a list; one value stands for a list of it."""
    if value is None:
        return None
    if isinstance(value, ListValueNode):
        return len(value.values)
    return len(value) if isinstance(value, list) else 1


def _number(value: Any) -> int | None:
    """Return the size that a value asks for; None if it is absent, or no size, which coercion refuses."""
    if isinstance(value, IntValueNode | StringValueNode):
        value = value.value
    if isinstance(value, str):
        digits = value.rpartition(";")[2].strip()
        if not re.fullmatch(r"-?[0-9]+", digits):
            return None
        return int(digits[: _MAX_DIGITS + 1])  # the size of a page is clamped anyway
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
