"""Pages of searches while results come, go and move."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.graph.lists import Connection, Cursors, Pagination
from souk.graph.searches import find_page
from souk.search import All, Document, IndexSchema, Integer, Search, Sort
from souk.search.memory import MemoryIndex
from souk.values.errors import Unprocessable
from souk.web.signing import Signer

CURSORS = Cursors(Signer(lambda: b"a key that only tests use"))
SCHEMA = IndexSchema("things", (Integer("rank"),), default=())


def index_of(*ids: int) -> MemoryIndex:
    """Return an index whose results come with the greatest id first."""
    index = MemoryIndex(SCHEMA)
    move(index, **{str(id_): id_ for id_ in ids})
    return index


def move(index: MemoryIndex, **ranks: int | None) -> None:
    """Give documents a rank, the greatest first; None removes them."""
    index.apply({id_: None if rank is None else Document(id_, {"rank": rank}) for id_, rank in ranks.items()})


def page(index: MemoryIndex, first: int, after: str | None = None) -> Connection:
    search = Search(All(), (Sort("rank"),))
    found = find_page(CURSORS, ["things"], index, search, Pagination(first=first, after=after))
    return found.connection({id_: int(id_) for id_ in found.ids})


def ids(shown: Connection) -> list[int]:
    return [edge["node"] for edge in shown.edges]


def test_pages_are_joined_without_gaps() -> None:
    index = index_of(*range(1, 8))
    first = page(index, 3)
    second = page(index, 3, first.end)
    third = page(index, 3, second.end)
    assert ids(first) + ids(second) + ids(third) == [7, 6, 5, 4, 3, 2, 1]
    assert [one.page_info["hasNextPage"] for one in (first, second, third)] == [True, True, False]
    assert third.total_count == 7


def test_page_goes_on_behind_a_result_that_has_moved() -> None:
    index = index_of(*range(1, 7))
    after = page(index, 3).end  # behind 4
    move(index, **{"90": 90, "91": 91})
    assert ids(page(index, 3, after)) == [3, 2, 1]
    move(index, **{"90": None, "91": None, "6": None})
    assert ids(page(index, 3, after)) == [3, 2, 1]


def test_page_goes_on_at_the_offset_if_the_last_result_is_gone() -> None:
    index = index_of(*range(1, 7))
    after = page(index, 3).end
    move(index, **{"4": None})
    assert ids(page(index, 3, after)) == [2, 1]


def test_page_goes_on_at_the_offset_if_the_last_is_far_away() -> None:
    index = index_of(*range(1, 301))
    after = page(index, 2).end  # behind 299
    move(index, **{"299": -1})
    assert ids(page(index, 2, after)) == [297, 296]


def test_hidden_results_are_left_out() -> None:
    found = find_page(CURSORS, ["things"], index_of(1, 2), Search(All(), (Sort("rank"),)), None)
    shown = found.connection({"1": 1})
    assert (ids(shown), shown.total_count) == ([1], 2)


@given(st.integers(0, 12), st.integers(1, 5))
def test_digits_are_an_offset(offset: int, first: int) -> None:
    index = index_of(*range(1, 10))
    everything = ids(page(index, 9))
    assert ids(page(index, first, str(offset))) == everything[offset : offset + first]


def test_offset_far_from_the_beginning_is_refused() -> None:
    with pytest.raises(Unprocessable, match="page by `endCursor`"):
        page(index_of(), 10, "1991")
