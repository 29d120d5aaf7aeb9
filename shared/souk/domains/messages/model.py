"""A room and its stories from the view of one caller: the sources of the fields of the graph."""

from dataclasses import dataclass

from souk.domains.agreements.model import Side
from souk.domains.proposals.model import Proposal
from souk.domains.rooms.model import ReportedStory, Room, RoomMembership, Story


@dataclass(frozen=True, slots=True, eq=False)
class RoomView:
    """A room, and what it keeps for the caller."""

    room: Room
    user_id: str
    """The caller."""
    organization_id: str
    """The organization of the caller's request."""
    membership: RoomMembership | None = None
    """None for a caller who reads without being a member."""
    proposal: Proposal | None = None
    """The proposal of an interview room, if it was read."""
    earlier: tuple[Story, ...] = ()
    """The stories of a room in which nothing has been stored yet: messages of an earlier release, oldest first."""

    @property
    def id(self) -> str:
        """The id of the room."""
        return self.room.id


@dataclass(frozen=True, slots=True, eq=False)
class StoryView:
    """A story, and the view of its room."""

    story: Story
    room: RoomView

    @property
    def id(self) -> str:
        """The id of the story."""
        return self.story.id


@dataclass(frozen=True, slots=True, eq=False)
class ReportedView:
    """A reported story, as operators see it."""

    reported: ReportedStory
    story: Story
    room: Room


def side_of(room: Room, company_id: str) -> Side | None:
    """Return the side of an interview room that a company is on."""
    if room.parties is None:
        return None
    if company_id == room.parties.client_company_id:
        return Side.CLIENT
    return Side.FREELANCER if company_id == room.parties.vendor_company_id else None
