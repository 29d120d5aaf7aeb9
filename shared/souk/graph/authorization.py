"""Checking a token's scopes against every field that a request selects, before anything is read.

A root field asks for one of its scopes, and what lies below it comes with it; some fields below ask for a scope of
their own. The refusal names all fields that the token may not read, in the contract's words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from souk.authentication.scopes import Scope
from souk.graph.binder import Graph

_EVERY_REQUEST = frozenset({Scope.COMMON_ENTITIES_READ})
_MAX_LISTED = 200  # fields in one message


@dataclass(frozen=True, slots=True)
class Requirement:
    """Fields that can be read by a token which holds one of some scopes."""

    any_of: frozenset[Scope]
    fields: frozenset[str]
    """Coordinates, such as `CurrentUser.email`."""


def coordinates(
    graph: Graph, fragments: dict[str, FragmentDefinitionNode], operation: OperationDefinitionNode
) -> Iterator[str]:
    """Return the fields that an operation selects; one of an interface as the field of each of its types."""
    walk = _Walk(graph, fragments, [])
    root = graph.object_type(operation.operation.value.capitalize())
    for coordinate, node in walk.fields(root, [operation.selection_set]):
        for selected in {coordinate, *walk.below(root, node)}:
            type_name, _, name = selected.partition(".")
            yield from (f"{one.name}.{name}" for one in graph.concrete(graph.schema.get_type(type_name)))


def requirements(
    graph: Graph, fragments: dict[str, FragmentDefinitionNode], operation: OperationDefinitionNode
) -> list[Requirement]:
    """Work out what an operation asks for. It depends on the document alone, so it is kept with it.

    Directives are not looked at: what a document may select, it must be allowed to select.
    """
    found: list[Requirement] = []
    walk = _Walk(graph, fragments, found)
    root = graph.object_type(operation.operation.value.capitalize())
    for coordinate, node in walk.fields(root, [operation.selection_set]):
        declared = graph.roots.get(coordinate)
        if declared is None:  # introspection, or not built: the resolver says so
            continue
        below = frozenset(walk.below(root, node))
        found.append(Requirement(_EVERY_REQUEST, below | {coordinate}))
        found.append(Requirement(declared.scopes, below | {coordinate}))
    return found


def check(required: Iterable[Requirement], held: frozenset[str]) -> GraphQLError | None:
    """Return the error to answer with when a token with the scopes `held` may not read all of it."""
    refused = [one for one in required if not one.any_of & held]
    if not refused:
        return None
    fields = sorted(frozenset[str]().union(*(one.fields for one in refused)))
    listed = ", ".join(fields[:_MAX_LISTED]) + (", ..." if len(fields) > _MAX_LISTED else "")
    return GraphQLError(
        f"The client or authentication token doesn't have enough oauth2 permissions/scopes to access: [{listed}].",
        extensions={
            "classification": "ExecutionAborted",
            "code": "FORBIDDEN",
            "requiredScopes": sorted({scope.value for one in refused for scope in one.any_of}),
        },
    )


class _Walk:
    """Visits what an operation selects, once per fragment and type, however often it is spread."""

    def __init__(self, graph: Graph, fragments: dict[str, FragmentDefinitionNode], found: list[Requirement]) -> None:
        self._graph = graph
        self._fragments = fragments
        self._found = found
        self._below: dict[tuple[str, int], frozenset[str]] = {}

    def below(self, parent: Any, node: FieldNode) -> frozenset[str]:
        """Return the coordinates of all fields below a field."""
        if node.selection_set is None or parent is None:
            return frozenset()
        definition = parent.fields.get(node.name.value)
        if definition is None:
            return frozenset()
        return self._of(get_named_type(definition.type), node.selection_set)

    def _of(self, parent: Any, selection_set: SelectionSetNode) -> frozenset[str]:
        key = (parent.name, id(selection_set))
        if key not in self._below:
            self._below[key] = frozenset()  # a fragment that spreads itself adds nothing
            coordinates: set[str] = set()
            for coordinate, node in self.fields(parent, [selection_set]):
                inner = self.below(self._graph.schema.get_type(coordinate.partition(".")[0]), node) | {coordinate}
                coordinates |= inner
                self._found += [Requirement(own, frozenset(inner)) for own in self._own_scopes(coordinate)]
            self._below[key] = frozenset(coordinates)
        return self._below[key]

    def _own_scopes(self, coordinate: str) -> set[frozenset[Scope]]:
        """Return what a field asks for itself; one of an interface asks for what it does in any type."""
        type_name, _, name = coordinate.partition(".")
        types = self._graph.concrete(self._graph.schema.get_type(type_name))
        return {own for one in types if (own := self._graph.scopes.get(f"{one.name}.{name}"))}

    def fields(
        self, parent: Any, selections: Iterable[SelectionSetNode], seen: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, FieldNode]]:
        """Return the fields of selections with their coordinates, through fragments."""
        for selection_set in selections:
            for node in selection_set.selections:
                if isinstance(node, FieldNode):
                    if (
                        isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
                        and node.name.value in parent.fields
                    ):
                        yield f"{parent.name}.{node.name.value}", node
                    continue
                if isinstance(node, FragmentSpreadNode):
                    if node.name.value in seen:
                        continue
                    seen |= {node.name.value}
                    fragment: Any = self._fragments[node.name.value]
                else:
                    fragment = node
                condition = fragment.type_condition
                on = self._graph.schema.get_type(condition.name.value) if condition else parent
                yield from self.fields(on, [fragment.selection_set], seen)
