"""The pages of ours that say how checkouts stand; those of the sandbox are paid there.

The address holds the payment's id and a signature of this deployment, so nothing of it has to be kept: whoever has it
was given it.
"""

from typing import Final

from souk.domains.payments.model import OrderState, PaymentOrder
from souk.graph.cursors import Cursors
from souk.values.errors import NotFound, Unprocessable

PATH: Final = "/payments/checkout"
_BOUND_TO: Final = "payments.checkout"


def checkout_url(base_url: str, cursors: Cursors, order: PaymentOrder) -> str | None:
    """Return where a checkout is paid; None once it cannot be."""
    if order.state is not OrderState.OPEN:
        return None
    return order.url or checkout_page(base_url, cursors, order.id)


def checkout_page(base_url: str, cursors: Cursors, order_id: str) -> str:
    """Return the address of the page of a checkout."""
    return f"{base_url}{PATH}?order={cursors.encode(_BOUND_TO, order_id)}"


def order_of(cursors: Cursors, token: str) -> str:
    """Return the id of the payment that an address is of. Raises NotFound for one that was not made here."""
    try:
        order_id = cursors.decode(_BOUND_TO, token)
    except Unprocessable:
        order_id = None
    if not isinstance(order_id, str):
        raise NotFound("There is no such checkout.")
    return order_id
