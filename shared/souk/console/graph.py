"""Calls to the API from pages: the same documents, rules, errors and events as those of programs.

Queries run in the function that renders the page, which can only read. Each mutation runs in the function that owns it,
as with requests to `/graphql`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import GraphQLSchema

from souk.authentication import sessions
from souk.authentication.principal import Principal, Role
from souk.authentication.rate_limits import Meter
from souk.authentication.scopes import Scope
from souk.authentication.sessions import Cookie
from souk.graph.context import Context
from souk.graph.errors import failure, report_failures
from souk.graph.execution import Engine
from souk.graph.http import Invoke
from souk.graph.requests import FORWARDED
from souk.graph.requests import Request as Operation
from souk.storage import Table
from souk.values.errors import SoukError
from souk.web import Request
from souk.web.signing import Signer

FOLDER: Final = Path(__file__).parent
_API: Final = "/graphql"
FRAME: Final = "...Frame"
"""The spread by which the document of a page asks for what the frame around it shows."""
_PATH: Final = re.compile(r"^([a-z]\w*(?:\.\w+)*): ")
"""The path of an input's field or of an argument, at the beginning of a message. Sentences begin with a capital."""


VISITOR: Final = Principal(
    user_id="",
    key_id=sessions.WEB_KEY,
    organization_id="",
    company_id="",
    role=Role.NONE,
    scopes=frozenset({Scope.COMMON_ENTITIES_READ.value, Scope.MARKETPLACE_JOBS_READ.value, Scope.ONTOLOGY_READ.value}),
)
"""Somebody who is not logged in, for what everybody may see: no member of any organization."""


@dataclass(frozen=True, slots=True)
class ApiError:
    """An error of an answer, in words for people: without the paths of an input and the marks of code."""

    code: str
    message: str
    extensions: Mapping[str, Any]

    @classmethod
    def of(cls, error: Mapping[str, Any]) -> "ApiError":
        """Return an error from its form in a response.

        An error that names no fields, but begins with the path of one, such as `input.role`, is about that field.
        """
        extensions, message = dict(error.get("extensions") or {}), error["message"]
        fields = extensions.get("fields") or ()
        if not fields and (path := _PATH.match(message)) and "." in path[1]:
            fields = [{"path": path[1], "message": message}]
        if fields:
            fields = [{"path": one["path"], "message": in_words(one["message"])} for one in fields]
            extensions["fields"] = fields
            message = " ".join(one["message"] for one in fields)
        return cls(extensions.get("code", SoukError.code), in_words(message), extensions)

    @property
    def fields(self) -> Mapping[str, str]:
        """The messages of an input's fields, by their paths in the input; empty if the error is about none."""
        return {field["path"]: field["message"] for field in self.extensions.get("fields") or ()}


def in_words(message: str) -> str:
    """Return a message of the API as people read it: a sentence without the path in front of it."""
    text = _PATH.sub("", message, count=1).replace("`", "")
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to an operation."""

    data: Mapping[str, Any]
    errors: tuple[ApiError, ...]

    @property
    def error(self) -> ApiError | None:
        """The first error."""
        return self.errors[0] if self.errors else None


class GraphClient:
    """Runs documents of the API as the person who is logged in."""

    def __init__(self, engine: Engine, table: Table, signer: Signer, invoke: Invoke, meter: Meter) -> None:
        self._engine = engine
        self._table = table
        self._signer = signer
        self._invoke = invoke
        self._meter = meter

    def record_session(self, session_id: str, now: datetime) -> None:
        """Record that a browser's session is used."""
        self._meter.record_session(session_id, now)

    @property
    def schema(self) -> GraphQLSchema:
        """The served schema."""
        return self._engine.graph.schema

    def run(
        self, document: str, variables: Mapping[str, Any], principal: Principal, cookie: Cookie, http: Request
    ) -> Result:
        """Return the answer to a document. `cookie` is the session's, by which other functions know the person."""

        def forward(function: str, only: Sequence[str]) -> dict[str, Any]:
            event = _event(document, variables, http)
            event |= {FORWARDED: list(only), "headers": _headers(cookie, principal, http)}
            answer = self._invoke(function, event)
            forwarded: dict[str, Any] = orjson.loads(answer["body"])
            return forwarded

        self._meter.see(principal.user_id, self._table.clock.real())
        ctx = Context(
            principal=principal,
            table=self._table,
            signer=self._signer,
            now=self._table.clock.market(),
            request_id=http.request_id,
            base_url=http.base_url,
            meter=self._meter,
            invoke=self._invoke,
            ip_address=http.source_ip,
        )
        try:
            answer = self._engine.run(Operation(document, dict(variables)), ctx, forward)
        except SoukError as refused:
            answer = failure(refused)
        report_failures(answer, http.request_id)
        return Result(answer.get("data") or {}, tuple(map(ApiError.of, answer.get("errors") or ())))


@cache
def document(name: str) -> str:
    """Return the document of a page: the file `<name>.gql` in this room, such as `developer/keys`.

    A document that spreads `...Frame` gets the fragment.
    """
    text = (FOLDER / f"{name}.gql").read_text("utf-8")
    return f"{text}\n{_frame()}" if FRAME in text else text


@cache
def _frame() -> str:
    return (FOLDER / "frame.gql").read_text("utf-8")


def _event(document: str, variables: Mapping[str, Any], http: Request) -> dict[str, Any]:
    """Return the event of a request to the API at the page's own address, as API Gateway sends it, without headers."""
    stage = http.context.get("path", "").removesuffix(http.path)
    return {
        "httpMethod": "POST",
        "path": _API,
        "queryStringParameters": None,
        "requestContext": {**http.context, "path": f"{stage}{_API}"},
        "body": orjson.dumps({"query": document, "variables": variables}).decode(),
        "isBase64Encoded": False,
    }


def _headers(cookie: Cookie, principal: Principal, http: Request) -> dict[str, str]:
    """Return the headers of a request to the API. The proxy of the local run says where this deployment is."""
    return {name: value for name, value in http.headers.items() if name.startswith("x-forwarded-")} | {
        "content-type": "application/json",
        "authorization": sessions.header(cookie._replace(organization_id=principal.organization_id)),
    }
