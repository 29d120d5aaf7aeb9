"""Mails about unread stories: a quarter of an hour after the first one, and one until the person has read.

Nobody gets a mail about a muted or blocked room, and who reads without being a member gets none.
"""

from datetime import datetime
from typing import Final

from souk.domains.identity.store import USERS, memberships_of
from souk.domains.mails import commands as mails
from souk.domains.mails.model import MailTemplate
from souk.domains.rooms.model import MAX_MEMBERS, Room, RoomMembership, Story
from souk.domains.rooms.rules.counting import before, unread
from souk.domains.rooms.store import (
    MAIL_DELAY,
    PERSON_ROOMS,
    ROOM_MEMBERSHIPS,
    ROOM_STORIES,
    ROOMS,
    room_key,
    save_membership,
    save_room,
    with_mail,
)
from souk.storage import Table, Transaction, View, first_id
from souk.values.times import stamp

_COMMITS: Final = 20


def mail_unread(table: Table, room_id: str, now: datetime) -> None:
    """Mail the members of a room who have not read a story for a quarter of an hour. It can be repeated."""
    room = table.get(ROOMS, room_id, consistent=True)
    if room is None or room.mail_due is None or room.mail_due > stamp(now):
        return
    recent = _first_recent(table, room, now)
    if not (room.removed or room.block):
        for one in _memberships(table, room_id):
            if not one.muted and unread(before(room, recent), one) != 0 and not _waiting(table, one):
                _mail(table, room, one, now)
    table.retry_until_committed(lambda tx: _finish(table, tx, room_id, now), commits=_COMMITS)


def _finish(table: Table, tx: Transaction, room_id: str, now: datetime) -> None:
    """Add the end of a deadline to a transaction, and the next one if somebody has newer unread stories."""
    room = table.get(ROOMS, room_id, consistent=True)
    if room is None or room.mail_due is None:
        return
    room = room.model_copy(update={"mail_due": None})
    newer = room.last_story is not None and room.last_story > stamp(now - MAIL_DELAY)
    save_room(tx, with_mail(tx, room, now) if newer else room)


def _first_recent(table: Table, room: Room, now: datetime) -> int:
    """Return the number of the first story that is not a quarter of an hour old; that of the next one if none is."""
    begin = f"STORY#{first_id(now - MAIL_DELAY)}"
    view: View[Story, Story] = View(within=(begin, "STORY#~"), descending=False)
    found = ROOM_STORIES.of(table, room.id).page(view, 1).rows
    return found[0].seq if found else room.seq + 1


def _memberships(table: Table, room_id: str) -> list[RoomMembership]:
    return table.query_bounded(
        ROOM_MEMBERSHIPS, room_key(room_id).pk, prefix="MEMBER#", most=MAX_MEMBERS, consistent=True
    )


def _waiting(table: Table, one: RoomMembership) -> bool:
    """Return whether a person has got a mail, about any room in the organization, and has read nothing since."""
    view: View[RoomMembership, RoomMembership] = View([lambda each: bool(each.mailed or each.visited)])
    last_mail, last_visit = one.mailed or "", one.visited or ""
    for found in PERSON_ROOMS.of(table, one.user_id, one.organization_id).chunks(view):
        last_mail = max([last_mail, *(each.mailed or "" for each in found)])
        last_visit = max([last_visit, *(each.visited or "" for each in found)])
    return bool(last_mail) and last_visit <= last_mail


def _mail(table: Table, room: Room, one: RoomMembership, now: datetime) -> None:
    """Queue a mail to a member, unless they want none, have left the organization, or read at this moment."""
    user, member = table.get(USERS, one.user_id), room.member(one.user_id, one.organization_id)
    if user is None or member is None or not user.mail_messages:
        return
    held = memberships_of(table, one.user_id)
    if not any(each.acts_in(member.organization_id, member.company_id) for each in held):
        return
    tx = table.transaction()
    save_membership(tx, one.model_copy(update={"mailed": stamp(now)}))
    mails.queue(tx, MailTemplate.UNREAD_STORIES, one.user_id, now, name=user.first_name, room=_name(room))
    tx.try_commit()


def _name(room: Room) -> str:
    return f"the room {room.name}" if room.name else "a conversation"
