"""The conversations of the demo data, written by the commands that people use, each story with a time of its own.

Stories have idempotency keys, so the next load completes an interrupted one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from souk.authentication.records import Membership
from souk.domains.messages.commands import reading, rooms, writing
from souk.domains.messages.inputs import CreateRoom, CreateStory, RoomUserInput, UpdateMembership
from souk.domains.rooms.store import key_guard
from souk.graph import Context
from souk.local.demo.accounts import context_of
from souk.local.demo.applications import WRITTEN_TO
from souk.local.demo.deals import ACCEPTED
from souk.local.demo.people import user_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table

_OLIVIA, _LIAM, _SOFIA, _MIA = (user_id(number) for number in (1, 201, 101, 110))
_STORY: Final = "createRoomStoryV2"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in one room."""

    name: str
    room: Callable[["Speakers"], str]
    """Returns the id of the room, and makes the room if it can be made."""
    turns: tuple[tuple[float, str, str], ...]
    """How many days ago, by whom, and the text."""
    read_by: tuple[str, ...] = ()
    """Who has read everything."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """The people who talk, with their memberships, and the time of loading."""

    table: Table
    members: Mapping[str, Membership]
    now: datetime

    def context(self, user: str, days: float) -> Context:
        """Return the context of a request of a person, some days ago."""
        return context_of(self.table, self.members[user], self.now - timedelta(days=days))

    def place(self, user: str) -> RoomUserInput:
        """Return a person to bring into a room."""
        member = self.members[user]
        return RoomUserInput(user_id=user, organization_id=member.organization_id)


def _pair(speakers: Speakers) -> str:
    other = speakers.place(_LIAM)
    return rooms.one_on_one(speakers.context(_OLIVIA, 12), other.user_id, other.organization_id).id


def _group(speakers: Speakers) -> str:
    given: dict[str, Any] = {
        "room_name": "Web store launch",
        "topic": "What is left before the first order",
        "users": (speakers.place(_LIAM),),
        "public": True,
    }
    request = CreateRoom(room_type="GROUP", idempotency_key="demo", **given)
    return rooms.create(speakers.context(_OLIVIA, 11), request).id


CONVERSATIONS: Final = (
    Conversation(
        "shipyard",
        lambda _: WRITTEN_TO,
        (
            (16, _OLIVIA, "Could you show us the shipyard's mark, before and after?"),
            (15.5, _MIA, "With pleasure: I have put both into one picture.\n\nThe funnel is on the left."),
            (15, _OLIVIA, "That is the hand we are looking for. When could you begin?"),
        ),
        read_by=(_OLIVIA,),
    ),
    Conversation(
        "contract",
        lambda _: ACCEPTED,
        (
            (119, _OLIVIA, "Welcome, Sofia! The photographs of the old counters are in the shared folder."),
            (118, _SOFIA, "Thank you. I begin with the three that hang in the shop."),
            (20, _SOFIA, "The second counter is done. The third needs better light."),
            (19, _OLIVIA, "Take the time. Liam opens the shop at eight if you need it."),
        ),
        read_by=(_OLIVIA,),
    ),
    Conversation(
        "pair",
        _pair,
        (
            (12, _OLIVIA, "Can you take over the web store's postings?"),
            (11.5, _LIAM, "Yes, from Monday on."),
        ),
        read_by=(_OLIVIA, _LIAM),
    ),
    Conversation(
        "launch",
        _group,
        (
            (10, _OLIVIA, "Three things are left: payments, the legal pages, and the pictures."),
            (9, _LIAM, "Payments work in the test shop."),
            (2, _OLIVIA, "@liam could you look at the legal pages this week?"),
        ),
    ),
)


def write_conversations(table: Table, memberships: Iterable[Membership], now: datetime) -> int:
    """Write the conversations that are not complete, and return their number."""
    quiet = QuietTable.of(table)
    speakers = Speakers(quiet, {one.user_id: one for one in reversed(list(memberships))}, now)
    missing = [one for one in CONVERSATIONS if not _complete(speakers, one)]
    for conversation in missing:
        _write(speakers, conversation)
    return len(missing)


def _complete(speakers: Speakers, conversation: Conversation) -> bool:
    at, (_, user, _text) = len(conversation.turns) - 1, conversation.turns[-1]
    organization_id = speakers.members[user].organization_id
    return speakers.table.holder(key_guard(user, organization_id, _STORY, _key(conversation, at))) is not None


def _write(speakers: Speakers, conversation: Conversation) -> None:
    room_id = conversation.room(speakers)
    for at, (days, user, text) in enumerate(conversation.turns):
        request = CreateStory(room_id=room_id, message=text, idempotency_key=_key(conversation, at))
        writing.create(speakers.context(user, days), request)
    for user in conversation.read_by:
        reading.mark_read(speakers.context(user, 1), room_id, None)
    if conversation.name == "launch":
        reading.update(speakers.context(_LIAM, 1), UpdateMembership(room_id=room_id, favorite=True))


def _key(conversation: Conversation, at: int) -> str:
    return f"demo {conversation.name} {at}"
