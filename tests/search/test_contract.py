"""The contract of the port: one suite for all adapters."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from souk.search import (
    ID,
    RELEVANCE,
    All,
    And,
    AnyOf,
    Document,
    Exists,
    GeoPoint,
    InvalidQuery,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Search,
    SearchIndex,
    Sort,
    Words,
)
from souk.search.lucene import parse
from souk.search.memory import MemoryIndex
from souk.search.tantivy_index import TantivyIndex
from tests.search.samples import SCHEMA, TEXT_FIELDS

ADAPTERS: dict[str, Callable[[Path], SearchIndex]] = {
    "memory": lambda _: MemoryIndex(SCHEMA),
    "tantivy in memory": lambda _: TantivyIndex(SCHEMA),
    "tantivy on disk": lambda path: TantivyIndex(SCHEMA, path / "index"),
}


@pytest.fixture(params=[*ADAPTERS, "opensearch"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> SearchIndex:
    if request.param == "opensearch":
        shared: SearchIndex = request.getfixturevalue("shared_index")
        shared.apply(dict.fromkeys(shared.ids()))
        return shared
    return ADAPTERS[request.param](tmp_path)


def put(index: SearchIndex, *documents: Document) -> None:
    index.apply({document.id: document for document in documents})


def find(index: SearchIndex, where: Query, *order: Sort) -> list[str]:
    return index.search(Search(where, order)).ids


def test_empty_index_finds_nothing(index: SearchIndex) -> None:
    assert index.search(Search()) == index.search(Search(Words(("title",), "python"), (Sort("budget"),)))
    assert index.search(Search()).total == 0
    assert index.ids() == set()
    assert index.fingerprints(["1"]) == {}


TEXTS = {
    "1": "Senior C++ developer",
    "2": "C developer, embedded",
    "3": "C# and .NET expert",
    "4": "ASP.NET to node.js migration",
    "5": "Front-end work",
    "6": "the front end of a shop, net profit",
    "7": "CI/CD with R and Go; mail jane.doe@example.com",
    "8": "网站设计师",
    "9": "Résumé writing, vue.js",
}


EXPRESSIONS = {
    "C++": "1",
    "C": "2",
    "C#": "3",
    ".NET": "34",
    "net": "6",
    "ASP.NET": "4",
    "node.js": "4",
    "node": "4",
    "js": "49",
    "front-end": "56",
    "front end": "56",
    '"front end"': "56",
    "frontend": "",
    "end front": "56",
    '"end front"': "",
    "CI/CD": "7",
    "R": "7",
    "go": "7",
    "jane.doe@example.com": "7",
    "example.com": "7",
    "设计": "8",
    "设计师": "8",
    "计设": "",
    "resume": "9",
    "RÉSUMÉ": "9",
    "vue.js": "9",
    "developer": "12",
    "developers": "",
    "develop*": "12",
    "developer -c": "1",
    "c++ OR c#": "13",
    "(c++ OR c) NOT senior": "2",
    "title:embedded": "2",
    "description:embedded": "",
    "title:*": "123456789",
    "description:*": "",
}


def test_typical_expressions(index: SearchIndex) -> None:
    put(index, *(Document(id_, {"title": text}) for id_, text in TEXTS.items()))
    found = {expression: "".join(find(index, parse(expression, SCHEMA))) for expression in EXPRESSIONS}
    assert found == {expression: expected[::-1] for expression, expected in EXPRESSIONS.items()}


THINGS = (
    Document("1", {"title": "python api", "body": ["first job", "second task"], "tag": ["a", "b"], "budget": 100}),
    Document("2", {"title": "java api", "body": "python", "tag": "b", "budget": 500, "rating": 4.5}),
    Document("3", {"title": "go", "tag": ["c"], "rating": 4.5, "place": GeoPoint(40.7128, -74.0060)}),
    Document("18446744073709551615", {"budget": -5, "rating": 5, "place": GeoPoint(34.0522, -118.2437)}),
)
LAST = "18446744073709551615"


QUERIES: tuple[tuple[Query, list[str]], ...] = (
    (All(), [LAST, "3", "2", "1"]),
    (And(()), [LAST, "3", "2", "1"]),
    (Or(()), []),
    (Not(All()), []),
    (AnyOf("tag", ("a", "c", "zz")), ["3", "1"]),
    (AnyOf("tag", ("A",)), []),
    (AnyOf("tag", ()), []),
    (And((AnyOf("tag", ("a",)), AnyOf("tag", ("b",)))), ["1"]),
    (AnyOf(ID, ("2", LAST, "02", "x", "99999999999999999999")), [LAST, "2"]),
    (Words(TEXT_FIELDS, "python api"), ["2", "1"]),
    (Words(("title",), "python api"), ["1"]),
    (Words(TEXT_FIELDS, "go python", "any"), ["3", "2", "1"]),
    (Words(TEXT_FIELDS, "!?"), []),
    (Words(TEXT_FIELDS, "", "any"), []),
    (Phrase(TEXT_FIELDS, "python api"), ["1"]),
    (Phrase(TEXT_FIELDS, "second task"), ["1"]),
    (Phrase(TEXT_FIELDS, "job second"), []),  # not across values
    (Phrase(TEXT_FIELDS, "..."), []),
    (Prefix(("body",), "pyth"), ["2"]),
    (Prefix(TEXT_FIELDS, "python"), ["2", "1"]),
    (Range("budget", 100, 500), ["2", "1"]),
    (Range("budget", 100, 500, include_lower=False), ["2"]),
    (Range("budget", 100, 500, include_upper=False), ["1"]),
    (Range("budget", lower=99.5), ["2", "1"]),
    (Range("budget", upper=100, or_missing=True), [LAST, "3", "1"]),
    (Range("budget", upper=2**80), [LAST, "2", "1"]),
    (Range("budget", lower=2**80), []),
    (Range("budget", 500, 100), []),
    (Range("budget"), [LAST, "2", "1"]),
    (Range("budget", or_missing=True), [LAST, "3", "2", "1"]),
    (Range("rating", lower=4.5, include_lower=False), [LAST]),
    (Range("rating", upper=5), [LAST, "3", "2"]),
    (Range(ID, lower=2, include_lower=False), [LAST, "3"]),
    (Range(ID, upper=2**64 - 1, include_upper=False), ["3", "2", "1"]),
    (Exists("budget"), [LAST, "2", "1"]),
    (Not(Exists("title")), [LAST]),
    (Exists("place"), [LAST, "3"]),
    (Near("place", 40.73, -74.17, 10), ["3"]),  # Newark to New York is about 8.7 miles
    (Near("place", 40.73, -74.17, 8), []),
    (Near("place", 40.7128, -74.0060, 0), ["3"]),
    (Near("place", 40.7128, -74.0060, 2440), ["3"]),  # to Los Angeles about 2,446
    (Near("place", 40.7128, -74.0060, 2450), [LAST, "3"]),
    (And((Words(("title",), "api"), Not(AnyOf("tag", ("a",))))), ["2"]),
    (Or((AnyOf("tag", ("c",)), Range("budget", upper=0))), [LAST, "3"]),
)


def test_queries(index: SearchIndex) -> None:
    put(index, *THINGS)
    for where, expected in QUERIES:
        page = index.search(Search(where))
        assert (page.ids, page.total) == (expected, len(expected)), where


ORDERS: tuple[tuple[tuple[Sort, ...], list[str]], ...] = (
    ((), [LAST, "3", "2", "1"]),
    ((Sort(ID, descending=False),), ["1", "2", "3", LAST]),
    ((Sort("budget"),), ["2", "1", LAST, "3"]),
    ((Sort("budget", descending=False),), [LAST, "1", "2", "3"]),  # missing values always come last
    ((Sort("rating"),), [LAST, "3", "2", "1"]),
    ((Sort("rating", descending=False),), ["3", "2", LAST, "1"]),
    ((Sort("rating", descending=False), Sort("budget")), ["2", "3", LAST, "1"]),
    ((Sort(RELEVANCE), Sort("budget")), ["2", "1", LAST, "3"]),  # all are equally relevant
)


def test_order(index: SearchIndex) -> None:
    put(index, *THINGS)
    for order, expected in ORDERS:
        assert find(index, All(), *order) == expected, order
        singly = [index.search(Search(All(), order, offset, 1)) for offset in range(5)]
        assert [id_ for page in singly for id_ in page.ids] == expected, order
        assert {page.total for page in singly} == {4}
        assert index.search(Search(All(), order, limit=0)).total == 4


def test_relevance_counts_words_and_field_weights(index: SearchIndex) -> None:
    put(
        index,
        Document("1", {"title": "python", "body": "work"}),
        Document("2", {"title": "work", "body": "python"}),
        Document("3", {"title": "work", "body": "work"}),
        Document("4", {"title": "python", "body": "work"}),
    )
    page = index.search(Search(Words(TEXT_FIELDS, "python"), (Sort(RELEVANCE),)))
    assert page.ids == ["4", "1", "2"]
    scores = [hit.score or 0 for hit in page.hits]
    assert scores[0] == scores[1] > scores[2] > 0
    assert [hit.score for hit in index.search(Search(Words(TEXT_FIELDS, "python"))).hits] == [None] * 3


def test_apply_replaces_removes_and_is_idempotent(index: SearchIndex) -> None:
    put(index, Document("1", {"title": "old", "budget": 1}), Document("2", {"title": "two"}))
    for _ in range(2):
        index.apply({"1": Document("1", {"title": "new"}), "2": None, "3": None})
        assert find(index, All()) == ["1"]
        assert find(index, Words(("title",), "old")) == []
        assert find(index, Exists("budget")) == []
        assert find(index, Words(("title",), "new")) == ["1"]


def test_invalid_document_changes_nothing(index: SearchIndex) -> None:
    put(index, Document("1", {"title": "old"}))
    good = Document("2", {"title": "new"})
    for key, bad in (
        ("3", Document("3", {"colour": "red"})),
        ("3", Document("3", {"budget": 1.5})),
        ("3", Document("4", {})),
        ("x", Document("x", {})),
    ):
        with pytest.raises(ValueError, match=r"field|given as|an id is"):
            index.apply({"1": None, "2": good, key: bad})
        assert find(index, All()) == ["1"]


def test_update_reads_the_documents(index: SearchIndex) -> None:
    put(index, Document("1", {"title": "old"}), Document("2", {"title": "gone"}))
    table = {"1": Document("1", {"title": "new"}), "3": Document("3", {"title": "new"})}
    index.update(["1", "2", "3"], lambda ids: {id_: table.get(id_) for id_ in ids})
    assert find(index, All()) == ["3", "1"]
    assert find(index, Words(("title",), "new")) == ["3", "1"]


def test_matching_documents_are_updated_in_pieces(index: SearchIndex) -> None:
    ids = [str(2**63 + number) for number in range(5)]
    put(index, *(Document(id_, {"tag": "acme", "title": "old"}) for id_ in ids), Document("7", {"tag": "b"}))
    read: dict[tuple[str, ...], None] = {}  # pieces in order, each of which may be read several times

    def renamed(ids: Collection[str]) -> dict[str, Document | None]:
        read[tuple(ids)] = None
        return {id_: Document(id_, {"tag": "acme", "title": "new"}) for id_ in ids}

    after: str | None = None
    for last in (ids[1], ids[3], None):
        after = index.update_matching(AnyOf("tag", ("acme",)), renamed, after=after, limit=2)
        assert after == last
    assert [list(piece) for piece in read] == [ids[:2], ids[2:4], ids[4:]]
    assert sorted(find(index, Words(("title",), "new"))) == ids


def test_rebuild_replaces_everything(index: SearchIndex) -> None:
    put(index, *THINGS)
    index.rebuild([Document("7", {"title": "first"}), Document("8", {}), Document("7", {"title": "last"})])
    assert find(index, All()) == ["8", "7"]
    assert find(index, Words(("title",), "last")) == ["7"]
    index.rebuild(())
    assert index.ids() == set()


def test_failed_rebuild_changes_nothing(index: SearchIndex) -> None:
    def source() -> Iterator[Document]:
        yield Document("7", {})
        raise RuntimeError("the source failed")

    put(index, *THINGS)
    before = index.fingerprints()
    with pytest.raises(RuntimeError):
        index.rebuild(source())
    assert index.fingerprints() == before
    put(index, Document("5", {}))
    assert index.ids() == {*before, "5"}


def test_fingerprints_differ_by_content(index: SearchIndex) -> None:
    put(
        index,
        Document("1", {"title": "a", "budget": None}),
        Document("2", {"title": ["a"]}),
        Document("3", {"body": "a"}),
    )
    prints = index.fingerprints()
    assert prints["1"] == prints["2"] != prints["3"]
    assert index.fingerprints(["3", "4"]) == {"3": prints["3"]}
    put(index, Document("1", {"title": "A"}))
    assert index.fingerprints()["1"] != prints["1"]


def test_search_that_does_not_fit_the_schema_is_refused(index: SearchIndex) -> None:
    for search in (
        Search(AnyOf("colour", ("red",))),
        Search(AnyOf("title", ("red",))),
        Search(Words(("tag",), "red")),
        Search(Prefix(("title",), "two words")),
        Search(Range("tag", 1, 2)),
        Search(Range("budget", float("nan"))),
        Search(Not(Or((Range("rating", upper=float("inf")),)))),
        Search(Near("place", 91, 0, 1)),
        Search(Near("place", 0, 0, -1)),
        Search(order=(Sort("title"),)),
        Search(order=(Sort("budget"), Sort(RELEVANCE))),
        Search(offset=-1),
        Search(limit=-1),
    ):
        with pytest.raises(ValueError, match=r"."):
            index.search(search)
    with pytest.raises(InvalidQuery):
        index.search(Search(Phrase(("title",), "a" * 1001)))


def test_index_on_disk_can_be_reopened(tmp_path: Path) -> None:
    put(TantivyIndex(SCHEMA, tmp_path), *THINGS)
    assert find(TantivyIndex(SCHEMA, tmp_path), Words(TEXT_FIELDS, "python api")) == ["2", "1"]
