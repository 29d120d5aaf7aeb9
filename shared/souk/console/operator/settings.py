"""Brand and rules of the marketplace: `/operator/settings`."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from souk.console.graph import ApiError
from souk.console.operator.forms import Change as Mutation
from souk.console.operator.forms import attempt, show_form, wrong
from souk.console.site import Visit
from souk.console.uploads import RefusedFile, store_picture
from souk.values.brand import DARK, LIGHT, is_color, palette
from souk.values.errors import NotFound
from souk.web import Response


def _text(value: str) -> str | None:
    return value.strip() or None


def _list(value: str) -> list[str] | None:
    return value.replace(",", " ").split() or None


class Setting(NamedTuple):
    """A field of a form of settings."""

    name: str
    """In the form."""
    field: str
    """In the API."""
    title: str
    kind: str = "line"
    """`line`, `area`, `check` or `list`."""
    hint: str = ""

    def read(self, fields: Mapping[str, str]) -> Any:
        """Return what the form says; None restores what the deployment sets."""
        if self.kind == "check":
            return fields.get(self.name) == "yes"
        parse: Callable[[str], Any] = _list if self.kind == "list" else _text
        return parse(fields.get(self.name, ""))

    def show(self, value: Any) -> str:
        """Return a value of the API as the form shows it."""
        if self.kind == "check":
            return "yes" if value else ""
        return " ".join(value) if self.kind == "list" else str(value if value is not None else "")


BRAND: Final = (
    Setting("name", "name", "Name", hint="On every page and in every mail."),
    Setting("tagline", "tagline", "Tagline", hint="One line for the front page."),
    Setting("description", "description", "Description", "area", "A paragraph for the front page."),
    Setting("accent", "accentColor", "Accent colour", hint="#rrggbb. Pages pick the lightness that can be read."),
    Setting("support_email", "supportEmail", "Support by e-mail"),
    Setting("support_url", "supportUrl", "Support page", hint="https only."),
    Setting("powered_by", "poweredBy", "Say “Powered by Souk” at the foot", "check"),
)
RULES: Final = (
    Setting("terms_url", "termsUrl", "Terms", hint="https only."),
    Setting("privacy_url", "privacyUrl", "Privacy policy", hint="https only."),
    Setting("terms_version", "termsVersion", "Version of the terms", hint="A new one has everybody accept again."),
    Setting("require_terms", "requireTerms", "Everybody has to accept the terms", "check"),
    Setting("signup", "signUpOpen", "Everybody can create an account", "check", "If not, people need an invitation."),
    Setting(
        "key_review",
        "apiKeyReview",
        "Operators review new API keys",
        "check",
        "Turning it off approves those that wait.",
    ),
    Setting(
        "profile_review",
        "profileReview",
        "Operators review profiles",
        "check",
        "Turning it off accepts those that wait.",
    ),
    Setting("client_fee", "clientFeeRate", "Fee of clients, percent", hint="For contracts that begin from now on."),
    Setting("vendor_fee", "vendorFeeRate", "Fee of freelancers, percent", hint="For contracts that begin from now on."),
    Setting("currencies", "currencies", "Currencies", "list", "Such as USD EUR. The first is the default."),
    Setting("languages", "languages", "Languages", "list", "Such as en de. The first is the default."),
)
FORMS: Final = {"brand": BRAND, "rules": RULES}
_RISKY: Final = ("client_fee", "vendor_fee", "key_review", "profile_review")
"""The settings whose change is confirmed on a page of its own."""


def show_brand(visit: Visit) -> Response:
    """GET: show name, colour and support."""
    return _show(visit, "brand")


def show_rules(visit: Visit) -> Response:
    """GET: show terms, sign-up, reviews, fees, currencies and languages."""
    return _show(visit, "rules")


def change_brand(visit: Visit) -> Response:
    """POST: save the brand, or show how it would look."""
    accent = visit.fields.get("accent", "").strip().lower()
    if visit.fields.get("do") == "preview":
        if accent and not is_color(accent):
            return _show(visit, "brand", wrong("accent", "Give a colour as #rrggbb."))
        return _show(visit, "brand", preview=True)
    return _save(visit, "brand")


def change_rules(visit: Visit) -> Response:
    """POST: save the rules; fees and the end of reviews are confirmed first."""
    return _save(visit, "rules")


def show_deployment(visit: Visit) -> Response:
    """GET: show what only a deployment sets."""
    found = visit.ask("operator/deployment")["marketplaceSettings"]["deployment"]
    return visit.render("operator/deployment.html", settings=found)


def _show(visit: Visit, form: str, error: ApiError | None = None, *, preview: bool = False) -> Response:
    found = visit.ask("operator/settings")["marketplaceSettings"]
    stored = _values(found, form)
    sent = {one.name: visit.fields.get(one.name, "") for one in FORMS[form]} if error or preview else stored
    values: dict[str, Any] = {
        "page": form,
        "settings": FORMS[form],
        "found": found,
        "values": sent,
        "stored": stored if error and error.code == "CONFLICT" else None,
        "confirming": None,
        "colors": _colors(sent.get("accent", "")) if form == "brand" else None,
    }
    return show_form(visit, "operator/settings.html", error, **values)


def _save(visit: Visit, form: str) -> Response:
    if visit.fields.get("do") != "save":
        raise NotFound("This form has no such button.")
    visit.require_recent_login()
    found = visit.ask("operator/settings")["marketplaceSettings"]
    stored = _values(found, form)
    changed = [one for one in FORMS[form] if visit.fields.get(one.name, "").strip() != stored[one.name]]
    risky = [one for one in changed if one.name in _RISKY]
    if risky and visit.fields.get("confirmed") != "yes":
        return _confirm(visit, form, found, risky)
    version = visit.fields.get("version", "")
    if not version.isdecimal():
        raise NotFound("This form is incomplete.")
    reason = visit.fields.get("reason", "")
    change = {one.field: one.read(visit.fields) for one in changed} | {"version": int(version), "reason": reason}
    try:
        change |= _logo(visit)
    except RefusedFile as wrong_file:
        return _show(visit, form, wrong("logo", str(wrong_file)))
    mutation = Mutation("operator/changes/settings", "", lambda _visit: {"input": change})
    if refused := attempt(visit, mutation):
        return _show(visit, form, _in_form(refused, form))
    return visit.redirect(visit.http.path, said="settings-saved")


def _logo(visit: Visit) -> dict[str, str | None]:
    """Return the change of the logo, which is stored if a file was chosen. Raises RefusedFile."""
    if file := visit.http.files.get("logo"):
        return {"logoFileId": store_picture(visit, "operator/logo_link", file, logo=True)}
    return {"logoFileId": None} if visit.fields.get("remove_logo") == "yes" else {}


def _confirm(visit: Visit, form: str, found: Mapping[str, Any], risky: list[Setting]) -> Response:
    """Return the page that names what changes, and has all fields of the form."""
    before = _values(found, form)
    lines = [(one.title, before[one.name] or "no", visit.fields.get(one.name, "") or "no") for one in risky]
    sent = {name: value for name, value in visit.fields.items() if name in {one.name for one in FORMS[form]}}
    kept = sent | {name: visit.fields.get(name, "") for name in ("version", "reason")}
    return visit.render("operator/settings_confirm.html", lines=lines, kept=kept, page=form)


def _values(found: Mapping[str, Any], form: str) -> dict[str, str]:
    """Return the stored values as the form shows them."""
    held = {**found["marketplace"], **{name: found[name] for name in ("apiKeyReview", "profileReview", "requireTerms")}}
    return {one.name: one.show(held[one.field]) for one in FORMS[form]}


def _in_form(error: ApiError, form: str) -> ApiError:
    """Return an error whose fields have the names of the form."""
    names = {one.field: one.name for one in FORMS[form]} | {"logoFileId": "logo"}
    fields = [
        {"path": names.get(path.rpartition(".")[2], path), "message": message} for path, message in error.fields.items()
    ]
    return ApiError(error.code, error.message, {**error.extensions, "fields": fields})


def _colors(accent: str) -> list[tuple[str, str, str, str, str]]:
    """Return the title, ground, ink and colours of the button for light and dark, for the preview."""
    if not is_color(accent.strip().lower()):
        return []
    shown = []
    for title, scheme in (("Light", LIGHT), ("Dark", DARK)):
        colors = palette(accent.strip().lower(), scheme)
        shown.append((title, scheme.grounds[0], colors.brand, colors.on_brand, "#f2ede6" if scheme.dark else "#211d1a"))
    return shown
