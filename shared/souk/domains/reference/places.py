"""The gazetteer: the places of cities, postal codes and areas. Pure, except for reading its own tables.

Ids: countries, US states and cities have GeoNames ids. Regions have UN M49 codes of three digits; a test proves that
they differ from the GeoNames ids. A US postal code is its own id. `tests/domains/reference/gazetteer.py` makes the
tables in `data/` from GeoNames (CC BY 4.0) and the US postal codes. Cities have at least 15,000 people.

Tables stay in memory as text and are searched in place. A lookup takes a few hundred microseconds the first time, and
importing the module costs nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson

from souk.domains.reference.model import Region

_DATA: Final = Path(__file__).parent / "data"
_REMEMBERED: Final = 4096
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")
_US_MAIL_ABROAD: Final = frozenset({"AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"})
"""Countries of ISO 3166-1 with US postal codes. Their abbreviations in US mail are their ISO codes."""
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


@dataclass(frozen=True, slots=True)
class CountryFacts:
    """The gazetteer's data of a country."""

    id: str
    phone_code: str | None
    """The calling code with its plus sign, and the area code in a shared numbering plan: `+1-684`."""
    settled: bool
    """Whether people live there."""


def fold(name: str) -> str:
    """Return a name for comparison, without accents, punctuation and case (`São Paulo` -> `sao paulo`)."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return _NOT_A_LETTER.sub(" ", plain.casefold()).strip()


@lru_cache(_REMEMBERED)
def city(city_id: str) -> Place | None:
    """Return the city with this GeoNames id; None if there is none with at least 15,000 people."""
    row = _row("cities.tsv", city_id)
    return _city(row) if row else None


@lru_cache(_REMEMBERED)
def find_city(name: str, country: str) -> Place | None:
    """Return the city of this name in this country; None if there is none.

    `country` is an ISO code of two or three letters, or an English name. Case and accents do not matter. Large cities
    have names in other languages too (`München`). Of several matches, a city's own name comes before such other names,
    then the larger population counts.
    """
    from souk.domains.reference.world import country_code  # noqa: PLC0415 - loads ISO and CLDR data, rarely needed

    wanted, code = fold(name), country_code(country)
    if not wanted or code is None:
        return None
    found = [row for row in _rows_with("cities.tsv", f"|{wanted}|") if row[2] == code]
    return _city(max(found, key=lambda row: (fold(row[1]) == wanted, int(row[7])))) if found else None


@lru_cache(_REMEMBERED)
def postal_code(code: str) -> Place | None:
    """Return the place of a US postal code (five digits, or ZIP+4); None for an unknown code."""
    match = _POSTAL_CODE.fullmatch(code.strip())
    row = _row("postal-codes.tsv", match[1]) if match else None
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


def us_states() -> dict[str, str]:
    """Return the names of the fifty US states and the District of Columbia by postal abbreviation."""
    return {code: name for code, _, name in _rows("us-states.tsv")}


@lru_cache(1)
def country_facts() -> dict[str, CountryFacts]:
    """Return the facts of every country by its ISO 3166-1 alpha-2 code."""
    return {
        code: CountryFacts(geonames_id, phone or None, settled == "settled")
        for code, geonames_id, phone, settled in _rows("countries.tsv")
    }


@lru_cache(1)
def regions() -> dict[str, Region]:
    """Return the regions of the world and their subregions by UN M49 code, each region before its subregions."""
    found: dict[str, Region] = {}
    for region in _world()["regions"]:
        members = [frozenset(sub["countries"].split()) for sub in region["subregions"]]
        parent = found[region["id"]] = Region(region["id"], region["name"], None, frozenset().union(*members))
        for sub, codes in zip(region["subregions"], members, strict=True):
            found[sub["id"]] = Region(sub["id"], sub["name"], parent, codes)
    return found


@lru_cache(1)
def european_union() -> frozenset[str]:
    """Return the ISO codes of the European Union's members."""
    return frozenset(_world()["europeanUnion"].split())


@lru_cache(1)
def _world() -> dict[str, Any]:
    world: dict[str, Any] = orjson.loads(_table("regions.json"))
    return world


@lru_cache(1)
def _country_by_id() -> dict[str, str]:
    return {facts.id: code for code, facts in country_facts().items()}


@lru_cache(1)
def _state_by_id() -> dict[str, str]:
    return {geonames_id: code for code, geonames_id, _ in _rows("us-states.tsv")}


def _city(row: list[str]) -> Place:
    geonames_id, name, country, state, latitude, longitude, timezone, *_ = row
    return Place(geonames_id, name, country, state or None, float(latitude), float(longitude), timezone)


@lru_cache
def _table(name: str) -> bytes:
    return (_DATA / name).read_bytes()


def _rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in _table(name).decode().splitlines() if line]


def _row(name: str, key: str) -> list[str] | None:
    """Return the row of a key. A newline comes before every row, including the first."""
    if not key.isascii() or not key.isdigit():
        return None
    text = _table(name)
    start = text.find(f"\n{key}\t".encode())
    return _line(text, start + 1) if start >= 0 else None


def _rows_with(name: str, text: str) -> list[list[str]]:
    table, wanted, found = _table(name), text.encode(), []
    start = table.find(wanted)
    while start >= 0:
        found.append(_line(table, table.rfind(b"\n", 0, start) + 1))
        start = table.find(wanted, table.find(b"\n", start))
    return found


def _line(text: bytes, start: int) -> list[str]:
    return text[start : text.find(b"\n", start)].decode().split("\t")
