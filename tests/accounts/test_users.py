"""The first login of a person, also with concurrent logins."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.accounts.directory import DirectoryUser
from souk.accounts.forms import Registration
from souk.accounts.users import LoginDevice, Users
from souk.domains.identity.commands.nicknames import new_nickname
from souk.domains.identity.model import User
from souk.domains.identity.rules.founding import Side
from souk.domains.identity.store import USERS, create_user, memberships_of, user_by_email, user_by_subject
from souk.domains.mails.store import MAILS
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, Forbidden, SoukError
from tests.domains.identity.people import ACME, user

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def person(subject: str = "sub-1", email: str = "nora@example.test", *, verified: bool = True) -> DirectoryUser:
    return DirectoryUser(subject, email, verified, Registration("Nora", "Nilsen", Side.CLIENT, "Nordlys", "NO"))


def add(table: Table, added: User) -> User:
    tx = table.transaction()
    stored = create_user(tx, added)
    tx.commit()
    return stored


def items(table: Table, kind: str) -> list[Any]:
    found = table.client.scan(TableName=table.name)["Items"]
    return [one for one in found if one.get("type", {}).get("S") == kind]


def run_before_commit(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Run a function between the reads and the commit of the next command."""
    commit = Transaction.commit
    waiting = [action]

    def commit_later(self: Transaction) -> None:
        if waiting:
            waiting.pop()()
        commit(self)

    monkeypatch.setattr(Transaction, "commit", commit_later)


def test_second_login_returns_same_user(table: Table) -> None:
    users = Users(table)
    first = users.get_or_create(person(), NOW)
    assert users.get_or_create(person(email="renamed@example.test", verified=False), NOW) == first
    assert len(items(table, "User")) == len(items(table, "Organization")) == len(items(table, "Membership")) == 1


def test_login_records_whether_there_is_an_authenticator(table: Table) -> None:
    users = Users(table)
    assert users.get_or_create(person(), NOW, authenticator=True).authenticator is True
    assert users.get_or_create(person(), NOW, authenticator=True).version == 1, "nothing to write"
    assert users.get_or_create(person(), NOW).authenticator is False  # an operator has reset it
    stored = user_by_subject(table, "sub-1")
    assert stored
    assert stored.authenticator is False


def test_login_from_new_device_is_mailed(table: Table) -> None:
    users = Users(table)

    def log_in(device: str) -> list[str]:
        users.get_or_create(person(), NOW, device=LoginDevice(device, "192.0.2.0/24"))
        sent = [MAILS.decode(item) for item in items(table, "QueuedMail")]
        return [mail.values["device"] for mail in sent]

    firefox, chrome = "Firefox on Linux", "Chrome on Android"
    assert log_in(firefox) == [], "the first one is no news"
    assert log_in(chrome) == [chrome]
    assert log_in(firefox) == log_in(chrome) == [chrome], "both are known now"


def test_concurrent_first_logins_create_one_user(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    won: list[User] = []
    run_before_commit(monkeypatch, lambda: won.append(Users(table).get_or_create(person(), NOW)))
    assert [Users(table).get_or_create(person(), NOW)] == won
    assert len(items(table, "User")) == len(items(table, "Organization")) == len(items(table, "Membership")) == 1


def test_user_created_by_operator_is_linked_by_email(table: Table) -> None:
    known = add(table, user("7", "Nora", "Nilsen", ACME))
    entered = Users(table).get_or_create(person(email="nora@example.TEST".lower()), NOW)
    assert (entered.id, entered.subject, entered.organization_id) == (known.id, "sub-1", ACME)
    assert user_by_subject(table, "sub-1") == entered
    assert not items(table, "Organization")


def test_concurrent_logins_link_existing_user_once(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    known = add(table, user("7", "Nora", "Nilsen", ACME))
    run_before_commit(monkeypatch, lambda: Users(table).get_or_create(person(), NOW))
    assert Users(table).get_or_create(person(), NOW).id == known.id
    assert table.get(USERS, known.id).version == 2  # type: ignore[union-attr]


def test_user_created_during_login_is_linked(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    run_before_commit(monkeypatch, lambda: add(table, user("7", "Nora", "Nilsen", ACME)))
    assert Users(table).get_or_create(person(), NOW).id == "7"
    assert len(items(table, "User")) == 1
    assert not items(table, "Organization")


def test_second_account_with_same_email_is_forbidden(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    users = Users(table)
    run_before_commit(monkeypatch, lambda: Users(table).get_or_create(person("sub-2"), NOW))
    with pytest.raises(Forbidden, match="user with another login"):
        users.get_or_create(person("sub-1"), NOW)
    assert user_by_email(table, "nora@example.test").subject == "sub-2"  # type: ignore[union-attr]
    assert user_by_subject(table, "sub-1") is None


def test_taken_nickname_is_replaced(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    add(table, user("7", "Nico", "Nilsen", ACME, nickname="nora-n-aaaaaa"))
    given = iter(["nora-n-aaaaaa", "nora-n-bbbbbb"])
    monkeypatch.setattr("souk.accounts.users.new_nickname", lambda *_: next(given))
    assert Users(table).get_or_create(person(), NOW).nickname == "nora-n-bbbbbb"


def test_repeated_nickname_conflict_fails(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    add(table, user("7", "Nico", "Nilsen", ACME, nickname="taken"))
    monkeypatch.setattr("souk.accounts.users.new_nickname", lambda *_: "taken")
    with pytest.raises(Conflict):
        Users(table).get_or_create(person(), NOW)
    assert len(items(table, "User")) == 1


def test_unverified_email_is_forbidden(table: Table) -> None:
    add(table, user("7", "Nora", "Nilsen", ACME))
    for unproven in (person(verified=False), person(email="")):
        with pytest.raises(Forbidden):
            Users(table).get_or_create(unproven, NOW)
    assert table.get(USERS, "7").subject is None  # type: ignore[union-attr]


def test_service_account_cannot_log_in(table: Table) -> None:
    add(table, user("7", "Nora", "Robot", ACME, service=True))
    with pytest.raises(Forbidden, match="service account"):
        Users(table).get_or_create(person(), NOW)
    add(table, user("8", "Rob", "Robot", ACME, service=True, email="rob@example.test"))
    tx = table.transaction()
    tx.reserve("UNIQ#subject#sub-8", "8", Conflict("taken"))
    tx.commit()
    with pytest.raises(Forbidden, match="service account"):
        Users(table).get_or_create(person("sub-8", "rob@example.test"), NOW)


def test_first_login_creates_user_organization_membership(table: Table) -> None:
    entered = Users(table).get_or_create(person(), NOW)
    assert entered.creation_date == "2026-11-22T12:00:00.000Z"
    (membership,) = memberships_of(table, entered.id)
    assert (membership.active, membership.company_id, membership.since) == (
        True,
        entered.organization_id,
        entered.creation_date,
    )


@given(st.text(min_size=1, max_size=50), st.text(max_size=50))
def test_nickname_is_url_safe_and_hides_last_name(first: str, last: str) -> None:
    made = new_nickname(first, last)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not made.startswith("-")
    assert len(made) <= 37
    of_the_initial = new_nickname(first, last[:1])
    assert made.rpartition("-")[0] == of_the_initial.rpartition("-")[0]


def test_first_logins_share_no_conflict(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    reserve = Transaction.reserve
    conflicts: list[SoukError] = []

    def recording(self: Transaction, value: str, holder: str, refused: SoukError) -> None:
        conflicts.append(refused)
        reserve(self, value, holder, refused)

    monkeypatch.setattr(Transaction, "reserve", recording)
    users = Users(table)
    users.get_or_create(person("sub-1", "nora@example.test"), NOW)
    users.get_or_create(person("sub-2", "nils@example.test"), NOW)
    assert len({id(one) for one in conflicts}) == len(conflicts) == 6
