"""Checks a token's scopes against every selected field, before anything is read.

A root field requires one of its scopes, which also covers the fields below it. Some of these require a scope of their
own. The error lists all fields that the token may not read, in the contract's format.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from souk.authentication.scopes import Scope
from souk.authentication.terms import terms_refused
from souk.graph.binder import Graph
from souk.values.errors import Forbidden

_EVERY_REQUEST = frozenset({Scope.COMMON_ENTITIES_READ})
_MAX_LISTED = 200  # fields in one message
_WITHOUT_TERMS = frozenset({"Query.account", "Query.marketplace", "Mutation.acceptTerms"})
_TYPES_WITHOUT_TERMS = frozenset({"Account", "Marketplace"})
"""What a person needs to read and accept the terms."""


class Requirement(NamedTuple):
    """The fields that a token may read if it has one of some scopes."""

    any_of: frozenset[Scope]
    fields: frozenset[str]
    """Coordinates, such as `CurrentUser.email`."""


def coordinates(
    graph: Graph, fragments: dict[str, FragmentDefinitionNode], operation: OperationDefinitionNode
) -> Iterator[str]:
    """Yield the fields that an operation selects; for an interface's field, the field of each implementing type."""
    walk = _Walk(graph, fragments, [])
    root = graph.object_type(operation.operation.value.capitalize())
    for coordinate, node in walk.fields(root, [operation.selection_set]):
        for selected in {coordinate, *walk.below(root, node)}:
            type_name, _, name = selected.partition(".")
            yield from (f"{type_.name}.{name}" for type_ in graph.concrete(graph.schema.get_type(type_name)))


def requirements(
    graph: Graph, fragments: dict[str, FragmentDefinitionNode], operation: OperationDefinitionNode
) -> list[Requirement]:
    """Return the scopes that an operation requires. They depend only on the document, so they are cached with it.

    `@skip` and `@include` are ignored: the token must cover every field that the document could select.
    """
    required: list[Requirement] = []
    walk = _Walk(graph, fragments, required)
    root = graph.object_type(operation.operation.value.capitalize())
    for coordinate, node in walk.fields(root, [operation.selection_set]):
        declared = graph.roots.get(coordinate)
        if declared is None:  # introspection, or not built: then the resolver raises an error
            continue
        below = frozenset(walk.below(root, node))
        required.append(Requirement(_EVERY_REQUEST, below | {coordinate}))
        required.append(Requirement(declared.scopes, below | {coordinate}))
    return required


def check(required: Iterable[Requirement], scopes: frozenset[str]) -> None:
    """Raise Forbidden if a token with these scopes may not read all fields."""
    unmet = [requirement for requirement in required if not requirement.any_of & scopes]
    if not unmet:
        return
    fields = sorted(frozenset[str]().union(*(requirement.fields for requirement in unmet)))
    listed = ", ".join(fields[:_MAX_LISTED]) + (", ..." if len(fields) > _MAX_LISTED else "")
    raise Forbidden(
        f"The client or authentication token doesn't have enough oauth2 permissions/scopes to access: [{listed}].",
        requiredScopes=sorted({scope.value for requirement in unmet for scope in requirement.any_of}),
    )


def check_without_terms(required: Iterable[Requirement]) -> None:
    """Raise Forbidden unless a person who has not accepted the terms may still read all fields."""
    fields = frozenset[str]().union(*(requirement.fields for requirement in required))
    if any(one not in _WITHOUT_TERMS and one.partition(".")[0] not in _TYPES_WITHOUT_TERMS for one in fields):
        raise terms_refused()


class _Walk:
    """Visits the selections of an operation, each fragment once per type however often it is spread.

    Adds the requirements of nested fields to `required`.
    """

    def __init__(self, graph: Graph, fragments: dict[str, FragmentDefinitionNode], required: list[Requirement]) -> None:
        self._graph = graph
        self._fragments = fragments
        self._required = required
        self._below: dict[tuple[str, int], frozenset[str]] = {}

    def below(self, parent: Any, node: FieldNode) -> frozenset[str]:
        """Return the coordinates of all fields below a field."""
        if node.selection_set is None or parent is None:
            return frozenset()
        definition = parent.fields.get(node.name.value)
        if definition is None:
            return frozenset()
        return self._selected(get_named_type(definition.type), node.selection_set)

    def _selected(self, parent: Any, selection_set: SelectionSetNode) -> frozenset[str]:
        key = (parent.name, id(selection_set))
        if key not in self._below:
            self._below[key] = frozenset()  # a fragment that spreads itself adds nothing
            coordinates: set[str] = set()
            for coordinate, node in self.fields(parent, [selection_set]):
                inner = self.below(self._graph.schema.get_type(coordinate.partition(".")[0]), node) | {coordinate}
                coordinates |= inner
                self._required += [Requirement(own, frozenset(inner)) for own in self._own_scopes(coordinate)]
            self._below[key] = frozenset(coordinates)
        return self._below[key]

    def _own_scopes(self, coordinate: str) -> set[frozenset[Scope]]:
        """Return the scopes that a field itself requires; an interface's field requires those of all its types."""
        type_name, _, name = coordinate.partition(".")
        types = self._graph.concrete(self._graph.schema.get_type(type_name))
        return {own for type_ in types if (own := self._graph.scopes.get(f"{type_.name}.{name}"))}

    def fields(
        self, parent: Any, selections: Iterable[SelectionSetNode], seen: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, FieldNode]]:
        """Yield the fields of selections and of their fragments, with their coordinates."""
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
