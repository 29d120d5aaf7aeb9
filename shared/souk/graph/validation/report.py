"""Collects the errors of one validation, with their paths."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
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

_TEXT_SHOWN = 1_200  # the values of the largest enum, and a shortened value of the document
_MESSAGE_SHOWN = 400
_PATH_SHOWN = 200


class InputProblem(NamedTuple):
    """What is wrong with an input, for programs: `extensions.fields` and `extensions.missing`."""

    path: str
    """Begins with the name of the argument or variable: `input.kind`."""
    message: str
    missing: Sequence[str] = ()
    """The names of required fields that it lacks."""


class Finding(NamedTuple):
    """One error: its type, its text and its nodes, the invalid one first."""

    type: str
    text: str
    nodes: Sequence[Node]
    input: str | None = None
    """The path of the invalid input, beginning with the argument: `input.kind`. None for other errors."""
    missing: Sequence[str] = ()
    """The names of required fields that the input lacks."""

    def error(self, path: str = "") -> GraphQLError:
        """Return the error in the contract's format."""
        at = f" @ '{path}'" if path else ""
        text = clip(self.text, _TEXT_SHOWN)
        problem = InputProblem(self.input, text, self.missing) if self.input else None
        return invalid(f"Validation error of type {self.type}: {text}{at}", self.nodes, problem)


class EnoughFound(Exception):
    """The maximum number of errors has been reached."""


Describe = Callable[[GraphQLError, "RuleContext"], Iterable[Finding]]
"""Converts an error of one of graphql-core's rules to findings, while the rule runs."""


class Report:
    """The distinct findings of one validation, up to `most`."""

    def __init__(self, document: DocumentNode, most: int) -> None:
        self._document = document
        self._most = most
        self._found: dict[tuple[int, int, str], GraphQLError] = {}
        self._parents: dict[int, Node] | None = None

    def add(self, rank: int, finding: Finding) -> None:
        """Add a finding of the rule with this rank. Raises EnoughFound if the report is full."""
        start = finding.nodes[0].loc.start if finding.nodes[0].loc else 0
        key = (start, rank, finding.text)
        if key in self._found:
            return
        if len(self._found) >= self._most:
            raise EnoughFound
        self._found[key] = finding.error(self._path(finding.nodes[0]))

    def errors(self) -> list[GraphQLError]:
        """Return the errors in the order of the document's text, then of the rules."""
        return [self._found[key] for key in sorted(self._found)]

    def parent(self, node: Node) -> Node | None:
        """Return the parent of a node."""
        if self._parents is None:  # needed only for invalid documents
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
    """graphql-core's context for one rule. The rules share its caches, but each reports its own errors."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, type_info: TypeInfo, report: Report) -> None:
        super().__init__(
            schema, document, type_info, self.report_error, hide_suggestions=True, allow_empty_selection_sets=False
        )
        self.report = report
        self._has_variables = document.loc is None or "$" in document.loc.source.body

    def for_rule(self, rank: int, describe: Describe) -> "RuleContext":
        """Return the context for one rule, whose errors `describe` converts."""
        context = copy.copy(self)
        context._rank, context._describe = rank, describe  # noqa: SLF001 - a copy of itself
        return context

    _rank: int
    _describe: Describe

    def report_error(self, error: GraphQLError) -> None:
        """Add an error of this context's rule to the report."""
        for finding in self._describe(error, self):
            self.report.add(self._rank, finding)

    # Finding the uses of variables walks the whole document again, so it is skipped if there is no `$`.

    def get_variable_usages(self, node: NodeWithSelectionSet) -> list[VariableUsage]:
        """Return the uses of variables in an operation or fragment itself."""
        return super().get_variable_usages(node) if self._has_variables else []

    def get_recursive_variable_usages(self, operation: OperationDefinitionNode) -> list[VariableUsage]:
        """Return the uses of variables in an operation and the fragments that it spreads."""
        return super().get_recursive_variable_usages(operation) if self._has_variables else []


def invalid(message: str, nodes: Iterable[Node], problem: InputProblem | None = None) -> GraphQLError:
    """Return an error with the classification and code of all validation errors."""
    extensions: dict[str, Any] = {"classification": "ValidationError", "code": "GRAPHQL_VALIDATION_FAILED"}
    if problem is not None:
        extensions["fields"] = [{"path": problem.path, "message": problem.message}]
        if problem.missing:
            extensions["missing"] = [f"{problem.path}.{name}" for name in problem.missing]
    return GraphQLError(message, list(nodes), extensions=extensions)


def first(error: GraphQLError) -> Any:
    """Return the first node of an error. Every rule gives one, of a kind that its describer knows."""
    return next(iter(error.nodes or ()), None)


def plain(message: str) -> str:
    """Return a message of graphql-core on one line without its full stop, as the contract's messages are."""
    return " ".join(clip(message, _MESSAGE_SHOWN).split()).removesuffix(".")


def choices(enum: GraphQLEnumType) -> str:
    """Return the end of a message about a wrong value of an enum: all of its values."""
    return f"; use one of {', '.join(enum.values)}"


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
