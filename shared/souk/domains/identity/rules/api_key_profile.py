"""What must be known of somebody before they make an API key (reference, "Preparation"). Pure.

Programs act in other people's names, so there is somebody to be found behind each.
"""

import unicodedata
from typing import Final

from souk.domains.identity.model import Location, Organization, OrganizationType, User
from souk.domains.reference import world
from souk.domains.reference.tables import fold
from souk.values.errors import Unprocessable

_NAME_MARKS: Final = frozenset(" '’.,-‐")  # noqa: RUF001 - people's names hold these apostrophes and hyphens
_ADDRESS: Final = ("address", "city", "zip", "country")
"""Parts of a location; `address` is street and number."""


def check(maker: User, company: Organization) -> None:
    """Raise Unprocessable that says all that a person's profile lacks; `details["missing"]` names the fields."""
    lacking = {
        "a first and a last name, written in letters": _lacking_names(maker),
        "a name of your own instead of your company's": _borrowed_name(maker, company),
        "a full address, in your profile or your company's: street, city, postal code and country": _lacking_address(
            maker, company
        ),
        "a portrait": () if (maker.photo_url or "").strip() else ("photoUrl",),
    }
    missing = [field for fields in lacking.values() for field in fields]
    if missing:
        wanted = "; ".join(f"{what} ({', '.join(fields)})" for what, fields in lacking.items() if fields)
        raise Unprocessable(f"Before you make an API key, your profile needs: {wanted}.", missing=missing)


def _lacking_names(maker: User) -> tuple[str, ...]:
    names = {"firstName": maker.first_name, "lastName": maker.last_name}
    return tuple(field for field, name in names.items() if not _is_name(name))


def _is_name(text: str) -> bool:
    """Say whether a text is a person's name, in whatever script: letters, and what stands between them."""
    written = all(char.isalpha() or char in _NAME_MARKS or unicodedata.category(char)[0] == "M" for char in text)
    return written and any(char.isalpha() for char in text)


def _borrowed_name(maker: User, company: Organization) -> tuple[str, ...]:
    if company.type is OrganizationType.SOLE_PROPRIETOR:  # who works for themselves does so in their own name
        return ()
    name = fold(f"{maker.first_name} {maker.last_name}")
    taken = {fold(one) for one in (company.name, company.company_name or "")}
    return ("firstName", "lastName") if name and name in taken else ()


def _lacking_address(maker: User, company: Organization) -> tuple[str, ...]:
    """Return what is missing from the person's address, unless the company's is complete."""
    own = _lacking_parts(maker.location)
    return own if own and _lacking_parts(company.location) else ()


def _lacking_parts(location: Location) -> tuple[str, ...]:
    lacking = [part for part in _ADDRESS if not (getattr(location, part) or "").strip()]
    if location.country and "country" not in lacking and world.country_code(location.country) is None:
        lacking.append("country")
    return tuple(f"location.{part}" for part in lacking)
