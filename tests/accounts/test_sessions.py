"""Concurrent changes of sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from souk.accounts.sessions import Sessions
from souk.authentication.records import LOGOUTS, SESSIONS, Session
from souk.authentication.sessions import Cookie
from souk.storage import Table
from tests.accounts.test_users import run_before_commit

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def sessions(table: Table) -> Sessions:
    return Sessions(table, b"secret")


def stored(table: Table, cookie: Cookie) -> Session:
    session = table.get(SESSIONS, cookie.hash)
    assert session
    return session


def test_concurrent_logouts_succeed(sessions: Sessions, table: Table) -> None:
    session = stored(table, sessions.create("7", "8", NOW))
    sessions.end(session, NOW + SECOND)
    sessions.end(session, NOW + SECOND)
    ended = table.get(SESSIONS, session.hash)
    assert ended
    assert ended.expires == int((NOW + SECOND).timestamp())


def test_concurrent_logout_everywhere_keeps_later_time(
    sessions: Sessions, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_before_commit(monkeypatch, lambda: Sessions(table, b"secret").end_all("7", NOW + SECOND))
    sessions.end_all("7", NOW)
    ended = table.get(LOGOUTS, "7")
    assert ended
    assert ended.until == (NOW + SECOND).timestamp()
    sessions.end_all("7", NOW + 2 * SECOND)
    assert table.get(LOGOUTS, "7").until == (NOW + 2 * SECOND).timestamp()  # type: ignore[union-attr]
