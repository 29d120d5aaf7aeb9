"""The tables in `data/`: countries, regions, cities and postal codes.

`infra/gazetteer.py` makes the places from GeoNames (CC BY 4.0), the US postal codes and CLDR when the environment is
set up.
A table is kept as text and searched in place: a lookup takes a few hundred microseconds once, the import nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson

from souk.domains.reference.model import Region

_DATA: Final = Path(__file__).parent / "data"
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")
_INITIALS: Final = re.compile(r"(?:\w )+\w(?!\w)")


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


def joined_initials(folded: str) -> str:
    """Return a folded name with single letters joined at its begin: `u s a` -> `usa`."""
    initials = _INITIALS.match(folded)
    return folded if initials is None else initials[0].replace(" ", "") + folded[initials.end() :]


@lru_cache(1)
def country_facts() -> dict[str, CountryFacts]:
    """Return the facts of every country by its ISO 3166-1 alpha-2 code."""
    return {
        code: CountryFacts(geonames_id, phone or None, settled == "settled")
        for code, geonames_id, phone, settled in rows("countries.tsv")
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


@lru_cache
def _table(name: str) -> bytes:
    return (_DATA / name).read_bytes()


def rows(name: str) -> list[list[str]]:
    """Return all rows of a table."""
    return [line.split("\t") for line in _table(name).decode().splitlines() if line]


def row_of(name: str, key: str) -> list[str] | None:
    """Return the row that begins with a key of digits. Every row follows a line's end, the first one too."""
    if not key.isascii() or not key.isdigit():
        return None
    text = _table(name)
    start = text.find(f"\n{key}\t".encode())
    return _line(text, start + 1) if start >= 0 else None


def rows_with(name: str, text: str) -> list[list[str]]:
    """Return the rows that hold a text."""
    table, wanted, found = _table(name), text.encode(), []
    start = table.find(wanted)
    while start >= 0:
        found.append(_line(table, table.rfind(b"\n", 0, start) + 1))
        start = table.find(wanted, table.find(b"\n", start))
    return found


def _line(text: bytes, start: int) -> list[str]:
    return text[start : text.find(b"\n", start)].decode().split("\t")
