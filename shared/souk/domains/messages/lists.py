"""Lists of rooms and stories."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from souk.domains.messages.inputs import Everything, ReportedFilter, RoomCategory, RoomFilter, StoryFilter
from souk.domains.messages.model import ReportedView, RoomView, StoryView
from souk.domains.messages.rules.authority import may_join, may_see, member_of
from souk.domains.reviews.model import ReviewKind
from souk.domains.reviews.store import decided_reviews, open_reviews
from souk.domains.rooms.model import ReportState, Room, RoomMembership, RoomType, Story
from souk.domains.rooms.rules.counting import unread
from souk.domains.rooms.store import (
    AGENCY_INTERVIEWS,
    CLIENT_INTERVIEWS,
    PERSON_ROOMS,
    PUBLIC_ROOMS,
    REPORTED,
    ROOM_MEMBERSHIPS,
    ROOM_STORIES,
    ROOMS,
    STORIES,
    count_unread,
)
from souk.graph import Context
from souk.graph.lists import Connection, DateTimeRange, Pagination, connection, connection_in_memory
from souk.runtime import operator_log
from souk.storage import View, first_id
from souk.values.errors import Unprocessable
from souk.values.moments import Period, moment

STORIES_PAGE: Final = 50
_MOST_REVIEWS: Final = 1_000
_TICK: Final = timedelta(milliseconds=1)
_NO_PERIOD: Final = Period(None, None)
_TYPES: Final = {
    RoomCategory.PEOPLE: RoomType.ONE_ON_ONE,
    RoomCategory.INTERVIEW: RoomType.INTERVIEW,
    RoomCategory.GROUP: RoomType.GROUP,
}
Condition = Callable[[RoomView], bool]


def rooms(ctx: Context, given: RoomFilter | None, pagination: Pagination | None, *, descending: bool) -> Connection:
    """Return a page of the caller's rooms, or of those that they could join, by their last activity."""
    wanted = given or RoomFilter()
    conditions = _conditions(ctx, wanted)
    principal = ctx.principal
    bound_to = [wanted.model_dump(mode="json", exclude_none=True), descending]
    if wanted.subscribed_eq is False:
        found = [view for view in _joinable(ctx) if all(holds(view) for holds in conditions)]
        found.sort(key=lambda view: (view.room.active, view.id), reverse=descending)
        place = [principal.user_id, principal.organization_id]
        return connection_in_memory(ctx.cursors, ["joinableRooms", *place, *bound_to], found, pagination)
    view: View[RoomMembership, RoomView] = View(
        rows=lambda found: _views(ctx, found),
        row_conditions=[lambda one: may_see(one.room, principal), *conditions],
        order=lambda one: one.room.active,
        descending=descending,
    )
    listed = PERSON_ROOMS.of(ctx.table, principal.user_id, principal.organization_id)
    return connection(ctx.cursors, listed, view, pagination, bound_to=bound_to)


def public_rooms(ctx: Context, pagination: Pagination | None) -> Connection:
    """Return a page of the public rooms of the organization of the request, last activity first."""
    principal = ctx.principal
    view: View[Room, Room] = View(
        conditions=[lambda one: one.type is RoomType.GROUP and may_join(one, principal)],
        order=lambda one: one.active,
        descending=True,
    )
    listed = PUBLIC_ROOMS.of(ctx.table, principal.company_id)
    bound_to = [principal.user_id, principal.organization_id]
    return connection(
        ctx.cursors, listed, view, pagination, bound_to=bound_to, nodes=lambda found: _views_of(ctx, found)
    )


def stories(ctx: Context, view: RoomView, given: StoryFilter | None) -> Connection:
    """Return a page of the stories of a room, newest first."""
    wanted = given or StoryFilter()
    created = _period("storyCreatedDateTime_bt", wanted.story_created_date_time_bt)
    updated = _period("storyUpdatedDateTime_bt", wanted.story_updated_date_time_bt)
    bound_to = [view.user_id, view.organization_id, wanted.model_dump(mode="json", exclude={"pagination"})]
    pagination = wanted.pagination or Pagination(first=STORIES_PAGE)

    def accepts(one: Story) -> bool:
        removed = one.removed is not None and not wanted.include_removed_eq
        return not removed and updated.includes(one.updated) and created.includes(one.created)

    if not view.room.version:
        found = [StoryView(one, view) for one in reversed(view.earlier) if accepts(one)]
        return connection_in_memory(ctx.cursors, ["earlierStories", view.id, *bound_to], found, pagination)
    listed = ROOM_STORIES.of(ctx.table, view.id)
    filtered = (created, updated) != (_NO_PERIOD, _NO_PERIOD) or wanted.include_removed_eq
    wanted_stories: View[Story, Story] = View(conditions=[accepts], within=_keys(created))
    return connection(
        ctx.cursors,
        listed,
        wanted_stories,
        pagination,
        bound_to=bound_to,
        nodes=lambda found: [StoryView(one, view) for one in found],
        total=None if filtered else view.room.seq - view.room.gone,
    )


def _keys(created: Period) -> tuple[str, str] | None:
    """Return the sort keys of the stories of a period, as their ids have their times; None for all."""
    if created == _NO_PERIOD:
        return None
    first = f"STORY#{first_id(datetime.fromisoformat(created.first))}" if created.first else "STORY#"
    last = f"STORY#{first_id(datetime.fromisoformat(created.last) + _TICK)}" if created.last else "STORY#~"
    return first, last


def _period(path: str, given: DateTimeRange | None) -> Period:
    return given.period(f"filter.storyFilter.{path}") if given else _NO_PERIOD


def number_unread(ctx: Context, view: RoomView) -> int | None:
    """Return the number of unread stories; None for a caller who is no member.

    It is known from the room and the membership, except to somebody who has not read for a thousand removed stories.
    """
    one = view.membership
    if one is None:
        return None
    number = unread(view.room, one)
    return count_unread(ctx.table, view.id, one) if number is None else number


def reported(ctx: Context, given: ReportedFilter | None, pagination: Pagination | None) -> Connection:
    """Return a page of reported stories for an operator, and record that they are read.

    Open reports are the 1,000 that wait longest. Decided ones are those of the last 12 months, at most 1,000 a month.
    """
    wanted = given or ReportedFilter()
    state = wanted.state_eq or ReportState.OPEN
    if state is ReportState.OPEN:
        reviews = open_reviews(ctx.table, ReviewKind.ROOM_STORY, _MOST_REVIEWS)
    else:
        reviews = decided_reviews(ctx.table, ReviewKind.ROOM_STORY, ctx.now, months=12, most=_MOST_REVIEWS)
    keys = list(dict.fromkeys(REPORTED.key(*one.subject_id.split(".")) for one in reviews))
    ctx.fetch(dict.fromkeys(keys, REPORTED), consistent=True)
    found = [one for key in keys if (one := ctx.entities[key]) and one.state is state and one.reports]
    if reason := wanted.abuse_type_eq:
        found = [one for one in found if any(each.abuse_type is reason for each in one.reports)]
    bound_to = ["reportedRoomStories", ctx.principal.user_id, state, reason]
    page = connection_in_memory(ctx.cursors, bound_to, found, pagination)
    shown = [edge["node"] for edge in page.edges]
    ctx.fetch(
        {
            **{STORIES.key(one.room_id, one.story_id): STORIES for one in shown},
            **{ROOMS.key(one.room_id): ROOMS for one in shown},
        }
    )
    for edge, one in zip(page.edges, shown, strict=True):
        story, room = ctx.entities[STORIES.key(one.room_id, one.story_id)], ctx.entities[ROOMS.key(one.room_id)]
        edge["node"] = ReportedView(one, story, room)
    operator_log.record_reads(ctx.principal.user_id, (one.subject_id for one in shown), ctx.request_id)
    return page


def _conditions(ctx: Context, wanted: RoomFilter) -> Sequence[Condition]:
    """Return the conditions of a filter. Raises Unprocessable for some that exclude each other."""
    if wanted.active_since_eq is not None and wanted.unread_rooms_only_eq:
        raise Unprocessable("filter.activeSince_eq: cannot be combined with unreadRoomsOnly_eq.")
    found: list[Condition] = []
    if wanted.room_type_eq not in (None, Everything.ALL):
        found.append(lambda one: one.room.type == wanted.room_type_eq)
    if wanted.room_privacy_eq not in (None, "ALL"):
        found.append(lambda one: one.room.public is (wanted.room_privacy_eq == "PUBLIC"))
    if category := wanted.room_category_eq:
        if category is RoomCategory.FAVORITES:
            found.append(_favorite)
        else:
            found.append(lambda one: one.room.type is _TYPES[category])
    if wanted.include_hidden_eq is False:
        found.append(lambda one: not (one.membership and one.membership.hidden))
    if wanted.unread_rooms_only_eq:
        found.append(lambda one: bool(number_unread(ctx, one)))
    if wanted.active_since_eq is not None:
        found.append(_active(ctx, wanted, moment("filter.activeSince_eq", wanted.active_since_eq).first))
    if wanted.object_reference_id_eq is not None:
        found.append(lambda one: wanted.object_reference_id_eq in _about(one.room))
    return found


def _active(ctx: Context, wanted: RoomFilter, since: str) -> Condition:
    def holds(one: RoomView) -> bool:
        return (
            one.room.active >= since
            or (bool(wanted.include_favorites_eq) and _favorite(one))
            or (bool(wanted.include_unread_if_active_eq) and bool(number_unread(ctx, one)))
        )

    return holds


def _favorite(one: RoomView) -> bool:
    return bool(one.membership and one.membership.favorite)


def _about(room: Room) -> tuple[str | None, ...]:
    """Return the ids of what a room is about."""
    return room.proposal_id, *room.offer_ids, room.contract_id


def _views(ctx: Context, memberships: list[RoomMembership]) -> list[RoomView]:
    """Return the rooms of some memberships, in one round trip."""
    found = ctx.load_many(ROOMS, [one.room_id for one in memberships])
    return [
        RoomView(room, one.user_id, one.organization_id, one)
        for room, one in zip(filter(None, found), memberships, strict=True)  # a membership is stored with its room
    ]


def _joinable(ctx: Context) -> list[RoomView]:
    """Return the rooms that the caller could join: public ones, and for leads those of interviews."""
    principal = ctx.principal
    lists = [PUBLIC_ROOMS, *([CLIENT_INTERVIEWS, AGENCY_INTERVIEWS] if principal.leads else [])]
    free: View[Room, Room] = View(
        conditions=[lambda one: may_join(one, principal) and member_of(one, principal) is None]
    )
    found = [one for listed in lists for one in listed.of(ctx.table, principal.company_id).all(free)]
    return _views_of(ctx, found)


def _views_of(ctx: Context, found: Sequence[Room]) -> list[RoomView]:
    """Return the views of rooms that the caller may not be a member of."""
    user_id, organization_id = ctx.principal.user_id, ctx.principal.organization_id
    keys = {one.id: ROOM_MEMBERSHIPS.key(one.id, user_id, organization_id) for one in found}
    ctx.fetch(dict.fromkeys(keys.values(), ROOM_MEMBERSHIPS))
    return [RoomView(one, user_id, organization_id, ctx.entities[keys[one.id]]) for one in found]
