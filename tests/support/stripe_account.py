"""A fake Stripe account behind Stripe's library: Souk's calls, idempotency keys and declined cards.

It follows Stripe's documentation, for tests without a network. It proves nothing about Stripe itself.
"""

import json
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

from souk.values.clock import Clock

API_KEY = "sk_test_souk"
WEBHOOK_SECRET = "whsec_souk"
Answer = tuple[str, int, dict[str, str]]


class StripeAccount(stripe.HTTPClient):
    """A fake Stripe account."""

    name = "souk-tests"

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and parameters."""
        self.customers: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.cards: dict[str, list[str]] = {}
        """The saved cards, by customer."""
        self.declines: str | None = None
        """The error code of charges; None for accepted charges."""
        self.down = False
        self.refund_status = "succeeded"
        self.down_after_refund = False
        """Whether the answer of the next refund is lost."""
        self._answers: dict[str, tuple[dict[str, str], Answer]] = {}
        self._ids = count(1)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> Answer:
        """Answer one request."""
        if self.down:
            raise stripe.APIConnectionError("It is down.", should_retry=False)  # type: ignore[no-untyped-call]
        parts = urlsplit(url)
        parameters = dict(parse_qsl(post_data if isinstance(post_data, str) else parts.query))
        self.calls.append((method.upper(), parts.path, parameters))
        assert (headers or {})["Authorization"] == f"Bearer {API_KEY}"
        key = (headers or {}).get("Idempotency-Key", "")
        if method.lower() == "post" and key in self._answers:
            before, answer = self._answers[key]
            if before != parameters:
                return self._error(
                    400, "idempotency_error", "Keys for idempotent requests are for the same parameters."
                )
            return answer
        answer = self._answer(method.lower(), parts.path.removeprefix("/v1/").split("/"), parameters)
        if method.lower() == "post" and key:
            self._answers[key] = (parameters, answer)
        return answer

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def forget_keys(self) -> None:
        """Forget the idempotency keys."""
        self._answers.clear()

    def pay(self, session_id: str) -> None:
        """Pay a session on its page, which saves the card."""
        session = self.sessions[session_id]
        assert session["status"] == "open"
        intent = self._create(
            "pi", self.intents, status="succeeded", metadata=session["metadata"], amount=session["amount_total"]
        )
        session.update(status="complete", payment_status="paid", payment_intent=intent["id"])
        self.cards.setdefault(session["customer"], []).append("pm_1")

    def webhook(
        self, kind: str, subject: Mapping[str, Any], *, age: int = 0, secret: str = WEBHOOK_SECRET
    ) -> tuple[bytes, str]:
        """Return a webhook's body and signature."""
        event = {
            "id": "evt_1",
            "object": "event",
            "type": kind,
            "api_version": "2026-10-28",
            "data": {"object": subject},
        }
        payload = json.dumps(event)
        now = int(Clock().real().timestamp())  # Stripe's library compares with the machine's clock
        signature = stripe.WebhookSignature.generate_signature_header(payload, secret, now - age)
        return payload.encode(), signature

    def _answer(  # noqa: PLR0911, PLR0912 - one case for each call
        self, method: str, path: list[str], parameters: dict[str, str]
    ) -> Answer:
        match (method, path):
            case "post", ["customers"]:
                return _ok(self._create("cus", self.customers, metadata=_metadata(parameters)))
            case "delete", ["customers", customer]:
                if self.customers.pop(customer, None) is None:
                    return self._error(404, "resource_missing", "No such customer.")
                return _ok({"id": customer, "object": "customer", "deleted": True})
            case "get", ["customers", customer, "payment_methods"]:
                cards = [{"id": one, "object": "payment_method"} for one in self.cards.get(customer, [])]
                return _ok({"object": "list", "data": cards, "has_more": False, "url": "/"})
            case "post", ["checkout", "sessions"]:
                return _ok(self._session(parameters))
            case "get", ["checkout", "sessions", session]:
                return _ok(self.sessions[session])
            case "post", ["checkout", "sessions", session, "expire"]:
                if self.sessions[session]["status"] != "open":
                    return self._error(400, "resource_missing", "Only open sessions expire.")
                self.sessions[session]["status"] = "expired"
                return _ok(self.sessions[session])
            case "post", ["payment_intents"]:
                return _ok(
                    self._create(
                        "pi",
                        self.intents,
                        status="requires_confirmation",
                        amount=parameters["amount"],
                        metadata=_metadata(parameters),
                    )
                )
            case "get", ["payment_intents", intent]:
                return _ok(self.intents[intent])
            case "post", ["payment_intents", intent, "confirm"]:
                return self._confirmed(self.intents[intent])
            case "post", ["payment_intents", intent, "cancel"]:
                if self.intents[intent]["status"] == "succeeded":
                    return self._error(400, "payment_intent_unexpected_state", "It has succeeded.")
                self.intents[intent]["status"] = "canceled"
                return _ok(self.intents[intent])
            case "post", ["refunds"]:
                return self._refund(parameters)
            case "get", ["refunds"]:
                intent = parameters["payment_intent"]
                made = [one for one in self.refunds.values() if one["payment_intent"] == intent]
                return _ok({"object": "list", "data": made, "has_more": False, "url": "/"})
        raise AssertionError(f"{method} {path} is not a call that Souk makes.")

    def _refund(self, parameters: dict[str, str]) -> Answer:
        """Refund a part of a payment, or what is left of it."""
        intent = parameters["payment_intent"]
        before = sum(one["amount"] for one in self.refunds.values() if one["payment_intent"] == intent)
        left = int(self.intents[intent]["amount"]) - before
        amount = int(parameters.get("amount", left))
        if not left:
            return self._error(400, "charge_already_refunded", "It has been refunded.")
        if amount > left:
            return self._error(400, "amount_too_large", "It is more than is left.")
        metadata = _metadata(parameters)
        status = self.refund_status
        made = self._create("re", self.refunds, status=status, payment_intent=intent, amount=amount, metadata=metadata)
        if self.down_after_refund:
            self.down_after_refund, self.down = False, True
            raise stripe.APIConnectionError("The answer was lost.", should_retry=False)  # type: ignore[no-untyped-call]
        return _ok(made)

    def _session(self, parameters: dict[str, str]) -> dict[str, Any]:
        made = self._create(
            "cs",
            self.sessions,
            status="open",
            payment_status="unpaid",
            customer=parameters["customer"],
            amount_total=parameters["line_items[0][price_data][unit_amount]"],
            metadata=_metadata(parameters),
            payment_intent=None,
        )
        made["url"] = f"https://checkout.stripe.test/{made['id']}"
        return made

    def _confirmed(self, intent: dict[str, Any]) -> Answer:
        if self.declines:
            intent["status"] = "requires_payment_method"
            intent["last_payment_error"] = {"code": self.declines, "message": "Your card was declined."}
            return self._error(402, self.declines, "Your card was declined.", kind="card_error")
        intent["status"] = "succeeded"
        return _ok(intent)

    def _create(self, prefix: str, among: dict[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
        id_ = f"{prefix}_{next(self._ids)}"
        kinds = {"cus": "customer", "cs": "checkout.session", "pi": "payment_intent", "re": "refund"}
        among[id_] = {"id": id_, "object": kinds[prefix], **fields}
        return among[id_]

    @staticmethod
    def _error(status: int, code: str, message: str, kind: str = "invalid_request_error") -> Answer:
        return json.dumps({"error": {"type": kind, "code": code, "message": message}}), status, {}


def _ok(body: Mapping[str, Any]) -> Answer:
    return json.dumps(body), 200, {}


def _metadata(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name[9:-1]: value for name, value in parameters.items() if name.startswith("metadata[")}
