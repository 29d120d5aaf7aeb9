"""Mails of the identity domain, as text and HTML. User input is escaped."""

from html import escape
from typing import NamedTuple

from souk.domains.identity.model import Invitation


class Mail(NamedTuple):
    """The content of a mail."""

    subject: str
    text: str
    html: str


def room_invitation_mail(invitation: Invitation, link: str) -> Mail:
    """Return the mail of an invitation to a room."""
    inviter, company = invitation.inviter_name, invitation.company_name
    inviting = f"{inviter} of {company} invites you to {_room(invitation)}."
    opening = f"{inviting} You see what has been written there, and can answer."
    text = f"{opening}\n\nTo join, open {link}\n\n{_closing(invitation)}\n"
    html = (
        f'<p>{escape(opening)}</p><p><a href="{escape(link)}">Join the room</a></p>'
        f"<p>{escape(_closing(invitation))}</p>"
    )
    return Mail(f"{inviter} invites you to {_room(invitation)}", text, html)


def _room(invitation: Invitation) -> str:
    return f"the room {invitation.room_name}" if invitation.room_name else "a conversation"


def _closing(invitation: Invitation) -> str:
    days = (invitation.expires - invitation.created) // 86_400
    once = f"The link works once, within {days} days, and only for your e-mail address."
    return f"{once} If you do not know this person, ignore this e-mail."


def invitation_mail(invitation: Invitation, organizations: list[str], message: str, link: str) -> Mail:
    """Return an invitation mail. `organizations` are the names of the organizations to join."""
    inviter, company = invitation.inviter_name, invitation.company_name
    names = ", ".join(organizations)
    opening = (
        f"{inviter} invites you to join {names}."
        if names == company
        else (f"{inviter} of {company} invites you to join {names}.")
    )
    closing = _closing(invitation)
    quoted = "".join(f"\n> {line}" for line in message.splitlines())
    text = f"{opening}\n{quoted}\n\nTo accept, open {link}\n\n{closing}\n"
    html = (
        f"<p>{escape(opening)}</p>"
        + (f'<blockquote style="white-space:pre-line">{escape(message)}</blockquote>' if message else "")
        + f'<p><a href="{escape(link)}">Accept the invitation</a></p><p>{escape(closing)}</p>'
    )
    return Mail(f"{inviter} invites you to {company}", text, html)
