"""Who may see a room, and who may do what in it. Pure."""

from souk.authentication.principal import Principal
from souk.domains.agreements.model import Side
from souk.domains.messages.model import side_of
from souk.domains.proposals.model import ClientStatus, Proposal
from souk.domains.rooms.model import Member, Room, RoomRole, RoomType
from souk.values.errors import Conflict, Forbidden

_TALKING = frozenset({ClientStatus.ACTIVATED, ClientStatus.OFFERED, ClientStatus.HIRED})


def member_of(room: Room, principal: Principal) -> Member | None:
    """Return the caller as a member, in the organization of the request."""
    return room.member(principal.user_id, principal.organization_id)


def reads_as_lead(room: Room, principal: Principal) -> bool:
    """Return whether a caller reads an interview room, and may join it, without having been added.

    Owners, admins and hiring managers of the client do, and those who lead the agency. So does the freelancer, in the
    context of the agency.
    """
    parties = room.parties
    if parties is None:
        return False
    return (principal.leads and parties.client_is(principal)) or parties.vendor_is(principal)


def may_join(room: Room, principal: Principal) -> bool:
    """Return whether a caller who is no member sees the room and can become one."""
    if room.type is RoomType.GROUP:
        return room.public and principal.acts_in(room.organization_id, room.company_id)
    return reads_as_lead(room, principal)


def may_see(room: Room, principal: Principal) -> bool:
    """Return whether a caller sees a room."""
    if room.removed or not principal.member:
        return False
    return member_of(room, principal) is not None or may_join(room, principal)


def side(room: Room, principal: Principal) -> Side | None:
    """Return the side of an interview room that the caller is on."""
    return side_of(room, principal.company_id)


def require_open(room: Room) -> None:
    """Raise Conflict for a read-only room."""
    if room.archived:
        raise Conflict("This room is archived, so it is read-only.")


def require_writer(room: Room, principal: Principal) -> None:
    """Raise unless a caller who sees a room may write in it: members, and leads of both sides of an interview room."""
    require_open(room)
    if room.block:
        raise Conflict("This room is blocked, so nobody can write in it.")
    if member_of(room, principal) is None and not reads_as_lead(room, principal):
        raise Forbidden("Join this room to write in it.")


def require_conversation(room: Room, proposal: Proposal | None, principal: Principal) -> None:
    """Raise unless the status of a proposal lets the caller write in its room. The room of an offer has none."""
    if proposal is None or room.offer_ids or room.contract_id:
        return
    status = proposal.client_status
    if side(room, principal) is Side.CLIENT:
        if status is ClientStatus.CREATED and not principal.leads:
            raise Forbidden("An owner, admin or hiring manager of the client writes first.")
        return
    if status is ClientStatus.CREATED:
        raise Conflict("The client begins the conversation about this proposal.")
    if status not in _TALKING:
        raise Conflict(f"This proposal is {status}, so you cannot write about it.")


def require_manager(room: Room, principal: Principal) -> None:
    """Raise Forbidden unless a caller may change the name, topic and members of a group room."""
    member = member_of(room, principal)
    if room.type is not RoomType.GROUP or member is None or member.role is RoomRole.PARTICIPANT:
        raise Forbidden("Only the owner and the admins of a group room may do this.")


def require_owner(room: Room, principal: Principal) -> None:
    """Raise Forbidden unless a caller owns a group room."""
    member = member_of(room, principal)
    if member is None or member.role is not RoomRole.OWNER:
        raise Forbidden("Only the owner of a group room may do this.")


def require_archivist(room: Room, principal: Principal) -> None:
    """Raise Forbidden unless a caller may archive and reopen a room."""
    if room.type is RoomType.ONE_ON_ONE:
        raise Forbidden("A one-on-one room cannot be archived; you can hide it.")
    if room.parties:
        if not (principal.leads and room.parties.client_is(principal)):
            raise Forbidden("Only owners, admins and hiring managers of the client may do this.")
        return
    require_manager(room, principal)


def require_blocker(room: Room, principal: Principal) -> None:
    """Raise Forbidden unless a caller may block a room: one of two, or a side of an interview room."""
    if room.type is RoomType.GROUP:
        raise Forbidden("A group room cannot be blocked; you can leave it.")
    if member_of(room, principal) is None and not reads_as_lead(room, principal):
        raise Forbidden("Only the two sides of a room may do this.")


def cannot_leave(room: Room, member: Member) -> bool:
    """Return whether a member of an interview room always stays: the freelancer and the client."""
    parties = room.parties
    if parties is None:
        return False
    client = parties.client_user_id, parties.client_team_id
    return member.place in (client, (parties.vendor_user_id, parties.vendor_team_id))
