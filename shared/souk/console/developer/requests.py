"""The latest requests of an API key: `/developer/requests`."""

from collections.abc import Mapping, Sequence
from typing import Any

from souk.console.site import PageError, Visit
from souk.values.errors import NotFound
from souk.web import Response


def show_requests(visit: Visit) -> Response:
    """GET: show the requests of the key `key`, or of the one that was used last."""
    keys = visit.run("developer/request_keys")
    if keys.error and keys.error.code != "FORBIDDEN":
        raise PageError(keys.error)
    usable = [] if keys.error else [key for key in keys.data["apiKeys"] if key["state"] != "REVOKED"]
    key = _chosen(usable, visit.query.get("key", ""))
    wanted = {name: visit.query.get(name, "").strip() for name in ("operation", "request")}
    failed = visit.query.get("failed") == "yes"
    if key is None:
        answer = None
    else:
        chosen = {
            "apiKeyId_eq": key["id"],
            "failed_eq": True if failed else None,
            "operation_eq": wanted["operation"] or None,
            "requestId_eq": wanted["request"] or None,
        }
        answer = visit.run("developer/requests", filter=chosen, after=visit.query.get("after") or None)
    return visit.render(
        "developer/requests.html",
        manages=keys.error is None,
        keys=usable,
        key=key,
        answer=answer,
        failed=failed,
        later="after" in visit.query,
        filtered=failed or any(wanted.values()),
        form=wanted,
    )


def _chosen(keys: Sequence[Mapping[str, Any]], key_id: str) -> Mapping[str, Any] | None:
    """Return the key with an id, or without one the key that was used last; None if there are no keys.

    Raises NotFound for the keys of others.
    """
    if key_id:
        for key in keys:
            if key["id"] == key_id:
                return key
        raise NotFound("This API key does not exist, or it belongs to another organization.")
    return max(keys, key=lambda key: key["lastUsedDateTime"] or "", default=None)
