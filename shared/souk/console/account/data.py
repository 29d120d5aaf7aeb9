"""The person's own data: copies of it, and the deletion of the account."""

import secrets
from typing import Any, Final

from souk.console.site import Visit
from souk.web import Response

_DATA: Final = "/account/data"
_DELETE: Final = "/account/data/delete"


def show_data(visit: Visit) -> Response:
    """GET: show the copies, and what is kept and why."""
    return visit.render("account/data.html", **_values(visit))


def request_copy(visit: Visit) -> Response:
    """POST: ask for a copy."""
    result = visit.run("account/request_copy", key=visit.fields.get("idempotency") or None)
    if result.error:
        return visit.render_errors("account/data.html", result.error, **_values(visit))
    return visit.redirect(_DATA, said="export-requested")


def show_deletion(visit: Visit) -> Response:
    """GET: tell what a deletion does, and ask for the confirmation."""
    return visit.render("account/delete.html", **_deletion(visit))


def delete(visit: Visit) -> Response:
    """POST: schedule the deletion of the account, or cancel it."""
    if visit.fields.get("do") == "keep":
        visit.ask("account/cancel_deletion")
        return visit.redirect(_DATA, said="deletion-cancelled")
    visit.require_recent_login()
    wanted = {"confirmEmail": visit.fields.get("confirm_email", "")}
    result = visit.run("account/request_deletion", input=wanted)
    if result.error:
        values = _deletion(visit) | {"obstacles": result.error.extensions.get("obstacles")}
        return visit.render_errors("account/delete.html", result.error, {"confirmEmail": "confirm_email"}, **values)
    return visit.redirect(_DELETE, said="deletion-requested")


def _values(visit: Visit) -> dict[str, Any]:
    data = visit.ask("account/data")
    return {
        "exports": [one for one in data["dataExports"] if one["kind"] is None],
        "years": data["marketplace"]["retentionYears"],
        "idempotency": secrets.token_urlsafe(16),
    }


def _deletion(visit: Visit) -> dict[str, Any]:
    data = visit.ask("account/deletion", check="check" in visit.query)
    preview = data["accountDeletionPreview"]
    return {
        "email": data["account"]["email"],
        "years": data["marketplace"]["retentionYears"],
        "day": preview["deletionDateTime"],
        "balances": preview["remainingBalances"],
        "obstacles": preview.get("obstacles"),  # asked for by a link, as it can take many round trips
    }
