"""Stripe: checkouts on Stripe's pages, and charges of the card that a checkout has saved.

PAYMENT#CUSTOMER#<company>   stripe   the Stripe customer of a company

The Stripe library is slow to import, so only functions that call Stripe import this module.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import stripe

from souk.domains.payments.model import CardRefund, PaymentOrder
from souk.domains.payments.providers.port import PaymentStatus, Report
from souk.runtime.log import logger
from souk.storage import Collection, Entity, Key, Table
from souk.values.errors import Conflict, SoukError, Unauthorized, Unprocessable
from souk.values.money import digits_of

NAME: Final = "stripe"
TOLERANCE: Final = 300
"""The maximum age of a webhook, in seconds."""
_SECONDS: Final = 8
"""The timeout of a call to Stripe. A Lambda function has 25 seconds in all."""
_ORDER: Final = "souk_order"
_REFUND: Final = "souk_refund"
_MOST_REFUNDS: Final = 100
"""Stripe's longest page; a payment in Souk has no more refunds (`rules.refunds.MAX_REFUNDS`)."""
_RETRIES: Final = 1
_LONGEST: Final = 250
"""The maximum length of a text for Stripe, in characters."""

# https://docs.stripe.com/currencies: currencies that Stripe counts in whole units. Currencies with three decimals must
# end in zero. ISK and UGX have no decimals, but Stripe counts them in hundredths.
_WHOLE: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_HUNDREDTHS: Final = frozenset({"ISK", "UGX"})
_THREE_DECIMALS: Final = 3

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

P = ParamSpec("P")
Result = TypeVar("Result")


class Customer(Entity):
    """The customer of a company at a provider."""

    company_id: str
    provider: str
    reference: str


def customer_key(company_id: str, provider: str) -> Key:
    """Return the key of the customer of a company at a provider."""
    return Key(f"PAYMENT#CUSTOMER#{company_id}", provider)


CUSTOMERS: Collection[Customer] = Collection(
    name="PaymentCustomer",
    model=Customer,
    key=customer_key,
    key_of=lambda one: customer_key(one.company_id, one.provider),
)


def amount_at_stripe(minor: int, currency: str) -> int:
    """Return an amount in Stripe's unit of the currency. Raises Unprocessable if Stripe cannot take the amount."""
    if currency in _HUNDREDTHS:
        return minor * 100
    unit = 1
    if currency in _WHOLE:
        unit = 10 ** digits_of(currency)
    elif digits_of(currency) == _THREE_DECIMALS:
        unit = 10
    if minor % unit:
        raise Unprocessable(f"The payment provider does not accept this many decimals in {currency}.")
    return minor // unit if currency in _WHOLE else minor


def translate_errors(call: Callable[P, Result]) -> Callable[P, Result]:
    """Decorate a call of Stripe: its errors become SoukError, without the data that was sent."""

    @wraps(call)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Result:
        try:
            return call(*args, **kwargs)
        except stripe.StripeError as error:
            logger.error("Stripe gave no clear answer", code=error.code, status=error.http_status)
            raise SoukError("The payment provider cannot be reached right now. Try again later.") from error

    return wrapper


class Stripe:
    """Stripe, with the keys of one Stripe account."""

    name = NAME

    def __init__(
        self, table: Table, api_key: str, webhook_secret: str, http_client: stripe.HTTPClient | None = None
    ) -> None:
        self._table = table
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            api_key,
            http_client=http_client or stripe.RequestsClient(timeout=_SECONDS),
            max_network_retries=_RETRIES,
        ).v1

    @classmethod
    def of(cls, table: Table, keys: bytes) -> "Stripe":
        """Return the adapter for a secret, JSON with `apiKey` and `webhookSecret`."""
        secret = json.loads(keys)
        return cls(table, secret["apiKey"], secret["webhookSecret"])

    @translate_errors
    def begin(self, order: PaymentOrder) -> Report:
        """Create a Checkout Session, or a PaymentIntent that is not confirmed yet."""
        try:
            amount = amount_at_stripe(order.charge, order.deal.currency)
        except Unprocessable as error:
            return Report(PaymentStatus.DECLINED, reason=error.message)
        customer = self._customer(order.deal.client_company_id)
        options: Any = {"idempotency_key": f"{order.id}-begin"}
        currency = order.deal.currency.lower()
        if order.checkout:
            session = self._client.checkout.sessions.create(
                _session(order, customer, currency, amount, self._table.clock.ahead), options
            )
            return Report(PaymentStatus.OPEN, reference=session.id, url=session.url)
        cards = self._cards(customer)
        if not cards:
            reason = "The client has no saved card. Paying a checkout saves one."
            return Report(PaymentStatus.DECLINED, reason=reason)
        intent = self._client.payment_intents.create(
            {
                "amount": amount,
                "currency": currency,
                "customer": customer,
                "payment_method": cards[0].id,
                "allowed_payment_method_types": ["card"],
                "description": order.title[:_LONGEST],
                "metadata": {_ORDER: order.id},
            },
            options,
        )
        return Report(PaymentStatus.OPEN, reference=intent.id)

    @translate_errors
    def has_saved_card(self, company_id: str) -> bool:
        """Return whether the company's customer has a card."""
        customer = self._table.get(CUSTOMERS, company_id, NAME, consistent=True)
        return customer is not None and bool(self._cards(customer.reference))

    @translate_errors
    def forget(self, company_id: str) -> None:
        """Delete the customer of a company at Stripe, then the reference to it. Stripe keeps its payments."""
        customer = self._table.get(CUSTOMERS, company_id, NAME, consistent=True)
        if customer is None:
            return
        try:
            self._client.customers.delete(customer.reference)
        except stripe.InvalidRequestError as refused:
            if refused.code != "resource_missing":  # an earlier attempt has deleted it
                raise
        tx = self._table.transaction()
        tx.delete(CUSTOMERS, customer)
        tx.commit()

    def _cards(self, customer: str) -> list[stripe.PaymentMethod]:
        return self._client.customers.payment_methods.list(customer, {"type": "card", "limit": 1}).data

    @translate_errors
    def charge(self, order: PaymentOrder) -> Report:
        """Confirm a PaymentIntent. The client is not present."""
        reference = _reference(order)
        try:
            intent = self._client.payment_intents.confirm(
                reference, {"off_session": True}, {"idempotency_key": f"{order.id}-charge"}
            )
        except stripe.CardError as declined:
            return Report(PaymentStatus.DECLINED, reference, reason=declined.user_message or declined.code)
        return _report_on_intent(intent)

    @translate_errors
    def look_up(self, order: PaymentOrder) -> Report:
        """Return the status of a payment. A payment that was never created at Stripe cannot have been paid."""
        if order.reference is None:
            return Report(PaymentStatus.EXPIRED, reason="It was never created.")
        if not order.checkout:
            return _report_on_intent(self._client.payment_intents.retrieve(order.reference))
        session = self._client.checkout.sessions.retrieve(order.reference)
        if session.payment_status == "paid":
            return Report(PaymentStatus.PAID, session.id)
        return Report(
            PaymentStatus.EXPIRED if session.status == "expired" else PaymentStatus.OPEN, session.id, session.url
        )

    @translate_errors
    def refund(self, order: PaymentOrder) -> Report:
        """Refund a payment in full."""
        intent = self._intent(order)
        try:
            refund = self._client.refunds.create(
                {"payment_intent": intent, "metadata": {_ORDER: order.id}}, {"idempotency_key": f"{order.id}-refund"}
            )
        except stripe.InvalidRequestError as refused:
            if refused.code != "charge_already_refunded":
                raise
            return Report(PaymentStatus.REFUNDED, order.reference)
        if refund.status in ("failed", "canceled"):
            raise SoukError("The payment provider could not refund the payment.")
        return Report(PaymentStatus.REFUNDED, order.reference)

    @translate_errors
    def refund_part(self, order: PaymentOrder, refund: CardRefund) -> Report:
        """Refund a part of a payment.

        Stripe forgets idempotency keys after a day, so the refund is looked for among those of the payment first.
        """
        intent = self._intent(order)
        made = self._client.refunds.list({"payment_intent": intent, "limit": _MOST_REFUNDS}).data
        found = next((one for one in made if _metadata_of(one).get(_REFUND) == refund.id), None)
        if found is None:
            try:
                found = self._client.refunds.create(
                    {
                        "payment_intent": intent,
                        "amount": amount_at_stripe(refund.amount, order.deal.currency),
                        "metadata": {_ORDER: order.id, _REFUND: refund.id},
                    },
                    {"idempotency_key": f"{refund.id}-refund"},
                )
            except Unprocessable as error:
                return Report(PaymentStatus.DECLINED, order.reference, reason=error.message)
            except stripe.InvalidRequestError as refused:
                if refused.code == "lock_timeout":  # Stripe is busy with the payment
                    raise
                reason = refused.user_message or refused.code or "Stripe refused the refund."
                return Report(PaymentStatus.DECLINED, order.reference, reason=reason)
        if found.status in ("failed", "canceled"):
            return Report(PaymentStatus.DECLINED, order.reference, reason=found.failure_reason or "The refund failed.")
        # "pending" and "requires_action" are not decided yet.
        status = PaymentStatus.REFUNDED if found.status == "succeeded" else PaymentStatus.OPEN
        return Report(status, order.reference)

    def _intent(self, order: PaymentOrder) -> Any:
        """Return the id of the PaymentIntent, which a Checkout Session has made for itself."""
        reference = _reference(order)
        return self._client.checkout.sessions.retrieve(reference).payment_intent if order.checkout else reference

    def cancel(self, order: PaymentOrder) -> None:
        """Expire a session or cancel an intent. Payments that are paid or over stay unchanged."""
        if order.reference is None:
            return
        try:
            if order.checkout:
                self._client.checkout.sessions.expire(order.reference)
            else:
                self._client.payment_intents.cancel(order.reference)
        except stripe.StripeError as error:
            logger.warning("Stripe did not cancel a payment", payment=order.id, code=error.code)

    def order_id_in_webhook(self, payload: bytes, signature: str) -> str | None:
        """Return the order's id in a webhook; None for other payments.

        Raises Unauthorized for a bad signature, or one older than `TOLERANCE`.
        """
        try:
            event = stripe.Webhook.construct_event(payload, signature, self._webhook_secret, tolerance=TOLERANCE)
        except (stripe.SignatureVerificationError, TypeError, ValueError):
            raise Unauthorized("The webhook is not signed by Stripe.") from None
        event_object: dict[str, Any] = event.data.object.to_dict()
        order_id = (event_object.get("metadata") or {}).get(_ORDER)
        return order_id if isinstance(order_id, str) else None

    def _customer(self, company_id: str) -> str:
        existing = self._table.get(CUSTOMERS, company_id, NAME, consistent=True)
        if existing is not None:
            return existing.reference
        customer = self._client.customers.create(
            {"metadata": {"souk_company": company_id}}, {"idempotency_key": f"{company_id}-customer"}
        )
        tx = self._table.transaction()
        tx.create(CUSTOMERS, Customer(company_id=company_id, provider=NAME, reference=customer.id))
        try:
            tx.commit()
        except Conflict:  # a concurrent call stored the same customer: the idempotency key makes it once
            logger.info("A customer was stored twice", company=company_id)
        return str(customer.id)


def _session(order: PaymentOrder, customer: str, currency: str, amount: int, ahead: timedelta) -> "SessionCreateParams":
    """Return the parameters of a Checkout Session. It saves the card for later payments.

    `ahead` is the difference between the market's time and Stripe's.
    """
    return {
        "mode": "payment",
        "customer": customer,
        "client_reference_id": order.id,
        "allowed_payment_method_types": ["card"],
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency,
                    "unit_amount": amount,
                    "product_data": {"name": order.title[:_LONGEST]},
                },
            }
        ],
        "payment_intent_data": {"setup_future_usage": "off_session", "metadata": {_ORDER: order.id}},
        "metadata": {_ORDER: order.id},
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "expires_at": int((datetime.fromisoformat(order.expires) - ahead).timestamp()),
    }


def _metadata_of(refund: stripe.Refund) -> dict[str, Any]:
    return refund.to_dict().get("metadata") or {}


def _reference(order: PaymentOrder) -> str:
    if order.reference is None:
        raise SoukError("This payment was never created at the provider.")
    return order.reference


def _report_on_intent(intent: stripe.PaymentIntent) -> Report:
    if intent.status == "succeeded":
        return Report(PaymentStatus.PAID, intent.id)
    if intent.status == "canceled":
        return Report(PaymentStatus.EXPIRED, intent.id)
    if intent.status in ("requires_payment_method", "requires_action"):
        problem = intent.last_payment_error
        reason = problem.message if problem else "The bank requires the card's owner to confirm the payment."
        return Report(PaymentStatus.DECLINED, intent.id, reason=reason)
    return Report(PaymentStatus.OPEN, intent.id)
