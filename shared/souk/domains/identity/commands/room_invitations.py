"""Invitations of people to a room by their e-mail addresses.

They count among the invitations of the company. The function that owns rooms sends no mail, and tokens are not stored.
So the token is made when the mail is sent, a moment later. Until then, the hash is that of a token that nobody knows.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from souk.authentication.principal import Role
from souk.authentication.tokens import digest
from souk.deadlines.model import schedule
from souk.domains.identity.mail import room_invitation_mail
from souk.domains.identity.model import Invitation, InvitationState
from souk.domains.identity.rules import invitations as rules
from souk.domains.identity.rules.invitations import InvitationError
from souk.domains.identity.store import (
    INVITATIONS,
    ORGANIZATIONS,
    USERS,
    create_invitations,
    delete_invitation,
    invitations_of,
)
from souk.domains.marketplace.store import current
from souk.runtime import mail
from souk.storage import Table, Transaction
from souk.values.errors import Forbidden, Unprocessable

if TYPE_CHECKING:
    from souk.graph import Context  # the account pages use these commands without the graph

MAIL: Final = "identity.roomInvitation"
"""The deadline that mails an invitation to a room, due at once."""


def invite(ctx: "Context", tx: Transaction, room_id: str, room_name: str | None, emails: Sequence[str]) -> None:
    """Add invitations to a room to a transaction. A new one to the same address replaces the one before.

    Raises Unprocessable above the limits of the company. `emails` are valid, and each occurs once.
    """
    company = ctx.load(ORGANIZATIONS, ctx.principal.company_id)
    inviter = ctx.load(USERS, ctx.principal.user_id)
    if company is None or inviter is None or not company.active:
        raise Forbidden("This organization is not active.")
    sent = invitations_of(ctx.table, company.id)
    new: list[Invitation] = []
    for email in emails:
        try:
            rules.check_limits(email, [*sent, *new], ctx.now)
        except InvitationError as error:
            raise Unprocessable(error.message) from error
        invitation = Invitation(
            hash=_new_token()[1],
            id=ctx.table.new_id(),
            email=email,
            company_id=company.id,
            organization_ids=(),
            role=Role.NONE,
            room_id=room_id,
            room_name=room_name,
            base_url=ctx.base_url,
            inviter_id=inviter.id,
            inviter_organization_id=ctx.principal.organization_id,
            company_name=company.name,
            inviter_name=inviter.name,
            flow="room",
            landing_url="",
            created=int(ctx.now.timestamp()),
            expires=int((ctx.now + rules.LIFETIME).timestamp()),
        )
        for replaced in rules.superseded(invitation, sent):
            tx.update(INVITATIONS, replaced)
        schedule(tx, MAIL, invitation.hash, ctx.now)
        new.append(invitation)
    create_invitations(tx, ctx.table, new, Unprocessable(rules.company_limit_error().message))


def send(table: Table, token_hash: str, now: datetime) -> None:
    """Mail an invitation to a room, with a new token. If that fails, the deadline tries again while it is valid.

    It is mailed twice if the function ends before the new token is stored; the first link does not work then. In a
    deployment that sends no mail, the invitation is deleted, and does not count.
    """
    invitation = table.get(INVITATIONS, token_hash, consistent=True)
    if invitation is None or invitation.state is not InvitationState.SENT or invitation.expires <= now.timestamp():
        return
    tx = table.transaction()
    if mail.is_enabled():
        token, new_hash = _new_token()
        content = room_invitation_mail(
            table, invitation, f"{invitation.base_url}/account/invitation?token={quote(token)}"
        )
        mail.send(invitation.email, *content, sender=current(table).name)
        tx.delete(INVITATIONS, invitation)
        tx.create(INVITATIONS, invitation.model_copy(update={"hash": new_hash}))
    else:
        delete_invitation(tx, invitation)
    tx.commit()


def _new_token() -> tuple[str, str]:
    """Return a new token, and its hash, which is what is stored."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)
