"""Validation of the literal values in a document, and their form in messages."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from graphql import (
    SKIP,
    ArgumentNode,
    ASTValidationRule,
    BooleanValueNode,
    DirectiveNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
    VisitorAction,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    specified_scalar_types,
)
from graphql.utilities import validate_input_literal

from souk.graph.limits import clip
from souk.graph.validation.report import Finding, RuleContext, choices, first, plain

_ITEMS_SHOWN = 4
_MISSING = re.compile(r"is missing required fields '\[([\w, ]+)\]'")
_PLACE = re.compile(r"\[(\d+)\]")
_LEVELS_SHOWN = 3
_VALUE_SHOWN = 200


class LiteralsOfCorrectType(ValuesOfCorrectTypeRule):
    """graphql-core's rule with the contract's messages, and without whole values in them.

    Each error message is the end of a sentence about the node: "must not be null".
    """

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        """Check an argument's or a variable's whole value."""
        if input_type:
            self._check(node, input_type)
        return SKIP

    def _check(self, node: ValueNode, type_: GraphQLInputType) -> None:
        if isinstance(node, VariableNode):
            return  # its type is checked at its declaration, its value during coercion
        if is_non_null_type(type_):
            if isinstance(node, NullValueNode):
                self._wrong(node, "must not be null")
            type_ = type_.of_type
        if isinstance(node, NullValueNode):
            return
        if is_list_type(type_):
            for item in node.values if isinstance(node, ListValueNode) else (node,):
                self._check(item, type_.of_type)
        elif is_input_object_type(type_):
            self._check_object(node, type_)
        elif isinstance(node, ListValueNode | ObjectValueNode) and (
            is_enum_type(type_) or str(type_) in specified_scalar_types
        ):
            self._wrong(node, f"is not a valid '{type_}'{choices(type_) if is_enum_type(type_) else ''}")
        else:
            possible = choices(type_) if is_enum_type(type_) else ""
            validate_input_literal(
                node,
                type_,
                lambda error, _path: self._wrong(node, f"is not a valid '{type_}' - {plain(error.message)}{possible}"),
                hide_suggestions=True,
            )

    def _check_object(self, node: ValueNode, type_: GraphQLInputObjectType) -> None:
        if not isinstance(node, ObjectValueNode):
            self._wrong(node, "must be an object type")
            return
        given = {field.name.value: field.value for field in node.fields}
        missing = [name for name, field in type_.fields.items() if is_required_input_field(field) and name not in given]
        if missing:
            self._wrong(node, f"is missing required fields '[{', '.join(missing)}]'")
        for name, value in given.items():
            if name in type_.fields:
                self._check(value, type_.fields[name].type)
            else:
                self._wrong(node, f"contains a field not in '{type_}': '{clip(name)}'")
        if type_.is_one_of and (len(given) != 1 or isinstance(next(iter(given.values())), NullValueNode)):
            self._wrong(node, "must have exactly one field, which must not be null")

    def _wrong(self, node: ValueNode, problem: str) -> None:
        self.report_error(GraphQLError(problem, node))


class UniqueFields(ASTValidationRule):
    """graphql-core's UniqueInputFieldNamesRule, without making the visitor of all rules descend into values."""

    def enter_list_value(self, node: ListValueNode, *_: Any) -> None:
        """Check the objects of an argument's or a variable's list."""
        self._check(node)

    def enter_object_value(self, node: ObjectValueNode, *_: Any) -> None:
        """Check an argument's or a variable's object with its nested values."""
        self._check(node)

    def _check(self, node: ValueNode) -> None:
        if isinstance(node, ListValueNode):
            for item in node.values:
                self._check(item)
        elif isinstance(node, ObjectValueNode):
            names: set[str] = set()
            for field in node.fields:
                name = field.name.value
                if name in names:
                    message = f"There can be only one input field named '{clip(name)}'"
                    self.report_error(GraphQLError(message, field.name))
                names.add(name)
                self._check(field.value)


def show(node: ValueNode) -> str:
    """Return a literal in the form of the contract's messages, `StringValue{value='x'}`, shortened if it is long."""
    return clip(_show(node, _LEVELS_SHOWN), _VALUE_SHOWN)


def _show(node: ValueNode, levels: int) -> str:
    match node:
        case NullValueNode():
            content = ""
        case EnumValueNode():
            content = f"name='{clip(node.value)}'"
        case VariableNode():
            return f"VariableReference{{name='{clip(node.name.value)}'}}"
        case ListValueNode():
            return f"ArrayValue{{values=[{_items(node.values, levels)}]}}"
        case ObjectValueNode():
            content = f"objectFields=[{_items(node.fields, levels)}]"
        case StringValueNode():
            content = f"value='{clip(node.value)}'"
        case BooleanValueNode():
            content = f"value={str(node.value).lower()}"
        case IntValueNode() | FloatValueNode():
            content = f"value={clip(node.value)}"
        case _:
            raise TypeError(f"{node.kind} is not a value")
    return f"{type(node).__name__.removesuffix('Node')}{{{content}}}"


def _items(nodes: Sequence[ValueNode | ObjectFieldNode], levels: int) -> str:
    if not levels and nodes:
        return "..."
    shown = [
        f"ObjectField{{name='{clip(node.name.value)}', value={_show(node.value, levels - 1)}}}"
        if isinstance(node, ObjectFieldNode)
        else _show(node, levels - 1)
        for node in nodes[:_ITEMS_SHOWN]
    ]
    return ", ".join(shown + ["..."] * (len(nodes) > _ITEMS_SHOWN))


def describe_literal(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    """Describe an error of LiteralsOfCorrectType: the argument or variable, the path, and the value."""
    node: Any = first(error)
    child, path = node, ""
    while not isinstance(holder := context.report.parent(child), ArgumentNode | VariableDefinitionNode):
        if isinstance(holder, ObjectFieldNode):
            path = f".{clip(holder.name.value)}{path}"
        elif isinstance(holder, ListValueNode):
            path = f"[{next(index for index, item in enumerate(holder.values) if item is child)}]{path}"
        child = holder
    sentence = f"with value '{show(node)}' {error.message}"
    if isinstance(holder, VariableDefinitionNode):
        name = f"{clip(holder.variable.name.value)}{path}"
        yield Finding("BadValueForDefaultArg", f"default of variable '{name}' {sentence}", [holder])
        return
    name = clip(holder.name.value)
    owner = context.report.parent(holder)
    if owner and child is node and isinstance(node, NullValueNode):
        kind = "directive" if isinstance(owner, DirectiveNode) else "field"
        yield Finding("NullValueForNonNullArgument", f"null value for non-null {kind} argument {name}", [owner])
    where = _PLACE.sub(r".\1", f"{name}{path}")
    absent = _MISSING.search(error.message)
    missing = absent[1].split(", ") if absent else ()
    yield Finding("WrongType", f"argument '{name}{path}' {sentence}", [holder], where, missing)
