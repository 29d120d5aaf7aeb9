"""The sample index of these tests: a schema with one field of each kind, and random documents and queries."""

from hypothesis import strategies as st

from souk.search import (
    ID,
    All,
    And,
    AnyOf,
    Boost,
    Document,
    Exists,
    Float,
    Geo,
    GeoPoint,
    IndexSchema,
    Integer,
    InvalidQuery,
    Keyword,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Sort,
    Text,
    Words,
)
from souk.search.lucene import NOTHING, parse
from souk.search.query import Match

SCHEMA = IndexSchema(
    name="things",
    fields=(
        Text("title", weight=3.0),
        Text("body"),
        Keyword("tag"),
        Integer("budget"),
        Float("rating"),
        Geo("place"),
    ),
    default=("title", "body"),
    searchable={"title": "title", "description": "body", "tag": "tag", "budget": "budget", "rating": "rating"},
)
TEXT_FIELDS = ("title", "body")

# Few words, tags, numbers and places, so that random queries find something.
WORDS = ("python", "pyramid", "C++", "C", "C#", ".NET", "ASP.NET", "node.js", "front-end", "front", "end", "R", "Go",
         "café", "cafe", "设计", "设", "CI/CD", "!")  # fmt: skip
TAGS = ("a", "b", "ab", "", "with space", "Ünï", "\x00", "9" * 600, "9" * 599 + "8")
NUMBERS = (-(2**63) + 2, -1000, -1, 0, 1, 500, 1000, 2**63 - 2)
RATINGS = (-1.5, -0.0, 0.0, 4.5, 4.75, 5.0, 1e300)
PLACES = tuple(
    GeoPoint(*place)
    for place in (
        (0.0, 0.0),
        (0.0, -0.0),
        (40.71, -74.0),
        (40.72, -74.01),
        (34.05, -118.24),
        (89.9, 0.0),
        (89.9, 180.0),
        (-90.0, 12.0),
        (10.0, 180.0),
        (10.0, -180.0),
    )
)
IDS = tuple(str(number) for number in (0, 1, 2, 7, 10, 1805923456789012345, 1805923456789012346, 2**63, 2**64 - 1))

texts = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
fields = st.sampled_from([("title",), ("body",), TEXT_FIELDS])
bounds = st.none() | st.sampled_from((*NUMBERS, *RATINGS, 0.5, 999.5, -(2**64), 2**70))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return Document(
        draw(st.sampled_from(IDS)),
        {
            "title": draw(st.none() | texts),
            "body": draw(st.lists(texts, max_size=3)),
            "tag": draw(st.lists(st.sampled_from(TAGS), max_size=3)),
            "budget": draw(st.none() | st.sampled_from(NUMBERS)),
            "rating": draw(st.none() | st.sampled_from(RATINGS)),
            "place": draw(st.none() | st.sampled_from(PLACES)),
        },
    )


def ranges(field: str) -> st.SearchStrategy[Query]:
    return st.builds(Range, st.just(field), bounds, bounds, st.booleans(), st.booleans(), st.booleans())


def parsed(pieces: list[str], match: Match) -> Query:
    """Return the query of an expression, or of nothing if it is refused."""
    try:
        return parse(" ".join(pieces), SCHEMA, match=match)
    except InvalidQuery:
        return NOTHING


expressions = st.builds(
    parsed,
    st.lists(
        st.sampled_from((*WORDS, "-C", "+python", "AND", "OR", "NOT", "title:front", "pyr*", "(R", "Go)")), max_size=5
    ),
    st.sampled_from(("all", "any")),
)
leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(All),
    st.builds(AnyOf, st.just("tag"), st.lists(st.sampled_from(TAGS), max_size=3).map(tuple)),
    st.builds(AnyOf, st.just(ID), st.lists(st.sampled_from((*IDS, "007", "x", "", "²")), max_size=3).map(tuple)),
    st.builds(Words, fields, texts, st.sampled_from(["all", "any"])),
    st.builds(Phrase, fields, texts),
    expressions,
    st.builds(Prefix, fields, st.sampled_from(["p", "py", "python", "c", "C+", "caf", "设", ".n", "zz"])),
    ranges("budget"),
    ranges("rating"),
    ranges(ID),
    st.builds(Exists, st.sampled_from(["title", "body", "tag", "budget", "rating", "place"])),
    st.builds(
        Near,
        st.just("place"),
        st.sampled_from([0.0, 40.7, 90.0, -89.5, 10.0]),
        st.sampled_from([0.0, -74.0, 179.9, -180.0]),
        st.sampled_from([0.0, 1.0, 30.0, 2500.0, 20000.0]),
    ),
)
queries: st.SearchStrategy[Query] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
circles = st.builds(
    Near,
    st.just("place"),
    st.sampled_from([0.0, 40.7]),
    st.sampled_from([0.0, -74.0]),
    st.sampled_from([1.0, 30.0, 2500.0, 20000.0]),
)
boosts = st.lists(  # weights whose sums are exact
    st.builds(
        Boost,
        st.builds(AnyOf, st.just("tag"), st.lists(st.sampled_from(TAGS), min_size=1, max_size=2).map(tuple)),
        st.sampled_from([0.5, 1.0, 2.0, 64.0]),
    ),
    max_size=6,
).map(tuple)
orders = st.lists(st.builds(Sort, st.sampled_from(["budget", "rating", ID]), st.booleans()), max_size=3).map(tuple)
