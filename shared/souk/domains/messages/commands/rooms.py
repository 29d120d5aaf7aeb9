"""Making, changing, archiving, blocking and removing rooms."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from souk.domains.contracts.model import ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.commands import room_invitations
from souk.domains.identity.rules.invitations import MAX_AT_ONCE as MAX_INVITED
from souk.domains.identity.rules.invitations import is_address
from souk.domains.messages.commands import access, contacts
from souk.domains.messages.commands.writing import own_place, stored_view, tell
from souk.domains.messages.inputs import CreateRoom, RoomUserInput, UpdateRoom
from souk.domains.messages.model import RoomView
from souk.domains.messages.rules import authority, texts
from souk.domains.rooms.model import (
    Block,
    Member,
    Person,
    Room,
    RoomEvent,
    RoomMembership,
    RoomRole,
    RoomType,
    StoryEvent,
)
from souk.domains.rooms.rules.counting import all_read
from souk.domains.rooms.store import (
    COMMITS,
    ROOMS,
    create_story,
    key_guard,
    next_story,
    pair_guard,
    remove_room,
    save_membership,
    save_room,
)
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, Forbidden, Unprocessable
from souk.values.naming import to_contract
from souk.values.problems import Problems
from souk.values.texts import optional_text
from souk.values.times import stamp

MAX_AT_ONCE: Final = 40
"""The people that one request adds: all of them in one transaction."""
Result = TypeVar("Result")
_NO_KEY: Final = "This idempotency key was used for another request."


def create(ctx: Context, request: CreateRoom) -> RoomView:
    """Make a room. Its maker owns a group room; of a one-on-one room there is one for each pair."""
    given = [one for one in request.users or () if one is not None]
    if request.room_type == RoomType.ONE_ON_ONE:
        return _one_on_one(ctx, request, given)
    problems = Problems("input")
    name, topic = texts.room_name(problems, request.room_name), texts.topic(problems, request.topic)
    key, fingerprint = idempotency.key(problems, request.idempotency_key), idempotency.fingerprint(request)
    roles, emails = newcomers(problems, given, "users.")
    roles.pop(own_place(ctx), None)
    if len(roles) + len(emails) > MAX_AT_ONCE:
        problems.add("users", f"must be at most {MAX_AT_ONCE}; add more with addUserToRoom.")
    problems.raise_if_any()
    if RoomRole.OWNER in roles.values():
        raise Forbidden("You own the room that you make; hand it over with addUserToRoom.")
    guard = key_guard(*own_place(ctx), "createRoomV2", key) if key else None
    if guard and (made := ctx.table.holder(guard)):
        return _made(ctx, made, fingerprint)
    creator = _caller(ctx)
    people = contacts.people(ctx, list(roles)) if roles else []
    members = [Member(**one.model_dump(), role=roles[one.place] or RoomRole.PARTICIPANT) for one in people]
    room = Room(
        id=ctx.table.new_id(),
        type=RoomType.GROUP,
        name=name,
        topic=topic,
        public=bool(request.public),
        organization_id=creator.organization_id,
        company_id=creator.company_id,
        creator=creator,
        created=stamp(ctx.now),
        members=(Member(**creator.model_dump(), role=RoomRole.OWNER), *members),
        fingerprint=fingerprint if guard else None,
    )
    tx = ctx.table.transaction()
    view = _store(ctx, tx, room)
    if emails:
        room_invitations.invite(ctx, tx, room.id, room.name, emails)
    tell(tx, room, RoomEvent.CREATE)
    if guard:
        tx.reserve(guard, room.id, Conflict(_NO_KEY))
    try:
        tx.commit()
    except Conflict:
        # A concurrent request with the same key may have made the room.
        made = ctx.table.holder(guard) if guard else None
        if made is None:
            raise
        return _made(ctx, made, fingerprint)
    return view


def newcomers(
    problems: Problems, users: Sequence[RoomUserInput], path: str = ""
) -> tuple[dict[tuple[str, str], RoomRole | None], list[str]]:
    """Return the people to bring into a room with their roles, and the addresses of those who are invited by e-mail."""
    roles: dict[tuple[str, str], RoomRole | None] = {}
    emails: dict[str, str] = {}
    for at, one in enumerate(users):
        role = texts.role(problems, f"{path}{at}.role", one.role)
        if one.invite_email is None:
            roles[one.place] = role
            continue
        email = one.invite_email.strip()
        if not is_address(email):
            problems.add(f"{path}{at}.inviteEmail", "must be one e-mail address.")
        if one.place != ("0", "0"):
            problems.add(f"{path}{at}.inviteEmail", 'needs userId: "0" and organizationId: "0".')
        if role not in (None, RoomRole.PARTICIPANT):
            problems.add(f"{path}{at}.role", "must be participant for somebody who is invited by e-mail.")
        emails.setdefault(email.lower(), email)
    if len(emails) > MAX_INVITED:
        problems.add(path.removesuffix("."), f"at most {MAX_INVITED} people can be invited by e-mail at once.")
    return roles, list(emails.values())


def _made(ctx: Context, room_id: str, fingerprint: str) -> RoomView:
    room = ctx.table.get(ROOMS, room_id, consistent=True)
    if room is None or room.fingerprint != fingerprint:
        raise Conflict(_NO_KEY)
    return access.require(ctx, room_id)


def _one_on_one(ctx: Context, request: CreateRoom, others: Sequence[RoomUserInput]) -> RoomView:
    problems = Problems("input")
    for name in ("room_name", "topic", "public", "idempotency_key"):
        if getattr(request, name):
            problems.add(to_contract(name), "a one-on-one room has none.")
    if len(others) != 1:
        problems.add("users", "must be exactly one other person.")
    if any(one.invite_email is not None for one in others):
        problems.add("users", "inviteEmail is only for group rooms.")
    problems.raise_if_any()
    return one_on_one(ctx, *others[0].place)


def one_on_one(ctx: Context, user_id: str, organization_id: str) -> RoomView:
    """Return the room of the caller and another person, and make it if there is none."""
    if user_id == ctx.principal.user_id:
        raise Unprocessable("userId: must be another person's.")
    if found := find_one_on_one(ctx, user_id, organization_id):
        return found
    (other,) = contacts.people(ctx, [(user_id, organization_id)])
    creator = _caller(ctx)
    room = Room(
        id=ctx.table.new_id(),
        type=RoomType.ONE_ON_ONE,
        organization_id=creator.organization_id,
        company_id=creator.company_id,
        creator=creator,
        created=stamp(ctx.now),
        members=tuple(Member(**one.model_dump()) for one in (creator, other)),
    )
    tx = ctx.table.transaction()
    view = _store(ctx, tx, room)
    if tx.try_commit():
        return view
    ctx.clear_cache()
    made = find_one_on_one(ctx, user_id, organization_id)  # by the other person, at the same time
    if made is None:
        raise Conflict("This room is being made by another request; try again.")
    return made


def find_one_on_one(ctx: Context, user_id: str, organization_id: str) -> RoomView | None:
    """Return the room of the caller and another person; None if there is none."""
    held = ctx.table.holder(pair_guard(own_place(ctx), (user_id, organization_id)))
    return access.find(ctx, held) if held else None


def _store(ctx: Context, tx: Transaction, room: Room) -> RoomView:
    """Add a new room with the memberships of its members to a transaction."""
    stored, own = save_room(tx, room), None
    for one in room.members:
        kept = save_membership(tx, _joined(room, one, ctx.now))
        own = kept if one.place == own_place(ctx) else own
    return RoomView(stored, *own_place(ctx), own)


def _joined(room: Room, member: Member, now: datetime) -> RoomMembership:
    return RoomMembership(
        room_id=room.id, user_id=member.user_id, organization_id=member.organization_id, joined=stamp(now)
    )


def _caller(ctx: Context) -> Person:
    """Return the caller. Raises Forbidden for somebody without a role in the organization."""
    principal = ctx.principal
    if not principal.member:
        raise Forbidden("Only members of an organization can make rooms in it.")
    return Person(user_id=principal.user_id, organization_id=principal.organization_id, company_id=principal.company_id)


def update(ctx: Context, request: UpdateRoom) -> RoomView:
    """Change the name and the topic of a group room, archive a room, or reopen it."""
    given = request.model_fields_set
    problems = Problems("input")
    changes: dict[str, Any] = {}
    if "room_name" in given:
        changes["name"] = texts.room_name(problems, request.room_name)
    if "topic" in given:
        changes["topic"] = texts.topic(problems, request.topic)
    reason = optional_text(problems, "reason", request.reason)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> RoomView:
        view = _view(ctx, request.room_id)
        room, principal = view.room, ctx.principal
        if changes:
            authority.require_manager(room, principal)
            if request.read_only is not False:
                authority.require_open(room)
        if request.read_only is not None:
            authority.require_archivist(room, principal)
        renamed = room.model_copy(update=changes)
        event = RoomEvent.UPDATE if renamed != room else None
        own = view.membership
        if request.read_only is not None and request.read_only is not bool(room.archived):
            view = stored_view(ctx, room.id)
            renamed = view.room.model_copy(update=changes)
            renamed, own = _archive(ctx, tx, renamed, view, reason, on=request.read_only)
            event = RoomEvent.ARCHIVE if request.read_only else RoomEvent.UPDATE
        if event is None:
            return view
        tell(tx, renamed, event)
        return RoomView(save_room(tx, renamed), view.user_id, view.organization_id, own, view.proposal)

    return _committed(ctx, attempt)


def _archive(
    ctx: Context, tx: Transaction, room: Room, view: RoomView, reason: str | None, *, on: bool
) -> tuple[Room, RoomMembership | None]:
    """Add the story that a room is archived or reopened to a transaction. Its time is that of the archive."""
    event = StoryEvent.ROOM_ARCHIVED if on else StoryEvent.ROOM_REOPENED
    room, story = next_story(
        room,
        ctx.now,
        user_id=view.user_id,
        organization_id=view.organization_id,
        text=reason,
        event=event,
    )
    room = room.model_copy(update={"archived": story.created if on else None})
    create_story(tx, story)
    own = view.membership
    if own:
        own = save_membership(tx, all_read(own, room, ctx.now))
    return room, own


def archive(ctx: Context, room_id: str) -> RoomView:
    """Make a room read-only. An archived room stays as it is."""
    return update(ctx, UpdateRoom(room_id=room_id, read_only=True))


def remove(ctx: Context, room_id: str) -> str:
    """Remove a group room for everybody, and return its id. Its stories are kept for operators."""

    def attempt(tx: Transaction) -> None:
        room = _view(ctx, room_id).room
        authority.require_owner(room, ctx.principal)
        tell(tx, room, RoomEvent.DELETE)
        remove_room(tx, room)

    _committed(ctx, attempt)
    return room_id


def block(ctx: Context, room_id: str) -> RoomView:
    """Block a room, so that nobody writes in it. A blocked room stays as it is."""

    def attempt(tx: Transaction) -> RoomView:
        view = _view(ctx, room_id)
        authority.require_blocker(view.room, ctx.principal)
        if view.room.block:
            return view
        contract = ctx.load(CONTRACTS, view.room.contract_id, consistent=True) if view.room.contract_id else None
        if contract and contract.status is not ContractStatus.CLOSED:
            raise Conflict("A room with an open contract cannot be blocked.")
        view = stored_view(ctx, room_id)
        side = authority.side(view.room, ctx.principal)
        return _changed(tx, view, block=Block(time=stamp(ctx.now), by=_caller(ctx), side=side))

    return _committed(ctx, attempt)


def unblock(ctx: Context, room_id: str) -> RoomView:
    """End the block of a room. Only the side that blocked it can."""

    def attempt(tx: Transaction) -> RoomView:
        view = _view(ctx, room_id)
        authority.require_blocker(view.room, ctx.principal)
        blocked = view.room.block
        if blocked is None:
            return view
        mine = authority.side(view.room, ctx.principal) if view.room.parties else own_place(ctx)
        if mine != (blocked.side if view.room.parties else blocked.by.place):
            raise Forbidden("Only the side that blocked this room can unblock it.")
        return _changed(tx, view, block=None)

    return _committed(ctx, attempt)


def _changed(tx: Transaction, view: RoomView, **changes: Any) -> RoomView:
    room = view.room.model_copy(update=changes)
    tell(tx, room, RoomEvent.UPDATE)
    return RoomView(save_room(tx, room), view.user_id, view.organization_id, view.membership, view.proposal)


def _view(ctx: Context, room_id: str) -> RoomView:
    ctx.clear_cache()
    return access.require(ctx, room_id)


def _committed(ctx: Context, attempt: Callable[[Transaction], Result]) -> Result:
    result = ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()
    return result
