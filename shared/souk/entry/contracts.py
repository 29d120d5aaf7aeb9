"""The `contracts` function: serves its part of the graph, and the web routes of payments."""

from functools import cache

from souk.entry.deployment import table
from souk.entry.web import Handler, admit, combined_handler
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.web import Router
from souk.web.signing import Signer


def make_handler() -> Handler:
    """Return the handler of web requests, API requests and deadlines."""
    return combined_handler(web)


@cache
def web() -> Router:
    """Return the routes of the checkout pages and of Stripe's webhook."""
    from souk.domains.payments.deployment import provider  # noqa: PLC0415 - not needed for API requests
    from souk.domains.payments.web import application  # noqa: PLC0415

    own = settings()
    signer = Signer(lambda: aws.secret(own.cursor_secret))
    return application(table(), signer, provider, behind_proxy=own.behind_proxy, admit=admit)
