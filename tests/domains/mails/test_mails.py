"""Queued mails: sent once, tried again after a failure, and dropped when it is too late."""

from datetime import timedelta

import pytest

from souk.domains.identity.store import USERS
from souk.domains.mails import commands, rules
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.store import MAILS
from souk.runtime import mail
from souk.values.errors import SoukError
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import LISBON, SOFIA, STUDIO, user

VALUES = {"company": "Acme", "inviter": "Olivia E.", "title": "Logo", "letter": "", "invitation": "1"}


class Sender:
    """Replaces `souk.runtime.mail`, and fails as often as it is told."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[str, ...]] = []
        self.enabled = True
        self.failures = 0
        patch.setattr(mail, "is_enabled", lambda: self.enabled)
        patch.setattr(mail, "send", self._send)

    def _send(self, *content: str, sender: str) -> None:
        if self.failures:
            self.failures -= 1
            raise SoukError("The mail could not be sent.")
        assert sender == "Souk"
        self.sent.append(content)


@pytest.fixture
def sender(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> Sender:
    tx = souk.table.transaction()
    tx.create(USERS, user(SOFIA, "Sofia", STUDIO, LISBON))
    commands.queue(tx, MailTemplate.JOB_INVITATION, SOFIA, CLOCK.market(), **VALUES)
    tx.commit()
    return Sender(monkeypatch)


def waiting(souk: Souk) -> int:
    items = souk.table.client.scan(TableName=souk.table.name)["Items"]
    return sum(item["type"]["S"] == MAILS.name for item in items)


def test_mail_is_sent_once_and_deleted(souk: Souk, sender: Sender) -> None:
    souk.run_due()
    ((to, subject, text),) = sender.sent
    assert (to, subject) == ("sofia@souk.test", "Acme invites you to apply: Logo")
    assert text.startswith("Olivia E. of Acme invites you")
    assert waiting(souk) == 0


def test_failed_mail_is_tried_again(souk: Souk, sender: Sender) -> None:
    sender.failures = 1
    with pytest.raises(SoukError):
        souk.run_due()
    assert (sender.sent, waiting(souk)) == ([], 1)
    souk.run_due(CLOCK.market() + timedelta(minutes=10))
    assert (len(sender.sent), waiting(souk)) == (1, 0)


def test_outdated_mail_is_dropped(souk: Souk, sender: Sender) -> None:
    souk.run_due(CLOCK.market() + rules.MAX_AGE + timedelta(minutes=1))
    assert (sender.sent, waiting(souk)) == ([], 0)


def test_mail_is_dropped_where_none_is_sent(souk: Souk, sender: Sender) -> None:
    sender.enabled = False
    souk.run_due()
    assert (sender.sent, waiting(souk)) == ([], 0)


def test_letter_is_quoted() -> None:
    assert rules.quote("One\nTwo") == "\n> One\n> Two\n"
    assert rules.quote(None) == rules.quote("") == ""
