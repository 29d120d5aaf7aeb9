"""What the rules find, and where: the report of one validation."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    TypeInfo,
    ValidationContext,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation.validation_context import NodeWithSelectionSet, VariableUsage

from souk.graph.limits import clip

_TEXT_SHOWN = 400
_PATH_SHOWN = 200


class Finding(NamedTuple):
    """One error: its type, its text and its nodes, the offending one first."""

    type: str
    text: str
    nodes: Sequence[Node]

    def error(self, path: str = "") -> GraphQLError:
        """Return it in the contract's form."""
        at = f" @ '{path}'" if path else ""
        return invalid(f"Validation error of type {self.type}: {clip(self.text, _TEXT_SHOWN)}{at}", self.nodes)


class EnoughFound(Exception):
    """As many errors were found as are reported."""


Describe = Callable[[GraphQLError, "RuleContext"], Iterable[Finding]]
"""Turns an error of one of graphql-core's rules, at the moment it is found, into ours."""


class Report:
    """The findings of one validation, each once, up to `most`."""

    def __init__(self, document: DocumentNode, most: int) -> None:
        self._document = document
        self._most = most
        self._found: dict[tuple[int, int, str], GraphQLError] = {}
        self._parents: dict[int, Node] | None = None

    def add(self, rank: int, finding: Finding) -> None:
        """Add a finding of the rule of this rank. Raises EnoughFound when there is no room for it."""
        start = finding.nodes[0].loc.start if finding.nodes[0].loc else 0
        key = (start, rank, finding.text)
        if key in self._found:
            return
        if len(self._found) >= self._most:
            raise EnoughFound
        self._found[key] = finding.error(self._path(finding.nodes[0]))

    def errors(self) -> list[GraphQLError]:
        """Return the errors in the order of the document's text and, at one place, of the rules."""
        return [self._found[key] for key in sorted(self._found)]

    def parent(self, node: Node) -> Node | None:
        """Return the node in which this one stands."""
        if self._parents is None:  # asked for invalid documents only
            self._parents = dict(_children(self._document))
        return self._parents.get(id(node))

    def _path(self, node: Node | None) -> str:
        names = []
        while node:
            if isinstance(node, FieldNode | FragmentDefinitionNode):
                names.append(clip(node.name.value))
            node = self.parent(node)
        return clip("/".join(reversed(names)), _PATH_SHOWN)


class RuleContext(ValidationContext):
    """graphql-core's context, which knows for which rule it is: the caches are shared, the errors are told apart."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, type_info: TypeInfo, report: Report) -> None:
        super().__init__(
            schema, document, type_info, self.report_error, hide_suggestions=True, allow_empty_selection_sets=False
        )
        self.report = report
        self._has_variables = document.loc is None or "$" in document.loc.source.body

    def for_rule(self, rank: int, describe: Describe) -> "RuleContext":
        """Return the context for one rule, whose errors `describe` puts into words."""
        context = copy.copy(self)
        context._rank, context._describe = rank, describe  # noqa: SLF001 - a copy of itself
        return context

    _rank: int
    _describe: Describe

    def report_error(self, error: GraphQLError) -> None:
        """Take an error of this context's rule."""
        for finding in self._describe(error, self):
            self.report.add(self._rank, finding)

    # Finding where variables are used is a walk of its own over the whole document: spared where there is no `$`.

    def get_variable_usages(self, node: NodeWithSelectionSet) -> list[VariableUsage]:
        """Return where an operation or fragment itself uses variables."""
        return super().get_variable_usages(node) if self._has_variables else []

    def get_recursive_variable_usages(self, operation: OperationDefinitionNode) -> list[VariableUsage]:
        """Return where an operation and the fragments that it spreads use variables."""
        return super().get_recursive_variable_usages(operation) if self._has_variables else []


def invalid(message: str, nodes: Iterable[Node]) -> GraphQLError:
    """Return an error of the classification and code that all of validation has."""
    extensions = {"classification": "ValidationError", "code": "GRAPHQL_VALIDATION_FAILED"}
    return GraphQLError(message, list(nodes), extensions=extensions)


def first(error: GraphQLError) -> Any:
    """Return the first of an error's nodes; its rule, which knows what kind it is, always gives one."""
    return next(iter(error.nodes or ()), None)


def plain(message: str) -> str:
    """Return a message of graphql-core on one line and without its full stop, as the contract's messages are."""
    return " ".join(clip(message, _TEXT_SHOWN).split()).removesuffix(".")


def _children(document: DocumentNode) -> Iterator[tuple[int, Node]]:
    stack: list[Node] = [document]
    while stack:
        node = stack.pop()
        for key in QUERY_DOCUMENT_KEYS.get(node.kind, ()):
            value = getattr(node, key)
            for child in value if isinstance(value, tuple) else (value,):
                if isinstance(child, Node):
                    yield id(child), node
                    stack.append(child)
