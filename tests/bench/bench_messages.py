"""What rooms and stories cost: round trips and items that are read. Run `python -m tests.bench.bench_messages`."""

import sys
from collections.abc import Iterator
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from souk.authentication.principal import Principal, Role
from souk.authentication.rate_limits import Meter
from souk.domains.messages import lists
from souk.domains.messages.commands import writing
from souk.domains.messages.commands.access import require
from souk.domains.messages.inputs import CreateStory, StoryFilter
from souk.domains.messages.model import RoomView
from souk.domains.rooms.model import Member, Person, Room, RoomMembership, RoomType, Story
from souk.domains.rooms.store import ROOM_MEMBERSHIPS, ROOMS, STORIES
from souk.graph import Context
from souk.graph.lists import Pagination
from souk.storage import Collection, Entity, Table, id_at
from souk.values.clock import Clock
from souk.values.times import stamp
from souk.web.signing import Signer
from tests.bench.caller import environment
from tests.support import table as table_shape
from tests.support.fast_moto import answer_directly, make_moto_fast

ROOM_SIZES: Final = (20, 20_000)
LIST_SIZES: Final = (5, 50, 231)
_NAME: Final = "souk-bench"
_BATCH: Final = 25  # DynamoDB's limit for one BatchWriteItem
_READER, _WRITER = (Person(user_id=id_, organization_id="1", company_id="1") for id_ in ("1", "2"))


def reads() -> Iterator[tuple[str, str, str]]:
    """Yield what was done, what it cost, and the aim."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        make_moto_fast(patch)
        region = environment()["AWS_DEFAULT_REGION"]
        client = boto3.client("dynamodb", region_name=region, aws_access_key_id="b", aws_secret_access_key="b")
        answer_directly(client)
        table_shape.create(client, _NAME)
        for size in ROOM_SIZES:
            _fill_room(client, str(size), size)
        for size in ROOM_SIZES:
            ctx = _context(client, _READER)
            view, before = require(ctx, str(size)), ctx.table.trips
            page = lists.stories(ctx, view, StoryFilter(pagination=Pagination(first=20)))
            total = page.total_count
            cost = f"{ctx.table.trips - before} trips"
            yield f"20 stories of a room with {total:,}, with totalCount", cost, "1 trip"
            yield f"unread stories of a room with {total:,}", f"{_unread_trips(ctx, view)} trips", "0 trips"
        ctx = _context(client, _WRITER)
        writing.create(ctx, CreateStory(room_id=str(ROOM_SIZES[-1]), message="Hello"))
        yield "writing a story", f"{ctx.table.trips} trips", "2 trips, and 1 to authenticate"
        for size in LIST_SIZES:
            reader = Person(user_id=f"reader {size}", organization_id="1", company_id="1")
            _fill_list(client, reader, size)
            ctx = _context(client, reader)
            listed = lists.rooms(ctx, None, Pagination(first=50), descending=True)
            unread = sum(_number(ctx, edge["node"]) for edge in listed.edges)
            cost = f"{ctx.table.trips} trips"
            yield f"a page of rooms of {size}, with {unread} unread stories", cost, "2 trips"


def _number(ctx: Context, view: RoomView) -> int:
    return lists.number_unread(ctx, view) or 0


def _unread_trips(ctx: Context, view: RoomView) -> int:
    before = ctx.table.trips
    _number(ctx, view)
    return ctx.table.trips - before


def _context(client: Any, person: Person) -> Context:
    table = Table(client, _NAME, Clock(), writes=("",))
    principal = Principal(person.user_id, "", person.organization_id, person.company_id, Role.OWNER, frozenset())
    now = table.clock.market()
    return Context(principal, table, Signer(lambda: b"bench"), now, "bench", "", Meter(client, ""))


def _fill_room(client: Any, room_id: str, size: int) -> None:
    """Store a room with stories that the reader has not read."""
    now = Clock().market()
    ids = [id_at(now, number) for number in range(size)]
    _put(client, ROOMS, [_room(room_id, _READER, seq=size, last_story=stamp(now), latest_id=ids[-1])])
    _put(client, ROOM_MEMBERSHIPS, [_membership(room_id, one) for one in (_READER, _WRITER)])
    stories = [
        Story(
            id=id_,
            version=1,
            room_id=room_id,
            seq=number,
            user_id=_WRITER.user_id,
            organization_id="1",
            text="This is what we said. " * 10,
            created=stamp(now),
            updated=stamp(now),
        )
        for number, id_ in enumerate(ids, 1)
    ]
    _put(client, STORIES, stories)


def _fill_list(client: Any, reader: Person, size: int) -> None:
    """Store the rooms of a person, each with three unread stories."""
    ids = [f"{size}{number:06}" for number in range(size)]
    _put(client, ROOMS, [_room(id_, reader, seq=3) for id_ in ids])
    _put(client, ROOM_MEMBERSHIPS, [_membership(id_, reader) for id_ in ids])


def _room(id_: str, reader: Person, **fields: Any) -> Room:
    members = tuple(Member(**one.model_dump()) for one in (reader, _WRITER))
    created = stamp(Clock().market())
    return Room(
        id=id_,
        version=1,
        type=RoomType.GROUP,
        organization_id="1",
        company_id="1",
        creator=reader,
        created=created,
        members=members,
        **fields,
    )


def _membership(room_id: str, one: Person) -> RoomMembership:
    joined = stamp(Clock().market())
    return RoomMembership(room_id=room_id, version=1, user_id=one.user_id, organization_id="1", joined=joined)


def _put(client: Any, collection: Collection[Any], entities: list[Any]) -> None:
    def encoded(entity: Entity) -> dict[str, Any]:
        return {"PutRequest": {"Item": collection.encode(entity)}}

    for start in range(0, len(entities), _BATCH):
        client.batch_write_item(RequestItems={_NAME: [encoded(one) for one in entities[start : start + _BATCH]]})


if __name__ == "__main__":
    for name, cost, aim in reads():
        sys.stdout.write(f"{name:<60} {cost:>10}   aim {aim}\n")
