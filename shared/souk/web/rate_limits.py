"""The headers that say how far a limit is used up.

They are those of draft-ietf-httpapi-ratelimit-headers-03, which most services send: all three in plain numbers.
"""

from souk.values.errors import TooManyRequests


def limit_headers(limit: int, remaining: int, reset: int) -> list[tuple[str, str]]:
    """Return the headers of an answer; `reset` is in seconds from now."""
    return [
        ("RateLimit-Limit", str(limit)),
        ("RateLimit-Remaining", str(remaining)),
        ("RateLimit-Reset", str(reset)),
    ]


def refusal_headers(error: TooManyRequests) -> list[tuple[str, str]]:
    """Return the headers of a refusal (RFC 6585, section 4)."""
    return [("Retry-After", str(error.reset)), *limit_headers(error.limit, 0, error.reset)]
