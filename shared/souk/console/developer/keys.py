"""The API keys of an organization: `/developer/keys` and the pages of one key."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from souk.authentication.rate_limits import PER_DAY
from souk.authentication.scopes import grouped
from souk.console.developer.permissions import scopes_of
from souk.console.graph import Result
from souk.console.site import PageError, Visit
from souk.values.errors import NotFound
from souk.web import Response
from souk.web.translations import Text

KEYS: Final = "/developer/keys"
_FAILED: Final = 400
"""The least status of a failed request."""
_SOON: Final = timedelta(days=30)
"""How long before its end a secret is marked."""


def show_keys(visit: Visit) -> Response:
    """GET: show the keys, or with `tab=deleted` the deleted ones."""
    answer = visit.run("developer/keys")
    if answer.error and answer.error.code != "FORBIDDEN":
        raise PageError(answer.error)
    deleted = visit.query.get("tab") == "deleted"
    keys = [] if answer.error else answer.data["apiKeys"]
    shown = [key | {"secret": secret_state(key, visit)} for key in keys if (key["state"] == "REVOKED") is deleted]
    return visit.render("developer/keys.html", keys=shown, manages=answer.error is None, deleted=deleted, limit=PER_DAY)


def show_key(visit: Visit) -> Response:
    """GET: show a key, and right after its creation or a rotation its secret."""
    key = find_key(visit)
    latest = visit.run("developer/latest_requests", key=key["id"]) if key["state"] != "REVOKED" else None
    return visit.render(
        "developer/key.html",
        key=key,
        groups=grouped(scopes_of(scope["id"] for scope in key["scopes"])),
        secret=visit.secret().get("secret"),
        secret_state=secret_state(key, visit),
        latest=latest,
        failures=_failures(visit, latest),
        limit=PER_DAY,
    )


def _failures(visit: Visit, latest: Result | None) -> str | None:
    """Return how many of the latest requests failed within an hour, such as `3`; None if it is not known.

    It is `≥ 20` if all of them are of this hour, as there may be more.
    """
    if latest is None or latest.error:
        return None
    since = visit.http.received - timedelta(hours=1)
    shown = [edge["node"] for edge in latest.data["apiKeyRequests"]["edges"]]
    recent = [one for one in shown if datetime.fromisoformat(one["receivedDateTime"]) >= since]
    failed = sum(one["statusCode"] >= _FAILED or bool(one["errorCodes"]) for one in recent)
    more = len(recent) == len(shown) and latest.data["apiKeyRequests"]["pageInfo"]["hasNextPage"]
    return f"≥ {failed}" if more else str(failed)


def process_key(visit: Visit) -> Response:
    """POST: create a new secret, after a confirmation."""
    key = find_key(visit)
    visit.require_recent_login()
    if visit.fields.get("confirmed") != "yes":
        return visit.render("developer/key_rotate.html", key=key)
    answer = visit.run("developer/rotate_key", id=key["id"])
    if answer.error:
        return visit.render_errors("developer/key_rotate.html", answer.error, key=key)
    secret = answer.data["rotateApiKeySecret"]["clientSecret"]
    return visit.show_once(f"{KEYS}/{key['id']}", {"secret": secret}, said="key-rotated")


def show_deletion(visit: Visit) -> Response:
    """GET: say what ends with a key, and ask for its name."""
    return visit.render("developer/key_delete.html", key=find_key(visit))


def process_deletion(visit: Visit) -> Response:
    """POST: delete a key whose name was typed."""
    key = find_key(visit)
    if visit.fields.get("confirm", "").strip() != key["name"]:
        errors = {"confirm": Text("Type the name of the key: %(name)s", name=key["name"])}
        return visit.render("developer/key_delete.html", status=422, key=key, errors=errors, form=visit.fields)
    answer = visit.run("developer/delete_key", id=key["id"])
    if answer.error:
        return visit.render_errors("developer/key_delete.html", answer.error, key=key)
    return visit.redirect(KEYS, said="key-deleted")


def find_key(visit: Visit) -> Mapping[str, Any]:
    """Return the key of the address. Raises NotFound, also for keys of other organizations."""
    key: Mapping[str, Any] | None = visit.ask("developer/key", id=visit.parameters["id"])["apiKey"]
    if key is None:
        raise NotFound("This API key does not exist, or it belongs to another organization.")
    return key


def secret_state(key: Mapping[str, Any], visit: Visit) -> str:
    """Return how the end of a key's secret is marked: `good`, `wait` if it is near, `bad` if it has passed."""
    left = datetime.fromisoformat(key["secretExpiresDateTime"]) - visit.http.received.astimezone(UTC)
    if left <= timedelta(0):
        return "bad"
    return "wait" if left < _SOON else "good"
