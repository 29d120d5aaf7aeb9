"""Payments through the provider, and paying them back: `/operator/money/payments`."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.forms import (
    Change,
    asked,
    given,
    make,
    new_key,
    nodes,
    period,
    show_form,
    show_list,
    wrong,
    yes,
)
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response

STATES: Final = ("OPEN", "PAID", "FULFILLED", "DECLINED", "EXPIRED", "REFUNDED")


def show_payments(visit: Visit) -> Response:
    """GET: show payments."""
    criteria = given(
        state_eq=asked(visit, "state"),
        stuck_eq=yes(visit, "stuck"),
        organizationId_eq=asked(visit, "organization"),
        createdDateTime_bt=period(visit),
    )
    return show_list(visit, "payments", "paymentOrders", criteria, states=STATES)


def show_payment(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show a payment, and how much of it can go back."""
    data = visit.ask("operator/payment", id=visit.parameters["id"])
    payment = _found(data)
    left = Decimal(payment["charge"]["rawValue"]) - Decimal(payment["refunded"]["rawValue"])
    return show_form(
        visit,
        "operator/payment.html",
        error,
        payment=payment,
        bookings=nodes(data["ledgerBookings"]),
        left={"rawValue": str(left), "currency": payment["charge"]["currency"]},
        refundable=payment["state"] == "FULFILLED" and left > 0,
        key=new_key(),
    )


def change_payment(visit: Visit) -> Response:
    """POST: ask the provider again, or pay back to the card."""
    if visit.fields.get("do") == "refund":
        amount, again = visit.fields.get("amount", "").strip(), visit.fields.get("confirm", "").strip()
        if _decimal(amount) is None:
            return show_payment(visit, wrong("amount", "Give an amount, such as 45.00."))
        if _decimal(again) != _decimal(amount):
            return show_payment(visit, wrong("confirm", "Type the same amount again."))
    return make(visit, _CHANGES, show_payment)


def _found(data: Mapping[str, Any]) -> Mapping[str, Any]:
    payment = next(iter(nodes(data["paymentOrders"])), None)
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def _decimal(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _refund(visit: Visit) -> dict[str, Any]:
    return {
        "input": {
            "paymentOrderId": visit.parameters["id"],
            "amount": {"amount": visit.fields.get("amount", "").strip(), "currency": visit.fields.get("currency", "")},
            "reason": visit.fields.get("reason", ""),
            "idempotencyKey": visit.fields.get("key", ""),
        }
    }


_CHANGES: Final = {
    "retry": Change("operator/changes/retry_payment", "payment-asked", lambda visit: {"id": visit.parameters["id"]}),
    "refund": Change("operator/changes/refund", "payment-refunded", _refund),
}
