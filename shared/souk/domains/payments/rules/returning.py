"""The client's page that a checkout leads back to. Pure."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode, urlsplit

from souk.domains.payments.model import OrderState
from souk.values import addresses

_LOOPBACK: Final = re.compile(r"https?://(127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]+)?")


def problem(url: str, allowed: Iterable[str]) -> str | None:
    """Return the problem with a URL in normal form that a checkout should lead back to; None if there is none.

    `allowed` are addresses of the API key that asked. The origin (RFC 6454) has to be that of one of them. The port of
    a loopback address may differ, as for redirect addresses (RFC 8252, section 7.3).
    """
    if found := addresses.problem(url, loopback=True):
        return found
    if _origin(url) not in {_origin(addresses.normalized_origin(one)) for one in allowed}:
        return "must have the scheme, host and port of a redirect address of the API key."
    return None


def _origin(url: str) -> str | None:
    """Return the origin of a web address; None for other addresses, such as those of native apps."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    local = _LOOPBACK.fullmatch(origin)
    return f"{parts.scheme}://{local[1]}" if local else origin


def leading_back(url: str, order_id: str, state: OrderState) -> str:
    """Return the client's page with the checkout's id and state as `checkout` and `state` in its query."""
    parts = urlsplit(url)
    added = urlencode({"checkout": order_id, "state": state.value})
    return parts._replace(query=f"{parts.query}&{added}" if parts.query else added).geturl()
