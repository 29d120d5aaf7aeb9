"""Where payment orders are kept.

PAYMENT#<id>                  ORDER        a payment that a provider is asked for, with its purpose
PAYMENT#SANDBOX#<id>          TAKEN        the amount that the sandbox has taken for a payment
PAYMENT#CUSTOMER#<company>    <provider>   a provider's id of a company
PAYMENT#LAST#<contract>       <kind>       the last custom payment for a contract (`souk.domains.contracts.store`)
"""

from typing import Final

from souk.domains.payments.model import PaymentOrder
from souk.storage import Collection, Key

WRITES: Final = ("PAYMENT#",)
"""The beginnings of the partition keys that this domain owns."""
RECONCILE: Final = "payments.reconcile"
"""The work that finishes a payment whose process ended before it."""


def order_key(order_id: str) -> Key:
    """Return the key of a payment that a provider is asked for."""
    return Key(f"PAYMENT#{order_id}", "ORDER")


ORDERS: Collection[PaymentOrder] = Collection(
    name="Payment", model=PaymentOrder, key=order_key, key_of=lambda one: order_key(one.id)
)
