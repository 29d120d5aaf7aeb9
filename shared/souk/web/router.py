"""Routing requests to handlers."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime.log import logger
from souk.values.clock import Clock
from souk.values.errors import (
    Conflict,
    Forbidden,
    NotBuilt,
    NotFound,
    SoukError,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unprocessable,
)
from souk.web.http import Request, Response, json, to_event_response
from souk.web.rate_limits import refusal_headers
from souk.web.translations import Text

Handler = Callable[[Request], Response]
App = TypeVar("App")

_STATUS: dict[type[SoukError], int] = {
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Unprocessable: 422,
    TooManyRequests: 429,
    NotBuilt: 501,
    Unavailable: 503,
}
_HTML: Final = "text/html"
_BUSY: Final = Text("The service is busy. Please try again.")


@dataclass(frozen=True, slots=True)
class Route(Generic[App]):
    """A method and a path that are served. The deployment's API Gateway gets its routes from these declarations."""

    method: str
    path: str
    handler: Callable[[App], Handler]
    """Returns the handler that belongs to an application."""
    any_origin: bool = False
    """Whether scripts of other sites may call it (CORS)."""
    resource: str = ""
    """The path of the resource in API Gateway, where several paths share one."""


class Router:
    """Handles proxy events. Paths are logged, parameters are not: they may be secrets."""

    def __init__(
        self,
        clock: Clock,
        *,
        behind_proxy: bool,
        admit: Callable[[Request], None] | None = None,
        not_found: Handler | None = None,
        error_page: Callable[[Request, SoukError], Response] | None = None,
    ) -> None:
        """`behind_proxy` is as in `base_url`; `admit` raises TooManyRequests if a client exceeds a rate limit.

        `not_found` answers requests for other paths; by default the answer is JSON. `error_page` shows an error that no
        handler has caught to a browser. Programs, which do not ask for HTML, get JSON.
        """
        self._not_found = not_found
        self._error_page = error_page
        self._clock = clock
        self._behind_proxy = behind_proxy
        self._admit = admit
        self._routes: dict[str, dict[str, Handler]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The methods and paths of all routes."""
        return {(method, path) for path, handlers in self._routes.items() for method in handlers}

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Add a route. GET routes handle HEAD as well.

        A part of the path such as `{id}` stands for any value, and `{page+}` for the rest of the path.
        """
        self._routes.setdefault(path, {})[method] = handler
        if "{" in path:
            self._patterns[path] = re.compile("/".join(map(_pattern, path.split("/"))))

    def serve(self, routes: Iterable[Route[App]], application: App) -> None:
        """Add the routes of an application."""
        for route in routes:
            self.add(route.method, route.path, route.handler(application))

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Handle an event. `context` is Lambda's."""
        started = time.perf_counter()
        request = Request.of(
            event, self._clock.real(), behind_proxy=self._behind_proxy, request_id=context.aws_request_id
        )
        response = self._answer(request)
        logger.info(
            "request",
            request_id=context.aws_request_id,
            method=request.method,
            path=request.path,
            status=response.status,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
        return to_event_response(response.with_headers(("X-Request-Id", context.aws_request_id)), request)

    def _find(self, request: Request) -> tuple[dict[str, Handler] | None, Request]:
        """Return the handlers of a path, by method, and the request with the parts that its route names."""
        if (handlers := self._routes.get(request.path)) is not None:
            return handlers, request
        for path, pattern in self._patterns.items():
            if found := pattern.fullmatch(request.path):
                return self._routes[path], replace(request, parameters=found.groupdict())
        return None, request

    def _answer(self, request: Request) -> Response:
        handlers, request = self._find(request)
        if handlers is None:
            if self._not_found:
                return self._not_found(request)
            return json({"error": "not_found", "error_description": "There is no page at this address."}, 404)
        handler = handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            allowed = ", ".join(sorted({*handlers, *({"HEAD"} if "GET" in handlers else ())}))
            body = {"error": "method_not_allowed", "error_description": f"Allowed methods: {allowed}."}
            return json(body, 405).with_headers(("Allow", allowed))
        return self._handle(handler, request)

    def _handle(self, handler: Handler, request: Request) -> Response:
        try:
            if self._admit:
                self._admit(request)
            return handler(request)
        except SoukError as error:
            return self._show(request, error) or _error_response(error)
        except (BotoCoreError, ClientError):
            logger.exception("AWS call failed", path=request.path)
            body = {"error": "temporarily_unavailable", "error_description": _BUSY}
            return self._show(request, Unavailable(_BUSY)) or json(body, 503, cors=True)
        except Exception:  # a bug: its line in the log rings the function's alarm, as a failed call does
            quoted = Text("Quote this id when you write to us: %(id)s", id=request.request_id)
            shown = self._show(request, SoukError(quoted))
            if shown is None:
                raise
            logger.exception("page failed", path=request.path)
            return shown

    def _show(self, request: Request, error: SoukError) -> Response | None:
        """Return the page of an error; None for programs, and if there can be none."""
        if self._error_page is None or _HTML not in request.headers.get("accept", ""):
            return None
        try:
            shown = self._error_page(request, error)
        except (BotoCoreError, ClientError):
            return None
        return shown.with_headers(*refusal_headers(error)) if isinstance(error, TooManyRequests) else shown


def _pattern(part: str) -> str:
    """Return the regular expression of a part of a route's path."""
    if part[:1] != "{":
        return re.escape(part)
    name = part[1:-1]
    return f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"


def status_of(error: SoukError) -> int:
    """Return the HTTP status of an error; 500 if it has no status of its own."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def message_of(error: SoukError) -> str:
    """Return what a page says of an error: of a rate limit, when to try again."""
    if isinstance(error, TooManyRequests):
        return Text("Too many requests. Try again in %(seconds)s seconds.", seconds=error.reset)
    return error.message


def _error_response(error: SoukError) -> Response:
    body = {"error": error.code.lower(), "error_description": error.message}
    response = json(body, status_of(error), cors=True)  # web pages call the OAuth endpoints
    return response.with_headers(*refusal_headers(error)) if isinstance(error, TooManyRequests) else response
