"""What scripts of other sites may read of a response (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from typing import Final

EXPOSED: Final = (
    "X-Request-Id",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "WWW-Authenticate",
    "x-amzn-Remapped-WWW-Authenticate",  # API Gateway's name of it
)
"""The headers that scripts may read, beside the few that browsers always show."""
READABLE: Final = {
    "Access-Control-Allow-Origin": "*",  # safe without cookies: a page needs a token
    "Access-Control-Expose-Headers": ", ".join(EXPOSED),
}
"""The headers of a response that scripts of every site may read."""
