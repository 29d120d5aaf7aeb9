"""Queries of rooms and stories."""

from typing import Literal

from souk.domains.contracts.store import CONTRACTS, contract_of_term
from souk.domains.messages import lists
from souk.domains.messages.commands import access, rooms
from souk.domains.messages.inputs import ReportedFilter, RoomFilter, RoomStoryFilter, StoriesSearchFilter
from souk.domains.messages.model import RoomView, StoryView
from souk.domains.messages.resolvers.declared import OPERATORS, READ, STORY_PAGES, domain
from souk.domains.messages.search import searching
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.store import PROPOSALS
from souk.domains.rooms.store import PERSON_ROOMS, PUBLIC_ROOMS
from souk.graph import Context
from souk.graph.lists import Connection, Pagination
from souk.values.errors import NotFound, Unprocessable


@domain.query("room", scopes=READ)
def room(ctx: Context, id: str) -> RoomView:
    """Return a room. Raises the same NotFound for a room that the caller may not see."""
    return access.require(ctx, id)


@domain.query("proposalRoom", scopes=READ)
def proposal_room(ctx: Context, vendor_proposal_id: str) -> RoomView:
    """Return the room of a proposal. Raises NotFound as `room` does."""
    proposal = ctx.load(PROPOSALS, vendor_proposal_id, consistent=True)
    found = access.interview(ctx, proposal, None) if proposal else None
    if found is None:
        raise NotFound(access.NO_ROOM)
    return found


@domain.query("offerRoom", scopes=READ)
def offer_room(ctx: Context, offer_id: str) -> RoomView | None:
    """Return the room of an offer; None if the caller sees none."""
    offer = ctx.load(OFFERS, offer_id, consistent=True)
    return access.interview(ctx, None, offer) if offer else None


@domain.query("contractRoom", scopes=READ)
def contract_room(ctx: Context, contract_id: str) -> RoomView | None:
    """Return the room of a contract, by its id or that of one of its terms; None if the caller sees none."""
    contract = ctx.load(CONTRACTS, contract_id, consistent=True) or contract_of_term(ctx.table, contract_id)
    if contract is None or not contract.parties.include(ctx.principal):
        return None
    offer = ctx.load(OFFERS, contract.offer_id, consistent=True)
    proposal = ctx.load(PROPOSALS, contract.proposal_id, consistent=True) if contract.proposal_id else None
    return access.interview(ctx, proposal, offer)


@domain.query("oneOnOneRoom", scopes=READ)
def one_on_one_room(ctx: Context, user_id: str, organization_id: str) -> RoomView | None:
    """Return the room of the caller and another person; None if there is none."""
    return rooms.find_one_on_one(ctx, user_id, organization_id)


@domain.query("publicRooms", scopes=READ, size=PUBLIC_ROOMS)
def public_rooms(ctx: Context, pagination: Pagination | None = None) -> Connection:
    """Return a page of the public rooms of the organization of the request."""
    return lists.public_rooms(ctx, pagination)


@domain.query("roomList", scopes=READ, size=PERSON_ROOMS)
def room_list(
    ctx: Context,
    filter: RoomFilter | None = None,
    pagination: Pagination | None = None,
    sort_order: Literal["ASC", "DESC"] | None = None,
) -> Connection:
    """Return a page of the caller's rooms."""
    return lists.rooms(ctx, filter, pagination, descending=sort_order != "ASC")


@domain.query("roomStories", scopes=READ, size=STORY_PAGES)
def room_stories(ctx: Context, filter: RoomStoryFilter | None = None) -> Connection:
    """Return a page of the stories of a room, newest first. Raises NotFound as `room` does."""
    if filter is None:
        raise Unprocessable("filter: is required: roomId_eq names the room.")
    return lists.stories(ctx, access.require(ctx, filter.room_id_eq), filter.story_filter)


@domain.query("roomStoriesSearch", scopes=READ)
def room_stories_search(ctx: Context, filter: StoriesSearchFilter, pagination: Pagination | None = None) -> Connection:
    """Return a page of stories with some words. Raises NotFound as `room` does."""
    return searching.search(ctx, filter, pagination)


@domain.query("reportedRoomStories", scopes=OPERATORS)
def reported_room_stories(
    ctx: Context, filter: ReportedFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of reported stories."""
    return lists.reported(ctx, filter, pagination)


@domain.query("roomStory", scopes=READ)
def room_story(ctx: Context, room_id: str, story_id: str) -> StoryView | None:
    """Return a story; None if the room has none with this id. Raises NotFound as `room` does."""
    view = access.require(ctx, room_id)
    found = access.story(ctx, view, story_id)
    return StoryView(found, view) if found else None
