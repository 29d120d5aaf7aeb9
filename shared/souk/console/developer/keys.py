"""The API keys of an organization: `/developer/keys`."""

from souk.console.site import Visit
from souk.web import Response


def show_keys(visit: Visit) -> Response:
    """GET: show the keys."""
    data = visit.ask("developer/keys")
    return visit.render("developer/keys.html", keys=data["apiKeys"])
