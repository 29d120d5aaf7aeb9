"""The checkout page. It shows the status of a payment; a sandbox checkout can also be paid or refused there.

The URL is the only credential: only the client gets it, it cannot be guessed, and the form sends its token along. There
is no cookie, so cross-site request forgery is not possible.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from souk.authentication.standing import suspended_companies
from souk.domains.marketplace.store import brand, current
from souk.domains.payments.commands.orders import begin
from souk.domains.payments.commands.settlement import settle
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.providers.port import PaymentProvider, PaymentStatus
from souk.domains.payments.providers.sandbox import NAME as SANDBOX
from souk.domains.payments.providers.sandbox import Sandbox
from souk.domains.payments.rules.returning import leading_back
from souk.domains.payments.rules.urls import PATH, order_id_in
from souk.domains.payments.store import ORDERS
from souk.storage import Table
from souk.values.errors import Conflict, NotFound, SoukError
from souk.web import Request, Response, page, redirect, status_of
from souk.web.pages import frame, image_policy, render
from souk.web.signing import Signer
from souk.web.translations import Text, best_language

Providers = Callable[[Table], PaymentProvider]
"""Returns the deployment's payment provider."""
_TEMPLATES: Final = Path(__file__).parent / "templates"
_REFUSED: Final = Text("It was refused on the checkout page.")
_STATUS_TEXTS: Final[Mapping[OrderState, str]] = {
    OrderState.OPEN: Text("This payment is open."),
    OrderState.PAID: Text("This payment can no longer be used. It is being refunded."),
    OrderState.FULFILLED: Text("Paid. Thank you."),
    OrderState.DECLINED: Text("This payment was refused. Nothing was charged."),
    OrderState.EXPIRED: Text("This checkout has expired. Nothing was charged."),
    OrderState.REFUNDED: Text("This payment was refunded."),
}
"""The page's text for each state."""
_UNUSED: Final = Text("This payment could no longer be used. It was refunded.")


class Checkouts:
    """Shows checkouts, and processes their forms."""

    def __init__(self, table: Table, signer: Signer, providers: Providers) -> None:
        self._table = table
        self._signer = signer
        self._providers = providers

    def show(self, request: Request) -> Response:
        """Show the status of a checkout."""
        try:
            order = self._order(request.query.get("order", ""), self._table.clock.market())
            if order.state is OrderState.OPEN:  # it may have been paid at the provider, or expired
                order = settle(self._table, self._providers(self._table), order.id, self._table.clock.market()) or order
        except SoukError as problem:
            return self._problem(request, problem)
        return self._page(request, order)

    def decide(self, request: Request) -> Response:
        """Pay or refuse a sandbox checkout. If it is too late, the page shows the status."""
        token = request.fields.get("order", "")
        try:
            order = self._order(token, self._table.clock.market())
            provider = self._providers(self._table)
            decision = request.fields.get("decision")
            if isinstance(provider, Sandbox) and order.state is OrderState.OPEN and decision in ("pay", "refuse"):
                self._require_standing(order)
                # This cancels an expired checkout first, so that it cannot be paid.
                settle(self._table, provider, order.id, self._table.clock.market())
                paid = decision == "pay"
                provider.settle(
                    order, PaymentStatus.PAID if paid else PaymentStatus.DECLINED, None if paid else str(_REFUSED)
                )
                settle(self._table, provider, order.id, self._table.clock.market())
        except SoukError as problem:
            return self._problem(request, problem)
        return redirect(f"{request.base_url}{PATH}?order={token}")

    def _order(self, token: str, now: datetime) -> PaymentOrder:
        """Return a checkout, created at the provider: the function that ordered it may not have its secret."""
        order = self._table.get(ORDERS, order_id_in(self._signer, token), consistent=True)
        if order is None or not order.checkout:
            raise NotFound("This checkout does not exist.")
        provider = self._providers(self._table)
        if order.state is OrderState.OPEN and order.reference is None and order.provider == provider.name:
            self._require_standing(order)
            return begin(self._table, provider, order, now)
        return order

    def _require_standing(self, order: PaymentOrder) -> None:
        """Raise Conflict for the payment of a side that is suspended. One that the provider has begun goes on there."""
        if suspended_companies(self._table, (order.deal.client_company_id, order.deal.vendor_company_id)):
            raise Conflict("This cannot be paid for now: one side is suspended. Nothing was charged.")

    def _page(self, request: Request, order: PaymentOrder) -> Response:
        is_open = order.state is OrderState.OPEN
        refunded = order.state is not OrderState.REFUNDED and order.refunded
        return self._render(
            request,
            "checkout.html",
            order=order,
            amount=_amount(order, order.amount),
            fee=_amount(order, order.charge - order.amount),
            charge=_amount(order, order.charge),
            refunded=_amount(order, refunded) if refunded else None,
            receipt=order.booking_id if order.state is OrderState.FULFILLED or order.refunds else None,
            status_text=_status_text(order),
            payable=is_open and order.provider == SANDBOX,
            payment_url=order.url if is_open else None,
            back=self._back(request, order),
            token=request.query.get("order", ""),
            path=PATH,
        )

    @staticmethod
    def _back(request: Request, order: PaymentOrder) -> str:
        """Return the page that the checkout leads back to: the client's, or else the account pages."""
        # Weeks that an earlier release ordered have the client's page in `return_url`.
        earlier = "" if order.return_url.startswith(request.base_url) else order.return_url
        url = order.back_url or earlier
        return leading_back(url, order.id, order.state) if url else f"{request.base_url}/account"

    def _problem(self, request: Request, problem: SoukError) -> Response:
        return self._render(request, "unavailable.html", status_of(problem), message=problem.message)

    def _render(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        def url(path: str) -> str:
            return f"{request.base_url}{path}"

        settings, shown = current(self._table), brand(self._table, request.base_url)
        common = {**frame(shown, url), "url": url, "logged_in": False, "notice": None, "errors": {}}
        language = best_language(request.headers.get("accept-language", ""), settings.languages)
        html = render(_TEMPLATES, template, common | values, language)
        return page(html, status, policy=image_policy(shown))


def _status_text(order: PaymentOrder) -> str:
    """Return one sentence about what happened to a payment."""
    if order.state is OrderState.REFUNDED and not order.refunds:
        return _UNUSED
    return _STATUS_TEXTS[order.state]


def _amount(order: PaymentOrder, minor: int) -> str:
    """Return an amount for people, with its currency: `$10.50 USD`, `MAD 20.00`."""
    shown = order.deal.money(minor).display_value
    return shown if order.deal.currency in shown else f"{shown} {order.deal.currency}"
