"""Which address of payments is answered by what."""

from collections.abc import Callable

from souk.domains.payments.rules.urls import PATH
from souk.domains.payments.web.checkout import Checkouts, Providers
from souk.domains.payments.web.webhook import STRIPE, Webhook
from souk.storage import Table
from souk.web import Request, Router
from souk.web.signing import Signer


def application(
    table: Table,
    signer: Signer,
    providers: Providers,
    *,
    behind_door: bool = False,
    admit: Callable[[Request], None] | None = None,
) -> Router:
    """Return what answers the addresses of payments. `behind_door` and `admit` are as in `Router`."""
    router = Router(behind_door=behind_door, admit=admit)
    checkouts = Checkouts(table, signer, providers)
    router.add("GET", PATH, checkouts.show)
    router.add("POST", PATH, checkouts.decide)
    router.add("POST", STRIPE, Webhook(table, providers))
    return router
