"""Splitting items into chunks."""

from souk.values.chunks import chunks


def test_chunks_have_all_items_in_order() -> None:
    assert list(chunks(iter(range(7)), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(chunks([1, 2], 2)) == [[1, 2]]
    assert list(chunks([], 2)) == []
