"""The mails that identity sends, as text and HTML. Text that people wrote is escaped."""

from html import escape
from typing import NamedTuple

from souk.domains.identity.model import Invitation


class Mail(NamedTuple):
    """A mail without its recipient."""

    subject: str
    text: str
    html: str


def invitation_mail(invitation: Invitation, organizations: list[str], message: str, link: str) -> Mail:
    """Return the mail that invites somebody; `organizations` are the names of what they shall join."""
    who, company = invitation.inviter_name, invitation.company_name
    places = ", ".join(organizations)
    days = (invitation.expires - invitation.created) // 86_400
    opening = (
        f"{who} invites you to join {places}."
        if places == company
        else (f"{who} of {company} invites you to join {places}.")
    )
    closing = f"The link works once, for {days} days, and for your e-mail address only."
    ignoring = "If you do not know who this is, do nothing."
    quoted = "".join(f"\n> {line}" for line in message.splitlines())
    text = f"{opening}\n{quoted}\n\nTo accept, open {link}\n\n{closing} {ignoring}\n"
    html = (
        f"<p>{escape(opening)}</p>"
        + (f'<blockquote style="white-space:pre-line">{escape(message)}</blockquote>' if message else "")
        + f'<p><a href="{escape(link)}">Accept the invitation</a></p><p>{escape(closing)} {escape(ignoring)}</p>'
    )
    return Mail(f"{who} invites you to {company}", text, html)
