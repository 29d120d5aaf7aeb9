"""The profile that is required to create an API key (reference, "Preparation"). Pure.

Programs act on behalf of other people, so the person responsible for each must be known. The reference also asks for a
portrait. Souk does not: a picture does not make the person reachable.
"""

import unicodedata
from typing import Final

from souk.domains.identity.model import Location, Organization, OrganizationType, User
from souk.domains.reference import world
from souk.domains.reference.tables import fold
from souk.values.errors import Unprocessable

_NAME_MARKS: Final = frozenset(" '’.,-‐")  # noqa: RUF001 - apostrophes and hyphens of names
_ADDRESS: Final = {"address": "street", "city": "city", "zip": "postal code", "country": "country"}
"""The required fields of a location, in words. `address` is street and number."""


def check(creator: User, company: Organization) -> None:
    """Raise Unprocessable if the creator's profile is incomplete; `details["missing"]` lists the fields."""
    parts = _missing_address(creator, company)
    requirements = {
        "a first and last name, written in letters": _missing_names(creator),
        "your own name instead of your company's": _company_name_fields(creator, company),
        f"a full address, yours or your company's (missing: {', '.join(_ADDRESS[one] for one in parts)})": tuple(
            f"location.{part}" for part in parts
        ),
    }
    missing = [field for fields in requirements.values() for field in fields]
    if missing:
        wanted = "; ".join(name for name, fields in requirements.items() if fields)
        raise Unprocessable(f"To create an API key, add to your profile: {wanted}.", missing=missing)


def _missing_names(creator: User) -> tuple[str, ...]:
    names = {"firstName": creator.first_name, "lastName": creator.last_name}
    return tuple(field for field, name in names.items() if not _is_name(name))


def _is_name(text: str) -> bool:
    """Return whether a text can be a person's name, in any script: letters with punctuation between them."""
    written = all(char.isalpha() or char in _NAME_MARKS or unicodedata.category(char)[0] == "M" for char in text)
    return written and any(char.isalpha() for char in text)


def _company_name_fields(creator: User, company: Organization) -> tuple[str, ...]:
    if company.type is OrganizationType.SOLE_PROPRIETOR:  # a freelancer's organization has the person's name
        return ()
    name = fold(f"{creator.first_name} {creator.last_name}")
    taken = {fold(one) for one in (company.name, company.company_name or "")}
    return ("firstName", "lastName") if name and name in taken else ()


def _missing_address(creator: User, company: Organization) -> list[str]:
    """Return the missing parts of the person's address; none if the company's is complete."""
    own = _missing_parts(creator.location)
    return own if _missing_parts(company.location) else []


def _missing_parts(location: Location) -> list[str]:
    missing = [part for part in _ADDRESS if not (getattr(location, part) or "").strip()]
    if location.country and "country" not in missing and world.country_code(location.country) is None:
        missing.append("country")
    return missing
