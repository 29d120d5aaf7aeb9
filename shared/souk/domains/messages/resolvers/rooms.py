"""The fields of Room, from the view of the caller."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.contracts.store import CONTRACTS
from souk.domains.contracts.views import ContractOfTerm
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.messages import lists
from souk.domains.messages.commands import access
from souk.domains.messages.inputs import StoryFilter
from souk.domains.messages.model import RoomView, StoryView
from souk.domains.messages.resolvers.declared import STORY_PAGES, domain
from souk.domains.proposals.store import PROPOSALS
from souk.domains.rooms.model import Member, Person, Room, RoomMembership, RoomType, Story
from souk.domains.rooms.rules.counting import unread_mentions
from souk.domains.rooms.store import STORIES
from souk.graph import Context
from souk.graph.lists import Connection

_OF_ROOM: Final[dict[str, Callable[[Room], Any]]] = {
    "roomName": lambda room: room.name,
    "topic": lambda room: room.topic,
    "public": lambda room: room.public,
    "createdAtDateTime": lambda room: room.created,
    "creator": lambda room: room.member(*room.creator.place) or room.creator,
    "owner": lambda room: room.owner,
    "roomUsers": lambda room: list(room.members),
    "numUsers": lambda room: len(room.members),
    "roomType": lambda room: room.type,
    "readOnly": lambda room: room.archived is not None,
    "readOnlyDateTime": lambda room: room.archived,
    "blockDateTime": lambda room: room.block and room.block.time,
    "blockedBy": lambda room: room.block and (room.member(*room.block.by.place) or room.block.by),
    "contractId": lambda room: room.contract_id,
    "offerIds": lambda room: list(room.offer_ids),
    "recruiters": lambda _: [],  # Souk has no recruiters
}
_OF_MEMBERSHIP: Final[dict[str, Callable[[RoomMembership], Any]]] = {
    "favorite": lambda one: one.favorite is not None,
    "roomFavoriteDateTime": lambda one: one.favorite,
    "joinDateTime": lambda one: one.joined,
    "lastVisitedDateTime": lambda one: one.visited,
    "lastReadDateTime": lambda one: one.read_time,
    "hidden": lambda one: one.hidden,
    "roomNote": lambda one: one.note,
}


def _room_field(read: Callable[[Room], Any]) -> Callable[[RoomView, Context], Any]:
    return lambda source, ctx: read(source.room)


def _own_field(read: Callable[[RoomMembership], Any]) -> Callable[[RoomView, Context], Any]:
    """Return a resolver of what the room keeps for the caller; None for somebody who reads without being a member."""
    return lambda source, ctx: read(source.membership) if source.membership else None


for _name, _read in _OF_ROOM.items():
    domain.field(f"Room.{_name}")(_room_field(_read))
for _name, _kept in _OF_MEMBERSHIP.items():
    domain.field(f"Room.{_name}")(_own_field(_kept))
domain.list_size("Room.roomUsers", size=5)


@domain.field("Room.muted")
def muted(source: RoomView, ctx: Context) -> bool:
    """Return whether the caller has muted the room."""
    return bool(source.membership and source.membership.muted)


@domain.field("Room.roomNotePresent")
def note_present(source: RoomView, ctx: Context) -> bool:
    """Return whether the caller has a note about the room."""
    return bool(source.membership and source.membership.note)


@domain.field("Room.numUnread")
def number_unread(source: RoomView, ctx: Context) -> int | None:
    """Return the number of stories by others that the caller has not read."""
    return lists.number_unread(ctx, source)


@domain.field("Room.numUnreadMentions")
def number_unread_mentions(source: RoomView, ctx: Context) -> int | None:
    """Return the number of unread stories that mention the caller."""
    return unread_mentions(source.membership) if source.membership else None


@domain.connection("Room.stories", size=STORY_PAGES)
def stories(source: RoomView, ctx: Context, filter: StoryFilter | None = None) -> Connection:
    """Return a page of the stories, newest first."""
    return lists.stories(ctx, source, filter)


@domain.connection("Room.story")
def story(source: RoomView, ctx: Context, id: str) -> StoryView | None:
    """Return a story; None if there is none with this id."""
    found = access.story(ctx, source, id)
    return StoryView(found, source) if found else None


@domain.field("RoomUser.role")
def role(source: Person, ctx: Context) -> str | None:
    """Return the role; None for a former member."""
    return source.role if isinstance(source, Member) else None


def _organization(source: RoomView) -> str:
    return source.organization_id if source.room.type is RoomType.ONE_ON_ONE else source.room.organization_id


def _latest(source: RoomView) -> tuple[str, str] | None:
    return (source.id, source.room.latest_id) if source.room.version and source.room.latest_id else None


def _story_view(source: RoomView, target: Story) -> StoryView:
    return StoryView(target, source)


def _latest_earlier(source: RoomView) -> StoryView | None:
    return StoryView(source.earlier[-1], source) if source.earlier else None


domain.link("Room.organization", to=ORGANIZATIONS, by=_organization)
domain.link(
    "Room.latestStory",
    "Room.latestStoryPreRendered",
    to=STORIES,
    by=_latest,
    shown=_story_view,
    otherwise=_latest_earlier,
)
domain.link(
    "Room.contractDetails",
    to=CONTRACTS,
    by=lambda source: source.room.contract_id,
    visible=lambda contract, ctx: contract.parties.include(ctx.principal),
)
domain.link(
    "Room.contract",
    to=CONTRACTS,
    by=lambda source: source.room.contract_id,
    shown=lambda source, contract: ContractOfTerm.of(contract, contract.term),
    visible=lambda contract, ctx: contract.parties.include(ctx.principal),
)
domain.link(
    "Room.vendorProposal",
    to=PROPOSALS,
    by=lambda source: source.room.proposal_id,
    visible=lambda proposal, ctx: proposal.parties.vendor_is(ctx.principal),
)
domain.link("RoomUser.user", to=USERS, by="user_id")
domain.link("RoomUser.organization", to=ORGANIZATIONS, by="organization_id")
