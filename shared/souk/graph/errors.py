"""The format of errors in a response: `message`, `locations`, `path` and `extensions`."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from souk.runtime.log import logger
from souk.values.errors import SoukError, Unavailable


def formatted(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """Return an error as it appears in a response.

    An unexpected exception is a bug: it is logged with its traceback. The response shows only the request id, under
    which the log has it.
    """
    cause = error.original_error
    if isinstance(cause, SoukError):
        return _shown(error, cause.message, {"classification": _FETCHING, "code": cause.code, **cause.details})
    if cause is None and error.extensions:
        return _shown(error, error.message, error.extensions)
    logger.error("A request failed", exc_info=cause or error, request_id=request_id)
    return _shown(error, *_unexpected(request_id))


def failure(error: SoukError) -> dict[str, Any]:
    """Return the response to a request that was refused as a whole."""
    classification = "ExecutionAborted"
    extensions = {"classification": classification, "code": error.code, **error.details}
    return {"errors": [{"message": error.message, "extensions": extensions}]}


def report_failures(result: Mapping[str, Any], request_id: str) -> None:
    """Write a line to the log if a response has errors that are not the caller's. Lines of this level ring.

    The status is 200, so no metric of AWS shows them.
    """
    errors: list[dict[str, Any]] = result.get("errors", [])
    failures = [error for error in errors if error.get("extensions", {}).get("code") in _NOT_THE_CALLERS]
    if failures:
        paths = [".".join(map(str, error.get("path", ()))) for error in failures]
        logger.error("An internal error was returned", request_id=request_id, paths=paths)


_NOT_THE_CALLERS = (SoukError.code, Unavailable.code)
_FETCHING = "DataFetchingException"


def _unexpected(request_id: str) -> tuple[str, dict[str, Any]]:
    message = (
        f"Something went wrong. The operator of this marketplace can find it in the log by the request id {request_id}."
    )
    return message, {"classification": _FETCHING, "code": SoukError.code}


def _shown(error: GraphQLError, message: str, extensions: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    shown["extensions"] = dict(extensions)
    return shown
