"""A cursor is good for the list it was made for, and for nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.graph.cursors import Cursors, page_size
from souk.values.errors import Unprocessable

CURSORS = Cursors(lambda: b"secret")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(json_values, json_values)
def test_a_cursor_brings_its_position_back(bound_to: Any, position: Any) -> None:
    assert CURSORS.decode(bound_to, CURSORS.encode(bound_to, position)) == position


def test_the_beginning_needs_no_cursor() -> None:
    assert CURSORS.decode("jobs", None) is None
    assert CURSORS.decode("jobs", "0") is None


def test_the_order_of_a_filters_keys_does_not_matter() -> None:
    assert CURSORS.decode({"b": 1, "a": 2}, CURSORS.encode({"a": 2, "b": 1}, 20)) == 20


@pytest.mark.parametrize(
    "cursor",
    [
        CURSORS.encode("gigs", 20),
        Cursors(lambda: b"another secret").encode("jobs", 20),
        CURSORS.encode("jobs", 20)[:-2],
        "A" * 10_000,
        "20",
        "",
        "é",
        "\x00",
        "====",
    ],
)
def test_any_other_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Unprocessable, match="does not belong to this list"):
        CURSORS.decode("jobs", cursor)


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
def test_pages_have_a_size(first: int) -> None:
    with pytest.raises(Unprocessable, match="1 to 100"):
        page_size(first)


def test_the_secret_is_asked_for_once_and_late() -> None:
    asked: list[int] = []

    def secret() -> bytes:
        asked.append(1)
        return b"secret"

    cursors = Cursors(secret)
    assert not asked
    cursors.decode("jobs", cursors.encode("jobs", 1))
    assert asked == [1]
