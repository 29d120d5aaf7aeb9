"""The mail of a local run. The embedded AWS keeps it until it stops; none leaves the machine."""

from contextlib import suppress
from datetime import UTC, datetime
from html import unescape
from typing import NamedTuple

import httpx
import nh3

from souk.local.emulator import ACCOUNT, Clients
from souk.local.guard import SECRET_HEADER
from souk.operations.problem import Problem

SENDER = "souk@souk.test"
"""The sender of all mail."""


class Mail(NamedTuple):
    """A mail that was sent."""

    sent: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str

    def __str__(self) -> str:
        """Return the mail as text, with its headers."""
        head = (
            f"Date: {self.sent:%Y-%m-%d %H:%M:%S} UTC",
            f"From: {self.sender}",
            f"To: {', '.join(self.to)}",
            f"Subject: {self.subject}",
        )
        return "\n".join((*head, "", self.text.strip(), ""))


def prepare(client: Clients) -> None:
    """Verify the sender's domain in SES, as an operator does before deploying."""
    ses = client("sesv2")
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=SENDER.rpartition("@")[2])


def inbox(endpoint: str, secret: str, address: str | None = None) -> list[Mail]:
    """Return all mails since the start, or those to one address, newest last.

    `secret` is the embedded AWS's. Raises Problem if the endpoint does not keep the mail.
    """
    try:
        answer = httpx.get(f"{endpoint}/_ministack/ses/messages", headers={SECRET_HEADER: secret}, trust_env=False)
        messages = answer.raise_for_status().json()["messages"].get(ACCOUNT, [])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise Problem(f"The AWS at {endpoint} does not list the mail that it was given.") from error
    mails = sorted(map(_mail, messages), key=lambda mail: mail.sent)
    return [mail for mail in mails if address is None or address.lower() in map(str.lower, mail.to)]


def _mail(message: dict[str, object]) -> Mail:
    return Mail(
        sent=datetime.fromtimestamp(float(str(message["Timestamp"])), UTC),
        sender=str(message["Source"]),
        to=tuple(map(str, message["To"] if isinstance(message["To"], list) else ())),
        subject=str(message["Subject"]),
        text=str(message["BodyText"] or _words(str(message["BodyHtml"] or ""))),
    )


def _words(html: str) -> str:
    """Return the words of a mail that has HTML alone, as Cognito's have."""
    return unescape(nh3.clean(html.replace("</p>", "</p>\n\n"), tags=set()))
