"""URLs of Souk's checkout pages. They show the status of a checkout; the sandbox's checkouts are also paid there.

A URL holds the payment's id and a signature of this deployment, so nothing is stored for it.
"""

from typing import Final

from souk.domains.payments.model import OrderState, PaymentOrder
from souk.values.errors import NotFound
from souk.web.signing import BadSignature, Signer

PATH: Final = "/payments/checkout"
_PURPOSE: Final = "payments.checkout"


def checkout_url(base_url: str, signer: Signer, order: PaymentOrder) -> str | None:
    """Return the URL of the payment page of a checkout; None once it cannot be paid."""
    if order.state is not OrderState.OPEN:
        return None
    return order.url or checkout_page(base_url, signer, order.id)


def checkout_page(base_url: str, signer: Signer, order_id: str) -> str:
    """Return the URL of Souk's page of a checkout."""
    return f"{base_url}{PATH}?order={signer.sign(_PURPOSE, order_id)}"


def order_id_in(signer: Signer, token: str) -> str:
    """Return the payment's id in a token of a URL. Raises NotFound for a token that this deployment did not sign."""
    try:
        order_id = signer.verify(_PURPOSE, token)
    except BadSignature:
        order_id = None
    if not isinstance(order_id, str):
        raise NotFound("This checkout does not exist.")
    return order_id
