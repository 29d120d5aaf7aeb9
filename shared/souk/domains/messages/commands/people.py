"""Adding and removing the members of a room, and handing a group room over. All of a request, or nothing."""

from collections.abc import Sequence

from souk.domains.identity.commands import room_invitations
from souk.domains.messages.commands import access, contacts
from souk.domains.messages.commands.rooms import MAX_AT_ONCE, newcomers
from souk.domains.messages.commands.writing import own_place, stored_view, tell
from souk.domains.messages.inputs import RoomUserInput
from souk.domains.messages.model import RoomView, side_of
from souk.domains.messages.rules import authority
from souk.domains.rooms.model import (
    Member,
    Person,
    Reference,
    Room,
    RoomEvent,
    RoomMembership,
    RoomRole,
    RoomType,
    StoryEvent,
)
from souk.domains.rooms.rules.counting import all_read
from souk.domains.rooms.rules.members import with_members
from souk.domains.rooms.store import COMMITS, ROOM_MEMBERSHIPS, create_story, next_story, save_membership, save_room
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, Forbidden, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

Place = tuple[str, str]
_NOBODY = "This person is no member of this room."


def add(ctx: Context, room_id: str, users: Sequence[RoomUserInput]) -> None:
    """Add people to a room, change the roles of members, or hand the room over to one of them.

    Everybody who sees a public room, and leads of an interview room, may add themselves. People who are named by their
    e-mail addresses get an invitation to a group room.
    """
    problems = Problems("roomUsers")
    wanted, emails = newcomers(problems, users)
    if not 1 <= len(wanted) + len(emails) <= MAX_AT_ONCE:
        problems.add("", f"must be 1 to {MAX_AT_ONCE} people.")
    problems.raise_if_any()

    def attempt(tx: Transaction) -> None:
        ctx.clear_cache()
        room = access.require(ctx, room_id).room
        if wanted:
            _require_adder(ctx, room, wanted)
        if emails:
            _require_inviter(ctx, room)
        authority.require_open(room)
        new = [place for place in wanted if room.member(*place) is None]
        people = _people(ctx, room, new)
        view = stored_view(ctx, room_id)
        _change(ctx, tx, view, wanted, people)
        if emails:
            room_invitations.invite(ctx, tx, room.id, room.name, emails)

    ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()


def _require_inviter(ctx: Context, room: Room) -> None:
    """Raise unless the caller may invite people to a room by e-mail."""
    if room.type is not RoomType.GROUP:
        raise Unprocessable("roomUsers: inviteEmail is only for group rooms.")
    authority.require_manager(room, ctx.principal)


def _require_adder(ctx: Context, room: Room, wanted: dict[Place, RoomRole | None]) -> None:
    """Raise unless the caller may add these people with these roles."""
    principal = ctx.principal
    if room.type is RoomType.ONE_ON_ONE:
        raise Conflict("A one-on-one room has two members; nobody can be added.")
    joining = list(wanted) == [own_place(ctx)] and authority.member_of(room, principal) is None
    if room.parties:
        if any(role not in (None, RoomRole.PARTICIPANT) for role in wanted.values()):
            raise Forbidden("An interview room has participants only.")
        if (
            not joining
            and authority.member_of(room, principal) is None
            and not authority.reads_as_lead(room, principal)
        ):
            raise Forbidden("Only the two sides of an interview room may add people.")
        return
    if joining:
        if wanted[own_place(ctx)] not in (None, RoomRole.PARTICIPANT):
            raise Forbidden("You join a public room as a participant.")
        return
    authority.require_manager(room, principal)
    for place, role in wanted.items():
        member = room.member(*place)
        if role is RoomRole.OWNER:
            authority.require_owner(room, principal)
            if member is None:
                raise Forbidden("Add the person first; then hand the room over.")
        elif member and member.role is RoomRole.OWNER and role is not None:
            raise Conflict("Hand the room over by giving another member the role owner.")


def _people(ctx: Context, room: Room, places: list[Place]) -> list[Person]:
    """Return the people to add. Raises Forbidden unless all may be in the room."""
    if not places:
        return []
    if room.parties:
        side = ctx.principal.company_id
        if side_of(room, side) is None:
            raise Forbidden("Only the two sides of an interview room may add people.")
        return contacts.members(ctx, places, side)
    if places == [own_place(ctx)]:
        principal = ctx.principal
        return [Person(user_id=places[0][0], organization_id=places[0][1], company_id=principal.company_id)]
    return contacts.people(ctx, places)


def _change(
    ctx: Context, tx: Transaction, view: RoomView, wanted: dict[Place, RoomRole | None], people: list[Person]
) -> None:
    """Add new members and new roles to a transaction."""
    room = view.room
    added = [
        Member(**one.model_dump(), role=wanted[one.place] or RoomRole.PARTICIPANT)
        for one in people
        if room.member(*one.place) is None
    ]
    room, owner = _with_roles(room, wanted)
    if room == view.room and not added:
        return
    room = with_members(room, added)
    for one in added:
        room = _told(ctx, tx, room, StoryEvent.USER_ADDED, one.user_id)
    if owner:
        room = _told(ctx, tx, room, StoryEvent.OWNER_CHANGED, owner)
    for one in added:
        joined = RoomMembership(
            room_id=room.id, user_id=one.user_id, organization_id=one.organization_id, joined=stamp(ctx.now)
        )
        save_membership(tx, all_read(joined, room, ctx.now).model_copy(update={"visited": None}))
    if view.membership and room.seq > view.room.seq:
        save_membership(tx, all_read(view.membership, room, ctx.now))
    save_room(tx, room)
    tell(tx, room, RoomEvent.UPDATE)


def _with_roles(room: Room, wanted: dict[Place, RoomRole | None]) -> tuple[Room, str | None]:
    """Return a room with new roles of its members, and the user id of a new owner. The old owner becomes admin."""
    owners = [place for place, role in wanted.items() if role is RoomRole.OWNER]
    if len(owners) > 1:
        raise Unprocessable("roomUsers: a room has one owner.")
    owner = room.owner
    changed = bool(owners) and (owner is None or owner.place != owners[0])

    def role_of(one: Member) -> RoomRole:
        if changed and owner and one.place == owner.place:
            return RoomRole.ADMIN
        return wanted.get(one.place) or one.role

    members = tuple(one.model_copy(update={"role": role_of(one)}) for one in room.members)
    return room.model_copy(update={"members": members}), owners[0][0] if changed else None


def _told(ctx: Context, tx: Transaction, room: Room, event: StoryEvent, user_id: str) -> Room:
    """Add the story that a person joined, left or owns a room to a transaction."""
    room, story = next_story(
        room,
        ctx.now,
        user_id=ctx.principal.user_id,
        organization_id=ctx.principal.organization_id,
        event=event,
        references=(Reference(type="user", id=user_id),),
    )
    create_story(tx, story)
    return room


def remove(ctx: Context, room_id: str, user_id: str, organization_id: str) -> None:
    """Remove a person from a room, or leave it. They see nothing of it from then on; their stories stay."""
    place = user_id, organization_id

    def attempt(tx: Transaction) -> None:
        ctx.clear_cache()
        view = access.require(ctx, room_id)
        member = view.room.member(*place)
        _require_remover(ctx, view.room, member, leaving=place == own_place(ctx))
        if member is None:
            raise NotFound(_NOBODY)
        view = stored_view(ctx, room_id)
        kept = ctx.table.get(ROOM_MEMBERSHIPS, room_id, *place, consistent=True)
        members = tuple(one for one in view.room.members if one.place != place)
        room = _told(ctx, tx, view.room.model_copy(update={"members": members}), StoryEvent.USER_REMOVED, user_id)
        if kept:
            tx.delete(ROOM_MEMBERSHIPS, kept, Conflict("This room has changed; try again."))
        if view.membership and place != own_place(ctx):
            save_membership(tx, all_read(view.membership, room, ctx.now))
        save_room(tx, room)
        tell(tx, room, RoomEvent.UPDATE)

    ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()


def _require_remover(ctx: Context, room: Room, member: Member | None, *, leaving: bool) -> None:
    """Raise unless the caller may remove a member. Leaving is allowed in a read-only room."""
    principal = ctx.principal
    if room.type is RoomType.ONE_ON_ONE:
        raise Conflict("Nobody can leave a one-on-one room; you can hide or block it.")
    if leaving and member is None:
        raise NotFound(_NOBODY)
    if room.parties and not leaving:
        own_side = authority.member_of(room, principal) is not None or authority.reads_as_lead(room, principal)
        if not own_side or (member and side_of(room, member.company_id) is not authority.side(room, principal)):
            raise Forbidden("Each side of an interview room may remove only its own people.")
    elif not leaving:
        authority.require_manager(room, principal)
    if member and authority.cannot_leave(room, member):
        raise Conflict("The client and the freelancer cannot leave their interview room.")
    if member and member.role is RoomRole.OWNER:
        raise Conflict("The owner cannot leave; hand the room over first.")
    if not leaving:
        authority.require_open(room)
