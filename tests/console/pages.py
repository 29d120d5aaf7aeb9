"""The addresses of all pages of the console, and who sees them."""

from typing import Final

from souk.console.routes import ROUTES
from tests.authority.fixtures import ACME, OLIVIA

MEMBER: Final = (
    "/developer/keys",
    "/account",
    "/account/security",
    "/account/profile",
    "/account/sessions",
    "/account/programs",
    "/account/data",
    "/account/data/delete",
    "/account/organization",
    "/account/members",
    "/account/members/invite",
    "/account/teams",
)
"""Pages of owners, who see all that members see."""
PARAMETERS: Final = {
    "/operator/people/{id}": {"id": OLIVIA},
    "/operator/organizations/{id}": {"id": ACME},
    "/operator/settings/mail/{id}": {"id": "confirm"},
}
"""Values for the parameters of addresses, of records that every test has. Other addresses with parameters are reached
by links, where a test makes the records."""


def addresses() -> list[str]:
    """Return the addresses of pages that can be shown, in their order."""
    found = []
    for route in ROUTES:
        if route.method != "GET" or (("{" in route.path) and route.path not in PARAMETERS):
            continue
        found.append(route.path.format(**PARAMETERS.get(route.path, {})))
    return found


def is_for_operators(path: str) -> bool:
    """Return whether only operators see a page."""
    return path == "/operator" or path.startswith("/operator/")


PUBLIC: Final = (
    "/",
    "/robots.txt",
    "/favicon.svg",
    "/healthz",
    "/schema.graphql",
    "/schema.json",
    "/docs",
    "/docs/",
    "/developer/schema",
    "/developer/explorer",
)
"""What visitors see, too."""
