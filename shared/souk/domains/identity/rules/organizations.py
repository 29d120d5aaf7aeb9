"""Making and changing organizations: what a new team is, and what a change makes of an organization. Pure."""

import re
import unicodedata
from datetime import datetime
from typing import Any, Final

from souk.domains.identity.inputs import Address, CreateOrganization, UpdateOrganization
from souk.domains.identity.model import Location, Organization, OrganizationLegacyType
from souk.domains.reference import places, world
from souk.values.errors import Unprocessable
from souk.values.times import stamp

MAX_TEAMS: Final = 200
"""Teams of one company. They are listed whole, so they are counted by that list: two at once may pass by one."""

_LONGEST: Final = {"name": 100, "address": 200, "city": 100, "state": 100, "zip": 20, "vatId": 30}
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""What no name is written with: it is not seen, ends the line, or turns the text around it. By Unicode's categories."""
_JOINERS: Final = "\u200c\u200d"  # but Persian, Hindi and emoji are written with these
_VAT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .-]*")
_KINDS: Final = {OrganizationLegacyType.CLIENT: "CLIENT", OrganizationLegacyType.VENDOR: "AGENCY"}


def new_team(
    team_id: str, company: Organization, teams: int, wanted: CreateOrganization, now: datetime
) -> Organization:
    """Return a new team of a company that has some already.

    Raises Unprocessable for a parent that has no teams, and for what does not fit the company.
    """
    if company.is_team:
        raise Unprocessable("input.parentOrganizationId: a team has no teams; name the company that it belongs to.")
    if not company.teams_enabled:
        raise Unprocessable("input.parentOrganizationId: the organization of one person has no teams.")
    if teams >= MAX_TEAMS:
        raise Unprocessable(f"A company has {MAX_TEAMS} teams at the most.")
    kind = _KINDS[company.legacy_type]
    if wanted.type not in (None, kind):
        raise Unprocessable(f"input.type: a team is what its company is; leave it out or say {kind}.")
    if wanted.ace_rid not in (None, accounting_entity_id(company)):
        raise Unprocessable("input.aceRid: a team is billed through its company's accounting entity.")
    country = _country("input.country", wanted.country) if wanted.country else company.location.country
    return Organization(
        id=team_id,
        name=_text("input.organizationName", wanted.organization_name, "name"),
        type=company.type,
        legacy_type=company.legacy_type,
        company_id=company.id,
        parent_id=company.id,
        creation_date=stamp(now),
        location=Location(country=country),
        currency=company.currency,
    )


def changed(organization: Organization, wanted: UpdateOrganization) -> Organization:
    """Return what a change makes of an organization. Raises Unprocessable for what it cannot become."""
    if wanted.parent_organization_id not in (None, organization.parent_id):
        raise Unprocessable("input.parentOrganizationId: a team stays in its company.")
    changes: dict[str, Any] = {"name": _text("input.organizationName", wanted.organization_name, "name")}
    if wanted.hidden is not None:
        if wanted.hidden and not organization.is_team:
            raise Unprocessable("input.hidden: only a team can be hidden.")
        changes["hidden"] = wanted.hidden
    if "vat_id" in wanted.model_fields_set:
        changes["vat_id"] = _vat_id(wanted.vat_id)
    if wanted.address is not None:
        changes["location"] = relocated(organization.location, wanted.address)
    return organization.model_copy(update=changes)


def relocated(location: Location, wanted: Address) -> Location:
    """Return where something is after a change of its address; null clears a part.

    What follows from a city (time zone, point on the map, state of the US) follows from the new one.
    """
    changes: dict[str, Any] = {}
    for given, part in (("address", "address"), ("city", "city"), ("state", "state"), ("zip_code", "zip")):
        if given in wanted.model_fields_set:
            text = getattr(wanted, given)
            path = f"input.address.{'zipCode' if part == 'zip' else part}"
            changes[part] = _text(path, text, part) if text and text.strip() else None
    if "country" in wanted.model_fields_set:
        changes["country"] = _country("input.address.country", wanted.country) if wanted.country else None
    moved = location.model_copy(update=changes)
    if (moved.city, moved.country) == (location.city, location.country):
        return moved
    place = places.find_city(moved.city, moved.country) if moved.city and moved.country else None
    if place is None:
        timezone = location.timezone if moved.country == location.country else None
        return moved.model_copy(update={"latitude": None, "longitude": None, "timezone": timezone})
    state = moved.state if "state" in changes else place.state
    return moved.model_copy(
        update={
            "latitude": place.latitude,
            "longitude": place.longitude,
            "timezone": place.timezone,
            "state": state,
        }
    )


def accounting_entity_id(organization: Organization) -> str:
    """Return the id of the accounts of an organization. Accounts are kept for a company as a whole."""
    return organization.company_id


def _country(path: str, text: str) -> str:
    code = world.country_code(text.strip()) if len(text) <= _LONGEST["name"] else None
    if code is None:
        raise Unprocessable(f"{path}: the name or the ISO code of a country, as in `countries`.")
    return code


def _vat_id(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    value = _text("input.vatId", text, "vatId")
    if not _VAT_ID.fullmatch(value):
        raise Unprocessable("input.vatId: letters, digits, spaces, dots and hyphens.")
    return value


def _text(path: str, text: str, kind: str) -> str:
    value = text.strip()
    unseen = any(unicodedata.category(one) in _UNSEEN and one not in _JOINERS for one in value)
    if not value.strip(_JOINERS) or len(value) > _LONGEST[kind] or unseen:
        raise Unprocessable(f"{path}: 1 to {_LONGEST[kind]} characters in one line, all of which can be seen.")
    return value
