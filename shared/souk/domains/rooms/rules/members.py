"""The members of a room. Pure."""

from collections.abc import Sequence

from souk.domains.rooms.model import MAX_MEMBERS, Member, Room
from souk.values.errors import Unprocessable


def with_members(room: Room, added: Sequence[Member]) -> Room:
    """Return a room with more members. Raises Unprocessable above the limit."""
    members = (*room.members, *added)
    if len(members) > MAX_MEMBERS:
        raise Unprocessable(f"A room has at most {MAX_MEMBERS} members; this one has {len(room.members)}.")
    return room.model_copy(update={"members": members})
