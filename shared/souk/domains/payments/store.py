"""The table's items of payments.

PAYMENT#<id>                  ORDER        a payment order
PAYMENT#SANDBOX#<id>          TAKEN        the sandbox's record of a payment
PAYMENT#CUSTOMER#<company>    <provider>   the provider's customer id of a company
PAYMENT#LAST#<contract>       <kind>       the last custom payment for a contract (`souk.domains.contracts.store`)
"""

from typing import Final

from souk.domains.payments.model import PaymentOrder
from souk.storage import Collection, Key

WRITES: Final = ("PAYMENT#",)
"""The prefixes of the partition keys that this domain owns."""
RECONCILE: Final = "payments.reconcile"
"""The deadline kind that settles a payment whose process ended too early."""


def order_key(order_id: str) -> Key:
    """Return the key of a payment order."""
    return Key(f"PAYMENT#{order_id}", "ORDER")


ORDERS: Collection[PaymentOrder] = Collection(
    name="Payment", model=PaymentOrder, key=order_key, key_of=lambda one: order_key(one.id)
)
