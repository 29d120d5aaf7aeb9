"""The routes of the account pages and of the OAuth endpoints."""

from collections.abc import Callable
from datetime import datetime

from souk.accounts.consent import ConsentPage
from souk.accounts.directory import Directory
from souk.accounts.request import Site
from souk.accounts.routes import ROUTES, Accounts
from souk.oauth.server import OAuth
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
    behind_proxy: bool = False,
    admit: Callable[[Request], None] | None = None,
) -> Router:
    """Return the router of the account pages and the OAuth endpoints.

    `admit_mail(address, now)` raises TooManyRequests when an address has reached its mails per hour.
    `auto_consent` is the e-mail address of the user who consents without being asked. It is for local runs: raises
    RuntimeError if it is set while `behind_proxy` is not. `behind_proxy` and `admit` are as in `Router`.
    """
    if auto_consent and not behind_proxy:
        raise RuntimeError("SOUK_AUTO_CONSENT is for local runs only.")
    site = Site(table, directory, secret, admit_mail)
    router = Router(table.clock, behind_proxy=behind_proxy, admit=admit, error_page=site.error_page)
    router.serve(ROUTES, Accounts(site, ConsentPage(site, oauth, auto_consent), oauth))
    return router
