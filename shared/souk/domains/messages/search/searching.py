"""Searching stories: one query to the index, and two batch reads of the results.

The caller's rooms are read for each search, and again with the results: somebody who has left a room finds nothing of
it, whatever the index says.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from souk.domains.messages.commands import access
from souk.domains.messages.inputs import StoriesSearchFilter
from souk.domains.messages.model import RoomView, StoryView
from souk.domains.messages.rules.authority import may_see
from souk.domains.messages.search import index
from souk.domains.rooms.model import RoomMembership
from souk.domains.rooms.store import LOCATIONS, PERSON_ROOMS, ROOMS, STORIES
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, empty_connection
from souk.graph.searches import find_page
from souk.search import ID, And, AnyOf, Query, Range, Search
from souk.search.lucene import parse
from souk.search.memory import MemoryIndex
from souk.storage import View, first_id

_TICK: Final = timedelta(milliseconds=1)


def search(ctx: Context, wanted: StoriesSearchFilter, page: Pagination | None) -> Connection:
    """Return a RoomStoryConnection, newest first: stories of the caller's rooms, or of one room.

    Raises NotFound as `room` does for a room that the caller may not read.
    """
    query = And(tuple(_conditions(wanted)))
    if wanted.room_id_eq is None:
        if not ctx.principal.member:
            return empty_connection()
        listed = PERSON_ROOMS.of(ctx.table, ctx.principal.user_id, ctx.principal.organization_id)
        every: View[RoomMembership, RoomMembership] = View()
        return _search_rooms(ctx, wanted, query, {one.room_id: one for one in listed.all(every)}, page)
    view = access.require(ctx, wanted.room_id_eq)
    if view.room.version:
        return _search_rooms(ctx, wanted, query, {view.id: view.membership}, page)
    # The messages of an earlier release are in the index as soon as their room is stored.
    earlier = MemoryIndex(index.INDEX)
    earlier.rebuild(one for one in map(index.document, view.earlier) if one)
    found = find_page(ctx.cursors, _bound_to(ctx, wanted), earlier, Search(query), page)
    return found.connection({one.id: StoryView(one, view) for one in view.earlier})


def _search_rooms(
    ctx: Context,
    wanted: StoriesSearchFilter,
    query: Query,
    memberships: Mapping[str, RoomMembership | None],
    page: Pagination | None,
) -> Connection:
    """Return the stories of rooms. `memberships` are those of the caller, by the id of the room."""
    within = And((query, AnyOf("room", tuple(memberships))))
    found = find_page(ctx.cursors, _bound_to(ctx, wanted), index.reader(), Search(within), page)
    return found.connection(_load(ctx, list(found.ids), memberships))


def _bound_to(ctx: Context, wanted: StoriesSearchFilter) -> list[object]:
    given = wanted.model_dump(mode="json", by_alias=True, exclude_none=True)
    return ["stories", given, ctx.principal.user_id, ctx.principal.organization_id]


def _conditions(wanted: StoriesSearchFilter) -> Iterable[Query]:
    yield parse(wanted.search_expression_eq, index.INDEX)
    if wanted.user_id_eq is not None:
        yield AnyOf("writer", (wanted.user_id_eq,))
    if given := wanted.story_created_date_time_bt:
        period = given.period("filter.storyCreatedDateTime_bt")
        # The id of a story has its time.
        first = int(first_id(datetime.fromisoformat(period.first))) if period.first else None
        last = int(first_id(datetime.fromisoformat(period.last) + _TICK)) if period.last else None
        yield Range(ID, first, last, include_upper=False)


def _load(ctx: Context, ids: list[str], memberships: Mapping[str, RoomMembership | None]) -> dict[str, StoryView]:
    """Return those of the stories that the caller may read at this moment, by their ids."""
    locations = [one for one in ctx.load_many(LOCATIONS, ids) if one and one.room_id in memberships]
    stories = {STORIES.key(one.room_id, one.id): STORIES for one in locations}
    rooms = {ROOMS.key(one.room_id): ROOMS for one in locations}
    ctx.fetch({**stories, **rooms}, consistent=True)
    user_id, organization_id = ctx.principal.user_id, ctx.principal.organization_id
    found: dict[str, StoryView] = {}
    for one in locations:
        story, room = ctx.entities[STORIES.key(one.room_id, one.id)], ctx.entities[ROOMS.key(one.room_id)]
        if story and not story.removed and room and may_see(room, ctx.principal):
            view = RoomView(room, user_id, organization_id, memberships[room.id])
            found[story.id] = StoryView(story, view)
    return found
