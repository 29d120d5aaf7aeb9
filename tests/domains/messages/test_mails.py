"""Mails about stories that stay unread."""

from datetime import timedelta

import pytest

from souk.authentication.principal import Role
from souk.runtime import mail
from tests.domains.messages.world import MessagesWorld
from tests.support.api import person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, world: MessagesWorld) -> list[tuple[str, str]]:
    """Return the recipients and texts of mails, as they are sent."""
    assert world
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(mail, "is_enabled", lambda: True)
    monkeypatch.setattr(mail, "send", lambda to, subject, text, **_: found.append((to, f"{subject}\n{text}")))
    return found


def wait(world: MessagesWorld, minutes: int) -> None:
    """Let some minutes pass, and run what is due."""
    world.souk.run_due(CLOCK.market() + timedelta(minutes=minutes))


def test_unread_story_is_mailed_once_until_it_is_read(world: MessagesWorld, sent: list[tuple[str, str]]) -> None:
    room, other = world.group(world.olivia, world.liam, roomName="Plans"), world.group(world.olivia, world.liam)
    world.write(world.olivia, room, "A secret plan")
    wait(world, 14)
    assert sent == []
    wait(world, 2)
    ((to, text),) = sent
    assert to == "liam@souk.test"
    assert "the room Plans" in text
    assert "secret" not in text
    world.write(world.olivia, room, "More")
    world.write(world.olivia, other, "And more")
    wait(world, 40)
    assert len(sent) == 1
    world.mark(world.liam, "markRoomAsRead", room)
    world.write(world.olivia, room, "Again")
    wait(world, 16)
    assert [to for to, _ in sent] == ["liam@souk.test"] * 2


def test_story_that_was_read_or_removed_in_time_is_not_mailed(
    world: MessagesWorld, sent: list[tuple[str, str]]
) -> None:
    room = world.group(world.olivia, world.liam, world.max)
    story = world.write(world.olivia, room, "Wrong")
    world.mark(world.liam, "markRoomAsRead", room)
    world.remove_story(world.olivia, room, story)
    wait(world, 14)
    world.write(world.olivia, room, "Right")
    wait(world, 2)
    assert sent == []  # the second one is two minutes old
    wait(world, 16)
    assert sorted(to for to, _ in sent) == ["liam@souk.test", "max@souk.test"]


def test_muted_blocked_unwilling_and_former_get_no_mail(world: MessagesWorld, sent: list[tuple[str, str]]) -> None:
    nora = person(world.souk, world.omar.user_id, ACME, role=Role.MEMBER)
    room = world.group(world.olivia, world.liam, world.max, nora)
    world.end_membership(nora)
    world.membership(world.liam, room, muted=True)
    off = "mutation { updateAccount(input: {mailMessages: false}) { mailMessages } }"
    assert world.max.call(off).data
    pair = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]["id"]
    world.write(world.olivia, room)
    world.write(world.olivia, pair)
    world.by_id(world.liam, "blockRoom", pair)
    wait(world, 16)
    assert sent == []


def test_words_of_a_step_are_mailed(world: MessagesWorld, sent: list[tuple[str, str]]) -> None:
    job = world.post(world.liam)
    proposal = world.apply(world.sofia, job)
    assert world.act_on(world.liam, "decline", job, proposal, message="Sorry").data
    wait(world, 16)
    assert [to for to, _ in sent] == ["sofia@souk.test"]
