"""Where this deployment is, as whoever called it sees it."""

from collections.abc import Mapping
from typing import Any


def base_url(event: Mapping[str, Any], headers: Mapping[str, str], *, behind_door: bool) -> str:
    """Return the address that paths are added to, such as `https://api.example.com`, without a slash at the end.

    API Gateway says which of its domains was called, and takes no other; an address of its own begins its paths with
    the stage. `behind_door` is the local run, whose front door says in `X-Forwarded-...` where it was called: elsewhere
    anybody could write that, and it is not looked at. `headers` have lower-case names.
    """
    if behind_door and (host := headers.get("x-forwarded-host")):
        return f"{headers.get('x-forwarded-proto', 'http')}://{host}"
    context = event["requestContext"]
    whole, path = context.get("path", ""), event["path"]
    stage = whole.removesuffix(path) if whole.endswith(path) else ""
    return f"https://{context.get('domainName', 'localhost')}{stage}"
