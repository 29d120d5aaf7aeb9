"""Stripe: checkouts on its pages, and charges of the card that a checkout has saved.

PAYMENT#CUSTOMER#<company>   stripe   the customer that a company is at Stripe

The library is imported when this module is, and nobody imports this module who does not use it: it is heavy.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec

import stripe

from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.providers.port import Report, Standing
from souk.runtime.log import logger
from souk.storage import Collection, Entity, Key, Table
from souk.values.errors import Conflict, SoukError, Unauthorized, Unprocessable
from souk.values.money import digits_of

NAME: Final = "stripe"
TOLERANCE: Final = 300
"""Seconds that a webhook may be old."""
_SECONDS: Final = 8
"""How long Stripe has to answer: a function has 25 in all."""
_ORDER: Final = "souk_order"
_RETRIES: Final = 1
_LONGEST: Final = 250
"""Characters of a text that Stripe shows."""

# https://docs.stripe.com/currencies: currencies that Stripe counts in whole units, and those that have a third digit
# after the point, which has to be zero. In ISK and UGX there are no smaller units, and Stripe counts hundredths.
_WHOLE: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_HUNDREDTHS: Final = frozenset({"ISK", "UGX"})
_THIRD_DIGIT: Final = 3

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

P = ParamSpec("P")


class Customer(Entity):
    """Who a company is at a provider."""

    company_id: str
    provider: str
    reference: str


def customer_key(company_id: str, provider: str) -> Key:
    """Return the key of who a company is at a provider."""
    return Key(f"PAYMENT#CUSTOMER#{company_id}", provider)


CUSTOMERS: Collection[Customer] = Collection(
    name="PaymentCustomer",
    model=Customer,
    key=customer_key,
    key_of=lambda one: customer_key(one.company_id, one.provider),
)


def amount_at_stripe(minor: int, currency: str) -> int:
    """Return an amount as Stripe counts it. Raises Unprocessable for one that it cannot take."""
    if currency in _HUNDREDTHS:
        return minor * 100
    unit = 1
    if currency in _WHOLE:
        unit = 10 ** digits_of(currency)
    elif digits_of(currency) == _THIRD_DIGIT:
        unit = 10
    if minor % unit:
        raise Unprocessable(f"The payment provider takes no amounts in {currency} as exact as this one.")
    return minor // unit if currency in _WHOLE else minor


def clearly(ask: Callable[P, Report]) -> Callable[P, Report]:
    """Have a call of Stripe either answer or raise an error of ours; what was sent is not in it."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Report:
        try:
            return ask(*args, **kwargs)
        except stripe.StripeError as error:
            logger.error("Stripe gave no clear answer", code=error.code, status=error.http_status)
            raise SoukError("The payment provider cannot be reached now, or did not answer clearly.") from error

    return asked


class Stripe:
    """Stripe, with the keys of one account."""

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
        """Return the adapter for a secret: JSON with `apiKey` and `webhookSecret`."""
        held = json.loads(keys)
        return cls(table, held["apiKey"], held["webhookSecret"])

    @clearly
    def begin(self, order: PaymentOrder) -> Report:
        """Make a payment known: a Checkout Session, or a PaymentIntent that is not confirmed yet."""
        try:
            amount = amount_at_stripe(order.charge, order.deal.currency)
        except Unprocessable as refused:
            return Report(Standing.DECLINED, reason=refused.message)
        customer = self._customer(order.deal.client_company_id)
        once: Any = {"idempotency_key": f"{order.id}-begin"}
        currency = order.deal.currency.lower()
        if order.checkout:
            session = self._client.checkout.sessions.create(
                _session(order, customer, currency, amount, self._table.clock.ahead), once
            )
            return Report(Standing.OPEN, reference=session.id, url=session.url)
        cards = self._client.customers.payment_methods.list(customer, {"type": "card", "limit": 1}).data
        if not cards:
            reason = "The client has no saved card yet: funding a milestone by a checkout saves one."
            return Report(Standing.DECLINED, reason=reason)
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
            once,
        )
        return Report(Standing.OPEN, reference=intent.id)

    @clearly
    def charge(self, order: PaymentOrder) -> Report:
        """Confirm a PaymentIntent, with nobody there."""
        reference = _reference(order)
        try:
            intent = self._client.payment_intents.confirm(
                reference, {"off_session": True}, {"idempotency_key": f"{order.id}-charge"}
            )
        except stripe.CardError as declined:
            return Report(Standing.DECLINED, reference, reason=declined.user_message or declined.code)
        return _of_intent(intent)

    @clearly
    def look_up(self, order: PaymentOrder) -> Report:
        """Ask how a payment stands. What Stripe was never heard to know of, nobody can have paid."""
        if order.reference is None:
            return Report(Standing.EXPIRED, reason="It was not begun.")
        if not order.checkout:
            return _of_intent(self._client.payment_intents.retrieve(order.reference))
        session = self._client.checkout.sessions.retrieve(order.reference)
        if session.payment_status == "paid":
            return Report(Standing.PAID, session.id)
        return Report(Standing.EXPIRED if session.status == "expired" else Standing.OPEN, session.id, session.url)

    @clearly
    def give_back(self, order: PaymentOrder) -> Report:
        """Refund the whole of a payment."""
        intent: Any = _reference(order)
        if order.checkout:
            intent = self._client.checkout.sessions.retrieve(intent).payment_intent
        try:
            refund = self._client.refunds.create(
                {"payment_intent": intent, "metadata": {_ORDER: order.id}}, {"idempotency_key": f"{order.id}-refund"}
            )
        except stripe.InvalidRequestError as refused:
            if refused.code != "charge_already_refunded":
                raise
            return Report(Standing.REFUNDED, order.reference)
        if refund.status in ("failed", "canceled"):
            raise SoukError("The payment provider could not give the money back.")
        return Report(Standing.REFUNDED, order.reference)

    def call_off(self, order: PaymentOrder) -> None:
        """Expire a session or cancel an intent. What is paid, or over, stays as it is: `look_up` says so."""
        if order.reference is None:
            return
        try:
            if order.checkout:
                self._client.checkout.sessions.expire(order.reference)
            else:
                self._client.payment_intents.cancel(order.reference)
        except stripe.StripeError as error:
            logger.warning("Stripe did not call a payment off", payment=order.id, code=error.code)

    def heard_of(self, payload: bytes, signature: str) -> str | None:
        """Return which payment a webhook is about; None for one that is of no payment of ours.

        Raises Unauthorized for what Stripe has not signed with the secret of this endpoint, or not just now.
        """
        try:
            event = stripe.Webhook.construct_event(payload, signature, self._webhook_secret, tolerance=TOLERANCE)
        except (stripe.SignatureVerificationError, TypeError, ValueError):
            raise Unauthorized("This is not signed by Stripe.") from None
        about: dict[str, Any] = event.data.object.to_dict()
        found = (about.get("metadata") or {}).get(_ORDER)
        return found if isinstance(found, str) else None

    def _customer(self, company_id: str) -> str:
        known = self._table.get(CUSTOMERS, company_id, NAME, consistent=True)
        if known is not None:
            return known.reference
        made = self._client.customers.create(
            {"metadata": {"souk_company": company_id}}, {"idempotency_key": f"{company_id}-customer"}
        )
        tx = self._table.transaction()
        tx.create(CUSTOMERS, Customer(company_id=company_id, provider=NAME, reference=made.id))
        try:
            tx.commit()
        except Conflict:  # another has noted it: it is the same, by the key that makes it once
            logger.info("A customer was noted twice", company=company_id)
        return str(made.id)


def _session(order: PaymentOrder, customer: str, currency: str, amount: int, ahead: timedelta) -> "SessionCreateParams":
    """Return what a checkout is made of. It saves the card, with which later payments are made.

    `ahead` is how far the market's time is ahead of Stripe's.
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


def _reference(order: PaymentOrder) -> str:
    if order.reference is None:
        raise SoukError("This payment was not begun.")
    return order.reference


def _of_intent(intent: stripe.PaymentIntent) -> Report:
    if intent.status == "succeeded":
        return Report(Standing.PAID, intent.id)
    if intent.status == "canceled":
        return Report(Standing.EXPIRED, intent.id)
    if intent.status in ("requires_payment_method", "requires_action"):
        problem = intent.last_payment_error
        reason = problem.message if problem else "The bank wants whoever owns the card to agree."
        return Report(Standing.DECLINED, intent.id, reason=reason)
    return Report(Standing.OPEN, intent.id)
