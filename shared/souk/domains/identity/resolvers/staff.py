"""Resolvers of memberships and invitations."""

from datetime import UTC, datetime
from typing import Any

from souk.authentication.principal import Role
from souk.authentication.records import Membership
from souk.domains.identity import lists
from souk.domains.identity.commands import invitations as invitation_commands
from souk.domains.identity.commands import members
from souk.domains.identity.inputs import Invite, UpdateMember
from souk.domains.identity.model import Invitation, Organization, User
from souk.domains.identity.resolvers.declared import WHOLE, domain
from souk.domains.identity.rules import privacy, staff_filter
from souk.domains.identity.store import JOINED, ORGANIZATIONS, SENT_INVITATIONS, USERS, all_memberships_of
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.graph.lists import Connection, Pagination
from souk.storage import Key
from souk.values.errors import Forbidden
from souk.values.times import stamp


@domain.connection("CurrentOrganization.staffs", size=WHOLE)
def staffs(source: Organization, ctx: Context, pagination: Pagination | None = None) -> Connection:
    """Return a page of an organization's members, oldest first."""
    if not privacy.company_shown(source, ctx):
        raise Forbidden("Only members of the organization can see its members.")
    return lists.members(ctx.table, source.id, pagination)


@domain.query("staffsByPersonId", scopes=[Scope.COMMON_ENTITIES_READ], size=WHOLE)
def staffs_by_person_id(
    ctx: Context,
    person_id: str,
    *,
    status: int | None = None,
    staff_type: str | None = None,
    affiliate_contractor: bool | None = None,
    hierarchy: bool | None = None,
    org_legacy_type: str | None = None,
    org_type: str | None = None,
    hidden_org: bool | None = None,
    active_org: bool | None = None,
    eac: bool | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of a person's memberships. Only those that the caller may see are included."""
    wanted = staff_filter.StaffFilter(
        status=status,
        staff_type=staff_type,
        affiliate_contractor=affiliate_contractor,
        hierarchy=hierarchy,
        org_legacy_type=org_legacy_type,
        org_type=org_type,
        hidden_org=hidden_org,
        active_org=active_org,
        eac=eac,
    )
    shown = [one for one in all_memberships_of(ctx.table, person_id) if privacy.membership_shown(one, ctx)]
    places = ctx.load_many(ORGANIZATIONS, [one.organization_id for one in shown])
    found = [one for one, place in zip(shown, places, strict=True) if place and wanted.fits(one, place)]
    return lists.connection(sorted(found, key=lambda one: one.id), pagination)


@domain.mutation("inviteToTeam", scopes=[Scope.ORGANIZATIONS])
def invite_to_team(ctx: Context, invitations: list[Invite]) -> dict[str, Any]:
    """Invite people by mail."""
    return invitation_commands.invite(ctx, invitations)


@domain.mutation("revokeInvitation", scopes=[Scope.ORGANIZATIONS])
def revoke_invitation(ctx: Context, id: str) -> bool:
    """Revoke an invitation."""
    return invitation_commands.revoke(ctx, id)


def _sent(
    ctx: Context,
    *,
    organization_id: str | None = None,
    pagination: Pagination | None = None,  # noqa: ARG001 - those of the field
) -> dict[Key, Source]:
    sent: dict[Key, Source] = {SENT_INVITATIONS.key(ctx.principal.company_id): SENT_INVITATIONS}
    return sent | ({ORGANIZATIONS.key(organization_id): ORGANIZATIONS} if organization_id else {})


@domain.query("teamInvitations", scopes=[Scope.ORGANIZATIONS], size=WHOLE, needs=_sent)
def team_invitations(
    ctx: Context, *, organization_id: str | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of the invitations that can be accepted, newest first."""
    return lists.invitations(invitation_commands.open_invitations(ctx, organization_id), pagination)


domain.link("TeamInvitation.organizations", to=ORGANIZATIONS, by=lambda invitation: list(invitation.organization_ids))
domain.link("TeamInvitation.inviter", to=USERS, by="inviter_id")


@domain.field("TeamInvitation.createdDateTime")
def invitation_created(source: Invitation, ctx: Context) -> str:
    """Return when the invitation was sent."""
    return stamp(datetime.fromtimestamp(source.created, UTC))


@domain.field("TeamInvitation.expiresDateTime")
def invitation_expires(source: Invitation, ctx: Context) -> str:
    """Return until when the invitation can be accepted."""
    return stamp(datetime.fromtimestamp(source.expires, UTC))


@domain.mutation("updateMember", scopes=[Scope.ORGANIZATIONS])
def update_member(ctx: Context, input: UpdateMember) -> Membership:
    """Change a membership."""
    return members.update(ctx, input)


@domain.field("Staff.activationStatus")
def activation_status(source: Membership, ctx: Context) -> int:
    """Return 1 for an active member and 2 for an inactive one (reference, Staff)."""
    return staff_filter.activation_status(source)


@domain.field("Staff.staffType")
def staff_type(source: Membership, ctx: Context) -> int:
    """Return 3 for an owner and 2 for an invited member (reference, Staff)."""
    return staff_filter.staff_type(source)


@domain.field("Staff.creationDate")
def staff_creation_date(source: Membership, ctx: Context) -> str | None:
    """Return the date of joining."""
    return source.since or None


@domain.field("Staff.owner")
def staff_owner(source: Membership, ctx: Context) -> bool:
    """Return whether the member owns the organization."""
    return source.role is Role.OWNER


@domain.field("Staff.exclusiveAgencyContractor")
def exclusive_agency_contractor(source: Membership, ctx: Context) -> bool:
    """Return False: Souk binds nobody to one agency."""
    return False


@domain.field("Staff.orgId")
def staff_organization_id(source: Membership, ctx: Context) -> str:
    """Return the id of the organization."""
    return source.organization_id


def _colleague(source: Membership, ctx: Context) -> dict[Key, Source]:
    return {JOINED.key(source.user_id): JOINED} if privacy.membership_shown(source, ctx) else {}


def _teams_joined(source: Membership, ctx: Context) -> list[str]:
    """Return the ids of the teams of a membership's company that the person is a member of, as the caller sees them."""
    return [
        one.organization_id
        for one in ctx.entities.get(JOINED.key(source.user_id)) or ()
        if one.active
        and one.company_id == source.company_id != one.organization_id
        and privacy.membership_shown(one, ctx)
    ]


def _teams(source: Membership, ctx: Context) -> dict[Key, Source]:
    return {ORGANIZATIONS.key(id_): ORGANIZATIONS for id_ in _teams_joined(source, ctx)}


@domain.field("Staff.teams", needs=[_colleague, _teams])
def staff_teams(source: Membership, ctx: Context) -> list[Organization] | None:
    """Return the teams that the member is in; None to other members."""
    if not privacy.membership_shown(source, ctx):
        return None
    found = ctx.load_many(ORGANIZATIONS, _teams_joined(source, ctx))
    return sorted((one for one in found if one), key=lambda one: one.name.casefold())


def _is_default(membership: Membership, user: User) -> bool:
    return membership.organization_id == user.organization_id


domain.link("Staff.user", to=USERS, by="user_id")
domain.link("Staff.isDefault", to=USERS, by="user_id", shown=_is_default)
domain.link("Staff.organization", to=ORGANIZATIONS, by="organization_id")
