"""Rate limit headers, as in draft-ietf-httpapi-ratelimit-headers-03."""

from souk.values.errors import TooManyRequests


def limit_headers(limit: int, remaining: int, reset: int) -> list[tuple[str, str]]:
    """Return the headers of a response. `reset` is in seconds from now."""
    return [
        ("RateLimit-Limit", str(limit)),
        ("RateLimit-Remaining", str(remaining)),
        ("RateLimit-Reset", str(reset)),
    ]


def refusal_headers(error: TooManyRequests) -> list[tuple[str, str]]:
    """Return the headers of a 429 response (RFC 6585, section 4)."""
    return [("Retry-After", str(error.reset)), *limit_headers(error.limit, 0, error.reset)]
