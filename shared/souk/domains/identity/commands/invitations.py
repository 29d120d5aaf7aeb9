"""Sending, revoking and accepting invitations.

The token is in the mail and in the response to the inviter; only its hash is stored. Only a user with the invited
address can accept, so the token is useless to others.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from souk.authentication.records import MEMBERSHIPS, Membership, membership_key
from souk.authentication.standing import require_standing
from souk.authentication.tokens import digest
from souk.domains.identity.commands.access import record_change
from souk.domains.identity.commands.members import save
from souk.domains.identity.inputs import Invite
from souk.domains.identity.mail import invitation_mail
from souk.domains.identity.model import Change, Invitation, InvitationState, Organization, User
from souk.domains.identity.rules import invitations as rules
from souk.domains.identity.rules.invitations import InvitationError
from souk.domains.identity.rules.permissions import at_least, rule_of
from souk.domains.identity.store import (
    CHANGES,
    INVITATIONS,
    ORGANIZATIONS,
    SENT_INVITATIONS,
    USERS,
    create_invitations,
    delete_invitation,
    invitation_by_id,
    invitations_of,
    organization_key,
    teams_of,
    user_by_email,
    user_by_nickname,
    user_key,
)
from souk.domains.marketplace.store import current
from souk.runtime import mail
from souk.storage import Table
from souk.values import addresses
from souk.values.errors import Forbidden, NotFound, SoukError, Unprocessable
from souk.values.times import stamp

if TYPE_CHECKING:
    from souk.graph import Context  # the account pages use these commands without the graph


@dataclass(frozen=True, slots=True)
class SentInvitation:
    """An invitation that was sent."""

    id: str
    token: str


def invite(ctx: "Context", invitations: Sequence[Invite]) -> dict[str, Any]:
    """Send invitations. Each succeeds or fails independently.

    Raises Forbidden if the caller is not an administrator of the organization, and Unprocessable for too many at once.
    """
    if len(invitations) > rules.MAX_AT_ONCE:
        raise Unprocessable(f"invitations: send at most {rules.MAX_AT_ONCE} at once; these are {len(invitations)}.")
    sender = _InvitationSender.of(ctx)
    succeeded, failed = [], []
    for wanted in invitations:
        try:
            succeeded.append(sender.send(wanted))
        except InvitationError as error:
            failed.append({"code": error.code, "message": error.message, "invitation": _invitee(wanted)})
    return {"succeeded": succeeded, "failed": failed}


def revoke(ctx: "Context", invitation_id: str) -> bool:
    """Revoke an invitation that has not been accepted.

    Raises NotFound if it does not exist or the caller may not revoke it, and Conflict if it was accepted.
    """
    rule = rule_of("ORGANIZATION", "invite")
    found = invitation_by_id(ctx.table, ctx.principal.company_id, invitation_id)
    allowed = rule.held_by(ctx.principal.role, ctx.principal.permissions)
    if not found or not allowed or not _in_context(ctx, found):
        raise NotFound("This invitation does not exist, or you cannot revoke it.")
    tx = ctx.table.transaction()
    tx.update(INVITATIONS, _revoked(rules.check_open(found, ctx.now)))
    tx.commit()
    return True


def open_invitations(ctx: "Context", organization_id: str | None) -> list[Invitation]:
    """Return the invitations that can be accepted, newest first: to one organization, or to all in context.

    Raises Forbidden if the caller may not invite people, and NotFound for an organization out of context.
    """
    if not rule_of("ORGANIZATION", "invite").held_by(ctx.principal.role, ctx.principal.permissions):
        raise Forbidden("Only owners and admins of an organization can see its invitations.")
    if organization_id is not None:
        organization = ctx.load(ORGANIZATIONS, organization_id)
        if organization is None or not ctx.principal.acts_in(organization.id, organization.company_id):
            raise NotFound("This organization does not exist, or you cannot see its invitations.")
    valid = [
        one
        for one in ctx.entities[SENT_INVITATIONS.key(ctx.principal.company_id)]
        if one.room_id is None
        and rules.is_open(one, ctx.now)
        and _in_context(ctx, one)
        and organization_id in (None, *one.organization_ids)
    ]
    return sorted(valid, key=lambda one: (one.created, one.id), reverse=True)


def find(table: Table, token: str, now: datetime) -> Invitation:
    """Return the invitation of a token, also one to a room. Raises the same errors as `accept`."""
    return rules.check_open(table.get(INVITATIONS, digest(token), consistent=True), now)


def accept(table: Table, token: str, user: User, now: datetime) -> Invitation:
    """Add the user to the organizations of an invitation, and return the accepted invitation.

    Active memberships do not change. Raises NotFound if the token is invalid, revoked or expired, Conflict if the
    invitation was accepted before or there is a concurrent change, and Forbidden if another address was invited.
    """
    invitation = find(table, token, now)
    rules.check_invited(invitation, user)
    if invitation.room_id:
        raise NotFound("This invitation is to a room.")
    inviter_key = membership_key(invitation.inviter_id, invitation.inviter_organization_id)
    organization_keys = [organization_key(one) for one in invitation.organization_ids]
    membership_keys = [membership_key(user.id, one) for one in invitation.organization_ids]
    items = table.batch_get([user_key(user.id), inviter_key, *organization_keys, *membership_keys], consistent=True)
    inviter = MEMBERSHIPS.decode(items[inviter_key]) if inviter_key in items else None
    organizations = [ORGANIZATIONS.decode(items[key]) for key in organization_keys]
    if not (inviter and _can_still_invite(inviter, invitation) and all(one.active for one in organizations)):
        raise NotFound("This invitation is not valid: its sender is no longer an administrator of the organization.")
    current = USERS.decode(items[user_key(user.id)])
    tx = table.transaction()
    for organization, key in zip(organizations, membership_keys, strict=True):
        before = MEMBERSHIPS.decode(items[key]) if key in items else None
        if before is None or not before.active:
            save(tx, _membership(invitation, current, organization, before, new_id=tx.new_id(), now=now))
    others = tuple(one for one in current.company_ids if one != invitation.company_id)
    tx.update(USERS, current.model_copy(update={"company_ids": (*others, invitation.company_id)}))
    tx.check(MEMBERSHIPS, inviter)
    require_standing(tx, invitation.company_id)
    accepted = tx.update(
        INVITATIONS,
        invitation.model_copy(update={"state": InvitationState.ACCEPTED, "accepted_by": user.id}),
    )
    tx.commit()
    return accepted


class _StoredInvitation(NamedTuple):
    """A stored invitation that has not been mailed yet."""

    invitation: Invitation
    change: Change
    superseded: list[Invitation]
    """The invitations that it replaced."""


@dataclass(frozen=True, slots=True)
class _InvitationSender:
    """The inviter, and the data that all invitations of one call share."""

    ctx: "Context"
    company: Organization
    inviter: User
    sent: dict[str, Invitation]
    """The company's recent invitations, by id."""

    @classmethod
    def of(cls, ctx: "Context") -> "_InvitationSender":
        if not rule_of("ORGANIZATION", "invite").held_by(ctx.principal.role, ctx.principal.permissions):
            raise Forbidden("Only owners and admins of an organization can invite people to it.")
        company = ctx.load(ORGANIZATIONS, ctx.principal.company_id)
        inviter = ctx.load(USERS, ctx.principal.user_id)
        if company is None or inviter is None or not company.active:
            raise Forbidden("This organization is not active.")
        return cls(ctx, company, inviter, {one.id: one for one in invitations_of(ctx.table, company.id)})

    def send(self, wanted: Invite) -> SentInvitation:
        """Store and mail one invitation. Raises InvitationError, after which nobody can accept it."""
        rules.check(wanted, self.ctx.principal)
        assigned = rules.assigned_role(wanted, self.ctx.principal)
        organizations = self._organizations(wanted)
        email = self._email(rules.invitee(wanted), organizations)
        rules.check_limits(email, list(self.sent.values()), self.ctx.now)
        token = secrets.token_urlsafe(32)
        invitation = Invitation(
            hash=digest(token),
            id=self.ctx.table.new_id(),
            email=email,
            company_id=self.company.id,
            organization_ids=tuple(one.id for one in organizations),
            role=assigned.role,
            permissions=assigned.permissions,
            inviter_id=self.inviter.id,
            inviter_organization_id=self.ctx.principal.organization_id,
            company_name=self.company.name,
            inviter_name=self.inviter.name,
            flow=wanted.flow,
            landing_url=addresses.normalized(wanted.landing_url),
            metadata=wanted.metadata or (),
            created=int(self.ctx.now.timestamp()),
            expires=int((self.ctx.now + rules.LIFETIME).timestamp()),
        )
        stored = self._store(invitation, organizations[0], wanted)
        self._mail(stored, wanted, token, organizations)
        return SentInvitation(stored.invitation.id, token)

    def _organizations(self, wanted: Invite) -> list[Organization]:
        """Return the organizations to join; by default the organization of the request."""
        ctx = self.ctx
        ids = list(dict.fromkeys(wanted.invited_to_organizations_ids or (ctx.principal.organization_id,)))
        too_many = InvitationError(
            "TOO_MANY_ORGANIZATIONS", f"An invitation can have at most {rules.MAX_ORGANIZATIONS} organizations."
        )
        if len(ids) > rules.MAX_ORGANIZATIONS:
            raise too_many
        found = [
            one for one in ctx.load_many(ORGANIZATIONS, ids) if one and ctx.principal.acts_in(one.id, one.company_id)
        ]
        if len(found) != len(ids) or not all(one.active for one in found):
            raise InvitationError(
                "ORGANIZATION_NOT_FOUND",
                "invitedToOrganizationsIds: at least one is not an active organization that you can invite people to.",
            )
        if wanted.hierarchical and self.company in found:
            teams = [one for one in teams_of(ctx.table, self.company.id) if one.active and one not in found]
            found += teams
        if len(found) > rules.MAX_ORGANIZATIONS:
            raise too_many
        return found

    def _email(self, invitee: str, organizations: list[Organization]) -> str:
        """Return the address to invite. Raises InvitationError if its user is a member of all organizations already."""
        table = self.ctx.table
        user = user_by_email(table, invitee) if "@" in invitee else user_by_nickname(table, invitee.lower())
        if user is None and "@" in invitee:
            return invitee
        if user is None or user.service:
            raise InvitationError("INVITEE_NOT_FOUND", "inviteeEmail: no user has this nickname or address.")
        keys = [membership_key(user.id, one.id) for one in organizations]
        joined = [MEMBERSHIPS.decode(item) for item in table.batch_get(keys, consistent=True).values()]
        if sum(one.active for one in joined) == len(organizations):
            raise InvitationError("ALREADY_MEMBER", "This person is already a member. Change their role instead.")
        return user.email

    def _store(self, invitation: Invitation, organization: Organization, wanted: Invite) -> _StoredInvitation:
        tx = self.ctx.table.transaction()
        revocable = [one for one in self.sent.values() if _in_context(self.ctx, one)]
        superseded = [tx.update(INVITATIONS, one) for one in rules.superseded(invitation, revocable)]
        too_many = Unprocessable(rules.company_limit_error().message)
        (stored,) = create_invitations(tx, self.ctx.table, [invitation], too_many)
        change = record_change(
            self.ctx,
            tx,
            invitation.id,
            organization,
            action="inviteToTeam",
            # As given: an inviter who uses a nickname does not learn the address.
            invitee=(wanted.invitee_email or "").strip(),
            organizationIds=", ".join(invitation.organization_ids),
            role=invitation.role,
            flow=invitation.flow,
            **{f"metadata.{one.key}": one.value for one in invitation.metadata},
        )
        try:
            tx.commit()
        except SoukError as error:
            refused = rules.company_limit_error() if error is too_many else InvitationError(error.code, error.message)
            raise refused from error
        self.sent.update({one.id: one for one in (*superseded, stored)})
        return _StoredInvitation(stored, change, superseded)

    def _mail(self, stored: _StoredInvitation, wanted: Invite, token: str, organizations: list[Organization]) -> None:
        """Mail an invitation. If that fails, it is deleted and the invitations that it replaced are valid again."""
        invitation = stored.invitation
        link = f"{self.ctx.base_url}/account/invitation?token={quote(token)}"
        message = wanted.email_params.message if wanted.email_params else ""
        content = invitation_mail(self.ctx.table, invitation, [one.name for one in organizations], message, link)
        try:
            mail.send(invitation.email, *content, sender=current(self.ctx.table).name)
        except SoukError as error:
            tx = self.ctx.table.transaction()
            delete_invitation(tx, invitation)
            tx.update(CHANGES, stored.change.model_copy(update={"status": "FAILED"}))
            restored = [
                tx.update(INVITATIONS, one.model_copy(update={"state": InvitationState.SENT}))
                for one in stored.superseded
            ]
            tx.commit()
            del self.sent[invitation.id]
            self.sent.update({one.id: one for one in restored})
            raise InvitationError("MAIL_NOT_SENT", error.message) from error


def _in_context(ctx: "Context", invitation: Invitation) -> bool:
    """Return whether the request's organization covers all organizations of an invitation."""
    return all(ctx.principal.acts_in(one, invitation.company_id) for one in invitation.organization_ids)


def _can_still_invite(inviter: Membership, invitation: Invitation) -> bool:
    """Return whether the inviter could still send the invitation."""
    everywhere = all(inviter.acts_in(one, invitation.company_id) for one in invitation.organization_ids)
    allowed = rule_of("ORGANIZATION", "invite").held_by(inviter.role, inviter.permissions)
    return everywhere and allowed and at_least(inviter.role, invitation.role)


def _membership(
    invitation: Invitation,
    user: User,
    organization: Organization,
    before: Membership | None,
    *,
    new_id: str,
    now: datetime,
) -> Membership:
    """Return the membership that an invitation gives. An inactive one is reactivated."""
    changes = {"role": invitation.role, "permissions": invitation.permissions, "active": True}
    if before:
        operates = before.operator and before.active  # an ended membership comes back without the flag
        return before.model_copy(update={**changes, "operator": operates})
    return Membership(
        id=new_id,
        user_id=user.id,
        organization_id=organization.id,
        company_id=organization.company_id,
        since=stamp(now),
        role=invitation.role,
        permissions=invitation.permissions,
    )


def _revoked(invitation: Invitation) -> Invitation:
    return invitation.model_copy(update={"state": InvitationState.REVOKED})


def _invitee(wanted: Invite) -> dict[str, str | None]:
    given = wanted.invitee_email
    return {"email": given, "username": None} if given and "@" in given else {"email": None, "username": given}
