"""What a room is for one member: how far they have read, favourite, muted, hidden, note."""

from collections.abc import Callable
from typing import Any

from souk.domains.messages.commands import access
from souk.domains.messages.commands.writing import own_place, stored_view
from souk.domains.messages.inputs import UpdateMembership
from souk.domains.messages.model import RoomView
from souk.domains.messages.rules.authority import member_of
from souk.domains.rooms.model import RoomMembership
from souk.domains.rooms.rules.counting import all_read, read_to, unread_from
from souk.domains.rooms.store import COMMITS, latest_before, save_membership, stories_from
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict
from souk.values.problems import Problems
from souk.values.texts import optional_text
from souk.values.times import stamp


def mark_read(ctx: Context, room_id: str, story_id: str | None) -> RoomView:
    """Mark a story and all before it as read; without one, all. The mark never goes back."""

    def attempt(tx: Transaction) -> RoomView:
        view, one = _membership(ctx, room_id)
        if story_id is None:
            return _kept(tx, view, all_read(one, view.room, ctx.now))
        return _kept(tx, view, read_to(one, access.require_story(ctx, view, story_id), ctx.now))

    return _committed(ctx, attempt)


def mark_unread(ctx: Context, room_id: str, story_id: str) -> RoomView:
    """Mark a story and all after it as unread. Raises Unprocessable if these are more than 5,000."""

    def attempt(tx: Transaction) -> RoomView:
        view, one = _membership(ctx, room_id)
        story = access.require_story(ctx, view, story_id)
        if story.seq > one.read:
            return view
        before = latest_before(ctx.table, room_id, story_id)
        return _kept(tx, view, unread_from(one, story, before, stories_from(ctx.table, room_id, story_id)))

    return _committed(ctx, attempt)


def update(ctx: Context, request: UpdateMembership) -> RoomView:
    """Change what a room is for the caller. What the request leaves out stays."""
    problems, given = Problems("input"), request.model_fields_set
    note = optional_text(problems, "note", request.note)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> RoomView:
        view, one = _membership(ctx, request.room_id)
        changes: dict[str, Any] = {
            name: value for name in ("muted", "hidden") if (value := getattr(request, name)) is not None
        }
        if request.favorite is not None and request.favorite is not bool(one.favorite):
            changes["favorite"] = stamp(ctx.now) if request.favorite else None
        if "note" in given:
            changes["note"] = note
        changed = one.model_copy(update=changes)
        return _kept(tx, view, changed) if changed != one else view

    return _committed(ctx, attempt)


def _membership(ctx: Context, room_id: str) -> tuple[RoomView, RoomMembership]:
    """Return a stored room with the caller's membership. Raises Conflict for a lead who is no member."""
    ctx.clear_cache()
    view = access.require(ctx, room_id)
    if member_of(view.room, ctx.principal) is None:
        raise Conflict("You are no member of this room; join it with addUserToRoom.")
    view = stored_view(ctx, room_id)
    if view.membership is None:
        user_id, organization_id = own_place(ctx)
        joined = view.room.created
        return view, RoomMembership(room_id=room_id, user_id=user_id, organization_id=organization_id, joined=joined)
    return view, view.membership


def _kept(tx: Transaction, view: RoomView, one: RoomMembership) -> RoomView:
    return RoomView(view.room, view.user_id, view.organization_id, save_membership(tx, one), view.proposal)


def _committed(ctx: Context, attempt: Callable[[Transaction], RoomView]) -> RoomView:
    view = ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()
    return view
