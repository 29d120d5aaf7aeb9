"""Stripe's webhook. It only prompts Souk to ask Stripe, because webhooks can be late, repeated and out of order."""

from typing import Final

from souk.domains.payments.commands.settlement import settle
from souk.domains.payments.providers.port import WebhookSource
from souk.domains.payments.web.checkout import Providers
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import NotFound, Unprocessable
from souk.web import Request, Response, json

STRIPE: Final = "/payments/stripe"
_MAX_BYTES: Final = 1_000_000


class Webhook:
    """Receives Stripe's webhooks. An exception becomes an error response, and Stripe sends the webhook again."""

    def __init__(self, table: Table, providers: Providers) -> None:
        self._table = table
        self._providers = providers

    def __call__(self, request: Request) -> Response:
        """Settle the payment of a webhook.

        Raises NotFound in a deployment without Stripe, and Unauthorized for a bad signature.
        """
        provider = self._providers(self._table)
        if not isinstance(provider, WebhookSource):
            raise NotFound("This deployment does not use Stripe.")
        if len(request.body) > _MAX_BYTES:
            raise Unprocessable("The request is too large for a Stripe webhook.")
        order_id = provider.order_id_in_webhook(request.body, request.headers.get("stripe-signature", ""))
        if order_id is not None:
            settle(self._table, provider, order_id, self._table.clock.market())
        logger.info("stripe webhook", payment=order_id)
        return json({"received": True})
