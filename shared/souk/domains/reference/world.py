"""Countries, languages and time zones, from pycountry (ISO), Babel (CLDR) and tzdata (IANA).

The libraries are loaded on first use, and each list is made once per process.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from souk.domains.reference.model import Country, CountryRegion, Language, TimeZoneRecord
from souk.domains.reference.tables import country_facts, european_union, fold, joined_initials, regions, rows_with
from souk.runtime.cold_start import gc_paused

if TYPE_CHECKING:
    from babel import Locale

_NOT_A_CURRENCY: Final = {"CNH", "XTS", "XXX"}
"""The offshore yuan, which ISO 4217 does not have, and its codes for tests and for no currency."""
_NOT_A_LANGUAGE: Final = frozenset({"mul", "root", "und", "zxx"})
"""CLDR's codes for several, any, unknown and no languages."""
_UTC: Final = frozenset({"Etc/UTC", "Etc/GMT"})


@lru_cache(1)
def countries() -> tuple[Country, ...]:
    """Return the countries and territories of ISO 3166-1, sorted by their English name in CLDR.

    All are active, because ISO lists them. Registration needs a country where people live, unlike Bouvet Island.
    """
    import pycountry  # noqa: PLC0415 - loaded on first use

    names, facts, union = _english().territories, country_facts(), european_union()
    subregions = {code: region for region in regions().values() if region.parent_region for code in region.countries}
    found = []
    for listed in pycountry.countries:
        code = listed.alpha_2
        subregion = subregions.get(code)
        country = Country(
            id=facts[code].id,
            name=names[code],
            two_letter_abbreviation=code,
            three_letter_abbreviation=listed.alpha_3,
            region=CountryRegion.EU if code in union else CountryRegion.OTHER,
            phone_code=facts[code].phone_code,
            related_region=subregion.parent_region if subregion else None,
            related_sub_region=subregion,
            active=True,
            registration_allowed=facts[code].settled,
        )
        found.append(country)
    return tuple(sorted(found, key=lambda country: fold(country.name)))


def country(text: str) -> Country | None:
    """Return the country with this code or name (`country_code`), or None."""
    code = country_code(text)
    return _country_by_code()[code] if code else None


@lru_cache(4096)
def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country as people write it, or None.

    That is an ISO code (two or three letters), a common abbreviation (`USA`, `U.K.`), or a name of ISO or CLDR in
    one of many languages (`Deutschland`), with or without "the". Case and accents do not matter. Loads no library.
    """
    name = joined_initials(fold(text)).removeprefix("the ")
    if name.upper() in country_facts():
        return name.upper()
    return next((code for code, _ in rows_with("country-names.tsv", f"|{name}|")), None) if name else None


@lru_cache(1)
def languages() -> tuple[Language, ...]:
    """Return the languages with an English name in CLDR, sorted by that name.

    A language is active if CLDR knows a population of speakers. The others are historical, ritual or invented.
    """
    from babel.core import get_global  # noqa: PLC0415 - loaded on first use

    spoken = {locale.partition("_")[0] for locales in get_global("territory_languages").values() for locale in locales}
    other_codes = get_global("language_aliases")  # Tagalog is counted as Filipino
    found = [
        Language(code, active=other_codes.get(code, code).partition("_")[0] in spoken, english_name=name)
        for code, name in _english().languages.items()
        if code.isalpha() and len(code) in {2, 3} and code not in _NOT_A_LANGUAGE
    ]
    return tuple(sorted(found, key=lambda language: fold(language.english_name)))


@lru_cache(1)
def currencies() -> frozenset[str]:
    """Return the codes of the currencies of ISO 4217 that are in use, with units of account and metals."""
    from babel.core import get_global  # noqa: PLC0415 - loaded on first use

    in_use = {code for used in get_global("territory_currencies").values() for code, _, end, _ in used if end is None}
    return frozenset(in_use - _NOT_A_CURRENCY)


@lru_cache(1)
def time_zones(year: int) -> tuple[TimeZoneRecord, ...]:
    """Return UTC and the time zones with a place in the IANA database, from west to east.

    A description has the offset outside summer time, the country and its part: `UTC-08:00 United States - Pacific`.
    """
    lands = dict(line.split("\t") for line in _tz_table("iso3166.tab"))
    found = [(timedelta(), TimeZoneRecord("UTC", "UTC+00:00 Coordinated Universal Time"))]
    for line in _tz_table("zone.tab"):
        code, _, name, *part = line.split("\t")
        offset = _standard_offset(ZoneInfo(name), year)
        place = " - ".join([lands[code], *part]) if lands[code] not in "".join(part) else part[0]
        found.append((offset, TimeZoneRecord(name, f"{_utc(offset)} {place}")))
    return tuple(zone for _, zone in sorted(found, key=lambda pair: (pair[0], pair[1].time_zone_name)))


def time_zone(name: str) -> str | None:
    """Return the name in `time_zones` of a time zone, or its current IANA name if it is not there; None for no zone.

    Case does not matter, and older names are known: `Asia/Calcutta` is `Asia/Kolkata`.
    """
    return _time_zone_names().get(name.strip().lower())


@lru_cache(1)
def _time_zone_names() -> dict[str, str]:
    """Return the names of time zones by all their names in lower case."""
    current = {line.split("\t")[2] for line in _tz_table("zone.tab")}
    data = [line.split() for line in _tz_table("tzdata.zi")]
    names = {words[1]: words[1] for words in data if words[0] == "Z"}
    names |= {words[2]: words[1] for words in data if words[0] == "L"}
    names |= {name: name for name in current}  # also those that now share the rules of another place
    return {name.lower(): "UTC" if zone in _UTC else zone for name, zone in names.items()}


@lru_cache(256)
def only_time_zone(country: str) -> str | None:
    """Return the time zone of a country, by its ISO 3166-1 alpha-2 code; None if it has several."""
    zones = [line.split("\t")[2] for line in _tz_table("zone.tab") if line.startswith(f"{country}\t")]
    return zones[0] if len(zones) == 1 else None


def _standard_offset(zone: ZoneInfo, year: int) -> timedelta:
    """Return the offset of a year of a zone outside summer time. One of the two solstices is always outside of it."""
    offsets = [datetime(year, month, 21, tzinfo=zone).utcoffset() for month in (6, 12)]
    return min(offset for offset in offsets if offset is not None)


def _utc(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _tz_table(name: str) -> list[str]:
    text = (resources.files("tzdata") / "zoneinfo" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache(1)
def _english() -> "Locale":
    from babel import Locale  # noqa: PLC0415 - loaded on first use

    english = Locale("en")
    with gc_paused():
        len(english.territories)  # loads all data of the locale
    return english


@lru_cache(1)
def _country_by_code() -> dict[str, Country]:
    return {country.two_letter_abbreviation: country for country in countries()}
