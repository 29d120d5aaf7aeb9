"""What the handler of the `contracts` function serves: its part of the graph, and payments over plain HTTP."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from souk.deadlines.runner import is_due
from souk.entry.deployment import meter, table
from souk.graph.cursors import Cursors
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.web import Request, Router


def answer(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request of API Gateway, or one that another function forwards, or do what the clock asks for."""
    if not is_due(event) and event["path"].startswith("/payments/"):
        return web()(event, context)
    from souk.entry.api import api  # noqa: PLC0415 - the graph is the larger half of a cold start

    return api()(event, context)


@cache
def web() -> Router:
    """Return the pages of checkouts, and where Stripe tells of payments."""
    from souk.domains.payments.deployed import provider  # noqa: PLC0415 - commands of the graph need no pages
    from souk.domains.payments.web import application  # noqa: PLC0415

    own = settings()
    cursors = Cursors(lambda: aws.secret(own.cursor_secret))
    return application(table(), cursors, provider, behind_proxy=own.behind_proxy, admit=_admit)


def _admit(request: Request) -> None:
    meter().admit_address(request.source_ip, datetime.now(UTC))
