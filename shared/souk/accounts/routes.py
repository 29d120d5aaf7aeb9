"""The addresses of accounts and of OAuth2. A new page is declared here; the router and API Gateway follow."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from souk.accounts import (
    activation,
    again,
    brand,
    context,
    invitation,
    login,
    overview,
    password_reset,
    security,
    signup,
    terms,
)
from souk.accounts.consent import ConsentPage
from souk.accounts.redirects import AUTHORIZE, HOME
from souk.accounts.request import PageRequest, Site
from souk.domains.identity.model import User
from souk.domains.marketplace.store import DEPLOYMENT_LOGO
from souk.oauth.metadata import INTROSPECT, REVOKE, TOKEN
from souk.oauth.server import OAuth
from souk.web import Handler, Response, Route
from souk.web.pages import BRAND_STYLE, FAVICON


class Accounts(NamedTuple):
    """What the handlers work with."""

    site: Site
    consent: ConsentPage
    oauth: OAuth


Wired = Callable[[Accounts], Handler]


def _public(show: Callable[[PageRequest], Response]) -> Wired:
    return lambda app: app.site.public(show)


def _private(show: Callable[[PageRequest, User], Response]) -> Wired:
    return lambda app: app.site.login_required(show)


def _page(name: str, *, get: Wired | None = None, post: Wired | None = None) -> Iterator[Route[Accounts]]:
    """Yield the routes of `/account/<name>`. All these pages share one resource of API Gateway."""
    for method, handler in (("GET", get), ("POST", post)):
        if handler:
            yield Route(method, f"{HOME}/{name}", handler, resource=f"{HOME}/{{page}}")


ROUTES: tuple[Route[Accounts], ...] = (
    # What programs call, also those that run in a page of another site.
    Route("POST", TOKEN, lambda app: app.oauth.token, any_origin=True),
    Route("POST", "/api/v3/oauth2/token", lambda app: app.oauth.token, any_origin=True),
    Route("POST", REVOKE, lambda app: app.oauth.revoke, any_origin=True),
    Route("POST", INTROSPECT, lambda app: app.oauth.introspect, any_origin=True),
    Route("GET", "/.well-known/oauth-authorization-server", lambda app: app.oauth.metadata, any_origin=True),
    Route("GET", "/.well-known/openid-configuration", lambda app: app.oauth.metadata, any_origin=True),
    # What people open in a browser. Scripts of other sites may not read it.
    *(Route("GET", path, lambda app: app.site.public(app.consent.show)) for path in AUTHORIZE),
    *(Route("POST", path, lambda app: app.site.public(app.consent.decide)) for path in AUTHORIZE),
    Route("GET", HOME, _private(overview.show_account)),
    *_page("login", get=_public(login.show_login), post=_public(login.log_in)),
    *_page("logout", post=_public(login.log_out)),
    *_page("signup", get=_public(signup.show_signup), post=_public(signup.sign_up)),
    *_page("activate", get=_public(activation.show_activation), post=_public(activation.activate)),
    *_page("confirm", get=_public(signup.show_confirm), post=_public(signup.confirm)),
    *_page("forgot", get=_public(password_reset.show_forgot), post=_public(password_reset.forgot)),
    *_page("reset", get=_public(password_reset.show_reset), post=_public(password_reset.reset)),
    *_page("security", get=_private(security.show_security), post=_private(security.change_security)),
    *_page("again", get=_private(again.show_again), post=_private(again.confirm_again)),
    *_page("terms", get=_private(terms.show_terms), post=_private(terms.accept)),
    *_page("invitation", get=_private(invitation.show_invitation), post=_private(invitation.accept)),
    *_page("context", post=_private(context.choose_organization)),
    # What the layout of all pages links to.
    *_page("style.css", get=lambda _: brand.show_style),
    Route("GET", BRAND_STYLE, lambda app: partial(brand.show_brand_style, app.site.table)),
    Route("GET", FAVICON, lambda app: partial(brand.show_favicon, app.site.table)),
    Route("GET", DEPLOYMENT_LOGO, lambda _: brand.show_logo),
)
