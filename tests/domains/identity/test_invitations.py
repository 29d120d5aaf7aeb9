"""Sending, accepting and revoking invitations."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.principal import Permission, Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.commands import invitations as commands
from souk.domains.identity.inputs import Invite
from souk.domains.identity.model import FormerEmail, Invitation, InvitationState, User
from souk.domains.identity.rules import invitations as rules
from souk.domains.identity.store import INVITATIONS, ORGANIZATIONS, USERS, create_user, invitations_of
from souk.runtime import mail
from souk.storage import Table
from souk.values.errors import Conflict, Forbidden, NotFound, SoukError
from souk.values.times import stamp
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, OPS, RIVAL, SOFIA, WEB, add, principal, settle, user
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK

INVITE = """mutation ($invitations: [InvitationToTeamInput!]!) { inviteToTeam(invitations: $invitations) {
  succeeded { id token } failed { code message invitation { email username } } } }"""
REVOKE = "mutation ($id: ID!) { revokeInvitation(id: $id) }"
RECORD = "query ($id: ID!) { accountAuditRecord(processInstanceId: $id) { status metadata { key value } } }"
NINA = "sofia@example.test"


@dataclass
class Mailbox:
    """Receives mails; with `broken`, sending fails with that message."""

    sent: list[tuple[str, str, str, str]] = field(default_factory=list)
    broken: str = ""

    def send(self, to: str, subject: str, text: str, html: str, *, sender: str) -> None:  # noqa: ARG002 - the brand's
        if self.broken:
            raise SoukError(self.broken)
        self.sent.append((to, subject, text, html))


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    made = Mailbox()
    monkeypatch.setattr(mail, "send", made.send)
    return made


@pytest.fixture
def olivia(souk: Souk, mailbox: Mailbox) -> Person:  # noqa: ARG001 - no mail leaves the tests
    settle(souk.table)
    return person(souk, OLIVIA, ACME)


def wish(email: str | None = NINA, **facts: Any) -> dict[str, Any]:
    return {"flow": "CLIENT_INVITE_TO_TEAM", "inviteeEmail": email, "landingUrl": "https://acme.test/hello"} | facts


def invite(caller: Person, *wishes: dict[str, Any]) -> Answer:
    return caller.call(INVITE, {"invitations": list(wishes) or [wish()]})


def token_of(answer: Answer) -> str:
    (one,) = answer.data["inviteToTeam"]["succeeded"]
    token: str = one["token"]
    return token


def failure(answer: Answer) -> dict[str, Any]:
    result = answer.data["inviteToTeam"]
    assert result["succeeded"] == []
    (one,) = result["failed"]
    found: dict[str, Any] = one
    return found


def somebody(table: Table, user_id: str) -> User:
    found = table.get(USERS, user_id, consistent=True)
    assert found is not None
    return found


def accept(caller: Person, token: str, user_id: str = SOFIA, later: timedelta = timedelta()) -> Invitation:
    table = caller.souk.table
    return commands.accept(table, token, somebody(table, user_id), CLOCK.market() + later)


def test_invitation_is_mailed_and_accepted_once(olivia: Person, mailbox: Mailbox) -> None:
    answer = invite(olivia, wish(emailParams={"message": "Come <b>along</b>!\nWe need you."}))
    token = token_of(answer)
    ((to, subject, text, html),) = mailbox.sent
    assert (to.lower(), subject) == (NINA, "Olivia O. invites you to Acme")
    assert "> Come <b>along</b>!\n> We need you." in text
    assert "&lt;b&gt;along" in html
    assert "<b>" not in html
    table = olivia.souk.table
    accepted = accept(olivia, token)
    assert (accepted.state, accepted.accepted_by) == (InvitationState.ACCEPTED, SOFIA)
    joined = table.get(MEMBERSHIPS, SOFIA, ACME, consistent=True)
    assert joined is not None
    assert (joined.role, joined.active, joined.company_id) == (Role.MEMBER, True, ACME)
    assert set(somebody(table, SOFIA).company_ids) == {ACME, "401"}
    for again in (SOFIA, OMAR):
        with pytest.raises((Conflict, Forbidden)):
            accept(olivia, token, again)


def test_link_leads_to_deployment(olivia: Person, mailbox: Mailbox) -> None:
    token = token_of(invite(olivia))
    (link,) = re.findall(r"https?://\S+", mailbox.sent[0][2])
    assert link.endswith(f"/account/invitation?token={token}")
    assert f'href="{link}"' in mailbox.sent[0][3]


def test_only_token_hash_is_stored(olivia: Person) -> None:
    token = token_of(invite(olivia))
    items = olivia.souk.table.client.scan(TableName=olivia.souk.table.name)["Items"]
    assert token not in str(items)


def test_roles_by_name_or_number(olivia: Person) -> None:
    token = token_of(
        invite(
            olivia,
            wish(invitedToOrganizationsIds=[WEB, OPS], frankoRolesToBeAssigned=["300", "200", "API_KEY_MANAGER"]),
        )
    )
    accept(olivia, token)
    for place, expected in ((WEB, Role.HIRING_MANAGER), (OPS, Role.HIRING_MANAGER), (ACME, None)):
        joined = olivia.souk.table.get(MEMBERSHIPS, SOFIA, place, consistent=True)
        assert (joined.role if joined else None) is expected
        assert joined is None or joined.permissions == (Permission.API_KEY_MANAGER,)


def test_hierarchical_invitation_includes_teams(olivia: Person) -> None:
    accept(olivia, token_of(invite(olivia, wish(hierarchical=True))))
    table = olivia.souk.table
    assert all(table.get(MEMBERSHIPS, SOFIA, place, consistent=True) for place in (ACME, WEB, OPS))


def test_existing_membership_is_kept(olivia: Person) -> None:
    token = token_of(
        invite(
            olivia, wish("liam@example.test", invitedToOrganizationsIds=[WEB, OPS], frankoRolesToBeAssigned=["ADMIN"])
        )
    )
    accept(olivia, token, LIAM)
    table = olivia.souk.table
    roles = [one.role for place in (WEB, OPS) if (one := table.get(MEMBERSHIPS, LIAM, place, consistent=True))]
    assert roles == [Role.HIRING_MANAGER, Role.ADMIN]


def test_removed_member_can_be_invited_again(olivia: Person) -> None:
    table = olivia.souk.table
    before = table.get(MEMBERSHIPS, LIAM, WEB, consistent=True)
    assert before is not None
    tx = table.transaction()
    tx.update(MEMBERSHIPS, before.model_copy(update={"active": False}))
    tx.commit()
    accept(olivia, token_of(invite(olivia, wish("liam@example.test", invitedToOrganizationsIds=[WEB]))), LIAM)
    after = table.get(MEMBERSHIPS, LIAM, WEB, consistent=True)
    assert after is not None
    assert (after.active, after.role, after.id) == (True, Role.MEMBER, before.id)


def test_new_user_can_accept(olivia: Person) -> None:
    token = token_of(invite(olivia, wish("New.Person@Example.org")))
    table = olivia.souk.table
    tx = table.transaction()
    create_user(tx, user("180", "New", "Person", "999", email="new.person@example.org"))
    tx.commit()
    accept(olivia, token, "180")
    assert table.get(MEMBERSHIPS, "180", ACME, consistent=True)


FAILING: list[tuple[dict[str, Any], str]] = [
    ({"inviteeEmail": None}, "INVALID_INVITEE"),
    ({"inviteeEmail": "   "}, "INVALID_INVITEE"),
    ({"inviteeEmail": "a@b"}, "INVALID_INVITEE"),
    ({"inviteeEmail": "a@b.co\nBcc: x@y.zz"}, "INVALID_INVITEE"),
    ({"inviteeEmail": "a@b.co, x@y.zz"}, "INVALID_INVITEE"),
    ({"inviteeEmail": "A <a@b.co>"}, "INVALID_INVITEE"),
    ({"inviteeEmail": "x" * 65 + "@b.co"}, "INVALID_INVITEE"),
    ({"inviteeEmail": "nobody-at-all"}, "INVITEE_NOT_FOUND"),
    ({"inviteeEmail": "olivia@EXAMPLE.test"}, "ALREADY_MEMBER"),
    ({"inviterUserId": LIAM}, "INVALID_INVITER"),
    ({"landingUrl": "javascript:alert(1)"}, "INVALID_LANDING_URL"),
    ({"landingUrl": "//evil.test"}, "INVALID_LANDING_URL"),
    ({"landingUrl": "https://acme.test@evil.test/"}, "INVALID_LANDING_URL"),
    ({"landingUrl": "https://acme.test/\r\nSet-Cookie: a=b"}, "INVALID_LANDING_URL"),
    ({"landingUrl": "https://[::1"}, "INVALID_LANDING_URL"),
    ({"landingUrl": "https://" + "x" * 2000}, "INVALID_LANDING_URL"),
    ({"emailParams": {"message": "x" * 1001}}, "INVALID_MESSAGE"),
    ({"emailParams": {"message": "a\x00b"}}, "INVALID_MESSAGE"),
    ({"metadata": [{"key": "k", "value": "v"}] * 21}, "INVALID_METADATA"),
    ({"metadata": [{"key": "k", "value": "v" * 201}]}, "INVALID_METADATA"),
    ({"frankoRolesToBeAssigned": ["KING"]}, "UNKNOWN_ROLE"),
    ({"frankoRolesToBeAssigned": [None]}, "UNKNOWN_ROLE"),
    ({"invitedToOrganizationsIds": [WEB, RIVAL]}, "ORGANIZATION_NOT_FOUND"),
    ({"invitedToOrganizationsIds": ["999"]}, "ORGANIZATION_NOT_FOUND"),
    ({"invitedToOrganizationsIds": [str(number) for number in range(26)]}, "TOO_MANY_ORGANIZATIONS"),
]


def test_invalid_invitation_fails_alone(olivia: Person, mailbox: Mailbox) -> None:
    for number, (facts, code) in enumerate(FAILING):
        other = f"ok{number}@ok.test"
        result = invite(olivia, wish() | facts, wish(other)).data["inviteToTeam"]
        (failed,) = result["failed"]
        assert (failed["code"], bool(failed["message"])) == (code, True), facts
        given = facts.get("inviteeEmail", NINA)
        by_address = given is not None and "@" in given
        assert failed["invitation"] == {
            "email": given if by_address else None,
            "username": None if by_address else given,
        }
        assert len(result["succeeded"]) == 1
        assert mailbox.sent.pop()[0] == other
        assert mailbox.sent == []


def test_invite_by_nickname_hides_email(olivia: Person, mailbox: Mailbox) -> None:
    answer = invite(olivia, wish("Sofia"))
    accept(olivia, token_of(answer))
    assert [to for to, *_ in mailbox.sent] == ["Sofia@Example.test"]
    record = olivia.call(RECORD, {"id": answer.data["inviteToTeam"]["succeeded"][0]["id"]})
    assert record.data["accountAuditRecord"]["status"] == "COMPLETED"
    assert "example.test" not in str(record.json).lower()
    assert "example.test" not in str(answer.json).lower()


def test_audit_record_shows_flow_and_metadata(olivia: Person) -> None:
    wanted = wish() | {"metadata": [{"key": "campaign", "value": "spring"}]}
    answer = invite(olivia, wanted)
    record = olivia.call(RECORD, {"id": answer.data["inviteToTeam"]["succeeded"][0]["id"]}).data["accountAuditRecord"]
    shown = {one["key"]: one["value"] for one in record["metadata"]}
    assert (shown["flow"], shown["metadata.campaign"]) == (wanted["flow"], "spring")


def test_invite_does_not_reveal_registration(olivia: Person) -> None:
    answers = [
        invite(olivia, wish(email)).data["inviteToTeam"] for email in (NINA, "omar@example.test", "no@body.test")
    ]
    assert [(len(one["succeeded"]), one["failed"]) for one in answers] == [(1, [])] * 3


def test_invite_requires_admin(olivia: Person) -> None:
    souk = olivia.souk
    for number, role in enumerate((Role.HIRING_MANAGER, Role.MEMBER, Role.NONE)):
        add(souk.table, f"15{number}", ACME, ACME, role, permissions=(Permission.API_KEY_MANAGER,))
        assert invite(person(souk, f"15{number}", ACME)).code == "FORBIDDEN"
    add(souk.table, "160", WEB, ACME, Role.ADMIN)
    chief = person(souk, "160", WEB)
    assert failure(invite(chief, wish(invitedToOrganizationsIds=[OPS])))["code"] == "ORGANIZATION_NOT_FOUND"
    assert failure(invite(chief, wish(frankoRolesToBeAssigned=["OWNER"])))["code"] == "ROLE_ABOVE_YOURS"
    accept(olivia, token_of(invite(chief)))
    assert souk.table.get(MEMBERSHIPS, SOFIA, WEB, consistent=True)


def test_invitation_limits(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invite(olivia, *[wish(f"p{number}@p.test") for number in range(11)]).code == "UNPROCESSABLE_CONTENT"
    for _ in range(3):
        assert token_of(invite(olivia))
    assert failure(invite(olivia))["code"] == "TOO_MANY_INVITATIONS"
    monkeypatch.setattr(rules, "MAX_PER_COMPANY", 4)
    result = invite(olivia, wish("a@p.test"), wish("b@p.test")).data["inviteToTeam"]
    assert ([one["code"] for one in result["failed"]], len(result["succeeded"])) == (["TOO_MANY_INVITATIONS"], 1)


def test_same_person_twice_in_one_call(olivia: Person) -> None:
    result = invite(olivia, wish(), wish(NINA.upper())).data["inviteToTeam"]
    first, second = (one["token"] for one in result["succeeded"])
    with pytest.raises(NotFound):
        accept(olivia, first)
    assert accept(olivia, second)


def test_new_invitation_replaces_older(olivia: Person) -> None:
    admin = token_of(invite(olivia, wish(frankoRolesToBeAssigned=["ADMIN"])))
    elsewhere = token_of(invite(olivia, wish(invitedToOrganizationsIds=[OPS])))
    member = token_of(invite(olivia))
    with pytest.raises(NotFound):
        accept(olivia, admin)
    accept(olivia, elsewhere)
    accept(olivia, member)


def test_team_cannot_revoke_companys_invitation(olivia: Person) -> None:
    add(olivia.souk.table, "160", WEB, ACME, Role.ADMIN)
    companys = token_of(invite(olivia, wish(invitedToOrganizationsIds=[WEB, OPS])))
    assert token_of(invite(person(olivia.souk, "160", WEB)))
    assert accept(olivia, companys)


def test_unmailed_invitation_is_deleted(olivia: Person, mailbox: Mailbox) -> None:
    mailbox.broken = "The mail could not be sent. Please try again later."
    for _ in range(4):  # failed ones do not count
        failed = failure(invite(olivia))
        assert (failed["code"], failed["message"]) == ("MAIL_NOT_SENT", mailbox.broken)
    assert invitations_of(olivia.souk.table, ACME) == []
    mailbox.broken = ""
    assert token_of(invite(olivia))


def test_unmailed_invitation_keeps_previous_valid(olivia: Person, mailbox: Mailbox) -> None:
    before = token_of(invite(olivia))
    mailbox.broken = "The mail could not be sent. Please try again later."
    failed = invite(olivia, wish(), wish())
    assert [one["code"] for one in failed.data["inviteToTeam"]["failed"]] == ["MAIL_NOT_SENT"] * 2
    assert accept(olivia, before)


@pytest.mark.parametrize("landing_url", ["", " ", "acme.test", "https://"])
def test_landing_url_is_required(landing_url: str) -> None:
    wanted = Invite(flow="CLIENT_INVITE_TO_TEAM", landing_url=landing_url)
    with pytest.raises(rules.InvitationError) as refused:
        rules.check(wanted, principal(OLIVIA, ACME, ACME, Role.OWNER))
    assert refused.value.code == "INVALID_LANDING_URL"


def test_invitation_expires_after_a_week(olivia: Person) -> None:
    token = token_of(invite(olivia))
    with pytest.raises(NotFound, match="expired"):
        accept(olivia, token, later=timedelta(days=7, seconds=1))
    assert accept(olivia, token, later=timedelta(days=6, hours=23))


@pytest.mark.parametrize("token", ["", "x", "x" * 100_000, "\x00", "é"])
def test_unknown_token_is_not_found(olivia: Person, token: str) -> None:
    with pytest.raises(NotFound):
        accept(olivia, token)


def test_invitation_of_another_stays_valid(olivia: Person) -> None:
    token = token_of(invite(olivia))
    with pytest.raises(Forbidden) as refused:
        accept(olivia, token, OMAR)
    assert NINA not in refused.value.message.lower()
    assert olivia.souk.table.get(MEMBERSHIPS, OMAR, ACME, consistent=True) is None
    assert accept(olivia, token)


def test_invitation_from_before_a_change_of_address_stays_valid(olivia: Person) -> None:
    invitation = commands.find(olivia.souk.table, token_of(invite(olivia)), CLOCK.market())
    sent = datetime.fromtimestamp(invitation.created, UTC)
    for until, valid in ((sent, True), (sent - timedelta(seconds=1), False)):
        former = FormerEmail(address=NINA.upper(), until=stamp(until))
        assert (
            rules.is_invited(invitation, user("7", "Nina", "N", ACME, email="new@x.test", former_email=former)) is valid
        )


def test_invitation_requires_active_inviter(olivia: Person) -> None:
    table = olivia.souk.table
    add(table, "160", ACME, ACME, Role.ADMIN)
    token = token_of(invite(person(olivia.souk, "160", ACME), wish(frankoRolesToBeAssigned=["ADMIN"])))
    for change in ({"role": Role.HIRING_MANAGER}, {"role": Role.ADMIN, "active": False}):
        inviter = table.get(MEMBERSHIPS, "160", ACME, consistent=True)
        assert inviter is not None
        tx = table.transaction()
        tx.update(MEMBERSHIPS, inviter.model_copy(update=change))
        tx.commit()
        with pytest.raises(NotFound, match="no longer an administrator"):
            accept(olivia, token)
    assert table.get(MEMBERSHIPS, SOFIA, ACME, consistent=True) is None


def test_inactive_organization_cannot_be_joined(olivia: Person) -> None:
    token = token_of(invite(olivia, wish(invitedToOrganizationsIds=[WEB])))
    table = olivia.souk.table
    team = table.get(ORGANIZATIONS, WEB)
    assert team is not None
    tx = table.transaction()
    tx.update(ORGANIZATIONS, team.model_copy(update={"active": False}))
    tx.commit()
    with pytest.raises(NotFound):
        accept(olivia, token)
    assert failure(invite(olivia, wish(invitedToOrganizationsIds=[WEB])))["code"] == "ORGANIZATION_NOT_FOUND"


def test_concurrent_accepts_have_one_winner(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(invite(olivia))
    find = commands.find
    raced: list[None] = []

    def run_before_commit(table: Table, given: str, now: datetime) -> Invitation:
        found = find(table, given, now)
        if not raced:
            raced.append(None)
            accept(olivia, token)
        return found

    monkeypatch.setattr(commands, "find", run_before_commit)
    with pytest.raises(Conflict):
        accept(olivia, token)
    assert somebody(olivia.souk.table, SOFIA).company_ids.count(ACME) == 1


def test_inviter_removed_during_accept_conflicts(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    table = olivia.souk.table
    add(table, "160", ACME, ACME, Role.ADMIN)
    token = token_of(invite(person(olivia.souk, "160", ACME)))
    look = commands._can_still_invite  # noqa: SLF001 - runs between reads and commit

    def run_before_commit(inviter: Membership, invitation: Invitation) -> bool:
        tx = table.transaction()
        tx.update(MEMBERSHIPS, inviter.model_copy(update={"active": False}))
        tx.commit()
        return look(inviter, invitation)

    monkeypatch.setattr(commands, "_can_still_invite", run_before_commit)
    with pytest.raises(Conflict):
        accept(olivia, token)
    assert table.get(MEMBERSHIPS, SOFIA, ACME, consistent=True) is None


def test_service_account_cannot_be_invited(olivia: Person, mailbox: Mailbox) -> None:
    add(olivia.souk.table, "160", RIVAL, RIVAL, Role.NONE, service=True)
    for name in ("p160", "P160@Example.test"):
        assert failure(invite(olivia, wish(name)))["code"] == "INVITEE_NOT_FOUND"
    assert mailbox.sent == []


def test_revoke_invitation_requires_admin(olivia: Person) -> None:
    (sent,) = invite(olivia, wish(invitedToOrganizationsIds=[WEB, OPS])).data["inviteToTeam"]["succeeded"]
    add(olivia.souk.table, "160", WEB, ACME, Role.ADMIN)
    omar, liam, chief = (person(olivia.souk, *one) for one in ((OMAR, RIVAL), (LIAM, WEB), ("160", WEB)))
    assert {caller.call(REVOKE, {"id": sent["id"]}).code for caller in (omar, liam, chief)} == {"NOT_FOUND"}
    assert olivia.call(REVOKE, {"id": "17"}).code == "NOT_FOUND"
    assert olivia.call(REVOKE, {"id": sent["id"]}).data == {"revokeInvitation": True}
    with pytest.raises(NotFound):
        accept(olivia, sent["token"])
    assert olivia.call(REVOKE, {"id": sent["id"]}).code == "NOT_FOUND"


def test_accepted_invitation_cannot_be_revoked(olivia: Person) -> None:
    (sent,) = invite(olivia).data["inviteToTeam"]["succeeded"]
    accept(olivia, sent["token"])
    assert olivia.call(REVOKE, {"id": sent["id"]}).code == "CONFLICT"


def test_mailed_token_equals_response(olivia: Person) -> None:
    result = invite(olivia, *[wish(f"p{number}@p.test") for number in range(10)]).data["inviteToTeam"]
    tokens = {one["token"] for one in result["succeeded"]}
    assert len(tokens) == 10
    assert all(len(one) >= 43 for one in tokens), "256 bits"
    stored = invitations_of(olivia.souk.table, ACME)
    assert len(stored) == 10
    assert olivia.souk.table.get(INVITATIONS, stored[0].hash)


@given(st.text(max_size=80))
def test_accepted_address_is_single_recipient(text: str) -> None:
    if rules.is_address(text):
        assert re.fullmatch(r"[^\s@,;<>()\"\[\]\\]+@[a-zA-Z0-9.-]+", text)
