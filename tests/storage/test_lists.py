"""Reading a whole partition."""

from typing import Any

import pytest

from souk.storage import Table
from tests.storage.test_transactions import LAMPS, create


def test_query_all_reads_every_page(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        create(table, id=str(number), seller="bright")
    create(table, id="9", seller="dark")
    query: Any = table.client.query
    monkeypatch.setattr(table.client, "query", lambda **request: query(**{**request, "Limit": 2}))
    before = table.trips
    assert [lamp.id for lamp in table.query_all(LAMPS, "SELLER#bright", index="GSI1")] == ["0", "1", "2", "3", "4"]
    assert table.trips - before == 3
    assert table.query_all(LAMPS, "SELLER#nobody", index="GSI1") == []
