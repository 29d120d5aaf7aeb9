"""Queueing and sending mails.

Only the function that sends mail may use Amazon SES. The functions that cause a mail store it with a deadline that is
due at once, so a mail is sent if and only if its cause was stored.
"""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.identity.store import USERS
from souk.domains.mails import rules
from souk.domains.mails.model import MailTemplate, QueuedMail
from souk.domains.mails.store import MAILS
from souk.runtime import mail
from souk.storage import Table, Transaction
from souk.values.times import stamp

SEND: Final = "mails.send"


def queue(tx: Transaction, template: MailTemplate, user_id: str, now: datetime, **values: str) -> None:
    """Add a mail to a user to a transaction. `values` are those of the template's placeholders."""
    queued = QueuedMail(id=tx.new_id(), user_id=user_id, template=template, values=values, created=stamp(now))
    tx.create(MAILS, queued)
    schedule(tx, SEND, queued.id, now)


def send(table: Table, mail_id: str, now: datetime) -> None:
    """Send a mail and delete it. If that fails, the deadline tries again for `rules.MAX_AGE`.

    A mail is sent twice if the function ends between sending and deleting.
    """
    queued = table.get(MAILS, mail_id, consistent=True)
    if queued is None:
        return
    user = table.get(USERS, queued.user_id, consistent=True)
    if user and not user.service and mail.is_enabled() and not rules.is_outdated(queued, now):
        mail.send(user.email, *rules.render(queued.template, queued.values))
    tx = table.transaction()
    tx.delete(MAILS, queued)
    tx.commit()
