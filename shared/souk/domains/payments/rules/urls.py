"""The pages of ours that say how checkouts stand; those of the sandbox are paid there.

The address holds the payment's id and a signature of this deployment, so nothing of it has to be kept: whoever has it
was given it.
"""

from typing import Final

from souk.domains.payments.model import OrderState, PaymentOrder
from souk.values.errors import NotFound
from souk.web.signing import BadSignature, Signer

PATH: Final = "/payments/checkout"
_BOUND_TO: Final = "payments.checkout"


def checkout_url(base_url: str, signer: Signer, order: PaymentOrder) -> str | None:
    """Return where a checkout is paid; None once it cannot be."""
    if order.state is not OrderState.OPEN:
        return None
    return order.url or checkout_page(base_url, signer, order.id)


def checkout_page(base_url: str, signer: Signer, order_id: str) -> str:
    """Return the address of the page of a checkout."""
    return f"{base_url}{PATH}?order={signer.sign(_BOUND_TO, order_id)}"


def order_of(signer: Signer, token: str) -> str:
    """Return the id of the payment that an address is of. Raises NotFound for one that was not made here."""
    try:
        order_id = signer.verify(_BOUND_TO, token)
    except BadSignature:
        order_id = None
    if not isinstance(order_id, str):
        raise NotFound("There is no such checkout.")
    return order_id
