"""The addresses of payments. A new page is declared here; the router and API Gateway follow."""

from collections.abc import Callable
from typing import NamedTuple

from souk.domains.payments.pages import PATH
from souk.domains.payments.web.checkout import Checkouts, Providers
from souk.domains.payments.web.webhook import STRIPE, Webhook
from souk.graph.cursors import Cursors
from souk.storage import Table
from souk.web import Request, Route, Router


class Payments(NamedTuple):
    """The handlers of these addresses."""

    checkouts: Checkouts
    webhook: Webhook


ROUTES: tuple[Route[Payments], ...] = (
    Route("GET", PATH, lambda app: app.checkouts.show),
    Route("POST", PATH, lambda app: app.checkouts.decide),
    Route("POST", STRIPE, lambda app: app.webhook),
)


def application(
    table: Table,
    cursors: Cursors,
    providers: Providers,
    *,
    behind_door: bool = False,
    admit: Callable[[Request], None] | None = None,
) -> Router:
    """Return what answers the addresses of payments. `behind_door` and `admit` are as in `Router`."""
    router = Router(behind_door=behind_door, admit=admit)
    router.serve(ROUTES, Payments(Checkouts(table, cursors, providers), Webhook(table, providers)))
    return router
