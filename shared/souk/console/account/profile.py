"""The person's own profile: `/account/profile`."""

from collections.abc import Mapping
from typing import Any, Final

from souk.console.site import Visit
from souk.console.uploads import RefusedFile, store_picture
from souk.console.versions import changed_meanwhile, version_of
from souk.web import Response
from souk.web.translations import Text

_PAGE: Final = "account/profile.html"
_PATHS: Final = {
    "firstName": "first_name",
    "lastName": "last_name",
    "additionalInfo": "additional",
    "portraitFileId": "portrait",
}
_ADDRESS: Final = (
    ("street", Text("a street")),
    ("city", Text("a city")),
    ("zip", Text("a postal code")),
    ("country", Text("a country")),
)
_LANGUAGES: Final = {"en": "English", "de": "Deutsch"}


def show_profile(visit: Visit) -> Response:
    """GET: show the profile."""
    data = visit.ask("account/profile")
    return visit.render(_PAGE, **_values(data), form=_form(data["account"]))


def save_profile(visit: Visit) -> Response:
    """POST: save the profile, with the portrait if one was chosen."""
    given = visit.fields
    data = visit.ask("account/profile")
    values = _values(data)
    if present := changed_meanwhile(given, _form(data["account"])):
        return visit.render_conflict(_PAGE, present, **values)
    wanted: dict[str, Any] = {
        "firstName": given.get("first_name", ""),
        "lastName": given.get("last_name", ""),
        "phone": given.get("phone") or None,
        "location": {
            "street": given.get("street") or None,
            "additionalInfo": given.get("additional") or None,
            "city": given.get("city") or None,
            "state": given.get("state") or None,
            "zip": given.get("zip") or None,
            "country": given.get("country") or None,
            "timezone": given.get("timezone") or None,
        },
    }
    if given.get("language"):
        wanted["language"] = given["language"]
    try:
        if file := visit.http.files.get("portrait"):
            wanted["portraitFileId"] = store_picture(visit, "account/portrait_link", file)
        elif given.get("remove_portrait"):
            wanted["portraitFileId"] = None
    except RefusedFile as refused:
        return visit.render_faults(_PAGE, {"portrait": refused.message}, **values)
    result = visit.run("account/save_profile", input=wanted)
    if result.error:
        return visit.render_errors(_PAGE, result.error, _PATHS, **values)
    return visit.redirect(
        "/account/profile", said="portrait-saved" if wanted.get("portraitFileId") else "profile-saved"
    )


def _form(account: Mapping[str, Any]) -> dict[str, str]:
    place = account["location"]
    country = place["country"] or {}
    values = {
        "first_name": account["firstName"],
        "last_name": account["lastName"],
        "phone": account["phone"],
        "street": place["street"],
        "additional": place["additionalInfo"],
        "city": place["city"],
        "state": place["state"],
        "zip": place["zip"],
        "country": country.get("twoLetterAbbreviation"),
        "timezone": place["timezone"],
        "language": account["language"],
    }
    return {name: value or "" for name, value in values.items()}


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows beside the fields."""
    form = _form(data["account"])
    return {
        "version": version_of(form),
        "email": data["account"]["email"],
        "public_name": f"{form['first_name']} {form['last_name'][:1]}." if form["last_name"] else form["first_name"],
        "missing": [name for field, name in _ADDRESS if not form[field]],
        "first_missing": next((field for field, _ in _ADDRESS if not form[field]), ""),
        "countries": [(one["twoLetterAbbreviation"], one["name"]) for one in data["countries"]],
        "timezones": [(name, name) for name in sorted({one["timeZoneName"] for one in data["timeZones"]})],
        "languages": [(one, _LANGUAGES.get(one, one)) for one in data["marketplace"]["languages"]],
    }
