"""Creating teams and changing organizations. Pure."""

import re
import unicodedata
from datetime import datetime
from typing import Any, Final

from souk.domains.identity.inputs import Address, CreateOrganization, UpdateOrganization
from souk.domains.identity.model import Location, Organization, OrganizationLegacyType
from souk.domains.identity.rules.locations import moved
from souk.domains.reference import world
from souk.values.errors import Unprocessable
from souk.values.times import stamp

MAX_TEAMS: Final = 200
"""Teams of a company."""

_MAX_LENGTHS: Final = {"name": 100, "address": 200, "city": 100, "state": 100, "zip": 20, "vatId": 30}
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of invisible characters, line breaks and bidirectional controls."""
_JOINERS: Final = "\u200c\u200d"  # allowed: used in Persian, Hindi and emoji
_VAT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .-]*")
_KINDS: Final = {OrganizationLegacyType.CLIENT: "CLIENT", OrganizationLegacyType.VENDOR: "AGENCY"}


def new_team(
    team_id: str, company: Organization, teams: int, wanted: CreateOrganization, now: datetime
) -> Organization:
    """Return a new team of a company with `teams` teams.

    Raises Unprocessable if the parent cannot have teams, or the input does not match the company.
    """
    if company.is_team:
        raise Unprocessable("input.parentOrganizationId: a team cannot have teams. Name its company.")
    if not company.teams_enabled:
        raise Unprocessable("input.parentOrganizationId: a freelancer's organization cannot have teams.")
    if teams >= MAX_TEAMS:
        raise team_limit_error()
    kind = _KINDS[company.legacy_type]
    if wanted.type not in (None, kind):
        raise Unprocessable(f"input.type: a team has the type of its company. Leave it out or use {kind}.")
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


def team_limit_error() -> Unprocessable:
    """Return the error for a company with the maximum number of teams."""
    return Unprocessable(f"A company can have at most {MAX_TEAMS} teams.")


def apply_change(organization: Organization, wanted: UpdateOrganization) -> Organization:
    """Return the changed organization. Raises Unprocessable for invalid input."""
    if wanted.parent_organization_id not in (None, organization.parent_id):
        raise Unprocessable("input.parentOrganizationId: a team cannot move to another company.")
    changes: dict[str, Any] = {"name": _text("input.organizationName", wanted.organization_name, "name")}
    if wanted.hidden is not None:
        if wanted.hidden and not organization.is_team:
            raise Unprocessable("input.hidden: only a team can be hidden.")
        changes["hidden"] = wanted.hidden
    if "vat_id" in wanted.model_fields_set:
        changes["vat_id"] = _vat_id(wanted.vat_id)
    if wanted.address is not None:
        changes["location"] = with_address(organization.location, wanted.address)
    return organization.model_copy(update=changes)


def with_address(location: Location, wanted: Address) -> Location:
    """Return a location with a changed address; null clears a field."""
    changes: dict[str, Any] = {}
    for given, part in (("address", "address"), ("city", "city"), ("state", "state"), ("zip_code", "zip")):
        if given in wanted.model_fields_set:
            text = getattr(wanted, given)
            path = f"input.address.{'zipCode' if part == 'zip' else part}"
            changes[part] = _text(path, text, part) if text and text.strip() else None
    if "country" in wanted.model_fields_set:
        changes["country"] = _country("input.address.country", wanted.country) if wanted.country else None
    return moved(location, changes)


def accounting_entity_id(organization: Organization) -> str:
    """Return the id of an organization's accounting entity. Teams use their company's."""
    return organization.company_id


def _country(path: str, text: str) -> str:
    code = world.country_code(text.strip()) if len(text) <= _MAX_LENGTHS["name"] else None
    if code is None:
        raise Unprocessable(f"{path}: use the name or the ISO code of a country.")
    return code


def _vat_id(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    value = _text("input.vatId", text, "vatId")
    if not _VAT_ID.fullmatch(value):
        raise Unprocessable("input.vatId: use letters, digits, spaces, dots and hyphens.")
    return value


def _text(path: str, text: str, kind: str) -> str:
    value = text.strip()
    invisible = any(unicodedata.category(one) in _INVISIBLE and one not in _JOINERS for one in value)
    if not value.strip(_JOINERS) or len(value) > _MAX_LENGTHS[kind] or invisible:
        raise Unprocessable(f"{path}: use 1 to {_MAX_LENGTHS[kind]} visible characters on one line.")
    return value
