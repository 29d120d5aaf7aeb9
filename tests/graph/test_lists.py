"""Page sizes, cursors, and pages of records in memory."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.graph.lists import DEFAULT_PAGE, Cursors, Pagination, connection_in_memory, limit_size, page_size
from souk.values.errors import Unprocessable
from souk.web.signing import Signer

CURSORS = Cursors(Signer(lambda: b"a key that only tests use"))


@given(st.lists(st.integers(), max_size=40), st.integers(1, 10))
def test_pages_contain_whole_list(records: Sequence[int], first: int) -> None:
    seen: list[int] = []
    after: str | None = "0"
    while True:
        page = connection_in_memory(CURSORS, ["list"], records, Pagination(first=first, after=after))
        assert page.total_count == len(records)
        assert len(page.edges) <= first
        seen += [edge["node"] for edge in page.edges]
        after = page.end
        if not page.page_info["hasNextPage"]:
            break
        assert page.edges[-1]["cursor"] == after
    assert seen == list(records)


@given(st.lists(st.integers(), max_size=40), st.integers(1, 10), st.integers(0, 50))
def test_digits_are_an_offset(records: Sequence[int], first: int, offset: int) -> None:
    page = connection_in_memory(CURSORS, ["list"], records, Pagination(first=first, after=str(offset)))
    assert [edge["node"] for edge in page.edges] == records[offset : offset + first]


@pytest.mark.parametrize("after", ["9999999999", "9" * 5_000])
def test_offset_too_far_is_refused(after: str) -> None:
    with pytest.raises(Unprocessable, match="page by `endCursor`"):
        connection_in_memory(CURSORS, ["list"], [], Pagination(first=1, after=after))


def test_page_size_is_clamped_to_the_greatest() -> None:
    assert page_size(None) == DEFAULT_PAGE
    assert page_size(None, greatest=5) == 5
    assert page_size(None, default=100) == 100
    assert page_size(Pagination(first=3)) == 3
    assert page_size(Pagination(first=500)) == 100
    assert page_size(Pagination(first=500), greatest=50) == 50
    assert page_size(Pagination(first=2**31 - 1), greatest=500) == 500


@pytest.mark.parametrize("first", [0, -1, -(2**31)])
def test_page_without_records_is_refused(first: int) -> None:
    with pytest.raises(Unprocessable, match="at least 1"):
        page_size(Pagination(first=first))


@pytest.mark.parametrize("limit", [0, -1, 101, 2**31 - 1])
def test_limit_is_not_clamped(limit: int) -> None:
    with pytest.raises(Unprocessable, match="1 to 100"):
        limit_size(limit)


def test_cursor_of_other_list_is_refused() -> None:
    after = connection_in_memory(CURSORS, ["one"], range(9), Pagination(first=2)).page_info["endCursor"]
    with pytest.raises(Unprocessable):
        connection_in_memory(CURSORS, ["other"], range(9), Pagination(first=2, after=after))


def test_beginning_needs_no_cursor() -> None:
    assert CURSORS.decode("jobs", None) is None
    assert CURSORS.decode("jobs", "0") is None
    assert CURSORS.decode("jobs", "") is None


@pytest.mark.parametrize("cursor", [CURSORS.encode("gigs", 20), CURSORS.encode("jobs", 20)[:-2], "20", "é"])
def test_invalid_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Unprocessable, match="does not belong to this list"):
        CURSORS.decode("jobs", cursor)
