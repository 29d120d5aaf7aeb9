"""Inviting people into a group room by e-mail, and accepting."""

import re
from datetime import timedelta
from typing import Any

import pytest

from souk.domains.identity.model import User
from souk.domains.identity.store import USERS, invitations_of
from souk.domains.messages.commands.invitations import accept
from souk.runtime import mail
from souk.values.errors import Conflict, Forbidden, NotFound
from tests.domains.messages.world import MessagesWorld, users
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME

SOFIA = "sofia@souk.test"


class Mailbox:
    """The mails that were sent, by recipient. Sending fails while `broken`."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []
        self.broken = False

    def send(self, to: str, _subject: str, text: str, _html: str, *, sender: str) -> None:  # noqa: ARG002 - the brand's
        """Replaces `souk.runtime.mail.send`."""
        if self.broken:
            raise RuntimeError("no mail today")
        self.mails.append((to, text))

    def tokens(self, to: str = SOFIA) -> list[str]:
        """Return the tokens in the mails to a person."""
        texts = [text for recipient, text in self.mails if recipient == to]
        return [token for text in texts for token in re.findall(r"/account/invitation\?token=(\S+)", text)]

    def token(self) -> str:
        """Return the token in the last mail to Sofia."""
        return self.tokens()[-1]


@pytest.fixture
def mailbox(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Return the mails of a deployment that sends mail."""
    assert world
    made = Mailbox()
    monkeypatch.setattr(mail, "is_enabled", lambda: True)
    monkeypatch.setattr(mail, "send", made.send)
    return made


def invite(world: MessagesWorld, who: Person, room_id: str, *emails: str, **given: Any) -> Answer:
    """Invite people by e-mail with addUserToRoom, and send the mails."""
    query = "mutation ($id: ID!, $users: [RoomUserInput!]!) { addUserToRoom(roomId: $id, roomUsers: $users) }"
    wanted = [{"userId": "0", "organizationId": "0", "inviteEmail": one, **given} for one in emails]
    answer = who.call(query, {"id": room_id, "users": wanted})
    world.souk.run_due()
    return answer


def user_of(world: MessagesWorld, who: Person) -> User:
    """Return the stored user."""
    found = world.souk.table.get(USERS, who.user_id)
    assert found
    return found


def join(world: MessagesWorld, who: Person, token: str) -> None:
    """Accept an invitation, as the account pages do."""
    accept(world.souk.tables["auth"], token, user_of(world, who), CLOCK.market())


def test_invited_person_gets_a_place_and_no_role(world: MessagesWorld, mailbox: Mailbox) -> None:
    room = world.group(world.olivia, world.liam, roomName="Plans")
    world.write(world.olivia, room, "Before")
    assert invite(world, world.olivia, room, SOFIA).data == {"addUserToRoom": True}
    ((to, text),) = mailbox.mails
    assert to == SOFIA
    assert "invites you to the room Plans" in text
    assert "Before" not in text
    token = mailbox.token()
    assert token not in str(world.souk.table.client.scan(TableName=world.souk.table.name)["Items"])
    assert world.room(world.olivia, room)["numUsers"] == 2
    with pytest.raises(Forbidden):
        join(world, world.noah, token)
    join(world, world.sofia, token)
    assert world.texts(world.sofia, room) == [None, "Before"]
    assert world.unread(world.sofia, room) == (0, 0)
    member = world.room(world.sofia, room)["roomUsers"][-1]
    assert (member["user"]["id"], member["organization"]["id"]) == (world.sofia.user_id, world.sofia.organization_id)
    assert member["role"] == "participant"
    told = world.stories(world.olivia, room)["edges"][0]["node"]
    assert (told["systemEvent"], told["user"]["id"]) == ("USER_ADDED", world.sofia.user_id)
    assert ACME not in user_of(world, world.sofia).company_ids
    assert world.event_names(room, "ROOM") == ["CREATE", "STORY", "UPDATE"]
    with pytest.raises(Conflict):
        join(world, world.sofia, token)
    assert world.write(world.sofia, room, "After")


def test_only_managers_of_a_group_invite(world: MessagesWorld, mailbox: Mailbox) -> None:
    room = world.group(world.olivia, world.liam)
    pair = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]["id"]
    interview = world.apply(world.sofia, world.post(world.liam))
    assert invite(world, world.liam, room, SOFIA).code == "FORBIDDEN"
    assert invite(world, world.omar, room, SOFIA).code == "NOT_FOUND"
    for other in (pair, interview):
        assert invite(world, world.olivia, other, SOFIA).code == "UNPROCESSABLE_CONTENT"
    for email in ("", "nobody", "a@b", "one@souk.test, two@souk.test", "x@souk.test\r\nBcc: y@souk.test"):
        assert invite(world, world.olivia, room, email).code == "UNPROCESSABLE_CONTENT"
    for given in ({"userId": world.sofia.user_id}, {"organizationId": "1"}, {"role": "admin"}):
        assert invite(world, world.olivia, room, SOFIA, **given).code == "UNPROCESSABLE_CONTENT"
    many = [f"{number}@souk.test" for number in range(11)]
    assert invite(world, world.olivia, room, *many).code == "UNPROCESSABLE_CONTENT"
    assert world.by_id(world.olivia, "archiveRoom", room).data
    assert invite(world, world.olivia, room, SOFIA).code == "CONFLICT"
    assert mailbox.mails == []
    assert invitations_of(world.souk.table, ACME) == []


def test_invitations_count_among_those_of_the_company(
    world: MessagesWorld, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("souk.domains.identity.rules.invitations.MAX_PER_COMPANY", 5)
    rooms = [world.group(world.olivia) for _ in range(3)]
    assert invite(world, world.olivia, rooms[0], SOFIA, SOFIA.upper(), "ivy@souk.test").data
    assert len(mailbox.mails) == 2
    for _ in range(2):
        assert invite(world, world.olivia, rooms[0], SOFIA).data
    refused = invite(world, world.olivia, rooms[1], SOFIA)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "3 invitations to one address" in refused.error["message"]
    assert invite(world, world.olivia, rooms[1], "noah@souk.test", "max@souk.test").code == "UNPROCESSABLE_CONTENT"
    assert invite(world, world.olivia, rooms[1], "noah@souk.test").data
    # A new invitation replaces the one before, and people are invited to several rooms.
    *replaced, last = mailbox.tokens()
    assert len(replaced) == 2
    for token in replaced:
        with pytest.raises(NotFound):
            join(world, world.sofia, token)
    join(world, world.sofia, last)
    join(world, world.noah, *mailbox.tokens("noah@souk.test"))
    CLOCK.at(CLOCK.market() + timedelta(days=8))
    assert invite(world, world.olivia, rooms[2], "max@souk.test").data


def test_invitation_ends_with_its_room_or_its_sender(world: MessagesWorld, mailbox: Mailbox) -> None:
    gone, kept, late = (world.group(world.olivia, world.liam, roomName=name) for name in ("Gone", "Kept", "Late"))
    for room in (gone, kept, late):
        assert invite(world, world.olivia, room, SOFIA).data
    assert world.by_id(world.olivia, "removeRoom", gone, "").data
    assert world.add(world.olivia, kept, world.liam, role="owner").data
    assert world.add(world.liam, kept, world.olivia, role="participant").data
    *ended, valid = mailbox.tokens()
    for token in ended:
        with pytest.raises(NotFound):
            join(world, world.sofia, token)
    CLOCK.at(CLOCK.market() + timedelta(days=8))
    with pytest.raises(NotFound):
        join(world, world.sofia, valid)
    with pytest.raises(NotFound):
        join(world, world.sofia, "another")


def test_room_is_made_with_invitations(world: MessagesWorld, mailbox: Mailbox) -> None:
    invited = {"userId": "0", "organizationId": "0", "inviteEmail": SOFIA}
    room = world.group(world.olivia, users=[*users(world.liam), invited])
    world.souk.run_due()
    assert world.room(world.olivia, room)["numUsers"] == 2
    join(world, world.sofia, mailbox.token())
    assert world.room_ids(world.sofia) == [room]
    assert world.try_group(world.olivia, roomType="ONE_ON_ONE", users=[invited]).code == "UNPROCESSABLE_CONTENT"


def test_mail_is_tried_again_with_another_link(world: MessagesWorld, mailbox: Mailbox) -> None:
    room = world.group(world.olivia)
    mailbox.broken = True
    with pytest.raises(RuntimeError):
        invite(world, world.olivia, room, SOFIA)
    mailbox.broken = False
    world.souk.run_due(CLOCK.market() + timedelta(hours=1))
    world.souk.run_due()
    assert [to for to, _ in mailbox.mails] == [SOFIA]
    join(world, world.sofia, mailbox.token())


def test_deployment_without_mail_counts_no_invitation(world: MessagesWorld) -> None:
    room = world.group(world.olivia)
    for _ in range(4):
        assert invite(world, world.olivia, room, SOFIA).data
    assert invitations_of(world.souk.table, ACME) == []


def test_place_is_taken_once_while_others_write(
    world: MessagesWorld, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = world.group(world.olivia)
    assert invite(world, world.olivia, room, SOFIA).data
    meanwhile(monkeypatch, lambda: world.write(world.olivia, room, "Meanwhile"))
    join(world, world.sofia, mailbox.token())
    assert world.texts(world.sofia, room) == [None, "Meanwhile"]
