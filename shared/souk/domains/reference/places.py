"""The gazetteer: where cities, postal codes and areas are. Pure, no GraphQL, no I/O but its tables (`tables`).

Ids: countries, US states and cities have their GeoNames id; regions their UN M49 code (three digits; a test shows that
no GeoNames id of ours is one); US postal codes are their own id. Cities have 15,000 people and more.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from souk.domains.reference.tables import country_facts, fold, joined_initials, regions, row_of, rows, rows_with
from souk.domains.reference.world import country_code

_REMEMBERED: Final = 4096
_US_MAIL_ABROAD: Final = frozenset({"AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"})
"""Countries of ISO 3166-1 with US postal codes. Their abbreviations in US mail are their ISO codes."""
_ABBREVIATIONS: Final = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_ABBREVIATIONS.update({word: short for short, word in _ABBREVIATIONS.items()})
_POPULATION: Final = 7
"""The column of `cities.tsv`."""
_POSTAL_CODE: Final = re.compile(r"(\d{5})(?:-\d{4})?")


@dataclass(frozen=True, slots=True)
class Place:
    """A named point on the map: a city, or the centre of a postal code's area."""

    id: str
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    state: str | None
    """The postal abbreviation of a US state; None outside the US."""
    latitude: float
    """Degrees north."""
    longitude: float
    """Degrees east."""
    timezone: str | None
    """IANA name."""


class AreaKind(StrEnum):
    """The kind of an area."""

    REGION = "REGION"
    COUNTRY = "COUNTRY"
    STATE = "STATE"
    CITY = "CITY"


@dataclass(frozen=True, slots=True)
class Area:
    """An area. A place is inside if it matches every field that is set."""

    id: str
    kind: AreaKind
    countries: frozenset[str]
    """ISO 3166-1 alpha-2 codes: several for a region, else one."""
    state: str | None = None
    city: str | None = None
    """GeoNames id."""


@lru_cache(_REMEMBERED)
def city(city_id: str) -> Place | None:
    """Return the city with this GeoNames id, or None when it is not one of at least 15,000 people."""
    row = row_of("cities.tsv", city_id)
    return _city(row) if row else None


@lru_cache(_REMEMBERED)
def find_city(name: str, country: str, state: str | None = None) -> Place | None:
    """Return the city of this name in this country; None if there is none.

    `country` is a code or name of a country, and `state` the postal abbreviation of a US state. The name can be written
    with the state or country after a comma (`Austin, TX`). Case and accents do not matter. Large cities have names in
    other languages too (`München`). Of several matches, a city's own name comes before such other names, then the
    larger population counts.
    """
    code = country_code(country)
    if code is None:
        return None
    name, _, rest = name.partition(",")
    for region in filter(None, map(str.strip, rest.split(","))):
        named = us_state(region) if code == "US" else None
        if named is None and country_code(region) != code:
            return None
        state = named or state
    found = cities_named(name, frozenset([code]))
    return next((one for one in found if state in (None, one.state)), None)


@lru_cache(_REMEMBERED)
def cities_named(name: str, countries: frozenset[str] = frozenset()) -> tuple[Place, ...]:
    """Return the cities of a name, largest first, in all countries or in those with these ISO codes.

    Cities with other names, such as those in other languages, are found if no city has it as its own name.
    """
    names = spellings(name)
    found = {row[0]: row for one in names for row in rows_with("cities.tsv", f"|{one}|")}
    rows_ = [row for row in found.values() if not countries or row[2] in countries]
    own = [row for row in rows_ if fold(row[1]) in names]
    return tuple(_city(row) for row in sorted(own or rows_, key=lambda row: -int(row[_POPULATION])))


def spellings(name: str) -> tuple[str, ...]:
    """Return the folded name of a city, with other spellings of its first word: `St. Louis`, `Saint Louis`."""
    first, space, rest = folded.partition(" ") if (folded := fold(name)) else ("", "", "")
    other = _ABBREVIATIONS.get(first) if space else None
    return tuple(filter(None, (folded, other and f"{other} {rest}")))


def us_state(name: str) -> str | None:
    """Return the postal abbreviation of a US state, given its abbreviation or name; None if it is not one.

    Case and dots do not matter: `N.Y.`, `Washington, D.C.`.
    """
    folded = fold(name)
    if (code := joined_initials(folded).upper()) in us_states():
        return code
    return _us_state_by_name().get(folded)


@lru_cache(_REMEMBERED)
def postal_code(code: str) -> Place | None:
    """Return the place of a US postal code (five digits, or ZIP+4); None for an unknown code."""
    match = _POSTAL_CODE.fullmatch(code.strip())
    row = row_of("postal-codes.tsv", match[1]) if match else None
    if not row:
        return None
    zip_code, name, state, latitude, longitude, timezone = row
    country, us_state = (state, None) if state in _US_MAIL_ABROAD else ("US", state)
    return Place(zip_code, name, country, us_state, float(latitude), float(longitude), timezone or None)


@lru_cache(_REMEMBERED)
def area(area_id: str) -> Area | None:
    """Return the region, country, US state or city with this id; None for an unknown id."""
    if countries := countries_of_region(area_id):
        return Area(area_id, AreaKind.REGION, countries)
    if code := _country_by_id().get(area_id):
        return Area(area_id, AreaKind.COUNTRY, frozenset([code]))
    if state := _state_by_id().get(area_id):
        return Area(area_id, AreaKind.STATE, frozenset(["US"]), state)
    if place := city(area_id):
        return Area(area_id, AreaKind.CITY, frozenset([place.country]), place.state, place.id)
    return None


def countries_of_region(region_id: str) -> frozenset[str]:
    """Return the ISO codes of the countries of a region, by its UN M49 code; empty for an unknown region."""
    region = regions().get(region_id)
    return region.countries if region else frozenset()


@lru_cache(1)
def us_states() -> dict[str, str]:
    """Return the names of the fifty US states and the District of Columbia by postal abbreviation."""
    return {code: name for code, _, name in rows("us-states.tsv")}


@lru_cache(1)
def _us_state_by_name() -> dict[str, str]:
    return {fold(name): code for code, name in us_states().items()} | {"washington dc": "DC", "washington d c": "DC"}


@lru_cache(1)
def _country_by_id() -> dict[str, str]:
    return {facts.id: code for code, facts in country_facts().items()}


@lru_cache(1)
def _state_by_id() -> dict[str, str]:
    return {geonames_id: code for code, geonames_id, _ in rows("us-states.tsv")}


def _city(row: list[str]) -> Place:
    geonames_id, name, country, state, latitude, longitude, timezone, *_ = row
    return Place(geonames_id, name, country, state or None, float(latitude), float(longitude), timezone)
