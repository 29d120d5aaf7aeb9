"""One visit of a page: who is there, with which browser, and what every page and every form has."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from souk.accounts.directory import Directory
from souk.accounts.onward import HOME, here, onward
from souk.accounts.pages import render, style_version
from souk.accounts.people import People
from souk.accounts.problems import Invalid, TryLater
from souk.accounts.sealing import Sealer
from souk.accounts.sessions import CSRF_FIELD, Browser, Sessions, set_cookie
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import SoukError, TooManyRequests
from souk.web import Handler, Request, Response, page, redirect, status_of
from souk.web.limits import refusal_headers

_RETRY_SECONDS = 300
NOTICES: Final[Mapping[str, str]] = {
    "confirmed": "Your e-mail address is confirmed. Log in to go on.",
    "reset": "Your password is changed, and you are logged out everywhere. Log in with the new one.",
    "password": "Your password is changed, and you are logged out everywhere else.",
    "authenticator-on": "From now on you are asked for a code of your authenticator app when you log in.",
    "authenticator-off": "You are not asked for codes any more.",
    "disconnected": "This program cannot act for you any more.",
    "logged-out": "You are logged out.",
}
"""What a page says that something has been done, by the name that its address holds."""


class Visit:
    """A request for a page, and the answer as it comes about."""

    def __init__(self, site: "Site", request: Request) -> None:
        self.site = site
        self.request = request
        self.browser: Browser = site.sessions.browser(request)
        self._cookie = None if self.browser.known else set_cookie(self.browser.cookie, request, keep=False)

    @property
    def now(self) -> datetime:
        """When the request came, in real time."""
        return self.request.received

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields of the form that was sent."""
        return self.request.fields

    @property
    def next(self) -> str:
        """Where this visit leads after a login; "" for nowhere in particular."""
        return onward(self.request.query.get("next", ""))

    def url(self, path: str, **query: str) -> str:
        """Return the full address of a page of ours; parameters that are empty are left out."""
        given = {name: value for name, value in query.items() if value}
        return f"{self.request.base_url}{path}{'?' + urlencode(given) if given else ''}"

    def to(self, path: str, **query: str) -> Response:
        """Send the browser to a page of ours; `path` may have a query of its own if none is given."""
        return redirect(self.url(path, **query))

    def page(self, template: str, *, status: int = 200, form_targets: Iterable[str] = (), **values: Any) -> Response:
        """Answer with a page. `values` are what its template shows beside what all pages do."""
        common = {
            "url": self.url,
            "next": self.next,
            "csrf_field": CSRF_FIELD,
            "csrf": self.site.sessions.csrf(self.browser),
            "logged_in": self.browser.session is not None,
            "style": self.url("/account/style.css", v=style_version()),
            "notice": NOTICES.get(self.request.query.get("said", "")),
            "form": {},
            "errors": {},
        }
        return page(render(template, common | values), status, form_targets)

    def corrected(self, template: str, invalid: Invalid, **values: Any) -> Response:
        """Answer with the form again and what is wrong with it. Passwords and codes are to be entered anew."""
        return self.page(template, status=422, errors=invalid.fields, form=self.fields, **values)

    def log_in(self, user: User, now: datetime | None = None) -> None:
        """Make this browser the person's, under a new cookie."""
        if self.browser.session:
            self.site.sessions.end(self.browser.session, self.now)
        cookie = self.site.sessions.begin(user.id, now or self.now)
        self._cookie = set_cookie(cookie, self.request, keep=True)

    def log_out(self) -> None:
        """Make this browser nobody's, under a new cookie."""
        if self.browser.session:
            self.site.sessions.end(self.browser.session, self.now)
        self._cookie = set_cookie(self.site.sessions.unused(), self.request, keep=False)

    def answered(self, response: Response) -> Response:
        """Return the answer with the cookie that goes with it."""
        return response.adding(self._cookie) if self._cookie else response


class Site:
    """What all pages work with, and how a function that makes a page becomes one that answers requests."""

    def __init__(
        self,
        table: Table,
        directory: Directory,
        secret: bytes,
        admit_mail: Callable[[str, datetime], None],
    ) -> None:
        """`secret` is the deployment's.

        `admit_mail` raises TooManyRequests where somebody has been mailed enough.
        """
        self.table = table
        self.directory = directory
        self.people = People(table)
        self.sessions = Sessions(table, secret)
        self.sealer = Sealer(secret)
        self.clock = table.clock
        self.admit_mail = admit_mail

    def public(self, show: Callable[[Visit], Response]) -> Handler:
        """Return a handler of a page for everybody. A form that is not of one of our pages is refused."""

        def handler(request: Request) -> Response:
            visit = Visit(self, request)
            try:
                if request.method == "POST":
                    self.sessions.prove_form(visit.browser, request)
                response = show(visit)
            except SoukError as problem:
                response = _problem(visit, problem)
            return visit.answered(response)

        return handler

    def private(self, show: Callable[[Visit, User], Response]) -> Handler:
        """Return a handler of a page for whoever is logged in; others log in first."""

        def shown(visit: Visit) -> Response:
            user = self.user(visit)
            return show(visit, user) if user else self.login(visit)

        return self.public(shown)

    def user(self, visit: Visit) -> User | None:
        """Return who is logged in."""
        session = visit.browser.session
        return self.table.get(USERS, session.user_id, consistent=True) if session else None

    def login(self, visit: Visit) -> Response:
        """Send the browser to log in, and back."""
        return visit.to("/account/login", next=here(visit.request) or HOME)


def _problem(visit: Visit, problem: SoukError) -> Response:
    status = 429 if isinstance(problem, TryLater) else status_of(problem)
    if status == 500:  # noqa: PLR2004 - nobody has said what it means for a page
        logger.error("A page failed", path=visit.request.path, code=problem.code)
    response = visit.page("problem.html", status=status, message=problem.message)
    if isinstance(problem, TooManyRequests):
        return response.adding(*refusal_headers(problem))
    return response.adding(("Retry-After", str(_RETRY_SECONDS))) if isinstance(problem, TryLater) else response
