"""The table's items of rooms.

ROOM#<id>        ROOM                     a room with its members
                 GSI2 PUBLICROOMS#<company> / ROOM#<id>: public rooms of a company and its teams
                 GSI2 INTERVIEWROOMS#<company> / ROOM#<id>: interview rooms of a client
                 GSI3 INTERVIEWROOMS#<company> / ROOM#<id>: interview rooms of an agency
ROOM#<id>        MEMBER#<user>#<org>      what the room keeps for a member
                 GSI1 ROOMS#<user>#<org> / <joined>#<id>: the rooms of a person in an organization
STORIES#<room>   STORY#<id>               a story, in the order of their times
STORY#<id>       ROOM                     the room of a story that can be searched
STORIES#<room>   NOTE#<story>#<user>#<org>  a person's marks of a story
STORIES#<room>   REPORT#<story>           the reports of a story
PROPOSAL#<id>    MESSAGE#<id>             a message of an earlier release about a proposal; no longer written
ROOM#PUBLIC#<company>  COUNT              the number of the public rooms of a company and its teams
UNIQ#room#pair#<one>#<other>              holds the id of the one-on-one room of two members
UNIQ#room#key#<sha-256>                   holds what a request with an idempotency key has made
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from souk.deadlines.model import schedule
from souk.domains.rooms.model import (
    MAX_LISTED,
    MAX_PUBLIC,
    EarlierMessage,
    ReportedStory,
    Room,
    RoomMembership,
    RoomType,
    Story,
    StoryLocation,
    StoryNote,
)
from souk.storage import Collection, Key, StoredList, Table, Transaction, View, id_at
from souk.values.errors import Conflict, Unprocessable
from souk.values.times import stamp

WRITES: Final = ("ROOM#", "STORIES#", "STORY#", "UNIQ#room#")
"""The key prefixes that only this domain writes."""
COMMITS: Final = 100
"""How often a writer tries: more often than there are writers at once, as one of them succeeds each time."""
MAIL: Final = "messages.mail"
"""The deadline that mails the unread stories of a room."""
MAIL_DELAY: Final = timedelta(minutes=15)
_TICK: Final = timedelta(milliseconds=1)
_BATCH: Final = 45
"""The stories that one transaction copies, each with its location."""
_TAIL_BITS: Final = 22
"""Bits of an id below its milliseconds."""


def room_key(room_id: str) -> Key:
    """Return the key of a room."""
    return Key(f"ROOM#{room_id}", "ROOM")


def public_count_key(company_id: str) -> Key:
    """Return the key of the number of a company's public rooms."""
    return Key(f"ROOM#PUBLIC#{company_id}", "COUNT")


def membership_key(room_id: str, user_id: str, organization_id: str) -> Key:
    """Return the key of what a room keeps for a member."""
    return Key(f"ROOM#{room_id}", f"MEMBER#{user_id}#{organization_id}")


def story_key(room_id: str, story_id: str) -> Key:
    """Return the key of a story."""
    return Key(f"STORIES#{room_id}", f"STORY#{story_id}")


def location_key(story_id: str) -> Key:
    """Return the key of the room of a story."""
    return Key(f"STORY#{story_id}", "ROOM")


def note_key(room_id: str, story_id: str, user_id: str, organization_id: str) -> Key:
    """Return the key of a person's marks of a story."""
    return Key(f"STORIES#{room_id}", f"NOTE#{story_id}#{user_id}#{organization_id}")


def report_key(room_id: str, story_id: str) -> Key:
    """Return the key of the reports of a story."""
    return Key(f"STORIES#{room_id}", f"REPORT#{story_id}")


def message_key(proposal_id: str, message_id: str) -> Key:
    """Return the key of a message of an earlier release."""
    return Key(f"PROPOSAL#{proposal_id}", f"MESSAGE#{message_id}")


def _joinable(room: Room) -> Key | None:
    if room.removed:
        return None
    if room.parties:
        return Key(f"INTERVIEWROOMS#{room.parties.client_company_id}", f"ROOM#{room.id}")
    return Key(f"PUBLICROOMS#{room.company_id}", f"ROOM#{room.id}") if room.public else None


def _of_agency(room: Room) -> Key | None:
    if room.parties is None or not room.parties.agency:
        return None
    return Key(f"INTERVIEWROOMS#{room.parties.vendor_company_id}", f"ROOM#{room.id}")


ROOMS: Collection[Room] = Collection(
    name="Room",
    model=Room,
    key=room_key,
    key_of=lambda one: room_key(one.id),
    indexes={"GSI2": _joinable, "GSI3": _of_agency},
)
ROOM_MEMBERSHIPS: Collection[RoomMembership] = Collection(
    name="RoomMembership",
    model=RoomMembership,
    key=membership_key,
    key_of=lambda one: membership_key(one.room_id, one.user_id, one.organization_id),
    indexes={"GSI1": lambda one: Key(f"ROOMS#{one.user_id}#{one.organization_id}", f"{one.joined}#{one.room_id}")},
)
STORIES: Collection[Story] = Collection(
    name="Story", model=Story, key=story_key, key_of=lambda one: story_key(one.room_id, one.id)
)
LOCATIONS: Collection[StoryLocation] = Collection(
    name="StoryLocation", model=StoryLocation, key=location_key, key_of=lambda one: location_key(one.id)
)
NOTES: Collection[StoryNote] = Collection(
    name="StoryNote",
    model=StoryNote,
    key=note_key,
    key_of=lambda one: note_key(one.room_id, one.story_id, one.user_id, one.organization_id),
)
REPORTED: Collection[ReportedStory] = Collection(
    name="ReportedStory",
    model=ReportedStory,
    key=report_key,
    key_of=lambda one: report_key(one.room_id, one.story_id),
)
MESSAGES: Collection[EarlierMessage] = Collection(
    name="ProposalMessage",
    model=EarlierMessage,
    key=message_key,
    key_of=lambda one: message_key(one.proposal_id, one.id),
)

PERSON_ROOMS: Final = StoredList("rooms", ROOM_MEMBERSHIPS, "ROOMS#{}#{}".format, index="GSI1", longest=MAX_LISTED)
"""The rooms of a person in an organization, last joined first."""
PUBLIC_ROOMS: Final = StoredList("publicRooms", ROOMS, "PUBLICROOMS#{}".format, index="GSI2")
"""The public rooms of a company and its teams, at most `MAX_PUBLIC`."""
CLIENT_INTERVIEWS: Final = StoredList(
    "clientInterviewRooms", ROOMS, "INTERVIEWROOMS#{}".format, index="GSI2", longest=MAX_LISTED
)
"""The interview rooms of a client's company."""
AGENCY_INTERVIEWS: Final = StoredList(
    "agencyInterviewRooms", ROOMS, "INTERVIEWROOMS#{}".format, index="GSI3", longest=MAX_LISTED
)
"""The interview rooms of an agency."""
ROOM_STORIES: Final = StoredList("roomStories", STORIES, "STORIES#{}".format, prefix="STORY#", greatest_page=500)
"""The stories of a room, also removed ones."""
PROPOSAL_MESSAGES: Final = StoredList("proposalMessages", MESSAGES, "PROPOSAL#{}".format, prefix="MESSAGE#")
"""The messages of an earlier release about a proposal."""
LISTS: Final = (
    PERSON_ROOMS,
    PUBLIC_ROOMS,
    CLIENT_INTERVIEWS,
    AGENCY_INTERVIEWS,
    ROOM_STORIES,
    PROPOSAL_MESSAGES,
)


def pair_guard(one: tuple[str, str], other: tuple[str, str]) -> str:
    """Return the unique value that holds the one-on-one room of two members (`Person.place`), in either order."""
    return "UNIQ#room#pair#" + "#".join("-".join(place) for place in sorted((one, other)))


def next_story(room: Room, now: datetime, **content: Any) -> tuple[Room, Story]:
    """Return a room with one story more, and the story. `content` are its other fields.

    Its time is later than that of every story before it, so that no program that asks for later stories misses one. The
    id has the same time.
    """
    time = now
    if room.last_story:
        time = max(now, datetime.fromisoformat(room.last_story) + _TICK)
    created, seq = stamp(time), room.seq + 1
    story = Story(
        id=id_at(datetime.fromisoformat(created)),
        room_id=room.id,
        seq=seq,
        created=created,
        updated=created,
        **content,
    )
    return room.model_copy(update={"seq": seq, "last_story": created, "latest_id": story.id}), story


def create_story(tx: Transaction, story: Story) -> Story:
    """Add a new story to a transaction. All can be searched but for those that tell of a step without words."""
    if story.text or not story.event:
        tx.create(LOCATIONS, StoryLocation(id=story.id, room_id=story.room_id))
    return tx.create(STORIES, story)


def save_room(tx: Transaction, room: Room) -> Room:
    """Add a new or changed room to a transaction. One-on-one rooms reserve their pair, and public rooms are counted.

    The commit raises Unprocessable for a public room above the limit of its company.
    """
    if room.version:
        return tx.update(ROOMS, room, _changed())
    if room.public:
        too_many = Unprocessable(f"An organization can have {MAX_PUBLIC} public rooms at most. Remove one first.")
        tx.count(public_count_key(room.company_id), at_most=MAX_PUBLIC, refused=too_many)
    if room.type is RoomType.ONE_ON_ONE:
        one, other = room.members
        tx.reserve(pair_guard(one.place, other.place), room.id, Conflict("These two have a room already."))
    return tx.create(ROOMS, room, _changed())


def remove_room(tx: Transaction, room: Room) -> Room:
    """Add the removal of a stored room to a transaction."""
    if room.public:
        tx.count(public_count_key(room.company_id), -1)
    return save_room(tx, room.model_copy(update={"removed": True}))


def with_mail(tx: Transaction, room: Room, now: datetime) -> Room:
    """Return a room whose unread stories are mailed a quarter of an hour after its new story.

    Adds the deadline to a transaction, unless an earlier one waits.
    """
    if room.mail_due:
        return room
    due = now + MAIL_DELAY
    schedule(tx, MAIL, room.id, due)
    return room.model_copy(update={"mail_due": stamp(due)})


def save_membership(tx: Transaction, one: RoomMembership) -> RoomMembership:
    """Add a new or changed membership to a transaction."""
    save = tx.update if one.version else tx.create
    return save(ROOM_MEMBERSHIPS, one, _changed())


def key_guard(user_id: str, organization_id: str, mutation: str, key: str) -> str:
    """Return the unique value that holds what a request with an idempotency key has made."""
    named = "\n".join((user_id, organization_id, mutation, key))
    return f"UNIQ#room#key#{sha256(named.encode()).hexdigest()}"


def earlier_messages(table: Table, proposal_id: str) -> list[EarlierMessage]:
    """Return the messages of an earlier release about a proposal, oldest first."""
    every: View[EarlierMessage, EarlierMessage] = View(descending=False)
    return PROPOSAL_MESSAGES.of(table, proposal_id).all(every)


def stories_of(room: Room, messages: Sequence[EarlierMessage]) -> tuple[Room, list[Story]]:
    """Return a room with the messages of an earlier release as its stories, and the stories.

    They keep their times, and have the same ids whenever they are read.
    """
    stories: list[Story] = []
    for message in messages:
        time = datetime.fromisoformat(message.created)
        if stories:
            time = max(time, datetime.fromisoformat(stories[-1].created) + _TICK)
        stories.append(
            Story(
                id=id_at(time, int(message.id) % 2**_TAIL_BITS if message.id.isdecimal() else 0),
                room_id=room.id,
                seq=len(stories) + 1,
                user_id=message.user_id,
                organization_id=message.organization_id,
                text=message.text,
                created=stamp(time),
                updated=stamp(time),
            )
        )
    if not stories:
        return room, stories
    last = stories[-1]
    return room.model_copy(update={"seq": last.seq, "last_story": last.created, "latest_id": last.id}), stories


def copy_stories(table: Table, stories: list[Story]) -> None:
    """Store the stories of earlier messages. It can be repeated: they have the same keys each time.

    Nobody sees them before their room is stored.
    """
    for at in range(0, len(stories), _BATCH):
        tx = table.transaction()
        for story in stories[at : at + _BATCH]:
            tx.replace(STORIES, story.model_copy(update={"version": 1}))
            tx.replace(LOCATIONS, StoryLocation(id=story.id, room_id=story.room_id, version=1))
        tx.commit()


def latest_before(table: Table, room_id: str, story_id: str) -> Story | None:
    """Return the last story before another one that was not removed."""
    view: View[Story, Story] = View(
        conditions=[lambda one: one.removed is None], within=("STORY#", f"STORY#{int(story_id) - 1:019}")
    )
    chunks = ROOM_STORIES.of(table, room_id).chunks(view)
    return next((found[0] for found in chunks), None)


def stories_from(table: Table, room_id: str, story_id: str) -> list[Story]:
    """Return a story and all after it, also removed ones. Raises Unprocessable if there are more than 5,000."""
    view: View[Story, Story] = View(within=(f"STORY#{story_id}", "STORY#~"), narrow="Choose a later story.")
    return ROOM_STORIES.of(table, room_id).all(view)


def count_unread(table: Table, room_id: str, one: RoomMembership) -> int | None:
    """Return the number of unread stories of a member by counting them. None above 10,000."""
    own = set(one.own)
    view: View[Story, Story] = View(
        conditions=[lambda story: story.removed is None and story.seq > one.read and story.seq not in own],
        within=(f"STORY#{one.read_id or ''}", "STORY#~"),
    )
    return ROOM_STORIES.of(table, room_id).page(view, 1).count()


def _changed() -> Conflict:
    return Conflict("This room has changed since it was read; try again.")
