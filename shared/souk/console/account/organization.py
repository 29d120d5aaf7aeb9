"""The organization that the person works for: `/account/organization`."""

from collections.abc import Mapping
from typing import Any, Final

from souk.console.site import Visit
from souk.console.uploads import RefusedFile, store_picture
from souk.console.versions import changed_meanwhile, version_of
from souk.web import Response

_PAGE: Final = "account/organization.html"
_PATHS: Final = {
    "organizationName": "name",
    "address.address": "street",
    "zipCode": "zip",
    "vatId": "vat_id",
    "logoFileId": "logo",
    "contactUserId": "contact",
    "financialPrivacy": "financial_privacy",
}
_ACTIVE: Final = 1


def show_organization(visit: Visit) -> Response:
    """GET: show the organization; read-only for members who do not administer it."""
    data = visit.ask("account/organization")
    return visit.render(_PAGE, **_values(visit, data), form=_form(data["organization"]["company"] or {}))


def save_organization(visit: Visit) -> Response:
    """POST: save the organization, with the logo if one was chosen."""
    data = visit.ask("account/organization")
    given = {**visit.fields}
    if data["organization"]["flag"]["client"]:
        given.setdefault("financial_privacy", "")  # what is not checked is not sent
    values = _values(visit, data)
    if present := changed_meanwhile(given, _form(data["organization"]["company"] or {})):
        return visit.render_conflict(_PAGE, present, **values)
    profile: dict[str, Any] = {name: given.get(name) or None for name in ("summary", "description", "website", "phone")}
    if "contact" in given:
        profile["contactUserId"] = given["contact"] or None
    if "financial_privacy" in given:
        profile["financialPrivacy"] = given["financial_privacy"] == "yes"
    try:
        if file := visit.http.files.get("logo"):
            profile["logoFileId"] = store_picture(visit, "account/logo_link", file)
        elif given.get("remove_logo"):
            profile["logoFileId"] = None
    except RefusedFile as refused:
        return visit.render_faults(_PAGE, {"logo": refused.message}, **values)
    organization = {
        "organizationName": given.get("name", ""),
        "vatId": given.get("vat_id", ""),
        "address": {
            "address": given.get("street", ""),
            "city": given.get("city", ""),
            "state": given.get("state", ""),
            "zipCode": given.get("zip", ""),
            **({"country": given["country"]} if given.get("country") else {}),
        },
    }
    result = visit.run("account/save_organization", organization=organization, profile=profile)
    if result.error:
        return visit.render_errors(_PAGE, result.error, _PATHS, **values)
    said = "logo-saved" if profile.get("logoFileId") else "organization-saved"
    return visit.redirect("/account/organization", said=said)


def _form(company: Mapping[str, Any]) -> dict[str, str]:
    values = {
        "name": company.get("name"),
        "summary": company.get("summary"),
        "description": company.get("description"),
        "website": company.get("website"),
        "phone": company.get("phone"),
        "street": company.get("address"),
        "city": company.get("city"),
        "state": company.get("state"),
        "zip": company.get("zip"),
        "country": (company.get("country") or {}).get("twoLetterAbbreviation"),
        "vat_id": company.get("vatId"),
        "contact": (company.get("contactUser") or {}).get("id"),
        "financial_privacy": "yes" if company.get("financialPrivacy") else "",
    }
    return {name: value or "" for name, value in values.items()}


def _values(visit: Visit, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows beside the fields."""
    organization = data["organization"]
    members = [edge["node"] for edge in organization["staffs"]["edges"]]
    people = [one["user"] for one in members if one["activationStatus"] == _ACTIVE]
    present = (organization["company"] or {}).get("contactUser")  # perhaps of a team
    return {
        "version": version_of(_form(organization["company"] or {})),
        "organization": organization,
        "may_change": visit.principal.administers,
        "contacts": list({one["id"]: (one["id"], one["name"]) for one in (*people, *filter(None, [present]))}.values()),
        "countries": [(one["twoLetterAbbreviation"], one["name"]) for one in data["countries"]],
    }
