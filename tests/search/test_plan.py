"""Query plans. `test_against_oracle` shows that planned queries stay equivalent."""

import pytest

from souk.search import All, And, AnyOf, Document, Not, Or, Query, Range, Words
from souk.search.tantivy_index import TantivyIndex
from souk.search.tantivy_plan import NOTHING, Planner
from tests.search.samples import SCHEMA

COMMON, RARE, ABSENT = AnyOf("tag", ("common",)), AnyOf("tag", ("rare",)), AnyOf("tag", ("absent",))
TWICE = AnyOf("tag", ("rare", "common"))
RARE_WORD = Words(("title",), "needle")
WORDS = Or((Words(("title",), "hay"), COMMON))
BROAD = Or((COMMON, RARE))


@pytest.fixture(scope="module")
def planner() -> Planner:
    index = TantivyIndex(SCHEMA)
    index.rebuild(
        Document(str(id_), {"tag": "common" if id_ % 20 else "rare", "title": "hay" if id_ % 25 else "needle"})
        for id_ in range(100)
    )
    return Planner(index._index.searcher())  # noqa: SLF001 - the planner needs the searcher


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (And((RARE_WORD, BROAD)), And((RARE_WORD, Not(And((Not(COMMON), Not(RARE))))))),
        (And((RARE, Or((COMMON, Range("budget", 1))))), And((RARE, Not(And((Not(COMMON), Not(Range("budget", 1)))))))),
        (And((COMMON, BROAD)), And((COMMON, BROAD))),  # no narrow condition beside it
        (And((COMMON, Or((RARE, TWICE)))), And((COMMON, Or((RARE, TWICE))))),  # the union itself is narrow
        (Or((RARE, ABSENT)), RARE),
        (AnyOf("tag", ("absent", "rare")), RARE),
        (And((COMMON, ABSENT)), NOTHING),
        (And((RARE, BROAD, WORDS)), And((RARE, Not(And((Not(COMMON), Not(RARE)))), WORDS))),  # words affect scores
        (BROAD, BROAD),
        (And((And((RARE,)), And((COMMON, RARE_WORD)))), And((RARE, COMMON, RARE_WORD))),
        (And((RARE, AnyOf("tag", ()))), NOTHING),
        (Or((AnyOf("tag", ()), Or(()), RARE)), RARE),
        (Not(And((RARE,))), Not(RARE)),
        (And(()), And(())),
        (All(), All()),
    ],
)
def test_plans(planner: Planner, query: Query, expected: Query) -> None:
    assert planner.plan(query) == expected
