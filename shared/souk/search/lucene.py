"""The search language: parses users' expressions, in a subset of Lucene's syntax, into a query tree.

This module enforces the limits. `souk.search.translation` translates expressions that are within them. `docs/search.md`
documents the language. In short: all words must match unless `OR` joins them; `"phrases"`; `AND`, `OR`, `NOT`, `+`, `-`
and parentheses; `field:` for the searchable fields of the schema; `[1 TO 5]`, `{1 TO 5}`, `>=5` on numbers; `pyth*`;
and `field:*` for documents that have the field. With `match="any"`, one word is enough unless `AND` joins them; `+word`
is then required.

No part of an expression is ignored silently. An expression with a syntax error, such as an open quote, is searched as
plain words. Plain words cannot express a minus or `NOT`, nor `OR` if all of them must match, nor `AND` or a plus if any
of them may. A broken expression with one of these is refused. Unsupported operators are refused, too.
"""

import re
from typing import Final

from souk.search import text as words
from souk.search.query import All, InvalidQuery, Match, Or, Query, Words
from souk.search.schema import IndexSchema

MAX_LENGTH = 1000
"""Characters of an expression."""
MAX_NESTING = 20
"""Levels of nested parentheses."""
NOTHING = Or(())
"""The query that matches nothing."""

# A sign between spaces is punctuation, as in "senior developer - remote". luqum would read "not remote".
_LONE_SIGN = re.compile(r"(?<!\S)[-+/!^~:]+(?!\S)")
_BEYOND_PLAIN_WORDS: Final[dict[Match, re.Pattern[str]]] = {
    "all": re.compile(r"(?<!\S)(?:OR|NOT)(?!\S)|(?<![^\s(])-+[\w\"(]"),
    "any": re.compile(r"(?<!\S)(?:AND|NOT)(?!\S)|(?<![^\s(])[-+]+[\w\"(]"),
}
_IMPLIED: Final[dict[Match, re.Pattern[str]]] = {
    "all": re.compile(r"(?<!\S)AND(?!\S)"),
    "any": re.compile(r"(?<!\S)OR(?!\S)"),
}
"""The operator that plain words have anyway."""


def parse(text: str, schema: IndexSchema, fields: tuple[str, ...] = (), match: Match = "all") -> Query:
    """Return the query of a user's expression. A blank expression matches everything.

    `fields` are the text fields to search if the expression names none. They default to those of the schema. `match` is
    whether all words without an operator between them must match, or any of them. An expression without a word or
    number ("???") matches nothing.

    Raises InvalidQuery for an expression that is too long, too deep or does not fit the types of the fields. Raises
    UnsupportedQuery for unsupported operators. `MAX_LENGTH` limits the time that parsing can take.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidQuery(f"A search expression can have at most {MAX_LENGTH} characters. This one has {len(text)}.")
    if not text.strip():
        return All()
    _check_nesting(text)
    text = _LONE_SIGN.sub(" ", words.clean(text).replace("\0", " "))
    if not text.strip():
        return NOTHING
    fields = fields or schema.default
    # luqum is as large as the rest of this package, so it is only loaded when someone searches for words.
    from souk.search.translation import NotLucene, translate  # noqa: PLC0415

    try:
        query = translate(text, schema, fields, match)
    except NotLucene:
        return _plain_words(text, fields, match)
    return NOTHING if query is None else query


def _check_nesting(text: str) -> None:
    depth = 0
    for character in text:
        depth = max(0, depth + (character == "(") - (character == ")"))
        if depth > MAX_NESTING:
            raise InvalidQuery(f"Parentheses in a search expression can be nested at most {MAX_NESTING} deep.")


def _plain_words(text: str, fields: tuple[str, ...], match: Match) -> Query:
    if operator := _BEYOND_PLAIN_WORDS[match].search(text):
        raise InvalidQuery(
            f"This search expression has a syntax error, and {operator.group()!r} keeps it from being searched as "
            "plain words. Check for an open bracket or quotation mark, or an operator without a word."
        )
    return Words(fields, _IMPLIED[match].sub(" ", text), match)
