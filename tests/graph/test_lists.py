"""Pagination of lists in memory."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.graph.lists import DEFAULT_PAGE, Cursors, Pagination, connection, page_size
from souk.values.errors import Unprocessable
from souk.web.signing import Signer

CURSORS = Cursors(Signer(lambda: b"a key that only tests use"))


@given(st.lists(st.integers(), max_size=40), st.integers(1, 10))
def test_pages_contain_whole_list(records: Sequence[int], first: int) -> None:
    seen: list[int] = []
    after: str | None = "0"
    while True:
        page = connection(CURSORS, ["list"], records, Pagination(first=first, after=after))
        assert page["totalCount"] == len(records)
        assert len(page["edges"]) <= first
        seen += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        assert page["edges"][-1]["cursor"] == after
    assert seen == list(records)


def test_nodes_are_created_only_for_the_page() -> None:
    converted: list[int] = []

    def shown(page: list[int]) -> list[str]:
        converted.extend(page)
        return [str(one) for one in page]

    page = connection(CURSORS, ["list"], range(100), Pagination(first=2), nodes=shown)
    assert [edge["node"] for edge in page["edges"]] == ["0", "1"]
    assert converted == [0, 1]


def test_page_size_default_and_maximum() -> None:
    assert len(connection(CURSORS, [], range(500), None)["edges"]) == DEFAULT_PAGE
    assert len(connection(CURSORS, [], range(500), None, most=5)["edges"]) == 5
    assert len(connection(CURSORS, [], range(500), Pagination(first=100))["edges"]) == 100
    for first, most in ((51, 50), (101, 100), (0, 100), (-1, 100)):
        with pytest.raises(Unprocessable):
            connection(CURSORS, [], range(500), Pagination(first=first), most=most)


def test_cursor_of_other_list_is_refused() -> None:
    after = connection(CURSORS, ["one"], range(9), Pagination(first=2))["pageInfo"]["endCursor"]
    with pytest.raises(Unprocessable):
        connection(CURSORS, ["other"], range(9), Pagination(first=2, after=after))


def test_beginning_needs_no_cursor() -> None:
    assert CURSORS.decode("jobs", None) is None
    assert CURSORS.decode("jobs", "0") is None


@pytest.mark.parametrize("cursor", [CURSORS.encode("gigs", 20), CURSORS.encode("jobs", 20)[:-2], "20", "", "é"])
def test_invalid_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Unprocessable, match="does not belong to this list"):
        CURSORS.decode("jobs", cursor)


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
def test_invalid_page_size_is_refused(first: int) -> None:
    with pytest.raises(Unprocessable, match="1 to 100"):
        page_size(first)
