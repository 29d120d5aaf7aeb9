"""What the steps of proposals, offers, contracts and milestones change in their interview room, in their transaction.

The words that one side sends with a step become a story: also in an archived or blocked room, and by somebody who could
not write there otherwise. Without words there is no story.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from souk.domains.agreements.model import Parties
from souk.domains.rooms.model import ROOM, Reference, Room, RoomEvent, RoomMembership, StoryEvent
from souk.domains.rooms.rules.counting import all_read
from souk.domains.rooms.rules.interview import first_membership, interview_of
from souk.domains.rooms.store import (
    ROOM_MEMBERSHIPS,
    ROOMS,
    copy_stories,
    create_story,
    earlier_messages,
    next_story,
    save_membership,
    save_room,
    stories_of,
    with_mail,
)
from souk.graph import Context
from souk.storage import Table, Transaction


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step, and when."""

    table: Table
    user_id: str
    organization_id: str
    now: datetime

    @classmethod
    def of(cls, ctx: Context) -> Self:
        """Return the caller of a request."""
        return cls(ctx.table, ctx.principal.user_id, ctx.principal.organization_id, ctx.now)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an interview room is about, as far as a step knows it."""

    parties: Parties
    created: str
    """When the proposal, or the offer without one, was made."""
    title: Callable[[], str | None]
    """Returns the name of the room. It is called only for a room that is not stored yet."""
    proposal_id: str | None = None
    offer_ids: tuple[str, ...] = ()
    contract_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """A story to write: the step, the words, and the record."""

    event: StoryEvent
    words: str
    about: Reference


def tell(actor: Actor, tx: Transaction, subject: Subject, event: StoryEvent, words: str | None, *about: str) -> None:
    """Add the words of a step to a transaction, as a story. `about` are the type and the id of the record."""
    if words:
        _change(actor, tx, subject, _Told(event, words, Reference(type=about[0], id=about[1])))


def open_room(actor: Actor, tx: Transaction, subject: Subject) -> None:
    """Add to a transaction that there is an offer: both sides have the room in their lists from now on."""
    _change(actor, tx, subject, None)


def begin_contract(actor: Actor, tx: Transaction, subject: Subject, words: str | None) -> None:
    """Add to a transaction that an offer was accepted, with the words of the freelancer. It ends a block."""
    about = Reference(type="contract", id=subject.contract_id or "")
    _change(actor, tx, subject, _Told(StoryEvent.OFFER_ACCEPTED, words, about) if words else None)


def _change(actor: Actor, tx: Transaction, subject: Subject, told: _Told | None) -> None:
    """Add to a transaction what a subject changes of its room, and a story."""
    stored, memberships = _room(actor.table, subject)
    place = actor.user_id, actor.organization_id
    room = stored.model_copy(
        update={
            "offer_ids": tuple(dict.fromkeys((*stored.offer_ids, *subject.offer_ids))),
            "contract_id": subject.contract_id or stored.contract_id,
            "block": None if subject.contract_id and not stored.contract_id else stored.block,
        }
    )
    if told:
        room, story = next_story(
            room,
            actor.now,
            user_id=actor.user_id,
            organization_id=actor.organization_id,
            text=told.words,
            event=told.event,
            references=(told.about,),
        )
        create_story(tx, story)
        room = with_mail(tx, room, actor.now)
        own = memberships.get(place) or actor.table.get(ROOM_MEMBERSHIPS, room.id, *place, consistent=True)
        if own:
            memberships[place] = all_read(own, room, actor.now)
        tx.emit(ROOM, RoomEvent.STORY, room.id, to=room.audience)
    for one in memberships.values():
        save_membership(tx, one)
    if room != stored or not stored.version:
        save_room(tx, room)


def _room(table: Table, subject: Subject) -> tuple[Room, dict[tuple[str, str], RoomMembership]]:
    """Return the room of a subject, and the memberships to store with it, if it is not stored yet."""
    ids = [id_ for id_ in (subject.proposal_id, *subject.offer_ids) if id_]
    found = table.batch_get([ROOMS.key(id_) for id_ in ids], consistent=True)
    item = next((found[key] for id_ in ids if (key := ROOMS.key(id_)) in found), None)
    if item:
        return ROOMS.decode(item), {}
    room = interview_of(
        subject.parties,
        subject.title(),
        subject.created,
        proposal_id=subject.proposal_id,
        offer_ids=subject.offer_ids,
    )
    messages = earlier_messages(table, subject.proposal_id) if subject.proposal_id else []
    room, stories = stories_of(room, messages)
    copy_stories(table, stories)
    return room, {one.place: first_membership(room, one.user_id, one.organization_id, stories) for one in room.members}
