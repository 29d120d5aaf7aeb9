"""The mail of a local run. None leaves the machine: the embedded AWS keeps it until it stops."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

import httpx

from souk.local.emulator import ACCOUNT, client
from souk.operations.problem import Problem

SENDER = "souk@souk.test"
"""Whom mail is from."""


class Mail(NamedTuple):
    """A mail, as it was sent."""

    sent: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str

    def __str__(self) -> str:
        """Return it as one reads it."""
        head = (
            f"Date: {self.sent:%Y-%m-%d %H:%M:%S} UTC",
            f"From: {self.sender}",
            f"To: {', '.join(self.to)}",
            f"Subject: {self.subject}",
        )
        return "\n".join((*head, "", self.text.strip(), ""))


def prepare(endpoint: str) -> None:
    """Do there what an operator does in Amazon SES before the deployment: prove the domain that mail is from."""
    ses = client("sesv2", endpoint)
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=SENDER.rpartition("@")[2])


def inbox(endpoint: str, address: str | None = None) -> list[Mail]:
    """Return all mails since the start, or those to one address, the newest last.

    Raises Problem where the AWS there keeps none.
    """
    try:
        answer = httpx.get(f"{endpoint}/_ministack/ses/messages", trust_env=False)
        kept = answer.raise_for_status().json()["messages"].get(ACCOUNT, [])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise Problem(f"The AWS at {endpoint} does not show the mail that it was given.") from error
    found = sorted(_mails(kept), key=lambda mail: mail.sent)
    return [mail for mail in found if address is None or address.lower() in map(str.lower, mail.to)]


def _mails(kept: list[dict[str, object]]) -> Iterator[Mail]:
    for one in kept:
        yield Mail(
            sent=datetime.fromtimestamp(float(str(one["Timestamp"])), UTC),
            sender=str(one["Source"]),
            to=tuple(map(str, one["To"] if isinstance(one["To"], list) else ())),
            subject=str(one["Subject"]),
            text=str(one["BodyText"] or one["BodyHtml"] or ""),
        )
