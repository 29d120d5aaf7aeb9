"""The forms that create and change an API key: `/developer/keys/new` and `/developer/keys/{id}/edit`."""

import re
from collections.abc import Mapping
from typing import Any, Final

from souk.authentication.tokens import digest
from souk.console.developer.keys import KEYS, find_key
from souk.console.developer.permissions import ALWAYS, SET_TITLES, SETS, Choice, choice, ids_of, scopes_of
from souk.console.site import Visit
from souk.web import Response

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "web": ("AUTHORIZATION_CODE", "REFRESH_TOKEN"),
    "device": ("AUTHORIZATION_CODE", "REFRESH_TOKEN"),
    "service": ("CLIENT_CREDENTIALS",),
}
"""How a program gets tokens, by the value of the field `kind`."""
_MONTHS: Final = (1, 3, 6, 12, 24)
_FIELDS: Final = {
    "redirectUris": "redirects",
    "rotationMonths": "rotation",
    "scopeIds": "scope",
    "grants": "kind",
    "serviceAccount": "kind",
}
"""The fields of the forms, by their paths in the inputs."""
_NUMBER: Final = re.compile("[0-9]{1,4}")
_NEW: Final = "developer/key_new.html"
_EDIT: Final = "developer/key_edit.html"
_PROFILE: Final = "/account/profile"
"""Where people complete what is missing to create a key."""


# A new key


def show_new(visit: Visit) -> Response:
    """GET: show the empty form, or with `set` one with a set of permissions."""
    return _new_form(visit, _choice(visit, ids_of(SETS.get(visit.query.get("set", ""), ()))), {"kind": "web"})


def process_new(visit: Visit) -> Response:
    """POST: create a key, or show the form with other permissions."""
    do = visit.fields.get("do", "find")
    if do == "create":
        return _create(visit)
    ids = ids_of(SETS[do]) if do in SETS else visit.http.values("scope")
    return _new_form(visit, _choice(visit, ids, visit.fields.get("q", "").strip()), visit.fields)


def _create(visit: Visit) -> Response:
    fields = visit.fields
    kind = fields.get("kind", "web")
    chosen = scopes_of(visit.http.values("scope"))
    new: dict[str, Any] = {
        "name": fields.get("name", ""),
        "description": _lines(fields.get("description", "")),
        "scopeIds": ids_of(chosen),
        "grants": _KINDS.get(kind, ()),
        "rotationMonths": _months(fields),
    }
    if kind == "service":
        new["serviceAccount"] = True
    else:
        new["redirectUris"] = _addresses(fields)
    answer = visit.run("developer/create_key", input=new)
    if answer.error:
        data = _profile(visit)
        values = _shown(_choice(visit, ids_of(chosen))) | data
        if answer.error.extensions.get("missing") and not answer.error.fields:
            return visit.render_faults(_NEW, {_PROFILE: answer.error.message}, **values)
        return visit.render_errors(_NEW, answer.error, _FIELDS, **values)
    made = answer.data["createApiKey"]
    return visit.show_once(
        f"{KEYS}/{made['apiKey']['id']}",
        {"secret": made["clientSecret"]},
        said="key-in-review" if made["apiKey"]["state"] == "REVIEW" else "key-created",
    )


def _new_form(visit: Visit, permissions: Choice, form: Mapping[str, str]) -> Response:
    return visit.render(_NEW, **_profile(visit), form=form, **_shown(permissions))


def _profile(visit: Visit) -> dict[str, Any]:
    """Return what the form shows of the person and their organization."""
    data = visit.ask("developer/key_new")
    current = data["organization"]["id"]
    company = data["organization"]["company"]
    items = data["companySelector"]["items"]
    return {
        "enterprise": any(one["organizationEnterpriseType"] for one in items if one["organizationId"] == current),
        "own_address": _complete(data["account"]["location"], "street"),
        "company_address": bool(company) and _complete(company, "address"),
        "company": company["name"] if company else data["organization"]["name"],
    }


def _complete(place: Mapping[str, Any], street: str) -> bool:
    return all(place[part] for part in (street, "city", "zip", "country"))


# A change


def show_edit(visit: Visit) -> Response:
    """GET: show the form with the values of a key."""
    key = find_key(visit)
    return visit.render(_EDIT, key=key, conflict=False, form=_values(key), **_shown(_choice(visit, _ids(key)), key))


def process_edit(visit: Visit) -> Response:
    """POST: change a key. Other permissions need a confirmation, and a key that somebody changed another look."""
    key, fields = find_key(visit), visit.fields
    ids = visit.http.values("scope")
    do = fields.get("do", "find")
    if do not in ("save", "change"):
        chosen = _choice(visit, ids_of(SETS[do]) if do in SETS else ids, fields.get("q", "").strip())
        return visit.render(_EDIT, key=key, conflict=False, form=fields, **_shown(chosen, key))
    if fields.get("version") != _version(key):
        form = dict(fields) | {"version": _version(key)}
        return visit.render(_EDIT, status=409, key=key, conflict=True, form=form, **_shown(_choice(visit, ids), key))
    wanted = ids_of(scopes_of(ids))
    changed = set(wanted) != set(_ids(key))
    if changed and do != "change":
        before = scopes_of(_ids(key))
        after = scopes_of(wanted)
        return visit.render(
            "developer/key_change.html",
            key=key,
            added=sorted(after - before),
            removed=sorted(before - after),
            ids=wanted,
            form=fields,
        )
    change: dict[str, Any] = {
        "id": key["id"],
        "name": fields.get("name", ""),
        "description": _lines(fields.get("description", "")),
        "rotationMonths": _months(fields),
    }
    if "CLIENT_CREDENTIALS" not in key["grants"]:
        change["redirectUris"] = _addresses(fields)
    if changed:
        change["scopeIds"] = wanted
    answer = visit.run("developer/change_key", input=change)
    if answer.error:
        shown = _shown(_choice(visit, ids), key)
        return visit.render_errors(_EDIT, answer.error, _FIELDS, key=key, conflict=False, **shown)
    return visit.redirect(f"{KEYS}/{key['id']}", said="key-changed")


def _values(key: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": key["name"],
        "description": key["description"] or "",
        "redirects": "\n".join(key["redirectUris"]),
        "rotation": str(key["rotationMonths"]),
        "version": _version(key),
    }


def _version(key: Mapping[str, Any]) -> str:
    """Return a digest of what the form can change, by which a change by somebody else is noticed."""
    values = (key["name"], key["description"], *key["redirectUris"], str(key["rotationMonths"]), *sorted(_ids(key)))
    return digest("\n".join(map(str, values)))


def _ids(key: Mapping[str, Any]) -> list[str]:
    return [scope["id"] for scope in key["scopes"]]


# Both


def _choice(visit: Visit, ids: Any, query: str = "") -> Choice:
    return choice(scopes_of(ids), operator=visit.principal.operator, query=query)


def _shown(permissions: Choice, key: Mapping[str, Any] | None = None) -> dict[str, Any]:
    months = {*_MONTHS, *((key["rotationMonths"],) if key else ())}
    return {"choice": permissions, "always": ALWAYS, "sets": SET_TITLES, "months": sorted(months)}


def _addresses(fields: Mapping[str, str]) -> list[str]:
    return [line.strip() for line in fields.get("redirects", "").splitlines() if line.strip()]


def _lines(text: str) -> str:
    """Return a text with the line ends of programs; browsers send CR LF."""
    return text.replace("\r\n", "\n")


def _months(fields: Mapping[str, str]) -> int:
    """Return how long a secret lasts; 0, which the API refuses, if the field is no number."""
    given = fields.get("rotation", "")
    return int(given) if _NUMBER.fullmatch(given) else 0
