"""Tokens of a run that outlives them."""

from datetime import UTC, datetime, timedelta

import pytest

from souk.local import access, demo
from souk.storage import Table


class Clock(datetime):
    """Tells a time of the test's."""

    hours = 0

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        assert tz is UTC
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=cls.hours)


def test_its_own_token_is_renewed_when_half_of_its_life_is_over(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.load(table, lambda _: None)
    monkeypatch.setattr(access, "datetime", Clock)
    token = access.Renewed(table, demo.CLIENT)
    first = token()
    Clock.hours = 11
    assert token() == first
    Clock.hours = 12
    assert token() != first
