"""Accepting an invitation on its page."""

from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.tokens import digest
from souk.domains.identity.model import Invitation
from souk.domains.identity.store import INVITATIONS, memberships_of
from souk.domains.rooms.model import Member, Room, RoomRole, RoomType
from souk.domains.rooms.store import ROOMS
from souk.storage import Table
from souk.web import Router
from tests.accounts.actions import log_in
from tests.accounts.browser import BASE, Browser
from tests.accounts.cognito import PASSWORD, Cognito
from tests.domains.identity.people import ACME, LIAM, OLIVIA
from tests.support.clock import CLOCK

TOKEN = "a-token-of-an-invitation"
ADDRESS = f"/account/invitation?token={TOKEN}"


def invite(table: Table, landing_url: str = "https://acme.test/welcome", **changes: Any) -> None:
    invitation = Invitation(
        hash=digest(TOKEN),
        id="1",
        email="liam@example.test",
        company_id=ACME,
        organization_ids=(ACME,),
        role=Role.ADMIN,
        inviter_id=OLIVIA,
        inviter_organization_id=ACME,
        company_name="Acme",
        inviter_name="Olivia O.",
        flow="tests",
        landing_url=landing_url,
        created=int(CLOCK.market().timestamp()),
        expires=int(CLOCK.market().timestamp()) + 86_400,
    )
    tx = table.transaction()
    tx.create(INVITATIONS, invitation.model_copy(update=changes))
    tx.commit()


@pytest.fixture
def invited(seeded_table: Table, cognito: Cognito) -> Table:
    cognito.create_confirmed_user("liam@example.test", "Liam", "Larsen")
    return seeded_table


def roles(table: Table) -> dict[str, Role]:
    return {one.organization_id: one.role for one in memberships_of(table, LIAM)}


def test_invited_person_logs_in_and_joins(invited: Table, router: Router) -> None:
    invite(invited)
    browser = Browser(router)
    page = log_in(browser, "liam@example.test", address=ADDRESS)
    assert page.url == f"{BASE}{ADDRESS}"
    assert "Olivia O. invites you to work with Acme" in page.text
    assert ACME not in roles(invited)  # not by looking at it

    page = browser.submit(page, button="answer=join")

    assert "You are now a member of Acme" in page.text
    assert roles(invited)[ACME] is Role.ADMIN
    assert ("a", {"href": "https://acme.test/welcome", "rel": "noreferrer"}) in page.tags
    assert browser.post(ADDRESS, browser.get("/account").forms[0].fields).status == 409


def test_invitation_of_another_person_is_forbidden(invited: Table, cognito: Cognito, router: Router) -> None:
    invite(invited)
    cognito.create_confirmed_user("omar@example.test")
    browser = Browser(router)
    page = log_in(browser, "omar@example.test", address=ADDRESS)
    assert page.status == 403
    assert browser.post(ADDRESS, browser.get("/account").forms[0].fields).status == 403
    assert ACME not in roles(invited)


@pytest.mark.parametrize("address", ["/account/invitation", "/account/invitation?token=another"])
def test_invalid_invitation_token_shows_error(invited: Table, router: Router, address: str) -> None:
    invite(invited)
    assert log_in(Browser(router), "liam@example.test", PASSWORD, address).status == 404


@pytest.mark.parametrize("landing", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://[", ""])
def test_landing_page_must_be_web_url(invited: Table, router: Router, landing: str) -> None:
    invite(invited, landing)
    browser = Browser(router)
    page = browser.submit(log_in(browser, "liam@example.test", address=ADDRESS), button="answer=join")
    assert "You are now a member of Acme" in page.text
    assert not [given for tag, given in page.tags if tag == "a" and not given["href"].startswith(("#", BASE))]


def test_invited_person_joins_a_room(invited: Table, router: Router) -> None:
    owner = Member(user_id=OLIVIA, organization_id=ACME, company_id=ACME, role=RoomRole.OWNER)
    room = Room(
        id="7",
        type=RoomType.GROUP,
        name="<Plans>",
        organization_id=ACME,
        company_id=ACME,
        creator=owner,
        created="2026-01-01T00:00:00.000Z",
        members=(owner,),
    )
    tx = Table(invited.client, invited.name, CLOCK, ("ROOM#",)).transaction()
    tx.create(ROOMS, room)
    tx.commit()
    invite(invited, "", organization_ids=(), role=Role.NONE, room_id=room.id, room_name=room.name)
    before = roles(invited)
    browser = Browser(router)
    page = log_in(browser, "liam@example.test", address=ADDRESS)
    assert "Olivia O. of Acme invites you to talk in <Plans> on Souk" in page.text
    assert "<b>&lt;Plans&gt;</b>" in page.body
    page = browser.submit(page, button="answer=join")
    assert "You have joined <Plans>." in page.text
    stored = invited.get(ROOMS, room.id)
    assert stored is not None
    assert [one.user_id for one in stored.members] == [OLIVIA, LIAM]
    assert roles(invited) == before
    assert browser.post(ADDRESS, browser.get("/account").forms[0].fields).status == 409
