"""The table's items of payments.

PAYMENT#<id>                  ORDER        a payment order
                                           GSI1 PAYMENTS#COMPANY#<client> / <created>#<id>
                                           GSI2 PAYMENTS#UNFINISHED#<shard 0-7> / <time>#<id>: one that is not
                                                finished, by the time from which on it is stuck
                                           GSI3 PAYMENTS#<shard 0-7> / <created>#<id>
PAYMENT#SANDBOX#<id>          TAKEN        the sandbox's record of a payment
PAYMENT#CUSTOMER#<company>    <provider>   the provider's customer id of a company
PAYMENT#LAST#<contract>       <kind>       the last custom payment for a contract (`souk.domains.contracts.store`)
UNIQ#refund#<organization>#<user>#<SHA-256>   the order and refund of an operator's idempotency key

Lists of payments have no months, unlike those of bookings: they are read without a range, and a page of a quiet
marketplace must not look through empty months.
"""

from typing import Final

from souk.domains.ledger.store import SHARDS, shard_of
from souk.domains.payments.model import PaymentOrder
from souk.storage import Collection, Key, StoredList, Table
from souk.storage.merged import MergedList, sharded

WRITES: Final = ("PAYMENT#", "UNIQ#refund#")
"""The prefixes of the partition keys that this domain owns."""
RECONCILE: Final = "payments.reconcile"
"""The deadline kind that settles a payment whose process ended too early."""


def order_key(order_id: str) -> Key:
    """Return the key of a payment order."""
    return Key(f"PAYMENT#{order_id}", "ORDER")


def _unfinished(order: PaymentOrder) -> Key | None:
    if order.waits_since is None:
        return None
    return Key(f"PAYMENTS#UNFINISHED#{_shard(order)}", f"{order.waits_since}#{order.id}")


def _shard(order: PaymentOrder) -> int:
    return shard_of(order.deal.contract_id)


ORDERS: Collection[PaymentOrder] = Collection(
    name="Payment",
    model=PaymentOrder,
    key=order_key,
    key_of=lambda one: order_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"PAYMENTS#COMPANY#{one.deal.client_company_id}", f"{one.created}#{one.id}"),
        "GSI2": _unfinished,
        "GSI3": lambda one: Key(f"PAYMENTS#{_shard(one)}", f"{one.created}#{one.id}"),
    },
)
COMPANY_ORDERS: Final = StoredList("companyPayments", ORDERS, "PAYMENTS#COMPANY#{}".format, index="GSI1")
UNFINISHED_ORDERS: Final = StoredList("unfinishedPayments", ORDERS, "PAYMENTS#UNFINISHED#{}".format, index="GSI2")
ALL_ORDERS: Final = StoredList("paymentOrders", ORDERS, "PAYMENTS#{}".format, index="GSI3")
LISTS: Final = (COMPANY_ORDERS, UNFINISHED_ORDERS, ALL_ORDERS)


def every_order(table: Table) -> MergedList[PaymentOrder]:
    """Return the list of all payment orders, newest first."""
    return sharded(ALL_ORDERS, table, SHARDS)


def unfinished_orders(table: Table) -> MergedList[PaymentOrder]:
    """Return the list of the orders that wait for something, by the time from which on they do, latest first."""
    return sharded(UNFINISHED_ORDERS, table, SHARDS)
