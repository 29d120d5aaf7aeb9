"""A browser without scripts: it keeps cookies, follows redirects within the site, and fills in forms."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from urllib3 import encode_multipart_formdata

from souk.web.multipart import Upload
from tests.support.clock import CLOCK

HOST = "souk.example"
STAGE = "/prod"
BASE = f"https://{HOST}{STAGE}"
Site = Callable[[Mapping[str, Any], Any], dict[str, Any]]
"""What handles the events of API Gateway."""


@dataclass
class Form:
    """A form of a page, with its current values."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    multipart: bool = False
    checked: dict[str, list[str]] = field(default_factory=dict)
    """The values of its checked boxes, by their name."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._inside = False
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            multipart = given.get("enctype") == "multipart/form-data"
            self.forms.append(Form(given.get("action", ""), multipart=multipart))
            self._inside = True
        if not self._inside:
            return
        form = self.forms[-1]
        form.names.add(given.get("name", ""))
        if tag == "input" and "name" in given:
            match given.get("type"), "checked" in given:
                case "checkbox", True:
                    form.checked.setdefault(given["name"], []).append(given.get("value", "on"))
                case ("checkbox" | "radio", False) | ("file", _):
                    pass
                case _:
                    # Hidden fields can repeat a name, such as the permissions that a search leaves out.
                    if given["name"] in form.fields and given.get("type") == "hidden":
                        form.checked.setdefault(given["name"], []).append(given.get("value", ""))
                    form.fields[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given["name"]
            form.fields.setdefault(self._select, "")
        elif tag == "option" and "selected" in given:
            form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            form.fields[self._area] = ""
        elif tag == "button":
            form.buttons.append(f"{given.get('name', '')}={given.get('value', '')}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._area:  # the line break after the tag is not part of the text
            self.forms[-1].fields[self._area] += data.removeprefix("\n")


@dataclass
class Page:
    """A page that a browser shows."""

    url: str
    status: int
    body: str
    headers: dict[str, list[str]]

    @cached_property
    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.body)
        return reader

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def tags(self) -> list[tuple[str, dict[str, str]]]:
        return self._read.tags

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._read.text).split())

    @property
    def location(self) -> str:
        return self.headers.get("Location", [""])[0]

    def form(self, *names: str, button: str = "") -> Form:
        """Return the first form with all of these fields, and with a button (`name=value`)."""
        for form in self.forms:
            if set(names) <= form.names and (not button or button in form.buttons):
                return form
        raise AssertionError(f"no form with {names} in: {self.text}")


class Browser:
    """A browser with its cookies."""

    def __init__(
        self, router: Callable[[Mapping[str, Any], Any], dict[str, Any]], *, base: str = BASE, local: bool = False
    ) -> None:
        self.router = router
        self.base = base
        self.local = local
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.headers: dict[str, str] = {}

    def get(self, address: str, *, follow: bool = True) -> Page:
        return self._follow(self.send("GET", address), follow=follow)

    def post(
        self,
        address: str,
        fields: dict[str, str],
        *,
        follow: bool = True,
        checked: Mapping[str, Sequence[str]] | None = None,
    ) -> Page:
        return self._follow(self.send("POST", address, fields, checked), follow=follow)

    def submit(
        self,
        page: Page,
        fields: dict[str, str] | None = None,
        *,
        having: str = "",
        button: str = "",
        follow: bool = True,
        files: Mapping[str, Upload] | None = None,
        checked: Mapping[str, Sequence[str]] | None = None,
        **more: str,
    ) -> Page:
        """Fill in the first form that has these fields (and one more, `having`), and press a button (`name=value`).

        `checked` are the boxes to check, by name, in place of those that are checked.
        """
        values = {**(fields or {}), **more}
        form = page.form(*values, *([having] if having else []), button=button)
        filled = form.fields | values
        if button:
            name, _, value = button.partition("=")
            filled[name] = value
        boxes = form.checked | {name: list(values) for name, values in (checked or {}).items()}
        address = urljoin(page.url, form.action) if form.action else page.url
        if not form.multipart:
            return self.post(address, filled, follow=follow, checked=boxes)
        return self._follow(self.send("POST", address, filled, boxes, files or {}), follow=follow)

    def send(
        self,
        method: str,
        address: str,
        fields: dict[str, str] | None = None,
        checked: Mapping[str, Sequence[str]] | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> Page:
        """Send one request with the browser's cookies."""
        url = urljoin(f"{self.base}/", address.lstrip("/")) if not address.startswith("http") else address
        parts = urlsplit(url)
        root = urlsplit(self.base)
        assert (parts.scheme, parts.netloc) == (root.scheme, root.netloc), f"leaves the site: {url}"
        path = parts.path.removeprefix(root.path)
        queries: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            queries.setdefault(name, []).append(value)
        headers = dict(self.headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        boxes = [(name, value) for name, values in (checked or {}).items() for value in values]
        body, binary = urlencode([*fields.items(), *boxes]) if fields is not None else None, False
        if files is not None:
            given = {name: (file.name, file.content, file.media_type) for name, file in files.items()}
            encoded, headers["Content-Type"] = encode_multipart_formdata(
                [*(fields or {}).items(), *boxes, *given.items()]
            )
            body, binary = base64.b64encode(encoded).decode(), True  # as API Gateway sends binary media types
        if self.local:
            headers["X-Forwarded-Host"] = root.netloc
        CLOCK.wait(milliseconds=1)  # a request takes its time
        event = {
            "httpMethod": method,
            "path": path,
            "headers": headers,
            "multiValueQueryStringParameters": queries or None,
            "queryStringParameters": {name: values[-1] for name, values in queries.items()} or None,
            "requestContext": {
                "domainName": root.netloc,
                "path": root.path + path,
                "identity": {"sourceIp": "192.0.2.1"},
                "requestTimeEpoch": CLOCK.real().timestamp() * 1000,
            },
            "body": body,
            "isBase64Encoded": binary,
        }
        answer: dict[str, Any] = self.router(event, SimpleNamespace(aws_request_id="request"))
        self._keep(answer["multiValueHeaders"].get("Set-Cookie", []))
        return Page(url, answer["statusCode"], answer["body"], answer["multiValueHeaders"])

    def _keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            self.set_cookies.append(cookie)
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value

    def _follow(self, page: Page, *, follow: bool) -> Page:
        hops = 0
        while follow and page.status in (302, 303) and page.location.startswith(f"{self.base}/"):
            hops += 1
            assert hops < 10, "goes in circles"
            page = self.send("GET", page.location)
        return page
