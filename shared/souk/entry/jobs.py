"""The `jobs` function: serves its part of the graph, and the pictures that people upload."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from souk.entry import api
from souk.entry.deployment import table
from souk.entry.web import Handler, admit
from souk.runtime.settings import settings
from souk.values.pictures import PATH
from souk.web import Router


def make_handler() -> Handler:
    """Return the handler of API requests, deadlines and requests for pictures."""
    serve_api = api.make_handler()

    def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return web()(event, context) if event.get("path") == PATH else serve_api(event, context)

    return handle


@cache
def web() -> Router:
    """Return the route of pictures."""
    from souk.domains.files.store import picture_link  # noqa: PLC0415 - not needed for API requests
    from souk.domains.files.web import application  # noqa: PLC0415

    return application(table(), picture_link, behind_proxy=settings().behind_proxy, admit=admit)
