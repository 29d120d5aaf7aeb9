"""The errors that Souk answers with. Every layer raises these; the graph layer alone turns them into JSON.

A message is written for the integrator who reads it: what was wrong and, where there is one, what would be right.
It never holds a secret, nor a fact about an entity which the caller may not see.
"""

from typing import Any, ClassVar


class SoukError(Exception):
    """An error with a code that programs can rely on.

    `details` are added to the answer's `extensions`, beside `code`.
    """

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(SoukError):
    """There is no such entity, or the caller may not know that there is."""

    code = "NOT_FOUND"


class Forbidden(SoukError):
    """The caller is known, and this is not theirs to do."""

    code = "FORBIDDEN"


class Unauthorized(SoukError):
    """The request does not say, or cannot prove, who is calling (RFC 6750)."""

    code = "UNAUTHORIZED"
    challenge = 'Bearer realm="souk"'
    """What the answer's `WWW-Authenticate` holds."""


class InvalidToken(Unauthorized):
    """The request holds an access token that is not, or no longer, good."""

    challenge = 'Bearer realm="souk", error="invalid_token"'


class Conflict(SoukError):
    """Somebody else was first: a version, a unique value or a state has changed in the meantime."""

    code = "CONFLICT"


class Unprocessable(SoukError):
    """The input is well formed and breaks a rule; the message says which."""

    code = "UNPROCESSABLE_CONTENT"


class LimitExceeded(SoukError):
    """The request is larger or deeper than Souk serves; the message says the limit."""

    code = "LIMIT_EXCEEDED"


class TooManyRequests(SoukError):
    """Somebody has asked more often than they may (RFC 6585, section 4)."""

    code = "TOO_MANY_REQUESTS"

    def __init__(self, message: str, *, limit: int, reset: int) -> None:
        """`limit` is how many requests there may be, `reset` after how many seconds there may be more."""
        super().__init__(message, retryAfter=reset)
        self.limit = limit
        self.reset = reset


class NotBuilt(SoukError):
    """The contract has it and this version of Souk does not yet; `souk coverage` lists them."""

    code = "NOT_BUILT"
