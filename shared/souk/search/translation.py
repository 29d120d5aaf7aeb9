"""Translates luqum's syntax trees to the query tree. Part of `souk.search.lucene`."""

import re
from collections.abc import Callable, Iterable, Mapping

from luqum import tree
from luqum.exceptions import ParseError
from luqum.thread import parse

from souk.search import text as words
from souk.search.query import (
    All,
    And,
    AnyOf,
    Exists,
    InvalidQuery,
    Match,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    UnsupportedQuery,
    Words,
)
from souk.search.schema import Float, IndexSchema, Integer, Keyword

MAX_CLAUSES = 100
"""Words, phrases and ranges in an expression."""

_MAX_DEPTH = 60
"""Nesting of operators, field names and parentheses together."""
_MIN_PREFIX = 2
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WILDCARD = re.compile(r"\\.|([*?])", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?")


class NotLucene(Exception):
    """The expression is not valid Lucene syntax."""


def translate(text: str, schema: IndexSchema, fields: tuple[str, ...], match: Match) -> Query | None:
    """Return the query of an expression of limited length and nesting, or None if it has no words.

    `match` is whether all operands without an operator between them must match, or any of them.

    Raises NotLucene, InvalidQuery and UnsupportedQuery.
    """
    try:
        parsed = parse(text)
    except ParseError as error:
        raise NotLucene from error
    except (ValueError, ArithmeticError) as error:  # luqum parses the numbers after ~ and ^ unchecked
        raise UnsupportedQuery(_UNSUPPORTED[tree.Fuzzy]) from error
    return _Translation(schema, fields, match).translate(parsed, None, 0)


class _Translation:
    """Translates one syntax tree. Parts without words become None."""

    def __init__(self, schema: IndexSchema, fields: tuple[str, ...], match: Match) -> None:
        self._schema = schema
        self._fields = fields
        self._match = match
        self._clauses = 0

    def translate(self, node: tree.Item, field: str | None, depth: int) -> Query | None:  # noqa: PLR0911
        if depth > _MAX_DEPTH:
            raise InvalidQuery(f"Operators in a search expression can be nested at most {_MAX_DEPTH} deep.")
        below = depth + 1
        match node:
            case tree.UnknownOperation() if self._match == "any":
                return self._any_of(node.operands, field, below)
            case tree.AndOperation() | tree.UnknownOperation():
                return _joined(And, [self.translate(operand, field, below) for operand in node.operands])
            case tree.OrOperation():
                return _joined(Or, [self.translate(operand, field, below) for operand in node.operands])
            case tree.SearchField(name="*", expr=tree.Word(value="*")):
                return All()
            case tree.SearchField():
                return self.translate(node.expr, self._resolve_field(node.name), below)
            case tree.BaseGroup():
                return self.translate(node.expr, field, below)
            case tree.Plus():
                return self.translate(node.a, field, below)
            case tree.Prohibit() if self._is_numeric(field):
                return self._leaf(node, field)
            case tree.Not() | tree.Prohibit():
                inner = self.translate(node.a, field, below)
                return None if inner is None else Not(inner)
        return self._leaf(node, field)

    def _any_of(self, operands: Iterable[tree.Item], field: str | None, depth: int) -> Query | None:
        """Return the query for operands of which one is enough.

        As in Lucene, excluded operands must not match. If some are required (`+word`), the others only affect the
        relevance.
        """
        required: list[Query] = []
        excluded: list[Query] = []
        optional: list[Query] = []
        for operand in operands:
            query = self.translate(operand, field, depth)
            if query is None:
                continue
            excludes = isinstance(operand, tree.Not | tree.Prohibit) and not self._is_numeric(field)
            (excluded if excludes else required if isinstance(operand, tree.Plus) else optional).append(query)
        if required and optional:
            optional.insert(0, All())
        return _joined(And, [*required, *excluded, _joined(Or, optional)])

    def _leaf(self, node: tree.Item, field: str | None) -> Query | None:
        self._clauses += 1
        if self._clauses > MAX_CLAUSES:
            raise InvalidQuery(f"A search expression can have at most {MAX_CLAUSES} words, phrases and ranges.")
        if type(node) in _UNSUPPORTED:
            raise UnsupportedQuery(_UNSUPPORTED[type(node)])
        if isinstance(node, tree.Word) and node.value == "*":
            return All() if field is None else Exists(field)
        if field is not None and self._is_numeric(field):
            return _numbers(node, field)
        if not isinstance(node, tree.Word | tree.Phrase):
            raise InvalidQuery(f"Ranges work only on number fields: {self._numeric_fields()}.")
        if field is not None and isinstance(self._schema.field(field), Keyword):
            return AnyOf(field, (_exact(node, field),))
        return _words(node, self._fields if field is None else (field,))

    def _resolve_field(self, name: str) -> str:
        name = _ESCAPE.sub(r"\1", name)
        if name not in self._schema.searchable:
            known = ", ".join(self._schema.searchable)
            raise InvalidQuery(
                f"There is no field {name!r}. Searchable fields are {known}. To search for this text, quote it."
            )
        return self._schema.searchable[name]

    def _is_numeric(self, field: str | None) -> bool:
        return field is not None and isinstance(self._schema.field(field), Integer | Float)

    def _numeric_fields(self) -> str:
        names = [name for name, field in self._schema.searchable.items() if self._is_numeric(field)]
        return ", ".join(f"{name}:[1 TO 5]" for name in names) or "this search has none"


def _joined(kind: Callable[[tuple[Query, ...]], Query], parts: Iterable[Query | None]) -> Query | None:
    clauses = tuple(part for part in parts if part is not None)
    return clauses[0] if len(clauses) == 1 else kind(clauses) if clauses else None


def _words(node: tree.Term, fields: tuple[str, ...]) -> Query | None:
    if isinstance(node, tree.Phrase):
        phrase = _unescaped(node.value[1:-1])
        return Phrase(fields, phrase) if words.tokens(phrase) else None
    text, is_prefix = _without_wildcard(node.value)
    tokens = words.tokens(text)
    if not tokens:
        return None
    if not is_prefix:
        return Words(fields, text)
    if len(tokens) > 1 or len(tokens[0]) < _MIN_PREFIX:
        raise InvalidQuery(f"{node.value!r}: a star must follow one word of at least {_MIN_PREFIX} letters or digits.")
    return Prefix(fields, text)


def _without_wildcard(value: str) -> tuple[str, bool]:
    """Return the text of a word, and whether it ends with a star. Raises UnsupportedQuery for other operators."""
    text = _unescaped(value)
    if "&&" in value or "||" in value or (value.startswith("!") and words.tokens(text)):
        raise UnsupportedQuery(f"{value!r}: use AND, OR and NOT instead.")
    wildcards = [match.start() for match in _WILDCARD.finditer(value) if match[1]]
    questions = [at for at in wildcards if value[at] == "?" and words.tokens(value[at:])]
    stars = [at for at in wildcards if value[at] == "*"]
    is_prefix = stars == [len(value) - 1]
    if words.tokens(text) and (questions or (stars and not is_prefix)):
        raise UnsupportedQuery(
            f"{value!r}: the only supported wildcard is one star at the end of a word, as in 'pyth*'."
        )
    return (text[:-1] if is_prefix else text), is_prefix


def _exact(node: tree.Term, field: str) -> str:
    if isinstance(node, tree.Phrase):
        return _unescaped(node.value[1:-1])
    text, is_prefix = _without_wildcard(node.value)
    if is_prefix:
        raise UnsupportedQuery(f"{node.value!r}: {field} has exact values and does not support a star.")
    return text


def _numbers(node: tree.Item, field: str) -> Query:
    match node:
        case tree.Range():
            return Range(field, _number(node.low), _number(node.high), node.include_low, node.include_high)
        case tree.From():
            return Range(field, lower=_number(node.a), include_lower=node.include)
        case tree.To():
            return Range(field, upper=_number(node.a), include_upper=node.include)
    return Range(field, _number(node), _number(node))


def _number(node: tree.Item) -> float | None:
    """Return the bound of a range, or None for a star."""
    match node:
        case tree.Word(value=written):
            pass
        case tree.Prohibit(a=tree.Word(value=amount)):
            written = f"-{amount}"
        case _:
            written = str(node)
    if written == "*":
        return None
    if not _NUMBER.fullmatch(written):
        raise InvalidQuery(f"{written!r} is not a number. Write it as 250 or 4.5.")
    return float(written) if "." in written else int(written)


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(r"\1", value)


_UNSUPPORTED: Mapping[type[tree.Item], str] = {
    tree.Fuzzy: "Fuzzy search (~) is not supported.",
    tree.Proximity: "Proximity search (~) is not supported.",
    tree.Boost: "Boosting (^) is not supported.",
    tree.Regex: "Regular expressions (/.../) are not supported. To search for a path, quote it.",
}
