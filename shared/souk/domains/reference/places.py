"""The gazetteer: where cities, postal codes and areas are. Pure, no GraphQL, no I/O but its own tables.

Ids: countries, US states and cities have their GeoNames id; regions their UN M49 code (three digits; a test shows that
no GeoNames id of ours is one); US postal codes are their own id. The tables in `data/` are made from GeoNames
(CC BY 4.0) and the US postal codes by `tests/domains/reference/gazetteer.py`; cities have 15,000 people and more.

A table is kept as text and searched in place: an answer costs a few hundred microseconds once, the import nothing.
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
"""Countries of their own in ISO 3166-1 with US postal codes; the abbreviations of the US mail are their ISO codes."""
_POSTAL_CODE: Final = re.compile(r"(\d{5})(?:-\d{4})?")


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map that has a name: a city, or the middle of a postal code's area."""

    id: str
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    state: str | None
    """The postal abbreviation of a US state; no other country's states are known."""
    latitude: float
    """Degrees north."""
    longitude: float
    """Degrees east."""
    timezone: str | None
    """IANA name."""


class AreaKind(StrEnum):
    """How large an area is."""

    REGION = "REGION"
    COUNTRY = "COUNTRY"
    STATE = "STATE"
    CITY = "CITY"


@dataclass(frozen=True, slots=True)
class Area:
    """What an area id stands for. A place is inside if it agrees with every part that is set."""

    id: str
    kind: AreaKind
    countries: frozenset[str]
    """ISO 3166-1 alpha-2 codes: many of a region, one of everything else."""
    state: str | None = None
    city: str | None = None
    """GeoNames id."""


@dataclass(frozen=True, slots=True)
class CountryFacts:
    """What the gazetteer knows of a country beyond its code and names."""

    id: str
    phone_code: str | None
    """With its plus sign; where one area code of a shared numbering plan is the country's, with that: `+1-684`."""
    settled: bool
    """Whether people live there."""


def fold(name: str) -> str:
    """Return a name as it is compared: no accents, no punctuation, no case (`São Paulo` -> `sao paulo`)."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return _NOT_A_LETTER.sub(" ", plain.casefold()).strip()


@lru_cache(_REMEMBERED)
def city(city_id: str) -> Place | None:
    """Return the city with this GeoNames id, or None when it is not one of at least 15,000 people."""
    row = _row("cities.tsv", city_id)
    return _city(row) if row else None


@lru_cache(_REMEMBERED)
def find_city(name: str, country: str) -> Place | None:
    """Return the city of this name in this country, the most populous one where there are several, or None.

    `country` is an ISO code of two or three letters or an English name. Case and accents do not matter; large cities
    are also found by their names in other languages (`München`). Its own name weighs more than what others call it.
    """
    from souk.domains.reference.world import country_code  # noqa: PLC0415 - loads ISO and CLDR data; most never need it

    wanted, code = fold(name), country_code(country)
    if not wanted or code is None:
        return None
    found = [row for row in _rows_with("cities.tsv", f"|{wanted}|") if row[2] == code]
    return _city(max(found, key=lambda row: (fold(row[1]) == wanted, int(row[7])))) if found else None


@lru_cache(_REMEMBERED)
def postal_code(code: str) -> Place | None:
    """Return the place of a US postal code (five digits, or ZIP+4), or None when there is no such code."""
    match = _POSTAL_CODE.fullmatch(code.strip())
    row = _row("postal-codes.tsv", match[1]) if match else None
    if not row:
        return None
    zip_code, name, state, latitude, longitude, timezone = row
    country, us_state = (state, None) if state in _US_MAIL_ABROAD else ("US", state)
    return Place(zip_code, name, country, us_state, float(latitude), float(longitude), timezone or None)


@lru_cache(_REMEMBERED)
def area(area_id: str) -> Area | None:
    """Return what an area id stands for: a region, a country, a US state or a city; None when nothing has this id."""
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
    """Return the ISO codes of a region's countries by its UN M49 code; none for an unknown region."""
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
    """Find the row of a key. Every row follows a line's end, the first one too."""
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
