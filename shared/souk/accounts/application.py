"""The web side of the deployment, put together."""

from collections.abc import Callable
from datetime import datetime

from souk.accounts.agreeing import Agreeing
from souk.accounts.directory import Directory
from souk.accounts.routes import ROUTES, Accounts
from souk.accounts.visit import Site
from souk.oauth import OAuth
from souk.storage import Table
from souk.web import Request, Router


def application(
    table: Table,
    directory: Directory,
    oauth: OAuth,
    secret: bytes,
    *,
    admit_mail: Callable[[str, datetime], None],
    auto_consent: str | None = None,
    behind_door: bool = False,
    admit: Callable[[Request], None] | None = None,
) -> Router:
    """Return what answers all addresses but those of GraphQL.

    `admit_mail` raises TooManyRequests for who has been mailed enough this hour, at the time that it is given.
    `auto_consent` is the e-mail address of who agrees to everything unasked; `behind_door` is whether this is a local
    run, and `admit` as in `Router`. Raises RuntimeError for the first without the second.
    """
    if auto_consent and not behind_door:
        raise RuntimeError("Somebody who agrees unasked is for local runs only.")
    site = Site(table, directory, secret, admit_mail)
    router = Router(table.clock, behind_door=behind_door, admit=admit)
    router.serve(ROUTES, Accounts(site, Agreeing(site, oauth, auto_consent), oauth))
    return router
