"""Limits on a request, checked before any costly work.

In GraphQL a few hundred bytes can demand any amount of work: fragments that double at every step, one field selected a
thousand times, recursive introspection. Three cheap passes reject such requests, each before a costly step:
`check_source` before parsing, `check_document` before validation, `check_variables` before coercion. Each is linear in
the size of its input.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import graphql
from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Source,
    VariableDefinitionNode,
)

from souk.values.errors import LimitExceeded


@dataclass(frozen=True)
class Limits:
    """The limits of a request. Each is well above the needs of real clients.

    A query for every scalar field within four levels of a job posting has 1,700 tokens and selects 1,400 fields. The
    introspection query of GraphiQL has 350 tokens, selects 300 fields and is 15 levels deep.
    """

    characters: int = 100_000
    """Unicode code points of the document: four times the largest useful query, with comments."""
    tokens: int = 4_000
    """Names, numbers, strings, punctuators and comments. Parsing costs about 10 us each: 40 ms at most."""
    nesting: int = 60
    """Nesting of ( [ {. Parsing uses five stack frames per level; Python allows 1,000 frames."""
    depth: int = 20
    """Levels of fields from the operation's root, fragments included. Each may be a round trip to storage."""
    fields: int = 2_000
    """Fields selected by one operation. A fragment counts each time it is spread."""
    aliases: int = 100
    """Aliased fields of one operation, fragments included: aliases make one field run many times."""
    repeats: int = 20
    """Repetitions of a response key or fragment in one selection: merging them takes quadratic time."""
    directives: int = 100
    """Directives in the whole document: each is coerced and evaluated."""
    arguments: int = 60
    """Arguments of one field or directive; the contract's largest field has 11."""
    root_fields: int = 20
    """Fields at the root of one operation, fragments included: each is at least one round trip or transaction."""
    operations: int = 30
    """Operations in one document. One is executed, but all are validated."""
    fragments: int = 100
    """Fragments in one document. An application with one per component has some tens per page."""
    variables: int = 100
    """Variables that one operation declares."""
    introspection_lists: int = 2
    """Levels of lists of types and fields in introspection. `types { fields }` has two; no tool needs three."""
    introspection_types: int = 5
    """`__type` fields in one operation. Clients that need more use `__schema`."""
    introspection_aliases: int = 0
    """Aliases in introspection, including one of `__schema`. No tool uses them, and each multiplies the response."""
    cost: int = 10_000
    """Objects that one operation can select (`souk.graph.cost`), unless the deployment sets another maximum."""
    comparisons: int = 25_000
    """Comparisons of fields with the same response key during validation: about 40 ms. Most documents need none."""
    errors: int = 20
    """Errors reported for one document. Each costs CPU, and people read only the first few."""
    variable_depth: int = 20
    """Levels of lists and objects in the variables' values; the contract's deepest input has 4."""
    variable_values: int = 10_000
    """Values in the variables, counting every list item and object field. Coercion costs about 5 us each."""

    def check(self, limit: str, actual: int, verb: str, unit: str) -> None:
        """Raise LimitExceeded with the sentence "{verb} {actual} {unit}; the limit is ..." if `actual` is too large."""
        maximum: int = getattr(self, limit)
        if actual > maximum:
            shown, reported = reportable(actual)
            raise LimitExceeded(
                f"{verb} {shown} {unit}; the limit is {maximum}.", limit=limit, maximum=maximum, actual=reported
            )


_MAX_REPORTED = 10**9
LIMITS = Limits()


def reportable(actual: int) -> tuple[str, int]:
    """Return a number as text, and as an integer that JSON parsers read exactly.

    Doubling fragments produce numbers of thirty digits and more.
    """
    shown = str(actual) if actual < _MAX_REPORTED else f"more than {_MAX_REPORTED}"
    return shown, min(actual, _MAX_REPORTED)


_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\(?:""")?|"(?!""))*+(?:"""|\Z)'  # block string, to the end of the text if it is not closed
    r'|"(?:[^"\\\n\r]++|\\.)*+"?'  # string, or the rest of its line
    r"|#[^\n\r]*+"  # comment
    r"|[A-Za-z_]\w*+|-?\d[\w.+-]*+|\.\.\.|[^\s,\ufeff]"  # name, number, punctuator
)
# Null bytes and lone surrogates: JSON allows them, but they are not text, and DynamoDB and the index reject them.
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_INTROSPECTION = frozenset({"__schema", "__type"})
_INTROSPECTION_LISTS = frozenset({"types", "fields", "inputFields", "interfaces", "possibleTypes"})


def check_source(source: str, limits: Limits = LIMITS) -> None:
    """Check that a document is not too large to parse.

    Raises LimitExceeded for its size or nesting, and a GraphQLError for null bytes and lone surrogates.
    """
    limits.check("characters", len(source), "The document has", "characters")
    if invalid := _NOT_TEXT.search(source):
        raise _syntax_error(f"U+{ord(invalid[0]):04X} is not a character of text", source, invalid.start())
    tokens = _TOKEN.findall(source)
    limits.check("tokens", len(tokens), "The document has", "tokens")
    level = deepest = 0
    for token in tokens:
        if token in ("{", "(", "["):
            level += 1
            deepest = max(deepest, level)
        elif token in ("}", ")", "]"):
            level -= 1
    limits.check("nesting", deepest, "The document nests brackets", "deep")


def parse(source: str, limits: Limits = LIMITS) -> DocumentNode:
    """Parse a document, after `check_source`.

    Raises LimitExceeded as that does, and a GraphQLError of the classification InvalidSyntax with the location.
    """
    check_source(source, limits)
    try:
        return graphql.parse(source, max_tokens=limits.tokens, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        raise _syntax_error(error.description, source, next(iter(error.positions or ()), 0)) from None


def _syntax_error(problem: str, source: str, position: int) -> GraphQLError:
    place = Source(source).get_location(position)
    return GraphQLError(
        f"Invalid syntax: {clip(problem.rstrip('.'))} at line {place.line} column {place.column}",
        source=Source(source),
        positions=[position],
        extensions={"classification": "InvalidSyntax", "code": "GRAPHQL_PARSE_FAILED"},
    )


def check_document(document: DocumentNode, limits: Limits = LIMITS) -> None:
    """Check a document's size before validation. Raises LimitExceeded.

    The cost of each fragment is computed once, however often it is spread. A recursive fragment adds nothing here;
    validation reports it.
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    limits.check("operations", len(operations), "The document has", "operations")
    limits.check("fragments", len(fragments), "The document has", "fragments")
    measured = [_Definition(node, limits) for node in operations]
    measured += [_Definition(node, limits) for node in fragments]
    limits.check("directives", sum(each.directives for each in measured), "The document has", "directives")
    totals = _Totals({node.name.value: each for node, each in zip(fragments, measured[len(operations) :], strict=True)})
    for definition in measured:
        cost, title = totals.cost(definition), definition.title
        limits.check("depth", cost.depth, f"{title} nests fields", "deep")
        limits.check("fields", cost.fields, f"{title} selects", "fields")
        limits.check("root_fields", cost.roots, f"{title} selects", "fields at its root")
        limits.check("aliases", cost.aliases, f"{title} has", "aliases")
        limits.check("introspection_lists", cost.lists, f"{title} nests lists of introspection", "deep")
        limits.check("introspection_types", cost.types, f"{title} selects __type", "times")
        limits.check(
            "introspection_aliases", cost.introspection_aliases, f"{title} has", "aliases within introspection"
        )


def check_variables(variables: Mapping[str, object], limits: Limits = LIMITS) -> None:
    """Check the depth and number of the variables' values before coercion. Raises LimitExceeded."""
    count = depth = 0
    level = list(variables.values())
    while level:
        count += len(level)
        limits.check("variable_values", count, "The variables hold at least", "values")
        containers = [value for value in level if isinstance(value, dict | list)]
        depth += bool(containers)
        limits.check("variable_depth", depth, "The variables nest lists and objects at least", "deep")
        level = [item for value in containers for item in (value.values() if isinstance(value, dict) else value)]


@dataclass(slots=True)
class _Cost:
    """The counts that the limits apply to, for one definition."""

    depth: int = 0
    fields: int = 0
    roots: int = 0
    aliases: int = 0
    lists: int = 0
    """Levels of lists in introspection."""
    types: int = 0
    introspection_aliases: int = 0


class _Spread(NamedTuple):
    """A fragment spread, with the levels of fields and of introspection lists above it."""

    fragment: str
    depth: int
    lists: int


class _Level(NamedTuple):
    """A selection set to measure. Inline fragments share the keys of their parent selection."""

    selections: SelectionSetNode
    depth: int
    lists: int
    introspection: bool
    keys: Counter[str]


class _Definition:
    """One operation or fragment with its own cost, without the fragments that it spreads."""

    def __init__(self, node: OperationDefinitionNode | FragmentDefinitionNode, limits: Limits) -> None:
        self.title = title(node)
        self.cost = _Cost()
        self.spreads: list[_Spread] = []
        self.directives = 0
        self._limits = limits
        variables = node.variable_definitions or ()
        limits.check("variables", len(variables), f"{self.title} declares", "variables")
        for owner in (node, *variables):
            self._directives(owner)
        introspection = isinstance(node, FragmentDefinitionNode) and node.type_condition.name.value.startswith("__")
        levels = [_Level(node.selection_set, 1, 0, introspection, Counter())]
        while levels:
            levels += self._measure(levels.pop())

    def _measure(self, level: _Level) -> Iterator[_Level]:
        for selection in level.selections.selections:
            self._directives(selection)
            if isinstance(selection, FieldNode):
                yield from self._field(selection, level)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                self.spreads.append(_Spread(name, level.depth - 1, level.lists))
                self._repeated(f"...{name}", level)
            elif isinstance(selection, InlineFragmentNode):
                yield level._replace(selections=selection.selection_set)

    def _field(self, field: FieldNode, level: _Level) -> Iterator[_Level]:
        cost, name = self.cost, field.name.value
        introspection = level.introspection or name in _INTROSPECTION
        cost.fields += 1
        cost.depth = max(cost.depth, level.depth)
        cost.roots += level.depth == 1
        cost.types += name == "__type"
        if field.alias:
            cost.aliases += 1
            cost.introspection_aliases += introspection and name != "__type"
        self._repeated(field.alias.value if field.alias else name, level)
        self._arguments(field)
        if field.selection_set:
            lists = level.lists + (introspection and name in _INTROSPECTION_LISTS)
            cost.lists = max(cost.lists, lists)
            yield _Level(field.selection_set, level.depth + 1, lists, introspection, Counter())

    def _repeated(self, key: str, level: _Level) -> None:
        level.keys[key] += 1
        if level.keys[key] > self._limits.repeats:
            self._limits.check(
                "repeats", level.keys[key], f"{self.title} selects '{clip(key)}' at least", "times at once"
            )

    def _directives(self, node: SelectionNode | ExecutableDefinitionNode | VariableDefinitionNode) -> None:
        for directive in node.directives or ():
            self.directives += 1
            self._arguments(directive)

    def _arguments(self, node: FieldNode | DirectiveNode) -> None:
        if node.arguments and len(node.arguments) > self._limits.arguments:
            self._limits.check("arguments", len(node.arguments), f"'{clip(node.name.value)}' has", "arguments")


class _Totals:
    """The costs of definitions with the fragments that they spread. Each fragment's cost is computed once."""

    def __init__(self, fragments: dict[str, _Definition]) -> None:
        self._fragments = fragments
        self._costs: dict[str, _Cost] = {}

    def cost(self, definition: _Definition) -> _Cost:
        total = replace(definition.cost)
        for spread in definition.spreads:
            part = self._fragment(spread.fragment)
            total.depth = max(total.depth, spread.depth + part.depth)
            total.lists = max(total.lists, spread.lists + part.lists)
            total.roots += part.roots if spread.depth == 0 else 0
            total.fields += part.fields
            total.aliases += part.aliases
            total.types += part.types
            total.introspection_aliases += part.introspection_aliases
        return total

    def _fragment(self, name: str) -> _Cost:
        if name not in self._costs:
            self._costs[name] = _Cost()  # for a fragment inside itself, and for an unknown one
            if name in self._fragments:
                self._costs[name] = self.cost(self._fragments[name])
        return self._costs[name]


def title(node: OperationDefinitionNode | FragmentDefinitionNode) -> str:
    """Return how error messages name an operation or a fragment."""
    kind = "Operation" if isinstance(node, OperationDefinitionNode) else "Fragment"
    return f"{kind} '{clip(node.name.value)}'" if node.name else "The operation"


def clip(text: str, length: int = 80) -> str:
    """Return text from a request, shortened for an error message."""
    return text if len(text) <= length else f"{text[: length - 3]}..."
