"""Many people at once: no story is lost, no poller misses one, and a pair has one room."""

from collections import Counter
from itertools import count
from typing import Any

import pytest

from souk.domains.rooms.store import ROOM_STORIES
from souk.storage import View
from tests.domains.messages.world import MessagesWorld
from tests.support.racing import CALLERS, meanwhile, together


def test_poller_misses_no_story_of_many_writers(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks for the stories since the last time that it has seen, as programs do."""
    room = world.group(world.olivia, world.liam)
    numbers, seen, since = count(), list[str](), [world.room(world.liam, room)["createdAtDateTime"]]

    def poll() -> None:
        found = world.stories(world.liam, room, 500, storyCreatedDateTime_bt={"rangeStart": since[-1]})["edges"]
        new = [edge["node"] for edge in reversed(found) if edge["node"]["createdDateTime"] > since[-1]]
        seen.extend(one["id"] for one in new)
        since.append(new[-1]["createdDateTime"] if new else since[-1])

    def act() -> str | None:
        number = next(numbers)
        if number % 10 == 9:
            poll()
            return None
        return world.write(world.olivia, room, f"{number}")

    written = [one for one in together(monkeypatch, act) if one]
    poll()
    everything: View[Any, Any] = View(descending=False)
    stored = ROOM_STORIES.of(world.souk.table, room).all(everything)
    assert [one.seq for one in stored] == list(range(1, len(written) + 1))
    assert {one.id for one in stored} == set(written)
    assert Counter(seen) == Counter(written)
    assert len(written) == CALLERS - CALLERS // 10
    assert world.unread(world.liam, room) == (len(written), 0)
    assert world.unread(world.olivia, room) == (0, 0)


def test_concurrent_requests_make_one_room_of_a_pair(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    made = meanwhile(monkeypatch, lambda: world.one_on_one(world.liam, world.olivia))
    first = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]["id"]
    assert made[0].data["roomCreate1on1IfNotExists"]["id"] == first


def test_concurrent_key_writes_one_story(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    room = world.group(world.olivia, world.liam)
    made = meanwhile(monkeypatch, lambda: world.write(world.olivia, room, "Once", idempotencyKey="k"))
    assert world.write(world.olivia, room, "Once", idempotencyKey="k") == made[0]
    assert world.texts(world.olivia, room) == ["Once"]


def test_story_and_archive_race_to_one_order(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    room = world.group(world.olivia, world.liam)
    meanwhile(monkeypatch, lambda: world.by_id(world.olivia, "archiveRoom", room))
    assert world.try_write(world.liam, room, "Late").code == "CONFLICT"
    assert world.texts(world.liam, room) == [None]


def test_first_words_of_two_leads_activate_once(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post(world.liam)
    proposal = world.apply(world.sofia, job)
    meanwhile(monkeypatch, lambda: world.write(world.olivia, proposal, "First"))
    world.write(world.liam, proposal, "Second")
    assert world.texts(world.sofia, proposal) == ["Second", "First"]
    assert world.event_names_of_both_sides(proposal)[0].count("ClientActivate") == 1
    assert world.unread(world.sofia, proposal) == (2, 0)
    assert world.unread(world.liam, proposal) == (0, 0)


def test_members_stay_within_the_limit_in_a_race(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.domains.rooms.rules.members.MAX_MEMBERS", 2)
    room = world.group(world.olivia)
    meanwhile(monkeypatch, lambda: world.add(world.olivia, room, world.liam))
    assert world.add(world.olivia, room, world.max).code == "UNPROCESSABLE_CONTENT"
    assert world.room(world.olivia, room)["numUsers"] == 2
