"""The errors of the API. Every layer raises them; only the graph layer converts them to JSON.

A message tells the integrator what is wrong and how to fix it. It never contains a secret, or facts about an entity
that the caller cannot see.
"""

import re
from typing import Any, ClassVar, Final

_PART: Final = re.compile(r"([A-Za-z]\w*(?:\.\w+)*): (.+)", re.DOTALL)
"""A message that begins with the path of an input."""


class SoukError(Exception):
    """An error with a stable code for programs.

    `details` are added to the error's `extensions`, next to `code`.
    """

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(SoukError):
    """The entity does not exist, or the caller may not know that it exists."""

    code = "NOT_FOUND"


class Forbidden(SoukError):
    """The caller is authenticated but not allowed to do this."""

    code = "FORBIDDEN"


class Unauthorized(SoukError):
    """The request is not authenticated (RFC 6750)."""

    code = "UNAUTHORIZED"
    challenge = 'Bearer realm="souk"'
    """The value of the response's `WWW-Authenticate`."""


class InvalidToken(Unauthorized):
    """The access token is invalid, expired or revoked."""

    challenge = 'Bearer realm="souk", error="invalid_token"'


class Conflict(SoukError):
    """The data has changed in the meantime: a version, a unique value or a state."""

    code = "CONFLICT"


class Unprocessable(SoukError):
    """The input is well formed but breaks a rule, which the message names.

    A message about one part of the input begins with its path and a colon: `input.tier: this gig does not ...`. Then
    `details["fields"]` has the path and the rest for programs, as it has for several problems (`souk.values.problems`).
    """

    code = "UNPROCESSABLE_CONTENT"

    def __init__(self, message: str, **details: Any) -> None:
        if "fields" not in details and (part := _PART.match(message)):
            details["fields"] = [{"path": part[1], "message": part[2]}]
        super().__init__(message, **details)


class LimitExceeded(SoukError):
    """The request exceeds a limit, which the message names."""

    code = "LIMIT_EXCEEDED"


class TooLarge(Unprocessable):
    """The body of the request is larger than what is accepted. It was not read."""


class FileTooLarge(TooLarge):
    """So is the body of a form with a file."""


class TooManyRequests(SoukError):
    """A rate limit is exceeded (RFC 6585, section 4)."""

    code = "TOO_MANY_REQUESTS"

    def __init__(self, message: str, *, limit: int, reset: int) -> None:
        """`limit` is the number of requests allowed, `reset` the number of seconds until more are allowed."""
        super().__init__(message, retryAfter=reset)
        self.limit = limit
        self.reset = reset


class NotBuilt(SoukError):
    """A part of the contract that is not implemented yet. `souk coverage` lists the root fields."""

    code = "NOT_BUILT"


class Unavailable(SoukError):
    """A part of the service cannot answer for now, which the message explains."""

    code = "SERVICE_UNAVAILABLE"
