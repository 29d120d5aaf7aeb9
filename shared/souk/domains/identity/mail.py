"""Mails of the identity domain, as text and HTML. User input is escaped."""

from typing import NamedTuple

from souk.domains.identity.model import Invitation
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.rules import quote
from souk.domains.mails.store import html, written
from souk.storage import Table


class Mail(NamedTuple):
    """The content of a mail."""

    subject: str
    text: str
    html: str


def room_invitation_mail(table: Table, invitation: Invitation, link: str) -> Mail:
    """Return the mail of an invitation to a room."""
    mail = written(
        table,
        MailTemplate.ROOM_INVITATION,
        None,
        inviter=invitation.inviter_name,
        company=invitation.company_name,
        room=invitation.room_name or "",
        link=link,
        days=_days(invitation),
    )
    return Mail(*mail, html(mail, link))


def invitation_mail(table: Table, invitation: Invitation, organizations: list[str], message: str, link: str) -> Mail:
    """Return an invitation mail. `organizations` are the names of the organizations to join."""
    names = ", ".join(organizations)
    mail = written(
        table,
        MailTemplate.TEAM_INVITATION,
        None,
        inviter=invitation.inviter_name,
        company=invitation.company_name,
        organizations="" if names == invitation.company_name else names,
        message=quote(message),
        link=link,
        days=_days(invitation),
    )
    return Mail(*mail, html(mail, link))


def _days(invitation: Invitation) -> str:
    return str((invitation.expires - invitation.created) // 86_400)
