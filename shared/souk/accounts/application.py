"""The web side of the deployment: which address is answered by what."""

from collections.abc import Callable
from datetime import UTC, datetime

from souk.accounts import invitation, login, settings, signup
from souk.accounts.consent import Agreeing
from souk.accounts.directory import Directory
from souk.accounts.redirects import AUTHORIZE, HOME
from souk.accounts.rendering import style_sheet
from souk.accounts.request import Site
from souk.oauth import OAuth
from souk.storage import Table
from souk.web import Request, Response, Router


def _now() -> datetime:
    return datetime.now(UTC)


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
    clock: Callable[[], datetime] = _now,
) -> Router:
    """Return what answers all addresses but those of GraphQL.

    `admit_mail` raises TooManyRequests for who has been mailed enough this hour, at the time that it is given.
    `auto_consent` is the e-mail address of who agrees to everything unasked; `behind_door` is whether this is a local
    run, and `admit` as in `Router`. Raises RuntimeError for the first without the second.
    """
    if auto_consent and not behind_door:
        raise RuntimeError("Somebody who agrees unasked is for local runs only.")
    site = Site(table, directory, secret, clock, admit_mail)
    agreeing = Agreeing(site, oauth, auto_consent)
    router = Router(behind_door=behind_door, admit=admit)

    for path in AUTHORIZE:
        router.add("GET", path, site.public(agreeing.show))
        router.add("POST", path, site.public(agreeing.decide))
    for path in ("/oauth2/token", "/api/v3/oauth2/token"):
        router.add("POST", path, oauth.token)
    router.add("POST", "/oauth2/revoke", oauth.revoke)
    router.add("POST", "/oauth2/introspect", oauth.introspect)
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"):
        router.add("GET", path, oauth.metadata)

    for path, show, take in (
        ("/account/login", login.show_login, login.log_in),
        ("/account/signup", signup.show_signup, signup.sign_up),
        ("/account/confirm", signup.show_confirm, signup.confirm),
        ("/account/forgot", signup.show_forgot, signup.forgot),
        ("/account/reset", signup.show_reset, signup.reset),
    ):
        router.add("GET", path, site.public(show))
        router.add("POST", path, site.public(take))
    router.add("POST", "/account/logout", site.public(login.log_out))
    router.add("GET", HOME, site.private(settings.show_home))
    router.add("POST", "/account/programs", site.private(settings.change_connections))
    for path, show_own, take_own in (
        ("/account/security", settings.show_security, settings.secure),
        ("/account/invitation", invitation.show_invitation, invitation.join),
    ):
        router.add("GET", path, site.private(show_own))
        router.add("POST", path, site.private(take_own))
    router.add("GET", "/account/style.css", _style)
    return router


def _style(request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    kept = ("Cache-Control", "public, max-age=31536000, immutable")  # its address changes with it
    return Response(200, style_sheet(), (("Content-Type", "text/css; charset=utf-8"), kept))
