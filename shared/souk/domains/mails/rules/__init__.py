"""The age of waiting mails, and quotations in them. Pure."""

from datetime import datetime, timedelta
from typing import Final

from souk.domains.mails.model import QueuedMail

MAX_AGE: Final = timedelta(days=3)
"""A mail that could not be sent within this time is dropped."""


def quote(text: str | None) -> str:
    """Return the words of a person as a quotation; an empty text without them."""
    return "".join(f"\n> {line}" for line in text.splitlines()) + "\n" if text else ""


def is_outdated(mail: QueuedMail, now: datetime) -> bool:
    """Return whether it is too late to send a mail."""
    return now - datetime.fromisoformat(mail.created) > MAX_AGE
