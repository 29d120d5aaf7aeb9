"""Import and export of the marketplace's data: `/operator/data`."""

from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.exports import LIST, export
from souk.console.operator.forms import ROWS, make, new_key, wrong
from souk.console.site import Visit
from souk.console.uploads import RefusedFile, store_file
from souk.values.errors import NotFound
from souk.web import Response
from souk.web.http import MAX_UPLOAD

_KINDS: Final = {
    "ONTOLOGY": "Categories and skills",
    "ORGANIZATIONS": "Organizations",
    "USERS": "People",
    "JOB_POSTINGS": "Job postings",
}
"""What can be imported, in the order in which it is."""
_CHANGES: Final = {"export": export("EVERYTHING", "JSON_LINES")}
_FIELDS: Final = {"fileId": "file"}
"""The form's fields whose names differ from those of the input."""
_CONFLICT: Final = "CONFLICT"
TOO_LARGE: Final = (
    f"This page takes files of at most {MAX_UPLOAD // 1_000_000} MB. Import a larger one, up to 100 MB, with "
    "souk admin import KIND FILE, or upload it with createDirectUploadLinkForImport of the API."
)


def show_data(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show the forms, the imports and the exports."""
    page = {"first": ROWS, "after": visit.query.get("after") or "0"}
    data = visit.ask("operator/data", pagination=page)
    shown: dict[str, Any] = {
        "imports": [edge["node"] for edge in data["dataImports"]["edges"]],
        "more": data["dataImports"]["pageInfo"],
        "exports": [one for one in data["dataExports"] if one["kind"]],
        "kinds": _KINDS,
        "key": new_key(),
    }
    if error:
        return visit.render_errors("operator/data.html", error, _FIELDS, **shown)
    return visit.render("operator/data.html", **shown)


def change_data(visit: Visit) -> Response:
    """POST: check or import a file, or export everything."""
    if visit.fields.get("do") == "export":
        return make(visit, _CHANGES, show_data, path=LIST)
    dry_run = visit.fields.get("do") == "check"
    try:
        file_id = _file_id(visit)
    except RefusedFile as refused:
        return show_data(visit, wrong("file", refused.message))
    wanted = {
        "kind": visit.fields.get("kind", ""),
        "fileId": file_id,
        "dryRun": dry_run,
        "invite": visit.fields.get("kind") == "USERS" and bool(visit.fields.get("invite")),
        "idempotencyKey": f"{visit.fields.get('key', '')} {'check' if dry_run else 'import'}",
    }
    made = visit.run("operator/data_start", input=wanted)
    if made.error and made.error.code == _CONFLICT:  # the button was pressed twice: the list has what it started
        return visit.redirect(LIST)
    if made.error:
        return show_data(visit, made.error)
    return visit.redirect(f"{LIST}/{made.data['startDataImport']['id']}")


def show_import(visit: Visit) -> Response:
    """GET: show how far an import is, and why rows were refused."""
    found = visit.ask("operator/data_import", id=visit.parameters["id"])["dataImport"]
    if found is None:
        raise NotFound("There is no such import.")
    active = found["state"] in ("CHECKING", "RUNNING")
    return visit.render("operator/data_import.html", one=found, active=active, kinds=_KINDS, key=new_key())


def stop_import(visit: Visit) -> Response:
    """POST: stop an import."""
    visit.ask("operator/data_cancel", id=visit.parameters["id"])
    return visit.redirect(f"{LIST}/{visit.parameters['id']}")


def _file_id(visit: Visit) -> str:
    """Return the id of the file of a form: one that was checked before, or that was chosen, once it is stored."""
    if file_id := visit.fields.get("file_id"):
        return file_id
    file = visit.http.files.get("file")
    if file is None:
        raise RefusedFile("Choose a file.")
    if len(file.content) > MAX_UPLOAD:
        raise RefusedFile(TOO_LARGE)
    return store_file(visit, "operator/import_link", file, "text/csv")
