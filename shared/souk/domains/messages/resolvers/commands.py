"""Mutations of rooms and stories."""

from typing import Any, TypeVar

from souk.domains.messages.commands import mailing, people, reading, renaming, reporting, rooms, writing
from souk.domains.messages.inputs import (
    CreateRoom,
    CreateStory,
    MessageRequest,
    NoteStory,
    ReviewStory,
    RoomUserInput,
    UpdateMembership,
    UpdateRoom,
    UpdateStory,
)
from souk.domains.messages.model import ReportedView, RoomView, StoryView
from souk.domains.messages.resolvers.declared import OPERATORS, WRITE, domain
from souk.domains.rooms.store import MAIL
from souk.graph import Context, Scope
from souk.values.errors import Unprocessable

Request = TypeVar("Request")


@domain.mutation("createRoomV2", scopes=WRITE)
def create_room(ctx: Context, input: CreateRoom) -> RoomView:
    """Make a room."""
    return rooms.create(ctx, input)


@domain.mutation("roomCreate1on1IfNotExists", scopes=WRITE)
def create_one_on_one(ctx: Context, user_id: str, org_id: str) -> RoomView:
    """Return the room of the caller and another person, and make it if there is none."""
    return rooms.one_on_one(ctx, user_id, org_id)


@domain.mutation("updateRoomV2", scopes=WRITE)
def update_room(ctx: Context, input: UpdateRoom | None = None) -> RoomView:
    """Change a room."""
    return rooms.update(ctx, _required("input", input))


@domain.mutation("archiveRoom", scopes=WRITE)
def archive_room(ctx: Context, room_id: str) -> RoomView:
    """Make a room read-only."""
    return rooms.archive(ctx, room_id)


@domain.mutation("removeRoom", scopes=WRITE)
def remove_room(ctx: Context, room_id: str) -> str:
    """Remove a group room, and return its id."""
    return rooms.remove(ctx, room_id)


@domain.mutation("blockRoom", scopes=WRITE)
def block_room(ctx: Context, room_id: str) -> RoomView:
    """Block a room."""
    return rooms.block(ctx, room_id)


@domain.mutation("unblockRoom", scopes=WRITE)
def unblock_room(ctx: Context, room_id: str) -> RoomView:
    """End the block of a room."""
    return rooms.unblock(ctx, room_id)


@domain.mutation("addUserToRoom", scopes=WRITE)
def add_user_to_room(ctx: Context, room_id: str, room_users: list[RoomUserInput]) -> bool:
    """Add people to a room."""
    people.add(ctx, room_id, room_users)
    return True


@domain.mutation("removeUserFromRoom", scopes=WRITE)
def remove_user_from_room(ctx: Context, room_id: str, user_id: str, org_id: str) -> bool:
    """Remove a person from a room, or leave it."""
    people.remove(ctx, room_id, user_id, org_id)
    return True


@domain.mutation("markRoomAsRead", scopes=WRITE)
def mark_room_as_read(ctx: Context, room_id: str, story_id: str | None = None) -> RoomView:
    """Mark the stories of a room as read."""
    return reading.mark_read(ctx, room_id, story_id)


@domain.mutation("markRoomAsUnread", scopes=WRITE)
def mark_room_as_unread(ctx: Context, room_id: str, story_id: str) -> RoomView:
    """Mark a story and all after it as unread."""
    return reading.mark_unread(ctx, room_id, story_id)


@domain.mutation("updateRoomMembership", scopes=WRITE)
def update_room_membership(ctx: Context, input: UpdateMembership) -> RoomView:
    """Change what a room is for the caller."""
    return reading.update(ctx, input)


@domain.mutation("createRoomStoryV2", scopes=WRITE)
def create_room_story(ctx: Context, input: CreateStory) -> StoryView:
    """Write a story."""
    return writing.create(ctx, input)


@domain.mutation("updateRoomStoryV2", scopes=WRITE)
def update_room_story(ctx: Context, input: UpdateStory) -> dict[str, Any]:
    """Change the text of one's own story. A failure is an error, so the status is always SUCCESS."""
    writing.update(ctx, input)
    return {"status": "SUCCESS"}


@domain.mutation("removeRoomStory", scopes=WRITE)
def remove_room_story(ctx: Context, room_id: str, story_id: str) -> str:
    """Remove one's own story, and return its id."""
    return writing.remove(ctx, room_id, story_id)


@domain.mutation("noteRoomStory", scopes=WRITE)
def note_room_story(ctx: Context, input: NoteStory) -> StoryView:
    """Mark a story for the caller, or report it."""
    return reporting.note(ctx, input)


@domain.mutation("reviewReportedRoomStory", scopes=OPERATORS)
def review_reported_room_story(ctx: Context, input: ReviewStory) -> ReportedView:
    """Keep or remove a reported story."""
    return reporting.decide(ctx, input)


@domain.mutation("messageClientProposal", scopes=[Scope.CLIENT_PROPOSALS])
def message_client_proposal(
    ctx: Context, client_proposal_message_request: MessageRequest | None = None
) -> dict[str, Any]:
    """Write a story in the room of a proposal, for its client."""
    request = _required("clientProposalMessageRequest", client_proposal_message_request)
    return {"proposal": writing.about_proposal(ctx, request), "status": "SUCCESS"}


domain.due(MAIL)(mailing.mail_unread)
domain.due(renaming.RENAME)(renaming.rename)


def _required(name: str, request: Request | None) -> Request:
    """Return a request. The contract declares it as optional, but the mutation needs it."""
    if request is None:
        raise Unprocessable(f"{name}: is required.")
    return request
