"""Rooms of Acme: a group, a public one, and two pairs. Their texts are known to their members alone."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review
from souk.domains.rooms.model import (
    AbuseType,
    Block,
    Member,
    Person,
    Report,
    ReportedStory,
    Room,
    RoomMembership,
    RoomRole,
    RoomType,
    Story,
    StoryNote,
)
from souk.domains.rooms.store import NOTES, REPORTED, ROOM_MEMBERSHIPS, create_story, save_room
from souk.storage import Table
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-10T08:00:00.000Z"
LATER: Final = "2026-01-10T09:00:00.000Z"
GROUP, PUBLIC, PAIR, BLOCKED = (f"795000000000000000{number}" for number in range(1, 5))
OWN_STORY, OTHER_STORY, REMOVED_STORY = "1460000000000000001", "1460000000000000002", "1460000000000000003"

STORIES: Final = (OWN_STORY, OTHER_STORY, REMOVED_STORY)


@dataclass(frozen=True)
class MessageRecords:
    """The rooms, with planted secrets."""

    secrets: Secrets
    owner: Person
    manager: Person
    idle: Person

    def store(self, table: Table) -> None:
        """Store the rooms, what they keep for their members, and the stories of the group."""
        plant = self.secrets.plant
        group = self._room(
            GROUP,
            RoomType.GROUP,
            self.manager,
            name=plant(Audience.TEAM, "room-name"),
            topic=plant(Audience.TEAM, "room-topic"),
            seq=3,
            last_story=LATER,
            latest_id=OTHER_STORY,
            gone=1,
            holes=(3,),
        )
        public = self._room(PUBLIC, RoomType.GROUP, name=plant(Audience.TEAM, "public-room-name"), public=True)
        pair = self._room(PAIR, RoomType.ONE_ON_ONE, self.manager)
        block = Block(time=SINCE, by=self.owner)
        blocked = self._room(BLOCKED, RoomType.ONE_ON_ONE, self.idle, block=block)
        tx = table.transaction()
        for room in (group, public, pair, blocked):
            save_room(tx, room)
            for member in room.members:
                tx.create(ROOM_MEMBERSHIPS, self._membership(room, member))
        for number, (id_, by) in enumerate(
            ((OWN_STORY, self.owner), (OTHER_STORY, self.manager), (REMOVED_STORY, self.manager)), 1
        ):
            removed = id_ == REMOVED_STORY
            audience = Audience.NOBODY if removed else Audience.TEAM
            text = plant(audience, f"story-{number}")
            story = Story(
                id=id_,
                room_id=GROUP,
                seq=number,
                user_id=by.user_id,
                organization_id=by.organization_id,
                text=text,
                created=SINCE,
                updated=SINCE,
                removed=LATER if removed else None,
            )
            create_story(tx, story)
        reported = ReportedStory(
            room_id=GROUP,
            story_id=OTHER_STORY,
            review_opened=LATER,
            reports=(
                Report(
                    reporter=self.owner,
                    abuse_type=AbuseType.SPAM,
                    abuse_details=plant(Audience.PERSON, "abuse-details", of=self.owner.user_id),
                    reported=LATER,
                ),
            ),
        )
        tx.create(REPORTED, reported)
        noted = StoryNote(
            room_id=GROUP,
            story_id=OTHER_STORY,
            user_id=self.owner.user_id,
            organization_id=self.owner.organization_id,
            favorite=True,
            abuse_type=AbuseType.SPAM,
            abuse_details=reported.reports[0].abuse_details,
        )
        tx.create(NOTES, noted)
        review = Review(kind=ReviewKind.ROOM_STORY, subject_id=reported.subject_id, opened=LATER)
        open_review(tx, table, review)
        tx.commit()

    def _room(self, id_: str, type_: RoomType, other: Person | None = None, **fields: Any) -> Room:
        group = type_ is RoomType.GROUP
        role = RoomRole.OWNER if group else RoomRole.PARTICIPANT
        others = (Member(**other.model_dump()),) if other else ()
        return Room(
            id=id_,
            type=type_,
            organization_id=self.owner.organization_id,
            company_id=self.owner.company_id,
            creator=self.owner,
            created=SINCE,
            members=(Member(**self.owner.model_dump(), role=role), *others),
            **fields,
        )

    def _membership(self, room: Room, member: Member) -> RoomMembership:
        own = member.place == self.owner.place and room.id == GROUP
        note = self.secrets.plant(Audience.PERSON, "room-note", of=member.user_id) if own else None
        return RoomMembership(
            room_id=room.id,
            user_id=member.user_id,
            organization_id=member.organization_id,
            joined=SINCE,
            read=1 if room.id == GROUP else 0,
            read_id=OWN_STORY if room.id == GROUP else None,
            read_time=SINCE if room.id == GROUP else None,
            visited=SINCE,
            favorite=SINCE,
            note=note,
        )
