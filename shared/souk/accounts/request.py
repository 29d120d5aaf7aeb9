"""A request for a page, and the services that pages use."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from souk.accounts.directory import Directory
from souk.accounts.errors import FormError, TooManyAttempts
from souk.accounts.form_state import FormState
from souk.accounts.frame import frame_of
from souk.accounts.redirects import HOME, TERMS, return_path, safe_redirect
from souk.accounts.sessions import CSRF_FIELD, Browser, Sessions, set_cookie
from souk.accounts.users import Joined, Users
from souk.authentication.devices import device_of, shortened
from souk.authentication.sessions import Cookie
from souk.domains.identity.commands import terms
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.marketplace.model import Marketplace
from souk.domains.marketplace.store import brand, current
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.brand import Brand
from souk.values.errors import SoukError, TooManyRequests
from souk.web import Handler, Request, Response, message_of, page, redirect, status_of
from souk.web.formats import Formats
from souk.web.frame import Frame
from souk.web.pages import frame, image_policy, render
from souk.web.rate_limits import refusal_headers
from souk.web.sections import ACCOUNT, SECTIONS
from souk.web.translations import Text, language_of

_TEMPLATES: Final = Path(__file__).parent / "templates"
_RETRY_SECONDS = 300
NOTICES: Final[Mapping[str, str]] = {
    "confirmed": Text("Your e-mail address is confirmed. Log in to continue."),
    "reset": Text("Your password has been changed and you are logged out everywhere. Log in with the new password."),
    "password": Text("Your password has been changed. All other browsers are logged out."),
    "email": Text("Your e-mail address has been changed. Log in with the new one from now on."),
    "authenticator-on": Text("Your authenticator app is set up. You need a code from it to log in."),
    "authenticator-off": Text("Your authenticator app is turned off. You no longer need a code to log in."),
    "disconnected": Text("The program can no longer act for you."),
    "logged-out": Text("You are logged out."),
    "organization-chosen": Text("You now work for this organization."),
}
"""Messages after a redirect, by the value of the URL's `said` parameter."""


class PageRequest:
    """A request for a page, with its browser and session."""

    def __init__(self, site: "Site", http: Request) -> None:
        self.site = site
        self.http = http
        self.browser: Browser = site.sessions.browser(http)
        self.user: User | None = None
        """The person who is logged in, once they have been looked up."""
        self._cookie = None if self.browser.known else set_cookie(self.browser.cookie, http, keep=False)

    @property
    def now(self) -> datetime:
        """When the request was received."""
        return self.http.received

    @property
    def fields(self) -> Mapping[str, str]:
        """The form's fields."""
        return self.http.fields

    @property
    def marketplace(self) -> Marketplace:
        """The settings of the marketplace."""
        return current(self.site.table)

    @property
    def brand(self) -> Brand:
        """What pages show of the marketplace."""
        return brand(self.site.table, self.http.base_url)

    @property
    def language(self) -> str:
        """The language of the page: the account's, or the one that the browser prefers."""
        chosen = self.user.language if self.user else ""
        return language_of(chosen, self.http.headers.get("accept-language", ""), self.marketplace.languages)

    @property
    def device(self) -> str:
        """The name of the browser and its system."""
        return device_of(self.http.headers.get("user-agent", ""))

    @property
    def next(self) -> str:
        """The path to redirect to after a login; "" for the default."""
        return safe_redirect(self.http.query.get("next", ""))

    @cached_property
    def organizations(self) -> Sequence[Joined]:
        """The organizations that the person who is logged in can act for, the default one first."""
        return self.site.users.organizations(self.user) if self.user else ()

    @property
    def _frame(self) -> Frame | None:
        """What the frame shows; None if nobody is logged in."""
        if self.user is None or self.browser.session is None:
            return None
        return frame_of(self.user, self.organizations, self.browser.cookie.organization_id)

    def url(self, path: str, **query: str) -> str:
        """Return the full URL of a page; empty parameters are left out."""
        given = {name: value for name, value in query.items() if value}
        return f"{self.http.base_url}{path}{'?' + urlencode(given) if given else ''}"

    def redirect(self, path: str, **query: str) -> Response:
        """Redirect to a page. `path` may have a query of its own if no parameters are given."""
        return redirect(self.url(path, **query))

    def render(self, template: str, *, status: int = 200, form_targets: Iterable[str] = (), **values: Any) -> Response:
        """Return a page. `values` are added to the values that all templates get."""
        shown, framed = self.brand, self._frame
        common = {
            **frame(shown, self.url),
            "url": self.url,
            "next": self.next,
            "csrf_field": CSRF_FIELD,
            "csrf": self.site.sessions.csrf_token(self.browser),
            "logged_in": self.browser.session is not None,
            "notice": NOTICES.get(self.http.query.get("said", "")),
            "frame": framed,
            "section": ACCOUNT,
            "sections": SECTIONS,
            "path": self.http.path,
            "show": Formats(framed.timezone if framed else "UTC", self.language),
            "form": {},
            "errors": {},
            "present": {},
        }
        html = render(_TEMPLATES, template, common | values, self.language)
        return page(html, status, form_targets, policy=image_policy(shown))

    def render_errors(self, template: str, error: FormError, **values: Any) -> Response:
        """Return the form with its errors. Passwords and codes have to be entered again."""
        return self.render(template, status=422, errors=error.fields, form=self.fields, **values)

    def log_in(self, user: User, now: datetime | None = None) -> None:
        """Log a user in with this browser, with a new cookie."""
        if self.browser.session:
            self.site.sessions.end(self.browser.session, self.now)
        cookie = self.site.sessions.create(
            user.id, user.organization_id, now or self.now, device=self.device, address=shortened(self.http.source_ip)
        )
        self._cookie = set_cookie(cookie, self.http, keep=True)

    def log_out(self) -> None:
        """Log this browser out, with a new cookie."""
        if self.browser.session:
            self.site.sessions.end(self.browser.session, self.now)
        self._cookie = set_cookie(Cookie.new(), self.http, keep=False)

    def choose_organization(self, organization_id: str) -> None:
        """Work for another organization of the person in this browser."""
        self._cookie = set_cookie(self.browser.cookie._replace(organization_id=organization_id), self.http, keep=True)

    def with_cookie(self, response: Response) -> Response:
        """Return the response with the browser's cookie, if it is new."""
        return response.with_headers(self._cookie) if self._cookie else response


class Site:
    """The services of all pages, and the decorators that turn page functions into request handlers."""

    def __init__(
        self,
        table: Table,
        directory: Directory,
        secret: bytes,
        admit_mail: Callable[[str, datetime], None],
    ) -> None:
        """`secret` is the deployment's.

        `admit_mail` raises TooManyRequests when an address has reached its mails per hour.
        """
        self.table = table
        self.directory = directory
        self.users = Users(table)
        self.sessions = Sessions(table, secret)
        self.form_state = FormState(secret)
        self.clock = table.clock
        self.admit_mail = admit_mail

    def public(self, show: Callable[[PageRequest], Response]) -> Handler:
        """Return the handler of a page that needs no login. Forms without a valid CSRF token are rejected."""

        def handler(http: Request) -> Response:
            request = PageRequest(self, http)
            try:
                if http.method == "POST":
                    self.sessions.check_form(request.browser, http)
                response = show(request)
            except SoukError as error:
                response = _error_page(request, error)
            return request.with_cookie(response)

        return handler

    def login_required(self, show: Callable[[PageRequest, User], Response]) -> Handler:
        """Return the handler of a page that requires a login; other browsers are redirected to the login page."""

        def show_or_log_in(request: PageRequest) -> Response:
            user = self.current_user(request)
            if user is None:
                return self.redirect_to_login(request)
            return self.terms_first(request, user) or show(request, user)

        return self.public(show_or_log_in)

    def terms_first(self, request: PageRequest, user: User) -> Response | None:
        """Return a redirect to the terms if the person has to accept them before any other page."""
        if request.http.path == TERMS or terms.to_accept(self.table, user) is None:
            return None
        return request.redirect(TERMS, next=return_path(request.http))

    def error_page(self, http: Request, error: SoukError) -> Response:
        """Return the page of an error outside of the pages. It does not look the person up."""
        return PageRequest(self, http).render("error.html", status=status_of(error), message=message_of(error))

    def current_user(self, request: PageRequest) -> User | None:
        """Return the logged-in user."""
        session = request.browser.session
        request.user = self.table.get(USERS, session.user_id, consistent=True) if session else None
        return request.user

    def redirect_to_login(self, request: PageRequest) -> Response:
        """Redirect to the login page, which redirects back."""
        return request.redirect("/account/login", next=return_path(request.http) or HOME)


def _error_page(request: PageRequest, error: SoukError) -> Response:
    status = 429 if isinstance(error, TooManyAttempts) else status_of(error)
    if status == 500:  # noqa: PLR2004 - an error without a status of its own
        logger.error("page failed", path=request.http.path, code=error.code)
    response = request.render("error.html", status=status, message=error.message)
    if isinstance(error, TooManyRequests):
        return response.with_headers(*refusal_headers(error))
    return (
        response.with_headers(("Retry-After", str(_RETRY_SECONDS))) if isinstance(error, TooManyAttempts) else response
    )
