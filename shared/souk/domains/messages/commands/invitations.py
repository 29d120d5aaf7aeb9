"""Accepting an invitation to a group room that was sent by e-mail (`identity.commands.room_invitations`).

The account pages call this, so it knows no graph. A person joins in their default organization.
"""

from datetime import datetime

from souk.authentication.records import MEMBERSHIPS
from souk.domains.identity.commands import invitations
from souk.domains.identity.model import Invitation, InvitationState, User
from souk.domains.identity.rules.invitations import check_invited
from souk.domains.identity.store import INVITATIONS, ORGANIZATIONS
from souk.domains.rooms.model import ROOM, Member, Reference, Room, RoomEvent, RoomMembership, RoomRole, StoryEvent
from souk.domains.rooms.rules.counting import all_read
from souk.domains.rooms.rules.members import with_members
from souk.domains.rooms.store import COMMITS, ROOMS, create_story, next_story, save_membership, save_room
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.times import stamp


def accept(table: Table, token: str, user: User, now: datetime) -> Invitation:
    """Give the user a place in the room of an invitation, and return the accepted invitation.

    Raises NotFound if the token is invalid, revoked or expired, or if the inviter no longer manages the room; Conflict
    if it was accepted before or the room is archived; Forbidden if another address was invited; Unprocessable if the
    room is full.
    """

    def attempt(tx: Transaction) -> Invitation:
        invitation = invitations.find(table, token, now)
        check_invited(invitation, user)
        room = _room(table, invitation)
        member = _member(table, user)
        if room.member(*member.place) is None:
            _join(tx, room, member, now)
        changes = {"state": InvitationState.ACCEPTED, "accepted_by": user.id}
        return tx.update(INVITATIONS, invitation.model_copy(update=changes))

    return table.retry_until_committed(attempt, commits=COMMITS)


def _room(table: Table, invitation: Invitation) -> Room:
    """Return the room of an invitation. Raises NotFound unless the inviter still manages it."""
    room = table.get(ROOMS, invitation.room_id, consistent=True) if invitation.room_id else None
    inviter = room.member(invitation.inviter_id, invitation.inviter_organization_id) if room else None
    if room is None or room.removed or inviter is None or inviter.role is RoomRole.PARTICIPANT:
        raise NotFound("This invitation is not valid: its room is gone, or its sender no longer manages the room.")
    if room.archived:
        raise Conflict("This room is archived, so nobody can join it. Ask the person who invited you to reopen it.")
    return room


def _member(table: Table, user: User) -> Member:
    """Return the user as a member in their default organization. Raises Forbidden if they do not act for it."""
    organization = table.get(ORGANIZATIONS, user.organization_id, consistent=True)
    held = table.get(MEMBERSHIPS, user.id, user.organization_id, consistent=True)
    if organization is None or not organization.active or held is None:
        raise Forbidden("Your organization is not active. Choose another default organization first.")
    if not held.acts_in(organization.id, organization.company_id):
        raise Forbidden("You are no longer a member of your default organization. Choose another one first.")
    return Member(user_id=user.id, organization_id=organization.id, company_id=organization.company_id)


def _join(tx: Transaction, room: Room, member: Member, now: datetime) -> None:
    """Add a new participant to a transaction, with the story that tells of it. They see the whole history, as read."""
    user_id, organization_id = member.place
    room, story = next_story(
        with_members(room, [member]),
        now,
        user_id=user_id,
        organization_id=organization_id,
        event=StoryEvent.USER_ADDED,
        references=(Reference(type="user", id=user_id),),
    )
    create_story(tx, story)
    joined = RoomMembership(room_id=room.id, user_id=user_id, organization_id=organization_id, joined=stamp(now))
    save_membership(tx, all_read(joined, room, now).model_copy(update={"visited": None}))
    save_room(tx, room)
    tx.emit(ROOM, RoomEvent.UPDATE, room.id, to=room.audience)
