"""The page of a checkout. Of the sandbox it is where one pays, or refuses to; of others it says how the payment stands.

Its address is all that one needs to pay: it was given to the client alone, cannot be guessed, and is sent along with
the form. There is no cookie, so no other site can make a browser send what would count here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from souk.domains.payments.commands.orders import begin
from souk.domains.payments.commands.settlement import settle
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider, Standing
from souk.domains.payments.providers.sandbox import NAME as SANDBOX
from souk.domains.payments.providers.sandbox import Sandbox
from souk.domains.payments.rules.urls import PATH, order_of
from souk.domains.payments.store import ORDERS
from souk.storage import Table
from souk.values.errors import NotFound, SoukError
from souk.web import Request, Response, page, redirect, status_of
from souk.web.pages import render, style_version
from souk.web.signing import Signer

Providers = Callable[[Table], PaymentProvider]
"""Returns who takes money for this deployment."""
_TEMPLATES: Final = Path(__file__).parent / "templates"
_REFUSED: Final = "It was refused on the page of the checkout."
_TOLD: Final[Mapping[OrderState, str]] = {
    OrderState.OPEN: "This payment is waiting.",
    OrderState.PAID: "This payment could not be used any more. The money is going back.",
    OrderState.FULFILLED: "Paid. Work can begin.",
    OrderState.DECLINED: "This payment was refused. Nothing was charged.",
    OrderState.EXPIRED: "This checkout is over. Nothing was charged.",
    OrderState.REFUNDED: "This payment could not be used any more. The money has gone back.",
}
"""What the page says, by where the payment stands."""


class Checkouts:
    """Shows checkouts, and takes what is decided on them."""

    def __init__(self, table: Table, signer: Signer, providers: Providers) -> None:
        self._table = table
        self._signer = signer
        self._providers = providers

    def show(self, request: Request) -> Response:
        """Show how a checkout stands."""
        try:
            order = self._order(request.query.get("order", ""), self._table.clock.market())
            if order.state is OrderState.OPEN:  # it may be paid elsewhere, or over
                order = settle(self._table, self._providers(self._table), order.id, self._table.clock.market()) or order
        except SoukError as problem:
            return self._problem(request, problem)
        return self._page(request, order)

    def decide(self, request: Request) -> Response:
        """Pay, or refuse to. Whoever comes late is told how it stands."""
        token = request.fields.get("order", "")
        try:
            order = self._order(token, self._table.clock.market())
            provider = self._providers(self._table)
            decision = request.fields.get("decision")
            if isinstance(provider, Sandbox) and order.state is OrderState.OPEN and decision in ("pay", "refuse"):
                # A checkout whose time is over cannot be paid: this calls it off first.
                settle(self._table, provider, order.id, self._table.clock.market())
                paid = decision == "pay"
                provider.settle(order, Standing.PAID if paid else Standing.DECLINED, None if paid else _REFUSED)
                settle(self._table, provider, order.id, self._table.clock.market())
        except SoukError as problem:
            return self._problem(request, problem)
        return redirect(f"{request.base_url}{PATH}?order={token}")

    def _order(self, token: str, now: datetime) -> PaymentOrder:
        """Return a checkout, of which the provider knows: whoever ordered it may not have been able to ask."""
        order = self._table.get(ORDERS, order_of(self._signer, token), consistent=True)
        if order is None or not order.checkout:
            raise NotFound("There is no such checkout.")
        provider = self._providers(self._table)
        if order.state is OrderState.OPEN and order.reference is None and order.provider == provider.name:
            return begin(self._table, provider, order, now)
        return order

    def _page(self, request: Request, order: PaymentOrder) -> Response:
        is_open = order.state is OrderState.OPEN
        return self._render(
            request,
            "checkout.html",
            order=order,
            amount=order.deal.money(order.amount).display_value,
            fee=order.deal.money(order.charge - order.amount).display_value,
            charge=order.deal.money(order.charge).display_value,
            told=_TOLD[order.state],
            payable=is_open and order.provider == SANDBOX,
            elsewhere=order.url if is_open else None,
            token=request.query.get("order", ""),
            path=PATH,
        )

    def _problem(self, request: Request, problem: SoukError) -> Response:
        return self._render(request, "unavailable.html", status_of(problem), message=problem.message)

    @staticmethod
    def _render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
        def url(path: str) -> str:
            return f"{request.base_url}{path}"

        common = {
            "url": url,
            "style": f"{url('/account/style.css')}?v={style_version()}",
            "logged_in": False,
            "notice": None,
            "errors": {},
        }
        return page(render(_TEMPLATES, template, common | values), status)
