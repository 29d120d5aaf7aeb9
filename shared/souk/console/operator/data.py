"""Import and export of the marketplace's data: `/operator/data`."""

from secrets import token_urlsafe
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response

_PAGE: Final = 25
_KINDS: Final = {"ORGANIZATIONS": "Organizations", "USERS": "People", "JOB_POSTINGS": "Job postings"}
"""What can be imported, in the order in which it is."""
_FIELDS: Final = {"fileId": "file_id"}
"""The form's fields whose names differ from those of the input."""


def show_data(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show the forms, the imports and the exports."""
    page = {"first": _PAGE, "after": visit.query.get("after") or "0"}
    data = visit.ask("operator/data", pagination=page)
    shown: dict[str, Any] = {
        "imports": [edge["node"] for edge in data["dataImports"]["edges"]],
        "more": data["dataImports"]["pageInfo"],
        "exports": [one for one in data["dataExports"] if one["kind"]],
        "kinds": _KINDS,
        "key": token_urlsafe(16),
    }
    if error:
        return visit.render_errors("operator/data.html", error, _FIELDS, **shown)
    return visit.render("operator/data.html", **shown)


def change_data(visit: Visit) -> Response:
    """POST: check or import a file, or export everything."""
    if visit.fields.get("do") == "export":
        return _export(visit)
    dry_run = visit.fields.get("do") == "check"
    wanted = {
        "kind": visit.fields.get("kind", ""),
        "fileId": visit.fields.get("file_id", "").strip(),
        "dryRun": dry_run,
        "invite": visit.fields.get("kind") == "USERS" and bool(visit.fields.get("invite")),
        "idempotencyKey": f"{visit.fields.get('key', '')} {'check' if dry_run else 'import'}",
    }
    made = visit.run("operator/data_start", input=wanted)
    if made.error:
        return show_data(visit, made.error)
    file_id = visit.fields.get("file_id", "").strip() if dry_run else ""
    return visit.redirect(f"/operator/data/{made.data['startDataImport']['id']}", file=file_id)


def show_import(visit: Visit) -> Response:
    """GET: show how far an import is, and why rows were refused."""
    found = visit.ask("operator/data_import", id=visit.parameters["id"])["dataImport"]
    if found is None:
        raise NotFound("There is no such import.")
    active = found["state"] in ("CHECKING", "RUNNING")
    file_id = visit.query.get("file", "") if found["state"] == "CHECKED" else ""
    return visit.render(
        "operator/data_import.html", one=found, active=active, kinds=_KINDS, file_id=file_id, key=token_urlsafe(16)
    )


def stop_import(visit: Visit) -> Response:
    """POST: stop an import."""
    visit.ask("operator/data_cancel", id=visit.parameters["id"])
    return visit.redirect(f"/operator/data/{visit.parameters['id']}")


def _export(visit: Visit) -> Response:
    visit.require_recent_login()
    wanted = {
        "kind": "EVERYTHING",
        "format": "JSON_LINES",
        "includeMessages": bool(visit.fields.get("messages")),
        "reason": visit.fields.get("reason", ""),
        "idempotencyKey": visit.fields.get("key", ""),
    }
    made = visit.run("operator/data_export", input=wanted)
    return (
        show_data(visit, made.error)
        if made.error
        else visit.redirect("/operator/data", said="marketplace-export-requested")
    )
