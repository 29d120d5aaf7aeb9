"""Changing memberships: permissions, limits and effects."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.principal import Permission, Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.commands import members as commands
from souk.domains.identity.inputs import UpdateMember
from souk.domains.identity.rules import members as rules
from souk.domains.identity.rules.permissions import at_least
from souk.domains.identity.store import USERS
from souk.values.errors import SoukError
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, OPS, RIVAL, SOFIA, WEB, add, principal, settle
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import new_id

UPDATE = """mutation ($input: UpdateMemberInput!) { updateMember(input: $input) {
  role permissions activationStatus organization { id } user { id email } } }"""
ADA, HUGO = "150", "151"


@pytest.fixture
def olivia(souk: Souk) -> Person:
    settle(souk.table)
    add(souk.table, ADA, ACME, ACME, Role.ADMIN)
    add(souk.table, HUGO, ACME, ACME, Role.HIRING_MANAGER)
    return person(souk, OLIVIA, ACME)


def update(caller: Person, user_id: str, organization_id: str = ACME, **facts: Any) -> Answer:
    return caller.call(UPDATE, {"input": {"userId": user_id, "organizationId": organization_id} | facts})


def companies(caller: Person, user_id: str) -> tuple[str, ...]:
    user = caller.souk.table.get(USERS, user_id, consistent=True)
    assert user is not None
    return user.company_ids


def test_member_gets_key_manager_permission(olivia: Person) -> None:
    done = update(olivia, HUGO, permissions=["API_KEY_MANAGER"]).data["updateMember"]
    assert done == {
        "role": "HIRING_MANAGER",
        "permissions": ["API_KEY_MANAGER"],
        "activationStatus": 1,
        "organization": {"id": ACME},
        "user": {"id": HUGO, "email": "P151@Example.test"},
    }
    assert update(olivia, HUGO, permissions=[]).data["updateMember"]["permissions"] == []


def test_service_account_cannot_become_owner(olivia: Person) -> None:
    add(olivia.souk.table, "160", ACME, ACME, Role.NONE, service=True)
    assert update(olivia, "160", permissions=["API_KEY_MANAGER"]).code == "UNPROCESSABLE_CONTENT"
    assert update(olivia, "160", role="OWNER").code == "UNPROCESSABLE_CONTENT"
    assert update(olivia, "160", role="MEMBER").data["updateMember"]["role"] == "MEMBER"
    assert update(olivia, "160", OPS, role="HIRING_MANAGER").data["updateMember"]["organization"] == {"id": OPS}


def test_ended_membership_revokes_access_at_once(olivia: Person) -> None:
    hugo = person(olivia.souk, HUGO, ACME)
    assert hugo.call("{ organization { id } }").data
    assert update(olivia, HUGO, active=False).data["updateMember"]["activationStatus"] == 2
    assert hugo.call("{ organization { id } }").status == 403
    assert companies(olivia, HUGO) == ()
    assert update(olivia, HUGO, active=True).data["updateMember"]["role"] == "HIRING_MANAGER"
    assert hugo.call("{ organization { id } }").data
    assert companies(olivia, HUGO) == (ACME,)


def test_member_of_remaining_team_is_colleague(olivia: Person) -> None:
    assert update(olivia, HUGO, WEB, role="MEMBER").data["updateMember"]["role"] == "MEMBER"
    assert update(olivia, HUGO, active=False).data
    assert companies(olivia, HUGO) == (ACME,)
    assert update(olivia, HUGO, WEB, active=False).data
    assert companies(olivia, HUGO) == ()
    assert update(olivia, HUGO, OPS).code == "NOT_FOUND", "a colleague no more"


def test_update_member_rejects_strangers(olivia: Person) -> None:
    for user_id in (OMAR, SOFIA, "999", "", "x" * 3000):
        assert update(olivia, user_id).code == "NOT_FOUND"
    assert update(olivia, HUGO, RIVAL).code == "NOT_FOUND"
    assert update(olivia, HUGO, "999").code == "NOT_FOUND"


@pytest.mark.parametrize("caller", [HUGO, LIAM, OMAR])
def test_update_member_requires_admin(olivia: Person, caller: str) -> None:
    home = {HUGO: ACME, LIAM: WEB, OMAR: RIVAL}[caller]
    somebody = person(olivia.souk, caller, home)
    for place in (ACME, WEB):
        assert update(somebody, LIAM, place, role="ADMIN").code in {"FORBIDDEN", "NOT_FOUND"}
    liam = olivia.souk.table.get(MEMBERSHIPS, LIAM, WEB)
    assert liam is not None
    assert liam.role is Role.HIRING_MANAGER


def test_admin_cannot_create_or_change_owner(olivia: Person) -> None:
    ada = person(olivia.souk, ADA, ACME)
    for facts in ({"role": "MEMBER"}, {"active": False}, {"permissions": ["API_KEY_MANAGER"]}):
        assert update(ada, OLIVIA, **facts).code == "FORBIDDEN"
    for user_id in (ADA, HUGO):
        assert update(ada, user_id, role="OWNER").code == "FORBIDDEN"
    assert update(ada, HUGO, role="ADMIN").data["updateMember"]["role"] == "ADMIN"


@pytest.mark.parametrize("facts", [{"role": "ADMIN"}, {"active": False}, {"role": "NONE"}])
def test_last_owner_cannot_leave(olivia: Person, facts: dict[str, Any]) -> None:
    assert update(olivia, OLIVIA, **facts).code == "CONFLICT"
    assert update(olivia, ADA, role="OWNER").data
    assert update(olivia, OLIVIA, **facts).data


def test_inactive_owner_does_not_count(olivia: Person) -> None:
    assert update(olivia, ADA, role="OWNER").data
    assert update(olivia, ADA, active=False).data
    assert update(olivia, OLIVIA, role="ADMIN").code == "CONFLICT"


def test_concurrent_owner_removals_keep_one(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second command reads before the first one commits, and conflicts."""
    assert update(olivia, ADA, role="OWNER").data
    ada = person(olivia.souk, ADA, ACME)
    find = commands._another_owner  # noqa: SLF001 - runs between reads and commit
    raced: list[Answer] = []

    def run_before_commit(ctx: Any, leaving: Membership) -> Membership:
        other = find(ctx, leaving)
        if not raced:
            monkeypatch.setattr(commands, "_another_owner", find)
            raced.append(update(ada, OLIVIA, active=False))
        return other

    monkeypatch.setattr(commands, "_another_owner", run_before_commit)
    assert update(olivia, ADA, active=False).code == "CONFLICT"
    assert raced[0].data
    members = [olivia.souk.table.get(MEMBERSHIPS, one, ACME, consistent=True) for one in (OLIVIA, ADA)]
    assert [rules.owns(one) for one in members if one] == [False, True]


def test_unchanged_member_is_not_written(olivia: Person) -> None:
    before = olivia.souk.table.get(MEMBERSHIPS, HUGO, ACME, consistent=True)
    assert update(olivia, HUGO, role="HIRING_MANAGER", active=True).data
    assert olivia.souk.table.get(MEMBERSHIPS, HUGO, ACME, consistent=True) == before


def test_repeated_permission_is_stored_once() -> None:
    before = Membership(id=new_id(), user_id="1", organization_id=ACME, company_id=ACME, role=Role.MEMBER)
    twice = (Permission.API_KEY_MANAGER, Permission.API_KEY_MANAGER)
    wanted = UpdateMember(user_id="1", organization_id=ACME, permissions=twice)
    after = rules.apply_change(principal("9", ACME, ACME, Role.OWNER), before, wanted, service=False)
    assert after.permissions == (Permission.API_KEY_MANAGER,)


roles = st.sampled_from(Role)


@given(
    own=st.sampled_from([Role.OWNER, Role.ADMIN]),
    old=roles,
    new=st.none() | roles,
    permissions=st.none() | st.lists(st.sampled_from(Permission), max_size=3),
    active=st.none() | st.booleans(),
    service=st.booleans(),
)
def test_role_cannot_exceed_callers(
    *, own: Role, old: Role, new: Role | None, permissions: list[Permission] | None, active: bool | None, service: bool
) -> None:
    before = Membership(id=new_id(), user_id="1", organization_id=ACME, company_id=ACME, role=old, operator=True)
    wanted = UpdateMember(
        user_id="1",
        organization_id=ACME,
        role=new,
        permissions=None if permissions is None else tuple(permissions),
        active=active,
    )
    try:
        after = rules.apply_change(principal("9", ACME, ACME, own), before, wanted, service=service)
    except SoukError:
        return
    assert at_least(own, old)
    assert at_least(own, after.role)
    assert not (service and after.role is Role.OWNER)
    assert (after.operator, after.user_id, after.id) == (True, "1", before.id)
    assert after.role is (new or old)
    assert after.active is (True if active is None else active)
    assert not (after.role is Role.NONE and after.permissions)
