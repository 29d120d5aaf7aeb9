"""The routes of payments. A new page is declared here; the router and API Gateway follow."""

from collections.abc import Callable
from typing import NamedTuple

from souk.domains.payments.rules.urls import PATH
from souk.domains.payments.web.checkout import Checkouts, Providers
from souk.domains.payments.web.webhook import STRIPE, Webhook
from souk.storage import Table
from souk.web import Request, Route, Router
from souk.web.signing import Signer


class Payments(NamedTuple):
    """The handlers of these routes."""

    checkouts: Checkouts
    webhook: Webhook


ROUTES: tuple[Route[Payments], ...] = (
    Route("GET", PATH, lambda app: app.checkouts.show),
    Route("POST", PATH, lambda app: app.checkouts.decide),
    Route("POST", STRIPE, lambda app: app.webhook),
)


def application(
    table: Table,
    signer: Signer,
    providers: Providers,
    *,
    behind_proxy: bool = False,
    admit: Callable[[Request], None] | None = None,
) -> Router:
    """Return the router of payments. `behind_proxy` and `admit` are as in `Router`."""
    router = Router(table.clock, behind_proxy=behind_proxy, admit=admit)
    router.serve(ROUTES, Payments(Checkouts(table, signer, providers), Webhook(table, providers)))
    return router
