"""The execution of large pages: the library's executor, without the work per field that this schema does not need.

Resolvers are synchronous, and most fields read an attribute of their source. So an executor that knows this needs no
resolve info, no path and no checks for awaitables for each of the thousands of scalars on a page (ADR 27). What is
left of a field after that is the library's: its arguments, its errors, and the completion of unusual values.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    Executor,
    GraphQLBoolean,
    GraphQLError,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    TypeNameMetaFieldDef,
    Undefined,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, is_iterable

from souk.graph.resolvers import ContextResolver, default_resolver
from souk.values.naming import to_snake

_AS_IS: Final = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool, GraphQLInt: int}
"""The class whose values a scalar returns unchanged; integers only within 32 bits."""
_NO_CLASS: Final = type("_NoClass", (), {})
_SCALARS = (str, int, float, bool, type(None))


class _Field:
    """A selected field of an object type, in one request."""

    __slots__ = ("arguments", "below", "constant", "definition", "details", "key", "parent_type", "resolve")

    def __init__(
        self, key: str, parent_type: GraphQLObjectType, definition: GraphQLField, details: FieldDetailsList
    ) -> None:
        self.key = key
        self.parent_type = parent_type
        self.definition = definition
        self.details = details
        self.constant = parent_type.name if definition is TypeNameMetaFieldDef else None
        self.arguments: dict[str, Any] | None = None
        """Those of every source, as soon as they are known to be the same values."""
        self.below: dict[GraphQLObjectType, list[_Step]] = {}
        """The fields of its values, by their type."""

    @property
    def has_arguments(self) -> bool:
        return bool(self.definition.args or self.details[0].node.arguments)


class _Step(NamedTuple):
    """How to read a field from its source, if it is an attribute; and what to do with the value."""

    key: str
    name: str
    attribute: str | None
    """None if a resolver has to be called."""
    as_is: type
    """Values of this class are part of the response unchanged."""
    nullable: bool
    field: _Field


class PageExecutor(Executor[Any]):
    """Executes operations whose resolvers are all synchronous. Results and errors are those of the library."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._steps: dict[int, tuple[GroupedFieldSet, list[_Step]]] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,  # noqa: ARG002 - for incremental delivery, which Souk does not have
    ) -> dict[str, Any]:
        """Execute the fields of an object, in order. Source: the specification, "Executing Selection Sets"."""
        known = self._steps.get(id(grouped_field_set))
        if known is None:  # the selection is kept, so that its id() is not reused
            known = self._steps[id(grouped_field_set)] = (
                grouped_field_set,
                self._prepare(parent_type, grouped_field_set),
            )
        return self._execute(known[1], parent_type, source_value, path)

    def _execute(
        self, steps: list[_Step], parent_type: GraphQLObjectType, source_value: Any, path: Path | None
    ) -> dict[str, Any]:
        results: dict[str, Any] = {}
        value: Any
        is_dict = isinstance(source_value, dict)
        for key, name, attribute, as_is, nullable, field in steps:
            try:
                if attribute is None:
                    if field.constant is not None:
                        results[key] = field.constant
                        continue
                    value = self._resolve(field, source_value, path)
                elif is_dict:
                    value = source_value.get(name)
                else:
                    value = getattr(source_value, attribute, Undefined)
                    if value is Undefined:  # raises the error of a field that is not built
                        value = self._resolve(field, source_value, path)
                if value.__class__ is as_is and (as_is is not int or _has_32_bits(value)):
                    results[key] = value
                elif value is None and nullable:
                    results[key] = None
                else:
                    results[key] = self._complete(
                        field.definition.type, field, Path(path, key, parent_type.name), value
                    )
            except Exception as error:  # noqa: BLE001 - a field's error is part of the response
                at = Path(path, key, parent_type.name)
                self.handle_field_error(error, field.definition.type, field.details, at)
                results[key] = None
        return results

    def _prepare(self, parent_type: GraphQLObjectType, grouped: GroupedFieldSet) -> list[_Step]:
        """Look up the fields of a selection, once for all objects of a list. Unknown ones are left out."""
        steps = []
        for key, details in grouped.items():
            name = details[0].node.name.value
            definition = self.schema.get_field(parent_type, name)
            if definition is None:
                continue
            kind: Any = definition.type
            required = isinstance(kind, GraphQLNonNull)
            reads = definition.resolve is None and self.field_resolver is default_resolver
            field = _Field(key, parent_type, definition, details)
            attribute = to_snake(name) if reads and not field.has_arguments else None
            steps.append(_Step(key, name, attribute, _as_is(kind.of_type if required else kind), not required, field))
        return steps

    def _resolve(self, field: _Field, source: Any, path: Path | None) -> Any:
        """Call the resolver of a field. Source: the specification, "Value Resolution"."""
        arguments = field.arguments
        if arguments is None:
            arguments = self._arguments(field)
        resolve = field.definition.resolve or self.field_resolver
        if resolve.__class__ is ContextResolver:
            return resolve.call(source, self.context_value, **arguments)
        return resolve(source, self._info(field, path), **arguments)

    def _arguments(self, field: _Field) -> dict[str, Any]:
        """Return the arguments of a field. They are kept if no resolver can change them."""
        arguments: dict[str, Any] = {}
        if field.has_arguments:
            first = field.details[0]
            arguments = get_argument_values(
                field.definition,
                first.node,
                self.variable_values,
                first.fragment_variable_values,
                self.hide_suggestions,
            )
        if all(isinstance(value, _SCALARS) for value in arguments.values()):
            field.arguments = arguments
        return arguments

    def _info(self, field: _Field, path: Path | None) -> Any:
        nodes = [each.node for each in field.details]
        at = Path(path, field.key, field.parent_type.name)
        return self.build_resolve_info(field.definition, nodes, field.parent_type, at)

    def _complete(self, kind: Any, field: _Field, path: Path, value: Any) -> Any:
        """Return the value of a field, or of an item of a list. Source: the specification, "Value Completion"."""
        if isinstance(value, Exception):
            raise value
        completed: Any
        required = kind.__class__ is GraphQLNonNull
        if required:
            kind = kind.of_type
        if value is None or value is Undefined:
            completed = None
        elif kind.__class__ is GraphQLObjectType and not kind.is_type_of:
            steps = field.below.get(kind)
            if steps is None:
                collected = self.collect_subfields(kind, field.details)
                steps = field.below[kind] = self._prepare(kind, collected.grouped_field_set)
            completed = self._execute(steps, kind, value, path)
        elif kind.__class__ is GraphQLList:
            completed = self._complete_list(kind, field, path, value)
        elif is_leaf_type(kind):
            completed = self.complete_leaf_value(kind, value)
        else:
            info = self._info_at(field, path)
            completed = self.complete_value(kind, field.details, info, path, value, None)
        if completed is None and required:
            name = field.details[0].node.name.value
            raise TypeError(f"Cannot return null for non-nullable field {field.parent_type}.{name}.")
        return completed

    def _info_at(self, field: _Field, path: Path) -> Any:
        """Return the info of a field from the path of its value, or of an item in it."""
        while isinstance(path.key, int) and path.prev is not None:
            path = path.prev
        return self._info(field, path.prev)

    def _complete_list(self, kind: Any, field: _Field, path: Path, value: Iterable[Any]) -> list[Any]:
        if not isinstance(value, list | tuple) and not is_iterable(value):
            name = field.details[0].node.name.value
            raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent_type}.{name}'.")
        item_kind = kind.of_type
        completed: list[Any] = []
        for index, item in enumerate(value):
            at = Path(path, index, None)
            try:
                completed.append(self._complete(item_kind, field, at, item))
            except Exception as error:  # noqa: BLE001 - as above
                self.handle_field_error(error, item_kind, field.details, at)
                completed.append(None)
        return completed


def _has_32_bits(value: Any) -> bool:
    within: bool = GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT
    return within


def _as_is(kind: Any) -> type:
    """Return the class whose values a type returns unchanged."""
    if kind in _AS_IS:
        return _AS_IS[kind]
    is_plain = isinstance(kind, GraphQLScalarType) and kind.coerce_output_value is GraphQLScalarType.serialize
    return str if is_plain else _NO_CLASS
