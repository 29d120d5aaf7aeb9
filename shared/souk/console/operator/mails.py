"""The texts of mails: `/operator/settings/mail`."""

from collections.abc import Mapping
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.forms import Change, asked, make, show_form, text
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response


def show_mails(visit: Visit) -> Response:
    """GET: list the mails, in each language."""
    return visit.render("operator/mails.html", mails=visit.ask("operator/mails")["mailTemplates"])


def show_mail(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show the text of a mail in a language."""
    mails = [one for one in visit.ask("operator/mails")["mailTemplates"] if one["id"] == visit.parameters["id"]]
    language = asked(visit, "language")
    mail: Mapping[str, Any] | None = next((one for one in mails if language in (None, one["language"])), None)
    if mail is None:
        raise NotFound("There is no such mail.")
    draft = {name: visit.fields.get(name, mail[name]) for name in ("subject", "text")}
    preview = None
    if error is None:
        shown = visit.run("operator/mail_preview", input={"id": mail["id"], **draft})
        error, preview = shown.error, shown.data.get("mailPreview")
    return show_form(
        visit,
        "operator/mail.html",
        error,
        mail=mail,
        draft=draft,
        conflict=error is not None and error.code == "CONFLICT",
        preview=preview,
        languages=[one["language"] for one in mails],
    )


def change_mail(visit: Visit) -> Response:
    """POST: save the text, show how it would look, restore the default, or send a test."""
    if visit.fields.get("do") == "preview":
        return show_mail(visit)
    language = asked(visit, "language")
    return make(visit, _CHANGES, show_mail, query={"language": language} if language else None)


def _named(visit: Visit) -> dict[str, Any]:
    return {"id": visit.parameters["id"], "language": visit.fields.get("language", "")}


def _text(visit: Visit) -> dict[str, Any]:
    fields = {name: visit.fields.get(name, "") for name in ("subject", "text")}
    version = visit.fields.get("version", "")
    known = int(version) if version.isdecimal() else 0
    return {"input": _named(visit) | fields | {"reason": text(visit, "reason"), "version": known}}


_CHANGES: Final = {
    "save": Change("operator/changes/mail", "mail-saved", _text),
    "reset": Change("operator/changes/reset_mail", "mail-reset", _named),
    "test": Change("operator/changes/test_mail", "mail-sent", _named),
}
