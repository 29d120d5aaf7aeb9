"""The texts of mails. Pure, except that templates are read from files once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from souk.domains.mails.model import MailTemplate, QueuedMail

MAX_AGE: Final = timedelta(days=3)
"""A mail that could not be sent within this time is dropped."""
_TEMPLATES: Final = Path(__file__).parent / "templates"


class MailText(NamedTuple):
    """The content of a mail."""

    subject: str
    text: str


def render(template: MailTemplate, values: Mapping[str, str]) -> MailText:
    """Return the text of a mail. The first line of a template is its subject."""
    subject, _, text = _read(template).partition("\n")
    return MailText(Template(subject).substitute(values), Template(text.lstrip("\n")).substitute(values))


def quote(text: str | None) -> str:
    """Return the words of a person as a quotation; an empty text without them."""
    return "".join(f"\n> {line}" for line in text.splitlines()) + "\n" if text else ""


def is_outdated(mail: QueuedMail, now: datetime) -> bool:
    """Return whether it is too late to send a mail."""
    return now - datetime.fromisoformat(mail.created) > MAX_AGE


@cache
def _read(template: MailTemplate) -> str:
    return (_TEMPLATES / f"{template}.txt").read_text("utf-8")
