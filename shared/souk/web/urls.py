"""The public URL of this deployment."""

from collections.abc import Mapping
from typing import Any


def base_url(event: Mapping[str, Any], headers: Mapping[str, str], *, behind_proxy: bool) -> str:
    """Return the base URL, such as `https://api.example.com`, without a trailing slash.

    It is taken from the domain in the event, which API Gateway has validated; the default domain has the stage in its
    path. `behind_proxy` is for the local run, whose proxy sets the `X-Forwarded-...` headers. Elsewhere clients could
    forge these headers, so they are ignored. The names in `headers` are lower case.
    """
    if behind_proxy and (host := headers.get("x-forwarded-host")):
        return f"{headers.get('x-forwarded-proto', 'http')}://{host}"
    context = event["requestContext"]
    whole, path = context.get("path", ""), event["path"]
    stage = whole.removesuffix(path) if whole.endswith(path) else ""
    return f"https://{context.get('domainName', 'localhost')}{stage}"
