"""Mails of the identity domain, as text and HTML. User input is escaped."""

from html import escape
from typing import NamedTuple

from souk.domains.identity.model import Invitation


class Mail(NamedTuple):
    """The content of a mail."""

    subject: str
    text: str
    html: str


def invitation_mail(invitation: Invitation, organizations: list[str], message: str, link: str) -> Mail:
    """Return an invitation mail. `organizations` are the names of the organizations to join."""
    inviter, company = invitation.inviter_name, invitation.company_name
    names = ", ".join(organizations)
    days = (invitation.expires - invitation.created) // 86_400
    opening = (
        f"{inviter} invites you to join {names}."
        if names == company
        else (f"{inviter} of {company} invites you to join {names}.")
    )
    closing = f"The link works once, within {days} days, and only for your e-mail address."
    unknown_sender = "If you do not know this person, ignore this e-mail."
    quoted = "".join(f"\n> {line}" for line in message.splitlines())
    text = f"{opening}\n{quoted}\n\nTo accept, open {link}\n\n{closing} {unknown_sender}\n"
    html = (
        f"<p>{escape(opening)}</p>"
        + (f'<blockquote style="white-space:pre-line">{escape(message)}</blockquote>' if message else "")
        + f'<p><a href="{escape(link)}">Accept the invitation</a></p><p>{escape(closing)} {escape(unknown_sender)}</p>'
    )
    return Mail(f"{inviter} invites you to {company}", text, html)
