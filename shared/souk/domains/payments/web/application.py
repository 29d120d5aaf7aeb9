"""Which address of payments is answered by what."""

from collections.abc import Callable

from souk.domains.payments.pages import PATH
from souk.domains.payments.web.checkout import Checkouts, Providers
from souk.domains.payments.web.webhook import STRIPE, Webhook
from souk.graph.cursors import Cursors
from souk.storage import Table
from souk.web import Request, Router


def application(
    table: Table,
    cursors: Cursors,
    providers: Providers,
    *,
    behind_proxy: bool = False,
    admit: Callable[[Request], None] | None = None,
) -> Router:
    """Return what answers the addresses of payments. `behind_proxy` and `admit` are as in `Router`."""
    router = Router(behind_proxy=behind_proxy, admit=admit)
    checkouts = Checkouts(table, cursors, providers)
    router.add("GET", PATH, checkouts.show)
    router.add("POST", PATH, checkouts.decide)
    router.add("POST", STRIPE, Webhook(table, providers))
    return router
