"""Numbers of stories, and who has read them. Pure.

A story by somebody else is unread if its number is above the member's mark and it was not removed. So a new story
changes the room and its writer's mark, and nothing of the other members.
"""

from collections.abc import Iterable
from datetime import datetime

from souk.domains.rooms.model import MAX_HOLES, Room, RoomMembership, Story
from souk.values.times import stamp


def all_read(one: RoomMembership, room: Room, now: datetime, last_id: str | None = None) -> RoomMembership:
    """Return a membership with everything read. `last_id` is the id of the room's last story, if it is known."""
    return one.model_copy(
        update={
            "read": room.seq,
            "read_id": last_id or room.latest_id,
            "read_time": room.last_story,
            "visited": stamp(now),
            "own": (),
            "mentions": (),
        }
    )


def read_to(one: RoomMembership, story: Story, now: datetime) -> RoomMembership:
    """Return a membership with everything up to a story read. Nothing becomes unread again."""
    if story.seq <= one.read:
        return one.model_copy(update={"visited": stamp(now)})
    return one.model_copy(
        update={
            "read": story.seq,
            "read_id": story.id,
            "read_time": story.created,
            "visited": stamp(now),
            "own": tuple(number for number in one.own if number > story.seq),
            "mentions": tuple(number for number in one.mentions if number > story.seq),
        }
    )


def unread_from(one: RoomMembership, story: Story, before: Story | None, after: Iterable[Story]) -> RoomMembership:
    """Return a membership with a story and all stories after it unread.

    `before` is the last one before the story, and `after` are the story and those after it. Nothing becomes read.
    """
    if story.seq > one.read:
        return one
    found = list(after)
    place = one.user_id, one.organization_id
    return one.model_copy(
        update={
            "read": story.seq - 1,
            "read_id": before.id if before else None,
            "read_time": before.created if before else None,
            "own": tuple(sorted(each.seq for each in found if (each.user_id, each.organization_id) == place)),
            "mentions": tuple(sorted(each.seq for each in found if place in each.mentions)),
        }
    )


def unread(room: Room, one: RoomMembership) -> int | None:
    """Return the number of unread stories; None if the removed ones have to be counted in the table."""
    if one.read + 1 < room.holes_from:
        return None
    removed = {number for number in room.holes if number > one.read}
    own = {number for number in one.own if one.read < number <= room.seq} - removed
    return max(0, room.seq - one.read - len(removed) - len(own))


def before(room: Room, seq: int) -> Room:
    """Return a room as it was for counting before a story: without the stories from this number on."""
    last = min(room.seq, seq - 1)
    return room.model_copy(update={"seq": last, "holes": tuple(number for number in room.holes if number <= last)})


def unread_mentions(one: RoomMembership) -> int:
    """Return the number of unread stories that mention the member. Edits and removals take theirs away."""
    return len(one.mentions)


def without(room: Room, story: Story, latest_id: str | None) -> Room:
    """Return a room without one of its stories. `latest_id` is the last story that is left."""
    holes = sorted({*room.holes, story.seq})
    kept = holes[-MAX_HOLES:]
    holes_from = room.holes_from if len(kept) == len(holes) else holes[-MAX_HOLES - 1] + 1
    return room.model_copy(
        update={
            "gone": room.gone + 1,
            "holes": tuple(kept),
            "holes_from": max(holes_from, room.holes_from),
            "latest_id": latest_id,
        }
    )
