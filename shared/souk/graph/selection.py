"""The fields that an operation selects, after fragments, `@skip` and `@include` are applied."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_directive_values,
)


class Selection(NamedTuple):
    """Reads the selections of one operation with its variables applied."""

    schema: GraphQLSchema
    fragments: Mapping[str, Any]
    """Fragment definitions by name."""
    variables: Any
    """The coerced variables, as graphql-core holds them."""

    def fields(
        self, on: GraphQLObjectType, selections: Iterable[SelectionSetNode], seen: frozenset[str] = frozenset()
    ) -> Iterator[FieldNode]:
        """Yield the fields selected on a concrete type, in order."""
        for selection_set in selections:
            for node in selection_set.selections:
                if not self._included(node):
                    continue
                if isinstance(node, FieldNode):
                    yield node
                    continue
                if isinstance(node, FragmentSpreadNode):
                    if node.name.value in seen:
                        continue
                    seen |= {node.name.value}
                    fragment: Any = self.fragments[node.name.value]
                else:
                    fragment = node
                if fragment.type_condition is None or self._applies(fragment.type_condition.name.value, on):
                    yield from self.fields(on, [fragment.selection_set], seen)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(self, condition: str, on: GraphQLObjectType) -> bool:
        if condition == on.name:
            return True
        named = self.schema.get_type(condition)
        return isinstance(named, GraphQLInterfaceType | GraphQLUnionType) and self.schema.is_sub_type(named, on)


def only_introspects(operation: OperationDefinitionNode) -> bool:
    """Return whether an operation selects only introspection fields."""
    return all(
        isinstance(node, FieldNode) and node.name.value.startswith("__") for node in operation.selection_set.selections
    )
