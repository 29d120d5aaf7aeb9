"""The programs of a person with more grants than are read at once."""

from datetime import timedelta

import pytest

from souk.accounts.connections import connections
from souk.authentication.issuance import make_grant
from souk.authentication.records import API_KEYS, GRANTS, ApiKey
from souk.domains.identity.commands.programs import disconnect
from souk.storage import Table, lists
from tests.domains.identity.people import ACME, OLIVIA, settle
from tests.support.clock import CLOCK

PROGRAM, OTHER = "a" * 32, "b" * 32


def add(table: Table, key_id: str, grants: int) -> list[str]:
    """Store a program with some grants of Olivia's. Returns the ids of the grants."""
    key = ApiKey(
        id=key_id, name=key_id[:1], organization_id=ACME, created_by=OLIVIA, scopes=(), grants=(), redirect_uris=()
    )
    tx = table.transaction()
    tx.create(API_KEYS, key)
    made = [tx.create(GRANTS, make_grant(key, OLIVIA, ACME, CLOCK.real())) for _ in range(grants)]
    tx.commit()
    return [one.id for one in made]


def names(table: Table) -> list[str]:
    return [one.key.name for one in connections(table, OLIVIA, CLOCK.real())]


def test_all_grants_are_read_and_revoked(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_LARGEST_CHUNK", 2)
    settle(table)
    granted = add(table, PROGRAM, 5)
    (other,) = add(table, OTHER, 1)
    assert names(table) == ["a", "b"]
    disconnect(table, OLIVIA, PROGRAM)
    stored = {id_: table.get(GRANTS, id_) for id_ in (*granted, other)}
    assert [id_ for id_, grant in stored.items() if grant and not grant.revoked] == [other]
    assert names(table) == ["b"]


def test_expired_grants_are_not_shown(table: Table) -> None:
    settle(table)
    add(table, PROGRAM, 1)
    assert connections(table, OLIVIA, CLOCK.real() + timedelta(days=2)) == []
