"""The table's items of erasures.

ERASURE#<user>   ERASURE   the last erasure that a person has asked for
"""

from typing import Final

from souk.domains.erasure.model import Erasure
from souk.storage import Collection, Key, Transaction

WRITES: Final = ("ERASURE#",)
"""The key prefix that only this domain writes."""
BEGIN: Final = "erasure.begin"
"""The deadline on which an account is erased."""


def erasure_key(user_id: str) -> Key:
    """Return the key of the last erasure of a person."""
    return Key(f"ERASURE#{user_id}", "ERASURE")


ERASURES: Collection[Erasure] = Collection(
    name="Erasure",
    model=Erasure,
    key=erasure_key,
    key_of=lambda one: erasure_key(one.user_id),
    expires_at=lambda one: one.kept_until,
)


def save(tx: Transaction, erasure: Erasure) -> Erasure:
    """Add a new or changed erasure to a transaction."""
    return tx.update(ERASURES, erasure) if erasure.version else tx.create(ERASURES, erasure)
