"""A visit of a page, and the services that pages use."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from souk.accounts.form_state import CARRIED, FormState
from souk.accounts.redirects import TERMS, return_path
from souk.accounts.sessions import CSRF_FIELD, Browser, Sessions, cookie_of, set_cookie
from souk.authentication import sessions
from souk.authentication.principal import Principal
from souk.authentication.records import Session
from souk.console import once
from souk.console.brand import Marketplace, brand, marketplace
from souk.console.files import SHARED
from souk.console.frame import frame_of
from souk.console.graph import FOLDER, VISITOR, ApiError, GraphClient, Result, document
from souk.console.notices import NOTICES
from souk.console.uploads import SendFile
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.brand import Brand
from souk.values.errors import FileTooLarge, Forbidden, NotFound, SoukError, TooManyRequests
from souk.web import Handler, Request, Response, message_of, page, redirect, status_of
from souk.web.formats import Formats
from souk.web.frame import Frame, Section
from souk.web.pages import frame, image_policy, render
from souk.web.rate_limits import refusal_headers
from souk.web.sections import PUBLIC, SECTIONS
from souk.web.translations import ENGLISH, Text, language_of

RECENT: Final = timedelta(minutes=15)
"""How long a password that was entered confirms sensitive changes."""
LOGIN: Final = "/account/login"
CONFIRM: Final = "/account/again"
"""The page that asks for the password again, and leads back to its parameter `next`."""
_HEADINGS: Final = {
    401: Text("Log in again"),
    403: Text("You cannot do this"),
    404: Text("There is no such page"),
    409: Text("Somebody was faster"),
    413: Text("This is too large"),
    422: Text("This cannot be shown"),
    429: Text("Too many requests"),
    501: Text("This is not built yet"),
    503: Text("This is not available just now"),
}
_CHANGED: Final = Text("Somebody has changed this meanwhile. Check the values that differ, and save again.")
_MISSING: Final = Text("There is no such page, or it is not yours to see.")
_CONFLICT: Final = 409
_OK: Final = 200
_ELSEWHERE: Final = frozenset({403, 404})
"""The statuses of pages that may be of another organization of the person."""
_UNPROCESSABLE: Final = 422
_TRIED: Final = 20
"""In how many of the person's organizations the entity of an address is looked for."""
_SERVER_ERROR: Final = 500
_STATUS_OF_CODE: Final = {
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "UNPROCESSABLE_CONTENT": 422,
    "TOO_MANY_REQUESTS": 429,
    "NOT_BUILT": 501,
    "SERVICE_UNAVAILABLE": 503,
}


class PageError(Exception):
    """A page cannot be shown, because the API refused what it asked for."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.error = error

    @property
    def status(self) -> int:
        """The status of the page that says so."""
        return _STATUS_OF_CODE.get(self.error.code, _SERVER_ERROR)


class LoginRequired(Exception):
    """The page is for people who are logged in."""


class ConfirmationRequired(Exception):
    """The change needs a password that was entered a short time ago."""


@dataclass(frozen=True, slots=True)
class Site:
    """The services of all pages."""

    table: Table
    graph: GraphClient
    sessions: Sessions
    form_state: FormState
    send_file: SendFile
    """Sends a file to an upload link."""
    front_page: str = ""
    """The address of a founder's own site, which `/` leads to; "" if there is none."""
    local: bool = False
    """Whether this is a local run."""
    files: Path | None = None
    """The folder of the files that the function brings along; None in tests without them."""

    def brand(self, base_url: str) -> Brand:
        """Return what pages show of the marketplace. `base_url` is the deployment's."""
        return brand(self.table, base_url)

    def marketplace(self) -> Marketplace:
        """Return the marketplace's settings, as they were at most a minute ago."""
        return marketplace(self.table)

    def page(self, show: "Callable[[Visit], Response]", section: Section, too_large: str = "") -> Handler:
        """Return the handler of a page of a section. Forms without a valid CSRF token are rejected.

        `too_large` is what is said of a file that is so large that the form is not read.
        """

        def handler(http: Request) -> Response:
            visit = Visit(self, http, section, cookie_of(http))
            try:
                if http.method == "POST":
                    self.sessions.check_form(visit.browser, http)
                if visit.logged_in:
                    self.graph.record_session(visit.principal.session_id, http.received)
                response = show(visit)
                if http.method == "GET" and visit.frame and visit.frame.terms_to_accept:
                    response = visit.redirect(TERMS, next=return_path(http))
            except LoginRequired:
                response = visit.redirect(LOGIN, next=return_path(http))
            except ConfirmationRequired:
                response = visit.confirm_again()
            except FileTooLarge as refused:
                response = _refused(visit, FileTooLarge(too_large or refused.message))
            except (PageError, SoukError) as refused:
                response = _refused(visit, refused)
                if response.status in _ELSEWHERE:
                    response = self._in_another_organization(visit, show) or response
            return visit.with_cookies(response)

        return handler

    def error_page(self, http: Request, error: SoukError) -> Response:
        """Return the page of an error outside of the pages, as visitors see it: it reads the settings alone."""
        # The cookie of a new visit is not sent: it would end the session.
        return Visit(self, http, PUBLIC).render_error(status_of(error), message_of(error))

    def _in_another_organization(self, visit: "Visit", show: "Callable[[Visit], Response]") -> Response | None:
        """Return to a page as another of the person's organizations, if the page's address names something of it."""
        if visit.http.method != "GET" or "id" not in visit.parameters or visit.frame is None:
            return None
        others = [one.id for one in visit.frame.organizations if one.id != visit.frame.organization.id]
        for organization_id in others[:_TRIED]:
            if other := visit.as_organization(organization_id):
                with suppress(PageError, SoukError):
                    if show(other).status == _OK:
                        return visit.switch_to(organization_id)
        return None


class Visit:
    """A request for a page, with its browser and the person who is logged in."""

    def __init__(self, site: Site, http: Request, section: Section, cookie: sessions.Cookie | None = None) -> None:
        self.site = site
        self.http = http
        self.section = section
        self.frame: Frame | None = None
        self.browser = Browser(cookie or sessions.Cookie.new(), None, known=cookie is not None)
        self._caller, self._refusal = _identify(site.table, cookie, http) if cookie else (None, None)
        self._cookies: list[tuple[str, str]] = []
        if cookie is None:
            self._cookies.append(set_cookie(self.browser.cookie, http, keep=False))

    # The request

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parts of the path that the route names."""
        return self.http.parameters

    @property
    def fields(self) -> Mapping[str, str]:
        """The form's fields."""
        return self.http.fields

    @property
    def query(self) -> Mapping[str, str]:
        """The URL's parameters."""
        return self.http.query

    @property
    def language(self) -> str:
        """The language of the page: the account's, or the one that the browser prefers; of some sections, English."""
        if not self.section.translated:
            return ENGLISH
        wanted = self.frame.language if self.frame else ""
        return language_of(wanted, self.http.headers.get("accept-language", ""), self.site.marketplace().languages)

    @property
    def logged_in(self) -> bool:
        """Whether somebody is logged in."""
        return self._caller is not None

    @property
    def principal(self) -> Principal:
        """The person who is logged in, in their current organization. Raises LoginRequired."""
        return self._logged_in().principal

    @property
    def session(self) -> Session:
        """The session of the browser. Raises LoginRequired."""
        return self._logged_in().session

    def _logged_in(self) -> sessions.Caller:
        if self._refusal:
            raise self._refusal
        if self._caller is None:
            raise LoginRequired
        return self._caller

    def as_organization(self, organization_id: str) -> "Visit | None":
        """Return the visit as it would be for another organization of the person; None if they cannot work for it."""
        cookie = self.browser.cookie._replace(organization_id=organization_id)
        other = Visit(self.site, self.http, self.section, cookie)
        return other if other.logged_in and other.principal.organization_id == organization_id else None

    def switch_to(self, organization_id: str) -> Response:
        """Return to this page, and work for another organization from now on."""
        cookie = self.browser.cookie._replace(organization_id=organization_id)
        self._cookies.append(set_cookie(cookie, self.http, keep=True))
        return redirect(self.here(said="organization-switched"))

    def require_recent_login(self) -> None:
        """Raise ConfirmationRequired unless the password was entered within `RECENT`."""
        if self.http.received.timestamp() - self.session.confirmed > RECENT.total_seconds():
            raise ConfirmationRequired

    def confirm_again(self) -> Response:
        """Ask for the password. A form that was sent is carried, encrypted, and goes on afterwards."""
        if self.http.method != "POST":
            return self.redirect(CONFIRM, next=return_path(self.http))
        fields = [pair for pair in self.http.form if pair[0] != CSRF_FIELD]
        content = {"path": self.http.path, "fields": orjson.dumps(fields).decode()}
        carried = self.site.form_state.encrypt(CARRIED, str(self.browser.cookie), content, self.http.received)
        return self.render("again.html", action=self.url(CONFIRM), carried=carried)

    # The API

    def ask(self, name: str, **variables: Any) -> Mapping[str, Any]:
        """Return the data of a page's document, and remember what its frame shows. Raises PageError for any error."""
        result = self.run(name, **variables)
        if result.error:
            raise PageError(result.error)
        return result.data

    def run(self, name: str, **variables: Any) -> Result:
        """Run the document `<name>.gql` as the person who is logged in. Raises LoginRequired."""
        result = self.site.graph.run(document(name), variables, self.principal, self.browser.cookie, self.http)
        if frame := frame_of(result.data):
            self.frame = frame
        return result

    def run_publicly(self, name: str) -> Result:
        """Run the document `<name>.gql` as a visitor, who sees what everybody may see."""
        return self.site.graph.run(document(name), {}, VISITOR, self.browser.cookie, self.http)

    # The answer

    def url(self, path: str, **query: str) -> str:
        """Return the full URL of a page; empty parameters are left out."""
        given = {name: value for name, value in query.items() if value}
        return f"{self.http.base_url}{path}{'?' + urlencode(given) if given else ''}"

    def here(self, **query: str) -> str:
        """Return the URL of this page with other parameters, such as the next page of a list."""
        return self.url(self.http.path, **(dict(self.query) | query))

    def redirect(self, path: str, **query: str) -> Response:
        """Redirect to a page. The parameter `said` names a notice (`souk.console.notices`)."""
        return redirect(self.url(path, **query))

    def show_once(self, path: str, content: Mapping[str, str], **query: str) -> Response:
        """Redirect to a page that shows a secret once. It is sealed in a cookie and stored nowhere."""
        self._cookies.append(once.cookie(self.site.form_state, str(self.browser.cookie), self.http, path, content))
        return self.redirect(path, **query)

    def secret(self) -> Mapping[str, str]:
        """Return what `show_once` has sealed for this page, and forget it; empty if there is nothing."""
        content = once.read(self.site.form_state, str(self.browser.cookie), self.http)
        if content:
            self._cookies.append(once.forget(self.http))
        return content

    def render(
        self,
        template: str,
        *,
        status: int = 200,
        form_targets: Iterable[str] = (),
        policy: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """Return a page. `template` is a file of this room, such as `developer/keys.html`."""
        if self.frame is None and self.logged_in:
            self.run("frame_only")
        said = NOTICES.get(self.query.get("said", ""), "")
        shown, language = self.site.brand(self.http.base_url), self.language
        common = {
            **frame(shown, self.url),
            "url": self.url,
            "copy_script": self.url(SHARED.path_of("copy.js") or ""),
            "here": self.here,
            "asked": self.query,
            "path": self.http.path,
            "csrf_field": CSRF_FIELD,
            "csrf": self.site.sessions.csrf_token(self.browser),
            "logged_in": self.logged_in,
            "local": self.site.local,
            "notice": said,
            "section": self.section,
            "sections": SECTIONS,
            "frame": self.frame,
            "show": Formats(self.frame.timezone if self.frame else "UTC", language),
            "form": {},
            "errors": {},
            "present": {},
        }
        html = render(FOLDER, template, common | values, language)
        return page(html, status, form_targets, policy={**image_policy(shown), **(policy or {})})

    def render_faults(self, template: str, errors: Mapping[str, str], **values: Any) -> Response:
        """Return a form as it was filled, with the messages of its fields, by their names."""
        return self.render(template, status=_UNPROCESSABLE, errors=errors, form=self.fields, **values)

    def render_errors(
        self, template: str, error: ApiError, names: Mapping[str, str] | Sequence[str] = (), **values: Any
    ) -> Response:
        """Return a form as it was filled, with its errors.

        `names` maps paths in the input of the mutation to the names of the form's fields, where they differ.
        """
        known = dict(names) if isinstance(names, Mapping) else {name: name for name in names}
        errors = {_field_name(path, known): message for path, message in error.fields.items()}
        return self.render_faults(template, errors or {"": error.message}, **values)

    def render_conflict(self, template: str, present: Mapping[str, str], **values: Any) -> Response:
        """Return a form as it was filled, with the values that somebody else has given its fields meanwhile."""
        errors = {"": _CHANGED}
        return self.render(template, status=_CONFLICT, errors=errors, form=self.fields, present=present, **values)

    def render_error(self, status: int, message: str) -> Response:
        """Return a page that says why there is nothing else to see."""
        return self.render(
            "error.html",
            status=status,
            heading=_HEADINGS.get(status, Text("Something went wrong")),
            message=message
            if status != _SERVER_ERROR
            else Text("Quote this id when you write to us: %(id)s", id=self.http.request_id),
            code=status,
            request_id=self.http.request_id,
        )

    def with_cookies(self, response: Response) -> Response:
        """Return the response with the cookies that this visit sets. One that caches share has none."""
        shared = any(name == "Cache-Control" and value.startswith("public") for name, value in response.headers)
        return response if shared else response.with_headers(*self._cookies)


def _identify(table: Table, cookie: sessions.Cookie, http: Request) -> tuple[sessions.Caller | None, SoukError | None]:
    """Return the person who is logged in, if any, or why they may not see pages."""
    try:
        return sessions.identify(table, cookie, http.received), None
    except Forbidden as refusal:
        return None, refusal


def _field_name(path: str, names: Mapping[str, str]) -> str:
    """Return the name of a form's field for a path of the input, such as `input.location.zip` or `input.urls.0`."""
    parts = [part for part in path.split(".") if not part.isdigit()]
    return names.get(path) or next((names[part] for part in reversed(parts) if part in names), parts[-1])


def _refused(visit: Visit, error: PageError | SoukError) -> Response:
    """Return the page of an error that no page expects."""
    if isinstance(error, PageError):
        return visit.render_error(error.status, error.error.message)
    status = status_of(error)
    if status == _SERVER_ERROR:
        logger.error("page failed", path=visit.http.path, code=error.code)
    message = _MISSING if isinstance(error, NotFound) else message_of(error)
    response = visit.render_error(status, message)
    return response.with_headers(*refusal_headers(error)) if isinstance(error, TooManyRequests) else response
