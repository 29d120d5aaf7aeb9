"""The latency of the tantivy adapter with 100,000 synthetic postings. Run `python -m tests.bench.bench_search`."""

import random
from collections.abc import Iterator
from itertools import accumulate

from souk.search import (
    ID,
    RELEVANCE,
    And,
    AnyOf,
    Document,
    Float,
    Geo,
    GeoPoint,
    IndexSchema,
    Integer,
    Keyword,
    Near,
    Not,
    Or,
    Range,
    Search,
    Sort,
    Text,
)
from souk.search.lucene import parse
from tests.bench import search_times

POSTINGS = 100_000
ROUNDS = 100
SCHEMA = IndexSchema(
    name="postings",
    fields=(
        Text("title", weight=3.0),
        Text("description"),
        Text("skills", weight=2.0),
        Keyword("skill"),
        Keyword("category"),
        Keyword("type"),
        Keyword("access"),
        Keyword("client"),
        Integer("budget"),
        Float("rating"),
        Geo("place"),
    ),
    default=("title", "description", "skills"),
)
_VOCABULARY = [f"word{rank}" for rank in range(20_000)]
_ZIPF = list(accumulate(1 / (rank + 5) for rank in range(len(_VOCABULARY))))  # like words in natural texts


def postings(count: int) -> Iterator[Document]:
    """Yield postings of about a hundred words, always the same ones."""
    chance = random.Random(2026)  # noqa: S311 - repeatable, not secret
    sentences = [" ".join(chance.choices(_VOCABULARY, cum_weights=_ZIPF, k=30)) for _ in range(5000)]
    places = [GeoPoint(chance.uniform(-60, 70), chance.uniform(-180, 180)) for _ in range(3000)]
    for number in range(count):
        skills = [f"skill{chance.randrange(1000)}" for _ in range(4)]
        yield Document(
            str(1_800_000_000_000_000_000 + number * 10_000_000_000),
            {
                "title": " ".join(chance.choices(_VOCABULARY, cum_weights=_ZIPF, k=7)),
                "description": ". ".join(chance.choices(sentences, k=3)),
                "skills": skills,
                "skill": skills,
                "category": f"category{chance.randrange(12)}",
                "type": chance.choice(("HOURLY", "FIXED")),
                "access": chance.choices(("PUBLIC", "PRIVATE"), (95, 5)),
                "client": f"client{chance.randrange(3000)}",
                "budget": chance.choice((None, chance.randrange(10, 5000))),
                "rating": chance.choice((None, round(chance.uniform(1, 5), 1))),
                "place": chance.choice(places),
            },
        )


_PUBLIC_OR_OWN = Or(
    (And((AnyOf("access", ("PUBLIC",)), Not(AnyOf("client", ("client1",))))), AnyOf("client", ("client2", "client3")))
)


def questions() -> dict[str, Search]:
    """Return the searches to measure. Each returns 20 hits and the exact total."""
    words = parse("word30 word70", SCHEMA)
    filters = (
        AnyOf("type", ("FIXED",)),
        AnyOf("category", ("category1", "category2", "category3")),
        Range("budget", lower=100, or_missing=True),
    )
    newest = (Sort(ID),)
    return {
        "two words and three filters, newest first": Search(And((words, *filters)), newest),
        "the same, where public or my own": Search(And((words, *filters, _PUBLIC_OR_OWN)), newest),
        "two words, by relevance": Search(words, (Sort(RELEVANCE),)),
        "three filters, best client first": Search(And(filters), (Sort("rating"), Sort(ID))),
        "a phrase": Search(parse('"word30 word70"', SCHEMA), newest),
        "one of two words, without a third": Search(parse("word30 OR word70 -word2", SCHEMA), newest),
        "within 100 miles": Search(Near("place", 40.7, -74.0, 100), newest),
        "no condition, newest first": Search(order=newest),
    }


def percentiles() -> dict[str, float]:
    """Return the 50th and 95th percentile of each search, in milliseconds."""
    return search_times.percentiles(SCHEMA, postings(POSTINGS), questions(), ROUNDS)


if __name__ == "__main__":
    search_times.show(percentiles())
