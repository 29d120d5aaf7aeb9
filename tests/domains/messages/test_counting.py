"""Unread counts under random steps, compared with a plain look at all stories. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.domains.rooms.model import Member, Person, Room, RoomMembership, RoomType, Story
from souk.domains.rooms.rules import counting
from souk.domains.rooms.store import next_story

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ME, OTHER = (Member(user_id=id_, organization_id="1", company_id="1") for id_ in ("7", "8"))


@dataclass
class Model:
    """A room with one member who reads, and what they should see."""

    room: Room = field(
        default_factory=lambda: Room(
            id="1",
            type=RoomType.GROUP,
            organization_id="1",
            company_id="1",
            creator=Person(**ME.model_dump()),
            created="2026-01-01T00:00:00.000Z",
            members=(ME, OTHER),
        )
    )
    kept: RoomMembership = field(
        default_factory=lambda: RoomMembership(room_id="1", user_id="7", organization_id="1", joined="")
    )
    stories: dict[int, Story] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)
    mentions: set[int] = field(default_factory=set)

    def write(self, by: Member, *, mentions: bool) -> None:
        """Write a story, at a time that may go back."""
        now = NOW + timedelta(milliseconds=-len(self.stories))
        mentioned = (ME.place,) if mentions and by is OTHER else ()
        place: dict[str, Any] = {"user_id": by.user_id, "organization_id": by.organization_id}
        self.room, story = next_story(self.room, now, text="x", mentions=mentioned, **place)
        self.stories[story.seq] = story
        if by is ME:
            self.kept = counting.all_read(self.kept, self.room, now)
            self.unread, self.mentions = set(), set()
            return
        self.unread.add(story.seq)
        if mentioned:
            self.kept = self.kept.model_copy(update={"mentions": (*self.kept.mentions, story.seq)})
            self.mentions.add(story.seq)

    def remove(self, story: Story) -> None:
        """Remove a story."""
        del self.stories[story.seq]
        latest = max(self.stories.values(), key=lambda one: one.seq, default=None)
        self.room = counting.without(self.room, story, latest.id if latest else None)
        left = tuple(number for number in self.kept.mentions if number != story.seq)
        self.kept = self.kept.model_copy(update={"mentions": left})
        self.unread.discard(story.seq)
        self.mentions.discard(story.seq)

    def read(self, story: Story) -> None:
        """Mark everything up to a story as read."""
        self.kept = counting.read_to(self.kept, story, NOW)
        self.unread = {one for one in self.unread if one > story.seq}
        self.mentions = {one for one in self.mentions if one > story.seq}

    def turn_back(self, story: Story) -> None:
        """Mark a story and all after it as unread."""
        after = [one for one in self.stories.values() if one.seq >= story.seq]
        self.kept = counting.unread_from(self.kept, story, None, after)
        self.unread |= {one.seq for one in after if one.user_id != ME.user_id}
        self.mentions |= {one.seq for one in after if ME.place in one.mentions}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_counts_are_exact_under_random_steps(data: st.DataObject) -> None:
    model = Model()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(counting, "MAX_HOLES", 4)
        for _ in range(data.draw(st.integers(1, 25))):
            step = data.draw(st.sampled_from(["own", "other", "mention", "remove", "read", "turn_back"]))
            if step in ("own", "other", "mention") or not model.stories:
                model.write(ME if step == "own" else OTHER, mentions=step == "mention")
            else:
                story = data.draw(st.sampled_from(sorted(model.stories.values(), key=lambda one: one.seq)))
                getattr(model, step)(story)
            counted = counting.unread(model.room, model.kept)
            assert counted in (None, len(model.unread))  # None: to be counted in the table
            if len(model.room.holes) == model.room.gone:
                assert counted is not None
            assert counting.unread_mentions(model.kept) == len(model.mentions)
            assert [one.id for one in model.stories.values()] == sorted(one.id for one in model.stories.values())
            times = [one.created for one in model.stories.values()]
            assert times == sorted(set(times))
