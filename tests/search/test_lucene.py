"""The search language: the meaning of expressions, and that no input causes harm."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from souk.search import (
    All,
    And,
    AnyOf,
    Exists,
    InvalidQuery,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Search,
    UnsupportedQuery,
    Words,
)
from souk.search.lucene import MAX_LENGTH, MAX_NESTING, NOTHING, parse
from souk.search.memory import MemoryIndex
from souk.search.query import Match
from souk.search.translation import MAX_CLAUSES
from tests.search.samples import SCHEMA, TEXT_FIELDS


def word(text: str, *fields: str) -> Words:
    return Words(fields or TEXT_FIELDS, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python", word("python")),
        ("python django", And((word("python"), word("django")))),
        ("python AND django", And((word("python"), word("django")))),
        ("python OR django", Or((word("python"), word("django")))),
        ("python OR django rest", And((Or((word("python"), word("django"))), word("rest")))),
        ("a AND b OR c", Or((And((word("a"), word("b"))), word("c")))),
        ("python and django", And((word("python"), word("and"), word("django")))),
        ("+python -java", And((word("python"), Not(word("java"))))),
        ("NOT java", Not(word("java"))),
        ("python -(java OR php)", And((word("python"), Not(Or((word("java"), word("php"))))))),
        ('"rest api"', Phrase(TEXT_FIELDS, "rest api")),
        ('say \\"hi\\"', And((word("say"), word('"hi"')))),
        ("title:python", word("python", "title")),
        ("title: python", word("python", "title")),
        ("description:(a OR b)", Or((word("a", "body"), word("b", "body")))),
        ('title:"a b"', Phrase(("title",), "a b")),
        ("title:(a budget:5)", And((word("a", "title"), Range("budget", 5, 5)))),
        ("tag:x", AnyOf("tag", ("x",))),
        ('tag:("b c" OR d)', Or((AnyOf("tag", ("b c",)), AnyOf("tag", ("d",))))),
        ("budget:500", Range("budget", 500, 500)),
        ("budget:-5", Range("budget", -5, -5)),
        ("budget:[100 TO 500}", Range("budget", 100, 500, include_upper=False)),
        ("budget:{-5 TO *]", Range("budget", -5, None, include_lower=False)),
        ("budget:>=100", Range("budget", lower=100)),
        ("budget:<100", Range("budget", upper=100, include_upper=False)),
        ("rating:[4.5 TO 5]", Range("rating", 4.5, 5)),
        ("pyth*", Prefix(TEXT_FIELDS, "pyth")),
        ("*", All()),
        ("*:*", All()),
        ("rating:*", Exists("rating")),
        ("", All()),
        (" \n", All()),
        ("C++", word("C++")),
        (".NET", word(".NET")),
        ("senior developer - remote", And((word("senior"), word("developer"), word("remote")))),
        ("R & D", And((word("R"), word("D")))),
        ("*** now ***", word("now")),
        ("\\(a\\)", word("(a)")),
        # Syntax errors are searched as plain words.
        ("(python", word("(python")),
        ('"python', word('"python')),
        ("python)(", word("python)(")),
        ("title:", word("title:")),
        ("python AND", word("python  ")),
        ("~100 hours", word("~100 hours")),
        # Expressions without words match nothing.
        ("???", NOTHING),
        ("!", NOTHING),
        ("\0", NOTHING),
        ("\ud800", NOTHING),
        ("-*", Not(All())),
    ],
)
def test_expression_is_translated(text: str, expected: Query) -> None:
    assert parse(text, SCHEMA) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python", word("python")),
        ("python django", Or((word("python"), word("django")))),
        ("python AND django", And((word("python"), word("django")))),
        ("python AND django rest", Or((And((word("python"), word("django"))), word("rest")))),
        ("python OR django rest", Or((Or((word("python"), word("django"))), word("rest")))),
        ("python django -java", And((Not(word("java")), Or((word("python"), word("django")))))),
        ("python NOT java", And((Not(word("java")), word("python")))),
        ("-java -php", And((Not(word("java")), Not(word("php"))))),
        ("+python django", And((word("python"), Or((All(), word("django")))))),
        ("+python +django", And((word("python"), word("django")))),
        ("+??? django", word("django")),
        ('"rest api" front-end', Or((Phrase(TEXT_FIELDS, "rest api"), word("front-end")))),
        ("title:(a b)", Or((word("a", "title"), word("b", "title")))),
        ("budget:(-5 7)", Or((Range("budget", -5, -5), Range("budget", 7, 7)))),
        # Syntax errors are searched as plain words.
        ("(python OR django", Words(TEXT_FIELDS, "(python   django", "any")),
        ('"senior developer', Words(TEXT_FIELDS, '"senior developer', "any")),
        ("???", NOTHING),
        ("", All()),
    ],
)
def test_expression_for_any_word_is_translated(text: str, expected: Query) -> None:
    assert parse(text, SCHEMA, match="any") == expected


@pytest.mark.parametrize("text", ["(a AND b", "(a +b", "(a -b", "NOT (a", '(a +"b"', "a~ b"])
def test_operator_that_any_words_cannot_express_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        parse(text, SCHEMA, match="any")


def test_default_fields_can_be_chosen() -> None:
    assert parse("python tag:x", SCHEMA, ("title",)) == And((word("python", "title"), AnyOf("tag", ("x",))))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("python~", UnsupportedQuery),
        ("python~1.2.3", UnsupportedQuery),
        ('"a b"~3', UnsupportedQuery),
        ("python^2", UnsupportedQuery),
        ("/py.*/", UnsupportedQuery),
        ("*thon", UnsupportedQuery),
        ("py*on", UnsupportedQuery),
        ("pyth?n", UnsupportedQuery),
        ("a && b", UnsupportedQuery),
        ("a||b", UnsupportedQuery),
        ("!java", UnsupportedQuery),
        ("tag:a*", UnsupportedQuery),
        ("p*", InvalidQuery),
        ("C+*", InvalidQuery),
        ("front-en*", InvalidQuery),
        ("colour:red", InvalidQuery),
        ("http://example.com", InvalidQuery),
        ("budget:cheap", InvalidQuery),
        ("budget:" + "9" * 400, InvalidQuery),
        ("budget:[a TO b]", InvalidQuery),
        ("title:[a TO b]", InvalidQuery),
        ("[1 TO 5]", InvalidQuery),
        (">5", InvalidQuery),
        ("a OR (b", InvalidQuery),
        ("NOT", InvalidQuery),
        ("-java (", InvalidQuery),
        ("a" * (MAX_LENGTH + 1), InvalidQuery),
        ("(" * 5000 + "a" + ")" * 5000, InvalidQuery),
        ("(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1), InvalidQuery),
        ("-" * 900 + "a", InvalidQuery),
        ("NOT " * 200 + "a", InvalidQuery),
        ("title:" * 150 + "a", InvalidQuery),
        ("a " * (MAX_CLAUSES + 1), InvalidQuery),
    ],
)
def test_invalid_expression_is_refused(text: str, error: type[InvalidQuery]) -> None:
    with pytest.raises(InvalidQuery) as refused:
        parse(text, SCHEMA)
    assert type(refused.value) is error
    assert refused.value.message


def test_limits_are_inclusive() -> None:
    assert parse("(" * MAX_NESTING + "a" + ")" * MAX_NESTING, SCHEMA) == word("a")
    assert parse("a " * MAX_CLAUSES, SCHEMA) == And((word("a"),) * MAX_CLAUSES)
    assert parse("a" * MAX_LENGTH, SCHEMA) == word("a" * MAX_LENGTH)


MATCHES: tuple[Match, ...] = ("all", "any")
SIGNS = ("(", ")", '"', "+", "-", ":", "[", "]", "{", "}", "*", "?", "~", "^", "/", "\\", "<", ">=", "&&", "||", "!")
PIECES = (
    "title:",
    "budget:",
    "tag:",
    " AND ",
    " OR ",
    "NOT ",
    " TO ",
    " ",
    "a",
    "C++",
    "5",
    "4.5",
    "\0",
    "\ud800",
    "设",
)


EXPRESSIONS = st.text(max_size=60) | st.lists(st.sampled_from(SIGNS + PIECES), max_size=30).map("".join)


@given(EXPRESSIONS)
@example("a~1..2")
@example("a^.")
@example("a^")
@example('"a"~')
@example("[a TO")
@example("budget:(-5)")
@example("budget:(-(5))")
@example("budget:-(-5)")
@example('budget:"5"')
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for match in MATCHES:
        try:
            query = parse(text, SCHEMA, match=match)
        except InvalidQuery:
            continue
        MemoryIndex(SCHEMA).search(Search(query))  # checks that the query fits the schema
