"""A browser without scripts for the account pages: opens pages, submits forms, and follows redirects."""

from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

SECRETS_SEEN: set[str] = set()
"""Secrets that browsers received: cookies, hidden fields, codes. The log must not contain any of them."""

_LONG = 20  # characters; shorter values match logs by chance


@dataclass
class Form:
    """A form of a page."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    """The default values."""
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The name and value of each submit button, by its text."""


class Page(HTMLParser):
    """A page with its forms and text."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.url = str(response.url)
        self.status = response.status_code
        self.location: str | None = response.headers.get("location")
        self.html = response.text
        self.forms: list[Form] = []
        self.text = ""
        self._button: tuple[str, str] | None = None
        self._select = ""
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms and their fields."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(urljoin(self.url, given.get("action", "")), given.get("method", "get").upper()))
        elif not self.forms:
            return
        elif tag == "input":
            unchecked = given.get("type") in {"checkbox", "radio"} and "checked" not in given
            if "name" in given and not unchecked:
                self.forms[-1].fields[given["name"]] = given.get("value", "")
            if given.get("type") == "hidden":
                self.forms[-1].hidden[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.forms[-1].fields:
                self.forms[-1].fields[self._select] = given.get("value", "")
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._button = (given.get("name", ""), given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """Close a select or button."""
        if tag == "select":
            self._select = ""
        elif tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        """Collect text and button labels."""
        self.text += data
        if self._button and data.strip() and self.forms:
            self.forms[-1].buttons[data.strip()] = self._button

    def form(self, *names: str) -> Form:
        """Return the form that has these fields, or buttons with these texts."""
        for form in self.forms:
            if all(name in form.fields or name in form.buttons for name in names):
                return form
        raise AssertionError(f"{self.url} ({self.status}) has no form with {names}:\n{self.html}")


class AccountBrowser:
    """A browser with its cookies."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=40)

    def open(self, url: str) -> Page:
        """Open a URL without following redirects."""
        return self._read(self._client.get(url))

    def _read(self, response: httpx.Response) -> Page:
        page = Page(response)
        given = [self._client.cookies, *(form.hidden for form in page.forms)]
        SECRETS_SEEN.update(value for values in given for value in values.values() if len(value) >= _LONG)
        return page

    def send(self, form: Form, button: str = "", **changes: str) -> Page:
        """Submit a form with some fields changed, by pressing a button."""
        data: dict[str, Any] = {**form.fields, **changes}
        if button:
            name, value = form.buttons[button]
            data |= {name: value} if name else {}
        if form.method == "GET":
            return self._read(self._client.get(form.action, params=data))
        return self._read(self._client.post(form.action, data=data))

    def follow(self, page: Page) -> Page:
        """Follow redirects on the same server."""
        while page.location:
            target = urljoin(page.url, page.location)
            if httpx.URL(target).netloc != httpx.URL(page.url).netloc:
                break
            page = self.open(target)
        return page

    def close(self) -> None:
        """Close the browser."""
        self._client.close()


def allow_program(url: str, email: str, password: str) -> str:
    """Log in for an authorization request, allow it, and return the redirect to the client."""
    with closing(AccountBrowser()) as browser:
        page = browser.follow(browser.open(url))
        page = browser.follow(browser.send(page.form("email", "password"), email=email, password=password))
        page = browser.follow(browser.send(page.form("Allow"), "Allow"))
        assert page.location, page.html
        SECRETS_SEEN.update(parse_qs(urlsplit(page.location).query).get("code", []))
        return page.location
