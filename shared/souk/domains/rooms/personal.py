"""What rooms have of a person: the rooms that they are in, with the messages there, and their marks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from souk.domains.identity.commands.own_companies import organizations_of
from souk.domains.rooms.model import ReportedStory, Room, RoomMembership, Story, StoryNote
from souk.domains.rooms.store import (
    NOTES,
    PERSON_ROOMS,
    REPORTED,
    ROOM_MEMBERSHIPS,
    ROOM_STORIES,
    ROOMS,
)
from souk.graph.personal import PersonalData, PersonalFile, Row, in_batches, listed, row_of
from souk.storage import Table, Transaction, View
from souk.storage.partition import Partition

_CHUNK = 500
_OF_ROOM = ("fingerprint", "holes", "holes_from", "gone", "mail_due")


def _places(table: Table, user_id: str) -> list[tuple[str, str]]:
    return [(user_id, one) for one in organizations_of(table, user_id)]


def _room_ids(table: Table, user_id: str) -> list[tuple[str]]:
    every: View[RoomMembership, RoomMembership] = View()
    return [
        (one.room_id,)
        for place in _places(table, user_id)
        for chunk in PERSON_ROOMS.of(table, *place).chunks(every)
        for one in chunk
    ]


def _rooms(table: Table, memberships: Sequence[RoomMembership], _user_id: str) -> Iterable[Row]:
    """Return rooms with what they keep for the person alone."""
    items = table.batch_get([ROOMS.key(one.room_id) for one in memberships])
    rooms: dict[str, Room] = {one.id: one for one in map(ROOMS.decode, items.values())}
    for one in memberships:
        room = rooms.get(one.room_id)
        yield row_of(one) | ({"room": row_of(room, *_OF_ROOM)} if room else {})


def _stories(_table: Table, stories: Sequence[Story], user_id: str) -> Iterable[Row]:
    """Return messages as the person sees them; of their own, the earlier texts too."""
    for one in stories:
        if one.user_id == user_id:
            yield row_of(one, "fingerprint")
        elif one.removed is None:
            yield row_of(one, "fingerprint", "revisions")


def erase(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """Erase the person's notes and marks in their rooms, and their words about messages that they reported."""
    left: View[RoomMembership, RoomMembership] = View([lambda one: not one.erased])
    for place in _places(table, user_id):
        for chunk in PERSON_ROOMS.of(table, *place).chunks(left):
            for membership in chunk:
                yield from _erase_in(table, membership)


def _erase_in(table: Table, membership: RoomMembership) -> Iterator[None]:
    user_id, partition = membership.user_id, f"STORIES#{membership.room_id}"
    for notes in Partition(NOTES, partition, prefix="NOTE#").chunks(table, _CHUNK):
        mine = [one for one in notes if one.user_id == user_id]
        yield from in_batches(table, mine, _delete_note)
    for reports in Partition(REPORTED, partition, prefix="REPORT#").chunks(table, _CHUNK):
        worded = [one for one in reports if one != _without_words(one, user_id)]
        yield from in_batches(table, worded, lambda tx, one: tx.update(REPORTED, _without_words(one, user_id)))
    marks = {"note": None, "favorite": None, "muted": True, "hidden": True, "erased": True}
    tx = table.transaction()
    tx.update(ROOM_MEMBERSHIPS, membership.model_copy(update=marks))
    tx.commit()
    yield


def _delete_note(tx: Transaction, note: StoryNote) -> None:
    tx.delete(NOTES, note)


def _without_words(reported: ReportedStory, user_id: str) -> ReportedStory:
    """Return the reports of a message without the details that a person wrote."""
    reports = tuple(
        one.model_copy(update={"abuse_details": None}) if one.reporter.user_id == user_id else one
        for one in reported.reports
    )
    return reported.model_copy(update={"reports": reports})


PERSONAL = PersonalData(
    stays=(
        "Messages: they are also the others' copy, and evidence of what was agreed (GDPR, article 17(3)(e)). Their "
        "author is “Former member”."
    ),
    files=(
        PersonalFile(
            "rooms", "The rooms that you are in, with your notes.", listed(PERSON_ROOMS, owners=_places, rows=_rooms)
        ),
        PersonalFile(
            "messages",
            "The messages in these rooms, yours and the others', as you see them.",
            listed(ROOM_STORIES, owners=_room_ids, rows=_stories),
        ),
    ),
    erase=erase,
)
