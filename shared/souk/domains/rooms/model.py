"""Stored rooms, memberships and stories.

A member is a person in one organization. The same person in another organization is another member.
"""

from enum import StrEnum
from typing import Final

from souk.domains.agreements.model import Parties, Side
from souk.domains.files.model import Attachment
from souk.storage import Entity, Model

ROOM: Final = "ROOM"
"""The entity of the events of rooms, in `souk/events/catalog.json`."""
MAX_MEMBERS: Final = 200
"""The members of a room."""
MAX_PUBLIC: Final = 500
"""The public rooms of a company and its teams: as many as a list can sort, each with all its members."""
MAX_LISTED: Final = 2_000
"""The rooms that a list of rooms shows: the last ones that a person joined, or that were made."""
MAX_HOLES: Final = 1_000
"""The removed stories that a room remembers by number."""


class RoomType(StrEnum):
    """The kind of a room."""

    ONE_ON_ONE = "ONE_ON_ONE"
    GROUP = "GROUP"
    INTERVIEW = "INTERVIEW"
    """For a proposal, or for an offer without one."""


class RoomRole(StrEnum):
    """The role of a member. Only group rooms have an owner and admins."""

    OWNER = "owner"
    ADMIN = "admin"
    PARTICIPANT = "participant"


class RoomEvent(StrEnum):
    """The actions of the events of rooms."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    ARCHIVE = "ARCHIVE"
    DELETE = "DELETE"
    STORY = "STORY"
    STORY_UPDATE = "STORY_UPDATE"
    STORY_DELETE = "STORY_DELETE"


class StoryEvent(StrEnum):
    """The step that a system story tells of."""

    USER_ADDED = "USER_ADDED"
    USER_REMOVED = "USER_REMOVED"
    OWNER_CHANGED = "OWNER_CHANGED"
    ROOM_ARCHIVED = "ROOM_ARCHIVED"
    ROOM_REOPENED = "ROOM_REOPENED"
    PROPOSAL_DECLINED = "PROPOSAL_DECLINED"
    PROPOSAL_WITHDRAWN = "PROPOSAL_WITHDRAWN"
    OFFER_ACCEPTED = "OFFER_ACCEPTED"
    OFFER_DECLINED = "OFFER_DECLINED"
    OFFER_WITHDRAWN = "OFFER_WITHDRAWN"
    CONTRACT_PAUSED = "CONTRACT_PAUSED"
    CONTRACT_RESTARTED = "CONTRACT_RESTARTED"
    MILESTONE_ACTIVATED = "MILESTONE_ACTIVATED"
    MILESTONE_SUBMITTED = "MILESTONE_SUBMITTED"
    MILESTONE_REJECTED = "MILESTONE_REJECTED"
    MILESTONE_APPROVED = "MILESTONE_APPROVED"


class Person(Model):
    """A person in an organization."""

    user_id: str
    organization_id: str
    company_id: str

    @property
    def place(self) -> tuple[str, str]:
        """The ids of the person and of the organization, which identify a member."""
        return self.user_id, self.organization_id


class Member(Person):
    """A member of a room."""

    role: RoomRole = RoomRole.PARTICIPANT


class Block(Model):
    """The block of a room, by one side of it."""

    time: str
    by: Person
    side: Side | None = None
    """Only INTERVIEW."""


class Room(Entity):
    """A room. Times are ISO 8601, UTC. `version` is 0 for an interview room in which nothing has been stored yet."""

    id: str
    """Of INTERVIEW: the id of its proposal, else of its offer."""
    type: RoomType
    name: str | None = None
    topic: str | None = None
    public: bool = False
    """Whether the members of its organization see and join it. Only GROUP."""
    organization_id: str
    """INTERVIEW: the client's team; otherwise the organization of the creator."""
    company_id: str
    creator: Person
    created: str
    members: tuple[Member, ...]
    """In the order in which they joined; at most `MAX_MEMBERS`."""
    parties: Parties | None = None
    """Only INTERVIEW."""
    proposal_id: str | None = None
    offer_ids: tuple[str, ...] = ()
    contract_id: str | None = None
    archived: str | None = None
    """When it became read-only."""
    block: Block | None = None
    fingerprint: str | None = None
    """The SHA-256 of the request that made it, if it had an idempotency key."""
    removed: bool = False
    """Whether its owner has removed it. Its stories are kept."""
    mail_due: str | None = None
    """When its unread stories are mailed next; None if nothing new is unread."""
    seq: int = 0
    """The number of the last story. Stories are numbered from 1, in the order of their times."""
    last_story: str | None = None
    """The time of the last story."""
    latest_id: str | None = None
    """The id of the last story that was not removed."""
    gone: int = 0
    """The number of removed stories."""
    holes: tuple[int, ...] = ()
    """The numbers of removed stories, lowest first: the last `MAX_HOLES`."""
    holes_from: int = 1
    """The lowest number from which on `holes` has every removed story."""

    @property
    def active(self) -> str:
        """The time of the last activity."""
        return self.last_story or self.created

    def member(self, user_id: str, organization_id: str) -> Member | None:
        """Return a member; None if there is none."""
        return next((one for one in self.members if one.place == (user_id, organization_id)), None)

    @property
    def owner(self) -> Member | None:
        """The owner; None unless this is a group room."""
        return next((one for one in self.members if one.role is RoomRole.OWNER), None)

    @property
    def audience(self) -> tuple[str, ...]:
        """The ids of the organizations that receive events. One-on-one rooms have none: nobody learns who talks."""
        if self.parties:
            return self.parties.both
        return (self.organization_id, self.company_id) if self.type is RoomType.GROUP else ()


class RoomMembership(Entity):
    """What a room keeps for one member, which nobody else sees. Times are ISO 8601, UTC."""

    room_id: str
    user_id: str
    organization_id: str
    joined: str
    read: int = 0
    """The number of the last story that the member has read."""
    read_id: str | None = None
    """The id of this story."""
    read_time: str | None = None
    """The time of this story."""
    visited: str | None = None
    """When the member last marked stories as read, or wrote."""
    own: tuple[int, ...] = ()
    """The numbers of their own stories after `read`. There are some only after stories were marked as unread."""
    mentions: tuple[int, ...] = ()
    """The numbers of the stories after `read` that mention them."""
    favorite: str | None = None
    """When they marked the room as a favourite."""
    mailed: str | None = None
    """When they were last sent a mail about stories of this room."""
    muted: bool = False
    hidden: bool = False
    note: str | None = None
    erased: bool = False
    """Whether its person was erased."""


class Reference(Model):
    """The record that a system story tells of."""

    type: str
    """`user`, `proposal`, `offer`, `contract` or `milestone`."""
    id: str


class Revision(Model):
    """An earlier text of a story."""

    text: str | None = None
    written: str


class Story(Entity):
    """A story: a message, or a step that somebody took. Times are ISO 8601, UTC."""

    id: str
    room_id: str
    seq: int
    user_id: str
    """The writer, or the person who took the step."""
    organization_id: str
    text: str | None = None
    event: StoryEvent | None = None
    references: tuple[Reference, ...] = ()
    """Only of a system story."""
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[tuple[str, str], ...] = ()
    """The members whom it mentions (`Person.place`)."""
    created: str
    updated: str
    revisions: tuple[Revision, ...] = ()
    """Oldest first. Only operators see them."""
    removed: str | None = None
    fingerprint: str | None = None
    """The SHA-256 of the request, if it had an idempotency key."""


class StoryLocation(Entity):
    """The room of a story, for those who have only the story's id, as the search has."""

    id: str
    room_id: str


class AbuseType(StrEnum):
    """The reason of a report: the contract's RoomStoryAbuseType."""

    NONE = "NONE"
    ABUSE = "ABUSE"
    THIRDPARTY = "THIRDPARTY"
    DISINTERMEDIATION = "DISINTERMEDIATION"
    OTHER = "OTHER"
    MESSAGE_IS_THREATENING = "MESSAGE_IS_THREATENING"
    SPAM = "SPAM"
    BUY_UPWORK_ACCOUNT = "BUY_UPWORK_ACCOUNT"
    MISREPRESENTING_IDENTITY = "MISREPRESENTING_IDENTITY"
    MISREPRESENTING_SKILLS = "MISREPRESENTING_SKILLS"


class StoryNote(Entity):
    """A person's marks of a story, which nobody else sees. Operators see the reports (`ReportedStory`)."""

    room_id: str
    story_id: str
    user_id: str
    organization_id: str
    favorite: bool = False
    abuse_type: AbuseType | None = None
    """None without a report."""
    abuse_details: str | None = None


class ReportState(StrEnum):
    """The state of a reported story."""

    OPEN = "OPEN"
    WHITELISTED = "WHITELISTED"
    REMOVED = "REMOVED"


class Report(Model):
    """One person's report of a story."""

    reporter: Person
    abuse_type: AbuseType
    abuse_details: str | None = None
    reported: str


class ReportedStory(Entity):
    """The reports of a story, and what an operator decided. Times are ISO 8601, UTC."""

    room_id: str
    story_id: str
    reports: tuple[Report, ...]
    """One of each person, oldest first. Empty once all were taken back."""
    state: ReportState = ReportState.OPEN
    review_opened: str
    """When its last review was opened."""
    review_note: str | None = None
    reviewed_by_id: str | None = None
    reviewed: str | None = None

    @property
    def subject_id(self) -> str:
        """The id of the subject of its reviews."""
        return f"{self.room_id}.{self.story_id}"


class EarlierMessage(Entity):
    """A message about a proposal in the table of an earlier release. It is a story of the proposal's room."""

    id: str
    proposal_id: str
    user_id: str
    organization_id: str
    text: str
    created: str
