"""What users type, as a query tree: part of Lucene's syntax, and plain words for whatever is not of that syntax.

This module keeps the limits; `souk.search.translation` reads what is within them. `docs/search.md` is the manual. In
short: every word must be found unless `OR` says otherwise; `"phrases"`; `AND`, `OR`, `NOT`, `+`, `-` and parentheses;
`field:` for the fields which the schema names; `[1 TO 5]`, `{1 TO 5}`, `>=5` on numbers; `pyth*`; and `field:*` for
"has one".

Nothing is ignored in silence. An expression that is not of this syntax (a bracket or quote left open, say) is searched
as plain words, all of them; if it holds `OR`, `NOT` or a minus, which plain words cannot say, it is refused, as are
operators that this language does not have.
"""

import re

from souk.search import text as words
from souk.search.query import All, InvalidQuery, Or, Query, Words
from souk.search.schema import IndexSchema

MAX_LENGTH = 1000
"""Characters in one expression."""
MAX_NESTING = 20
"""Parentheses inside parentheses."""
NOTHING = Or(())
"""The query that finds nothing."""

# Signs that stand alone are punctuation, as in "senior developer - remote": luqum would read "not remote".
_LONE_SIGN = re.compile(r"(?<!\S)[-+/!^~:]+(?!\S)")
_BEYOND_PLAIN_WORDS = re.compile(r"(?<!\S)(?:OR|NOT)(?!\S)|(?<![^\s(])-+\w|(?<![^\s(])-[\"(]")


def parse(text: str, schema: IndexSchema, fields: tuple[str, ...] = ()) -> Query:
    """Return the query that a user's expression stands for. A blank expression asks for everything.

    `fields` are the text fields to look in where the expression names none; by default those of the schema. An
    expression without a single word or number ("???") finds nothing.

    Raises InvalidQuery for an expression that is too long, too deep or contradicts the types of the fields, and
    UnsupportedQuery for operators that this language does not have. The time it takes is bounded by `MAX_LENGTH`.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidQuery(f"A search expression has at most {MAX_LENGTH} characters; this one has {len(text)}.")
    if not text.strip():
        return All()
    _check_nesting(text)
    text = _LONE_SIGN.sub(" ", words.clean(text).replace("\0", " "))
    if not text.strip():
        return NOTHING
    fields = fields or schema.default
    # luqum is loaded by those who search for words, when they do: it is as large as the rest of this package.
    from souk.search.translation import NotThisLanguage, translate  # noqa: PLC0415

    try:
        found = translate(text, schema, fields)
    except NotThisLanguage:
        return _plain_words(text, fields)
    return NOTHING if found is None else found


def _check_nesting(text: str) -> None:
    depth = 0
    for character in text:
        depth = max(0, depth + (character == "(") - (character == ")"))
        if depth > MAX_NESTING:
            raise InvalidQuery(f"Parentheses in a search expression nest at most {MAX_NESTING} deep.")


def _plain_words(text: str, fields: tuple[str, ...]) -> Query:
    if found := _BEYOND_PLAIN_WORDS.search(text):
        raise InvalidQuery(
            f"This search expression cannot be read as one, and because of {found.group()!r} not as plain words "
            "either. Is a bracket or a quotation mark left open, or an operator without its word?"
        )
    return Words(fields, re.sub(r"(?<!\S)AND(?!\S)", " ", text))
