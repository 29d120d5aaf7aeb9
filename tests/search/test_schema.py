"""Declarations of indexes, and the normal form of documents."""

import pytest

from souk.search import Document, Float, GeoPoint, IndexSchema, Integer, Keyword, Text
from souk.search.schema import Value
from tests.search.samples import SCHEMA


@pytest.mark.parametrize(
    ("fields", "default", "searchable"),
    [
        ((Text("a"), Keyword("a")), (), {}),
        ((Text("id"),), (), {}),
        ((Text("relevance"),), (), {}),
        ((Text("_a"),), (), {}),
        ((Text("a b"),), (), {}),
        ((Keyword("a"),), ("a",), {}),
        ((Text("a"),), ("b",), {}),
        ((Text("a"),), (), {"x": "b"}),
    ],
)
def test_inconsistent_declarations_are_refused(
    fields: tuple[Text | Keyword, ...], default: tuple[str, ...], searchable: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"field|declares"):
        IndexSchema("x", fields, default, searchable)


def test_fingerprint_changes_with_the_fields() -> None:
    def schema(*fields: Text | Keyword | Integer | Float, searchable: bool = False) -> IndexSchema:
        return IndexSchema("x", fields, (), {"a": "a"} if searchable else {})

    plain = schema(Text("a"), Integer("b"))
    assert plain.fingerprint == schema(Integer("b"), Text("a"), searchable=True).fingerprint
    others = {schema(Text("a"), Float("b")).fingerprint, schema(Text("a")).fingerprint}
    assert plain.fingerprint not in others
    assert len(others) == 2


def test_documents_are_normalised() -> None:
    values: dict[str, Value] = {
        "title": "Hello \ud800",
        "body": ["", "a"],
        "tag": ["b", "a", "b"],
        "budget": None,
        "rating": -0.0,
        "place": GeoPoint(1, 2),
    }
    assert dict(SCHEMA.normalise(Document("1", values)).values) == {
        "title": ("Hello \ufffd",),
        "body": ("a",),
        "tag": ("a", "b"),
        "rating": 0.0,
        "place": GeoPoint(1.0, 2.0),
    }
    assert SCHEMA.normalise(Document("1", {"title": "", "tag": [], "body": [""]})).values == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colour", "red"),
        ("title", 5),
        ("tag", ["a", 5]),
        ("budget", 1.0),
        ("budget", True),
        ("budget", 2**63 - 1),
        ("rating", float("nan")),
        ("rating", "5"),
        ("place", "here"),
    ],
)
def test_values_of_the_wrong_kind_are_refused(field: str, value: Value) -> None:
    with pytest.raises(ValueError, match="field"):
        SCHEMA.normalise(Document("1", {field: value}))


@pytest.mark.parametrize("id_", ["", "x", "-1", "01", "1.0", str(2**64), "²", "٣"])
def test_ids_are_numbers_of_64_bits(id_: str) -> None:
    with pytest.raises(ValueError, match="an id is"):
        SCHEMA.normalise(Document(id_, {}))


@pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, -181.0), (float("nan"), 0.0)])
def test_places_are_on_earth(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no place on earth"):
        GeoPoint(*place)
