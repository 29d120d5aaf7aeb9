"""Changing one's own account. Pure."""

import re
from typing import Any, Final

from souk.domains.identity.inputs import AccountLocationChange, UpdateAccount
from souk.domains.identity.model import Location, User
from souk.domains.identity.rules.locations import moved
from souk.domains.identity.rules.profile_fields import given, phone
from souk.domains.reference import world
from souk.values import texts
from souk.values.problems import Problems

_MAX_NAME: Final = 50
_NICKNAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_MAX_LENGTHS: Final = {"address": 200, "additional_info": 200, "city": 100, "state": 100, "zip": 20}
_PARTS: Final = {
    "street": "address",
    "additional_info": "additional_info",
    "city": "city",
    "state": "state",
    "zip": "zip",
}
"""The stored part of each field of the input."""
_PATHS: Final = {"additional_info": "additionalInfo"}


def apply_change(user: User, wanted: UpdateAccount, languages: tuple[str, ...]) -> User:
    """Return the changed user, without the portrait and the default organization, which need storage.

    `languages` are those of the marketplace (BCP 47); the first is the default.
    Fields that are left out stay; null clears a field or sets its default. Raises Unprocessable with all problems.
    """
    problems = Problems("input")
    changes: dict[str, Any] = {}
    for name, path in (("first_name", "firstName"), ("last_name", "lastName")):
        if given(wanted, name):
            changes[name] = _name(problems, path, getattr(wanted, name))
    if given(wanted, "phone"):
        changes["phone"] = phone(problems, "phone", wanted.phone)
    if given(wanted, "language"):
        changes["language"] = _language(problems, wanted.language, languages)
    if given(wanted, "mail_messages"):
        changes["mail_messages"] = True if wanted.mail_messages is None else wanted.mail_messages
    if given(wanted, "location"):
        changes["location"] = _located(problems, user.location, wanted.location)
    if given(wanted, "default_organization_id") and wanted.default_organization_id is None:
        problems.add("defaultOrganizationId", "cannot be null: every account has a default organization.")
    problems.raise_if_any()
    return user.model_copy(update=changes)


def nickname_problem(text: str) -> str | None:
    """Return what is wrong with a nickname; None if nothing is."""
    return None if _NICKNAME.fullmatch(text) else "use 1 to 40 lower-case letters, digits and hyphens."


def _name(problems: Problems, path: str, text: str | None) -> str:
    name = texts.line(problems, path, text or "", 1, _MAX_NAME)
    if name and not any(one.isalnum() for one in name):
        problems.add(path, "must contain a letter or a digit.")
    return name


def _language(problems: Problems, text: str | None, languages: tuple[str, ...]) -> str:
    if text is not None and text not in languages:
        problems.add("language", f"must be one of: {', '.join(languages)}.")
    return text or languages[0]


def _located(problems: Problems, location: Location, wanted: AccountLocationChange | None) -> Location:
    if wanted is None:
        return Location()
    changes: dict[str, Any] = {}
    for name in given(wanted, *_PARTS):
        part, text = _PARTS[name], getattr(wanted, name)
        stored = texts.line(problems, f"location.{_PATHS.get(name, name)}", text or "", 0, _MAX_LENGTHS[part])
        changes[part] = stored or None
    if given(wanted, "country"):
        changes["country"] = _country(problems, wanted.country)
    if given(wanted, "timezone") and wanted.timezone:
        zone = world.time_zone(wanted.timezone)
        if zone is None:
            problems.add("location.timezone", "use the IANA name of a time zone, such as Europe/Lisbon.")
        else:
            changes["timezone"] = zone
    after = moved(location, changes)
    if given(wanted, "timezone") and not wanted.timezone:  # back to the one of the place
        return moved(Location(), after.model_dump(exclude={"timezone", "latitude", "longitude"}))
    return after


def _country(problems: Problems, text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    code = world.country_code(text.strip()) if len(text) <= _MAX_LENGTHS["city"] else None
    if code is None:
        problems.add("location.country", "use the name or the ISO code of a country.")
    return code
