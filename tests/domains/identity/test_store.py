"""Storage of users and organizations."""

import pytest

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERS, MEMBERSHIPS, Membership
from souk.domains.identity.store import (
    ORGANIZATIONS,
    create_user,
    memberships_of,
    teams_of,
    user_by_email,
)
from souk.storage import Table, View
from souk.values.errors import Conflict
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OPS, RIVAL, SOFIA, WEB, organization, settle, user
from tests.support.clock import new_id


@pytest.mark.parametrize("email", ["sofia@example.test", "Sofia@Example.TEST", " SOFIA@EXAMPLE.TEST "])
def test_user_by_email_ignores_case(table: Table, email: str) -> None:
    settle(table)
    found = user_by_email(table, email)
    assert found is not None
    assert (found.id, found.email) == (SOFIA, "Sofia@Example.test")


def test_user_by_unknown_email_is_none(table: Table) -> None:
    settle(table)
    assert user_by_email(table, "nobody@example.test") is None


@pytest.mark.parametrize(
    ("first", "changes", "message"),
    [
        ("Sofie", {"email": "SOFIA@example.test"}, "e-mail address"),
        ("Sofie", {"nickname": "sofia"}, "nickname"),
    ],
)
def test_emails_and_nicknames_are_unique(table: Table, first: str, changes: dict[str, str], message: str) -> None:
    settle(table)
    tx = table.transaction()
    create_user(tx, user("105", first, "S", RIVAL, **changes))
    with pytest.raises(Conflict, match=message):
        tx.commit()


def test_list_teams_and_members_of_organization(table: Table) -> None:
    settle(table)
    assert [team.id for team in teams_of(table, ACME)] == [WEB, OPS]
    assert teams_of(table, WEB) == []
    everybody: View[Membership, Membership] = View()
    assert [one.user_id for one in MEMBERS.of(table, ACME).all(everybody)] == [OLIVIA]
    assert [one.organization_id for one in memberships_of(table, LIAM)] == [WEB]


def test_lists_read_all_pages(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    tx = table.transaction()
    for number in range(7):
        tx.create(ORGANIZATIONS, organization(str(500 + number), "Team", company_id=ACME, parent_id=ACME))
        tx.create(
            MEMBERSHIPS,
            Membership(id=new_id(), user_id=LIAM, organization_id=str(500 + number), company_id=ACME, role=Role.MEMBER),
        )
    tx.commit()
    query = table.client.query
    monkeypatch.setattr(table.client, "query", lambda **request: query(**{**request, "Limit": 3}))
    assert len(teams_of(table, ACME)) == 7
    assert len(memberships_of(table, LIAM)) == 7
