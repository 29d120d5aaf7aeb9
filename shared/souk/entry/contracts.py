"""The `contracts` function: serves its part of the graph, and payments over plain HTTP."""

from functools import cache

from souk.entry.deployment import table
from souk.entry.web import Handler, admit, beside_graph
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.web import Router
from souk.web.signing import Signer


def make_handler() -> Handler:
    """Return the handler of the web side, of API requests, and of the work that is due."""
    return beside_graph(web)


@cache
def web() -> Router:
    """Return the pages of checkouts, and where Stripe tells of payments."""
    from souk.domains.payments.deployment import provider  # noqa: PLC0415 - commands of the graph need no pages
    from souk.domains.payments.web import application  # noqa: PLC0415

    own = settings()
    signer = Signer(lambda: aws.secret(own.cursor_secret))
    return application(table(), signer, provider, behind_proxy=own.behind_proxy, admit=admit)
