"""Runs functions under faults, and collects what CloudWatch would get: log lines, and the metrics that AWS counts."""

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final

import orjson
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from souk.app import FUNCTIONS
from souk.domains.jobs.store import job_key
from souk.domains.webhooks import deployment as webhooks
from souk.entry import deployment
from souk.runtime import aws, settings
from souk.runtime.log import logger
from souk.search.fanout import Piece
from souk.storage.collection import key_attributes
from souk.storage.transaction import OUTBOX, Event
from tests.conftest import REGION
from tests.infra.alarms import Metrics
from tests.infra.template import Json, Template, render

NOW: Final = 1_800_000_150.0
"""The time of the faults, in the middle of a period."""
_BY_QUEUE: Final = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:queue", "messageId": "m"}


def _queued(body: Any) -> Json:
    return {"Records": [{**_BY_QUEUE, "body": body if isinstance(body, str) else orjson.dumps(body).decode()}]}


def _streamed(item: Mapping[str, Any]) -> Json:
    keys = {name: item[name] for name in ("PK", "SK")}
    return {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": item, "SequenceNumber": "1"}}]}


_EVENT: Final = {"detail": {"id": "1", "payload": {"entity": "JP", "action": "NEW", "id": "1"}, "audience": ["1"]}}
_OUTBOX_RECORD: Final = Event(
    event_id="1", entity="JP", action="NEW", id="1", occurred_at="2026-07-01T09:30:00.000Z", expires=2**32
)
EVENTS: Final[Mapping[str, Json]] = {
    "relay": _streamed(OUTBOX.encode(_OUTBOX_RECORD)),
    "search_indexer": _streamed(key_attributes(job_key("1"))),
    "search_fanout": _queued(Piece("jobs", "client", "1").encode()),
    "search_matcher": _queued(_EVENT),
    "clock": {"source": "aws.events", "detail": {}},
    "images": {"detail": {"object": {"key": "originals/1/2"}}},
    "webhook_fanout": _queued(_EVENT),
    "webhook_delivery": _queued({"organization_id": "1", "delivery_id": "1-2", "turn": 1}),
    "live": {"requestContext": {"eventType": "DISCONNECT", "connectionId": "c", "requestId": "r"}},
    "live_sender": {"source": "aws.events", "detail": {}},
}
"""An event for each function that serves no API."""


def denied(operation: str) -> ClientError:
    """Return the error of AWS for a call that the role of a function does not allow."""
    message = "User is not authorized to perform this action"
    error: Any = {"Code": "AccessDeniedException", "Message": message}
    about: Any = {"HTTPStatusCode": 403}
    return ClientError({"Error": error, "ResponseMetadata": about}, operation)


class Denying:
    """A client of the table that refuses every call after the first ones."""

    def __init__(self, client: Any, allowed: int) -> None:
        self._client = client
        self._allowed = allowed

    def __getattr__(self, name: str) -> Any:
        """Return an operation of the client."""

        def call(**request: Any) -> Any:
            self._allowed -= 1
            if self._allowed < 0:
                raise denied(name)
            return getattr(self._client, name)(**request)

        return call


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collect the lines that are written to the log."""
    written, lines = io.StringIO(), list[str]()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger.registered_formatter)
    own: Any = logger  # its stubs lack a method
    own.addHandler(handler)
    try:
        yield lines
    finally:
        own.removeHandler(handler)
        lines += written.getvalue().splitlines()


@contextmanager
def function(template: Template, name: str, patch: pytest.MonkeyPatch) -> Iterator[Callable[[Json], Any]]:
    """Yield a function of the template that does not serve the API, with its settings, as AWS starts it."""
    for variable, value in template.functions[name]["Environment"]["Variables"].items():
        patch.setenv(variable, render(value))
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(variable, "testing")
    patch.setenv("AWS_DEFAULT_REGION", REGION)
    patch.setenv("SOUK_LIVE_ENDPOINT", "https://live.example.com/live")  # the template has a name of AWS
    _forget()
    handler = import_module(f"souk.entry.{name}").make_handler()
    yield lambda event: handler(event, SimpleNamespace(aws_request_id="request"))
    _forget()


def deny_everything(patch: pytest.MonkeyPatch) -> None:
    """Refuse every call of AWS."""

    def refuse(_client: object, operation: str, _request: object) -> None:
        raise denied(operation)

    patch.setattr(BaseClient, "_make_api_call", refuse)


def put_failure(metrics: Metrics, template: Template, name: str) -> None:
    """Put what AWS counts for a call that raised an error, was killed or ran out of time."""
    metrics.put("AWS/Lambda", "Errors", 1, NOW, FunctionName=_ref(template, name))
    if FUNCTIONS[name].kind in ("api", "pages"):
        put_server_error(metrics, template)


def put_throttling(metrics: Metrics, template: Template, name: str) -> None:
    """Put what AWS counts for a call that was throttled. A consumer's input is older than ten minutes then."""
    metrics.put("AWS/Lambda", "Throttles", 1, NOW, FunctionName=_ref(template, name))
    match FUNCTIONS[name].kind:
        case "api" | "pages":
            put_server_error(metrics, template)
        case "relay" | "indexer":
            metrics.put("AWS/Lambda", "IteratorAge", 600_000, NOW, FunctionName=_ref(template, name))
        case "images":
            metrics.put("AWS/Lambda", "AsyncEventAge", 600_000, NOW, FunctionName=_ref(template, name))
        case "fanout" | "delivery":
            for queue in _queues_of(template, name):
                metrics.put("AWS/SQS", "ApproximateAgeOfOldestMessage", 600, NOW, QueueName=f"${{{queue}.QueueName}}")


def put_server_error(metrics: Metrics, template: Template) -> None:
    """Put what API Gateway counts for an answer with a 5xx status."""
    name = template.one("AWS::ApiGateway::RestApi")["Name"]
    metrics.put("AWS/ApiGateway", "5XXError", 1, NOW, ApiName=name)
    metrics.put("AWS/ApiGateway", "5XXError", 1, NOW, ApiName=name, Stage="prod")


def _ref(template: Template, name: str) -> str:
    ids = {
        resource["Properties"]["Environment"]["Variables"]["SOUK_FUNCTION"]: id_
        for id_, resource in template.of("AWS::Lambda::Function").items()
    }
    return f"${{{ids[name]}}}"


def _queues_of(template: Template, name: str) -> list[str]:
    mappings = (one["Properties"] for one in template.of("AWS::Lambda::EventSourceMapping").values())
    return [
        str(mapping["EventSourceArn"]["Fn::GetAtt"][0])
        for mapping in mappings
        if render(mapping["FunctionName"]) == _ref(template, name)
    ]


def _forget() -> None:
    """Forget settings, clients and tables, which are made once per process."""
    for module in (settings, deployment, webhooks, aws):
        for cached in vars(module).values():
            if hasattr(cached, "cache_clear") and cached is not aws._session:  # noqa: SLF001 - it has no settings
                cached.cache_clear()
