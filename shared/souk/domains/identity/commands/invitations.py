"""Inviting people by mail, withdrawing an invitation, and accepting one with its token.

The token is in the mail and in the answer to who invites; stored is its hash. Only the person with the invited address
can accept, so whoever else sees the token can do nothing with it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from souk.authentication.records import MEMBERSHIPS, Membership, membership_key
from souk.authentication.tokens import digest
from souk.domains.identity.commands.governing import record
from souk.domains.identity.commands.members import save
from souk.domains.identity.inputs import Invite
from souk.domains.identity.mail import invitation_mail
from souk.domains.identity.model import Change, Invitation, InvitationState, Organization, User
from souk.domains.identity.rules import invitations as rules
from souk.domains.identity.rules.invitations import Refused
from souk.domains.identity.rules.permissions import at_least, rule_of
from souk.domains.identity.store import (
    CHANGES,
    INVITATIONS,
    ORGANIZATIONS,
    USERS,
    invitations_of,
    organization_key,
    teams_of,
    user_by_email,
    user_by_nickname,
    user_key,
)
from souk.runtime import mail
from souk.storage import Table
from souk.values.errors import Forbidden, NotFound, SoukError, Unprocessable
from souk.values.times import stamp

if TYPE_CHECKING:
    from souk.graph import Context  # the pages take invitations too, and need no graph


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation that is on its way."""

    id: str
    token: str


def invite(ctx: "Context", invitations: Sequence[Invite]) -> dict[str, Any]:
    """Send invitations; each succeeds or fails by itself.

    Raises Forbidden for who does not govern the organization of the request, and Unprocessable for too many at once.
    """
    if len(invitations) > rules.MAX_AT_ONCE:
        raise Unprocessable(f"invitations: {rules.MAX_AT_ONCE} at once are the limit; these are {len(invitations)}.")
    sender = _Sender.of(ctx)
    succeeded, failed = [], []
    for wanted in invitations:
        try:
            succeeded.append(sender.send(wanted))
        except Refused as refused:
            failed.append({"code": refused.code, "message": refused.message, "invitation": _named(wanted)})
    return {"succeeded": succeeded, "failed": failed}


def revoke(ctx: "Context", invitation_id: str) -> bool:
    """Withdraw an invitation that nobody has accepted.

    Raises NotFound for one that is not there or not the caller's to withdraw, and Conflict where it was accepted.
    """
    rule = rule_of("ORGANIZATION", "invite")
    found = next((one for one in invitations_of(ctx.table, ctx.principal.company_id) if one.id == invitation_id), None)
    allowed = rule.held_by(ctx.principal.role, ctx.principal.permissions)
    if not found or not allowed or not _governed(ctx, found):
        raise NotFound("There is no such invitation, or it is not yours to withdraw.")
    tx = ctx.table.transaction()
    tx.update(INVITATIONS, _revoked(rules.check_open(found, ctx.now)))
    tx.commit()
    return True


def find(table: Table, token: str, now: datetime) -> Invitation:
    """Return the invitation of a token, for the page that asks whether to accept it; raises as `accept` does."""
    return rules.check_open(table.get(INVITATIONS, digest(token), consistent=True), now)


def accept(table: Table, token: str, user: User, now: datetime) -> Invitation:
    """Make somebody a member of what they are invited to, once; returns the accepted invitation.

    A place that they have already stays as it is. Raises NotFound for a token that is not or no longer good, Conflict
    where it was accepted before or something changed meanwhile, and Forbidden for somebody else than who was invited.
    """
    invitation = find(table, token, now)
    rules.check_invited(invitation, user)
    inviter_key = membership_key(invitation.inviter_id, invitation.inviter_organization_id)
    places = [organization_key(one) for one in invitation.organization_ids]
    joined = [membership_key(user.id, one) for one in invitation.organization_ids]
    items = table.batch_get([user_key(user.id), inviter_key, *places, *joined], consistent=True)
    inviter = MEMBERSHIPS.decode(items[inviter_key]) if inviter_key in items else None
    organizations = [ORGANIZATIONS.decode(items[key]) for key in places]
    if not (inviter and _still_governs(inviter, invitation) and all(one.active for one in organizations)):
        raise NotFound("This invitation is not valid any more: who sent it does not govern the organization now.")
    current = USERS.decode(items[user_key(user.id)])
    tx = table.transaction()
    for organization, key in zip(organizations, joined, strict=True):
        before = MEMBERSHIPS.decode(items[key]) if key in items else None
        if before is None or not before.active:
            save(tx, _joining(invitation, current, organization, before, new_id=tx.new_id(), now=now))
    others = tuple(one for one in current.company_ids if one != invitation.company_id)
    tx.update(USERS, current.model_copy(update={"company_ids": (*others, invitation.company_id)}))
    tx.check(MEMBERSHIPS, inviter)
    accepted = tx.update(
        INVITATIONS,
        invitation.model_copy(update={"state": InvitationState.ACCEPTED, "accepted_by": user.id}),
    )
    tx.commit()
    return accepted


class _Stored(NamedTuple):
    """An invitation that is still to be mailed."""

    invitation: Invitation
    change: Change
    superseded: list[Invitation]
    """Those that it took the place of."""


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who invites, and what is the same for all invitations of one call."""

    ctx: "Context"
    company: Organization
    inviter: User
    sent: dict[str, Invitation]
    """What the company has sent lately, by id."""

    @classmethod
    def of(cls, ctx: "Context") -> "_Sender":
        if not rule_of("ORGANIZATION", "invite").held_by(ctx.principal.role, ctx.principal.permissions):
            raise Forbidden("Only the owners and admins of an organization invite people to it.")
        company = ctx.load(ORGANIZATIONS, ctx.principal.company_id)
        inviter = ctx.load(USERS, ctx.principal.user_id)
        if company is None or inviter is None or not company.active:
            raise Forbidden("This organization is not active.")
        return cls(ctx, company, inviter, {one.id: one for one in invitations_of(ctx.table, company.id)})

    def send(self, wanted: Invite) -> Sent:
        """Store and mail one invitation. Raises Refused, after which nobody can accept it."""
        rules.check(wanted, self.ctx.principal)
        rank = rules.rank(wanted, self.ctx.principal)
        organizations = self._organizations(wanted)
        email = self._email(rules.invitee(wanted), organizations)
        rules.check_room(email, list(self.sent.values()), self.ctx.now)
        token = secrets.token_urlsafe(32)
        invitation = Invitation(
            hash=digest(token),
            id=self.ctx.table.new_id(),
            email=email,
            company_id=self.company.id,
            organization_ids=tuple(one.id for one in organizations),
            role=rank.role,
            permissions=rank.permissions,
            inviter_id=self.inviter.id,
            inviter_organization_id=self.ctx.principal.organization_id,
            company_name=self.company.name,
            inviter_name=self.inviter.name,
            flow=wanted.flow,
            landing_url=wanted.landing_url,
            metadata=wanted.metadata or (),
            created=int(self.ctx.now.timestamp()),
            expires=int((self.ctx.now + rules.LIFETIME).timestamp()),
        )
        stored = self._store(invitation, organizations[0], wanted)
        self._mail(stored, wanted, token, organizations)
        return Sent(stored.invitation.id, token)

    def _organizations(self, wanted: Invite) -> list[Organization]:
        """Return what the person shall join: what is named, or the organization of the request."""
        ctx = self.ctx
        ids = list(dict.fromkeys(wanted.invited_to_organizations_ids or (ctx.principal.organization_id,)))
        too_many = Refused(
            "TOO_MANY_ORGANIZATIONS", f"At most {rules.MAX_ORGANIZATIONS} organizations are joined at once."
        )
        if len(ids) > rules.MAX_ORGANIZATIONS:
            raise too_many
        found = [
            one for one in ctx.load_many(ORGANIZATIONS, ids) if one and ctx.principal.acts_in(one.id, one.company_id)
        ]
        if len(found) != len(ids) or not all(one.active for one in found):
            raise Refused(
                "ORGANIZATION_NOT_FOUND",
                "invitedToOrganizationsIds: not all of these are active organizations that this request governs.",
            )
        if wanted.hierarchical and self.company in found:
            below = [one for one in teams_of(ctx.table, self.company.id) if one.active and one not in found]
            found += below
        if len(found) > rules.MAX_ORGANIZATIONS:
            raise too_many
        return found

    def _email(self, invitee: str, organizations: list[Organization]) -> str:
        """Return the address to invite, unless whoever has it is a member of all of it already."""
        table = self.ctx.table
        user = user_by_email(table, invitee) if "@" in invitee else user_by_nickname(table, invitee.lower())
        if user is None and "@" in invitee:
            return invitee
        if user is None or user.service:
            raise Refused("INVITEE_NOT_FOUND", "inviteeEmail: no person has this nickname or address.")
        keys = [membership_key(user.id, one.id) for one in organizations]
        joined = [MEMBERSHIPS.decode(item) for item in table.batch_get(keys, consistent=True).values()]
        if sum(one.active for one in joined) == len(organizations):
            raise Refused(
                "ALREADY_MEMBER", "This person is a member already; change what they may do with updateMember."
            )
        return user.email

    def _store(self, invitation: Invitation, organization: Organization, wanted: Invite) -> _Stored:
        tx = self.ctx.table.transaction()
        own = [one for one in self.sent.values() if _governed(self.ctx, one)]
        superseded = [tx.update(INVITATIONS, one) for one in rules.superseded(invitation, own)]
        stored = tx.create(INVITATIONS, invitation)
        change = record(
            self.ctx,
            tx,
            invitation.id,
            organization,
            action="inviteToTeam",
            # As it was given: who invites by nickname does not learn the address.
            invitee=(wanted.invitee_email or "").strip(),
            organizationIds=", ".join(invitation.organization_ids),
            role=invitation.role,
        )
        try:
            tx.commit()
        except SoukError as refused:
            raise Refused(refused.code, refused.message) from refused
        self.sent.update({one.id: one for one in (*superseded, stored)})
        return _Stored(stored, change, superseded)

    def _mail(self, stored: _Stored, wanted: Invite, token: str, organizations: list[Organization]) -> None:
        """Mail an invitation; one that cannot be mailed is removed again, and those before it hold as before."""
        invitation = stored.invitation
        link = f"{self.ctx.base_url}/account/invitation?token={quote(token)}"
        message = wanted.email_params.message if wanted.email_params else ""
        written = invitation_mail(invitation, [one.name for one in organizations], message, link)
        try:
            mail.send(invitation.email, written.subject, written.text, written.html)
        except SoukError as failed:
            tx = self.ctx.table.transaction()
            tx.delete(INVITATIONS, invitation)
            tx.update(CHANGES, stored.change.model_copy(update={"status": "FAILED"}))
            restored = [
                tx.update(INVITATIONS, one.model_copy(update={"state": InvitationState.SENT}))
                for one in stored.superseded
            ]
            tx.commit()
            del self.sent[invitation.id]
            self.sent.update({one.id: one for one in restored})
            raise Refused("MAIL_NOT_SENT", failed.message) from failed


def _governed(ctx: "Context", invitation: Invitation) -> bool:
    """Say whether the request is made for all that an invitation leads to."""
    return all(ctx.principal.acts_in(one, invitation.company_id) for one in invitation.organization_ids)


def _still_governs(inviter: Membership, invitation: Invitation) -> bool:
    """Say whether who sent an invitation could send it now."""
    everywhere = all(inviter.acts_in(one, invitation.company_id) for one in invitation.organization_ids)
    allowed = rule_of("ORGANIZATION", "invite").held_by(inviter.role, inviter.permissions)
    return everywhere and allowed and at_least(inviter.role, invitation.role)


def _joining(
    invitation: Invitation,
    user: User,
    organization: Organization,
    before: Membership | None,
    *,
    new_id: str,
    now: datetime,
) -> Membership:
    """Return the membership that follows from an invitation; one that was ended begins again."""
    gained = {"role": invitation.role, "permissions": invitation.permissions, "active": True}
    if before:
        return before.model_copy(update=gained)
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


def _named(wanted: Invite) -> dict[str, str | None]:
    given = wanted.invitee_email
    return {"email": given, "username": None} if given and "@" in given else {"email": None, "username": given}
