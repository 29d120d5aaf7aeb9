"""Fixtures for the tests of worked time."""

import pytest

from souk.runtime import operator_log
from tests.support.api import Souk
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.diaries import DiariesWorld
from tests.support.worlds.timesheets import TimesheetsWorld


@pytest.fixture
def on_account(souk: Souk) -> TimesheetsWorld:
    """Return a world with the hourly contract of an enterprise, which pays on account: 65.00 an hour, no limit."""
    return TimesheetsWorld(souk, hourly_contract(6_500, None))


@pytest.fixture
def by_card(souk: Souk) -> TimesheetsWorld:
    """Return a world with the hourly contract of a client who pays by card."""
    return TimesheetsWorld(souk, hourly_contract(6_500, None, enterprise=False))


@pytest.fixture
def diaries(souk: Souk) -> DiariesWorld:
    """Return a world with an hourly contract, in which time is stored directly."""
    return DiariesWorld(souk)


@pytest.fixture(autouse=True)
def operator_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the weeks that operators have read, in place of their log."""
    found: list[str] = []
    monkeypatch.setattr(operator_log, "record_reads", lambda _who, subjects, _request: found.extend(subjects))
    return found
