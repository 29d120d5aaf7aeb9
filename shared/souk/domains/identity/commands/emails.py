"""Changing the e-mail address of a person, after the directory has.

The directory is authoritative: it proves who reads the mail of an address. The table follows it right after the change,
or at the next login if the function ended in between.
"""

from datetime import datetime

from souk.domains.identity.model import FormerEmail, User
from souk.domains.identity.rules.invitations import same_address
from souk.domains.identity.store import email_guard
from souk.domains.mails import commands as mails
from souk.domains.mails.model import MailTemplate
from souk.runtime.log import logger
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.values.times import stamp


def follow(tx: Transaction, table: Table, user: User, address: str, now: datetime) -> User:
    """Return the user with the e-mail address that the directory has verified. The caller stores the user.

    The claims of both addresses and a notice to the former one are added to the transaction. The user is unchanged if
    another user of the table has the address.
    """
    if same_address(user.email, address):
        return user
    if is_taken(table, address, user.id):
        logger.error("two users have an e-mail address", user_id=user.id)
        return user
    tx.reserve(email_guard(address), user.id, Conflict("This e-mail address is already taken."))
    if table.holder(email_guard(user.email)) == user.id:
        tx.release(email_guard(user.email), user.id)
    mails.queue(tx, MailTemplate.EMAIL_CHANGED, user.id, now, address=user.email)
    former = FormerEmail(address=user.email, until=stamp(now))
    return user.model_copy(update={"email": address, "former_email": former})


def is_taken(table: Table, address: str, user_id: str) -> bool:
    """Return whether somebody else than the user has an e-mail address."""
    return table.holder(email_guard(address)) not in (None, user_id)


def tell_owner(table: Table, address: str, asked_by: str, now: datetime) -> None:
    """Mail the owner of an address that somebody wanted to have it: the page must not tell whom it belongs to."""
    tx = table.transaction()
    owner = table.holder(email_guard(address)) or asked_by
    mails.queue(tx, MailTemplate.EMAIL_TAKEN, owner, now, address=address)
    tx.commit()
