"""The table's items of mails.

MAIL#<id>   MAIL   a mail that waits to be sent
"""

from typing import Final

from souk.domains.mails.model import QueuedMail
from souk.storage import Collection, Key

WRITES: Final = ("MAIL#",)
"""The key prefix of waiting mails. The domains that queue mails write it too (`joins`)."""


def mail_key(mail_id: str) -> Key:
    """Return the key of a mail."""
    return Key(f"MAIL#{mail_id}", "MAIL")


MAILS: Collection[QueuedMail] = Collection(
    name="QueuedMail", model=QueuedMail, key=mail_key, key_of=lambda mail: mail_key(mail.id)
)
