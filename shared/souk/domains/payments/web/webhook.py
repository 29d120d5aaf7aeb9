"""What Stripe tells of payments. It is only a hint to ask Stripe: it may come twice, late, and in any order."""

from typing import Final

from souk.domains.payments.commands.settlement import settle
from souk.domains.payments.providers.port import TellsByWebhook
from souk.domains.payments.web.checkout import Providers
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import NotFound, Unprocessable
from souk.web import Request, Response, json

STRIPE: Final = "/payments/stripe"
_MAX_BYTES: Final = 1_000_000


class Webhook:
    """Takes Stripe's webhooks. What raises is answered with an error, and Stripe sends it again."""

    def __init__(self, table: Table, providers: Providers) -> None:
        self._table = table
        self._providers = providers

    def __call__(self, request: Request) -> Response:
        """Look at the payment that a webhook is about.

        Raises NotFound in a deployment without Stripe, and Unauthorized for what Stripe has not signed.
        """
        provider = self._providers(self._table)
        if not isinstance(provider, TellsByWebhook):
            raise NotFound("This deployment takes no payments by Stripe.")
        if len(request.body) > _MAX_BYTES:
            raise Unprocessable("This is larger than any webhook of Stripe.")
        order_id = provider.heard_of(request.body, request.headers.get("stripe-signature", ""))
        if order_id is not None:
            settle(self._table, provider, order_id, self._table.clock.market())
        logger.info("stripe webhook", payment=order_id)
        return json({"received": True})
