"""The routes of the account pages and of the OAuth endpoints."""

from collections.abc import Callable
from datetime import UTC, datetime

from souk.accounts import invitation, login, password_reset, settings, signup
from souk.accounts.consent import ConsentPage
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
    behind_proxy: bool = False,
    admit: Callable[[Request], None] | None = None,
    clock: Callable[[], datetime] = _now,
) -> Router:
    """Return the router of the account pages and the OAuth endpoints.

    `admit_mail(address, now)` raises TooManyRequests when an address has reached its mails per hour.
    `auto_consent` is the e-mail address of the user who consents without being asked. It is for local runs: raises
    RuntimeError if it is set while `behind_proxy` is not. `behind_proxy` and `admit` are as in `Router`.
    """
    if auto_consent and not behind_proxy:
        raise RuntimeError("SOUK_AUTO_CONSENT is for local runs only.")
    site = Site(table, directory, secret, clock, admit_mail)
    consent = ConsentPage(site, oauth, auto_consent)
    router = Router(behind_proxy=behind_proxy, admit=admit)

    for path in AUTHORIZE:
        router.add("GET", path, site.public(consent.show))
        router.add("POST", path, site.public(consent.decide))
    for path in ("/oauth2/token", "/api/v3/oauth2/token"):
        router.add("POST", path, oauth.token)
    router.add("POST", "/oauth2/revoke", oauth.revoke)
    router.add("POST", "/oauth2/introspect", oauth.introspect)
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"):
        router.add("GET", path, oauth.metadata)

    for path, get, post in (
        ("/account/login", login.show_login, login.log_in),
        ("/account/signup", signup.show_signup, signup.sign_up),
        ("/account/confirm", signup.show_confirm, signup.confirm),
        ("/account/forgot", password_reset.show_forgot, password_reset.forgot),
        ("/account/reset", password_reset.show_reset, password_reset.reset),
    ):
        router.add("GET", path, site.public(get))
        router.add("POST", path, site.public(post))
    router.add("POST", "/account/logout", site.public(login.log_out))
    router.add("GET", HOME, site.login_required(settings.show_account))
    router.add("POST", "/account/programs", site.login_required(settings.disconnect_program))
    for path, get_own, post_own in (
        ("/account/security", settings.show_security, settings.change_security),
        ("/account/invitation", invitation.show_invitation, invitation.accept),
    ):
        router.add("GET", path, site.login_required(get_own))
        router.add("POST", path, site.login_required(post_own))
    router.add("GET", "/account/style.css", _style_sheet)
    return router


def _style_sheet(request: Request) -> Response:  # noqa: ARG001 - the same for every request
    cached = ("Cache-Control", "public, max-age=31536000, immutable")  # the URL changes with the content
    return Response(200, style_sheet(), (("Content-Type", "text/css; charset=utf-8"), cached))
