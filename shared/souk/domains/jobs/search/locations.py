"""The client's place as people write it: countries, US states and cities, by name or abbreviation."""

from souk.domains.reference import places, tables, world
from souk.search import And, AnyOf, Or, Query


def client_in(text: str) -> Query:
    """Return the query for the clients in a place: `Deutschland`, `Munich`, `Austin, TX`, `Paris, France`.

    What follows a comma says where the place is. A name that means several places finds all of them: `Georgia` is a
    country and a US state. Cities that the gazetteer does not know are found by the name in the client's profile.
    """
    if country := world.country_code(text):  # "Korea, Republic of", too
        is_code = len(text.strip()) == len(country)  # CA is Canada, not California
        return Or((_in_country(country), _city(text), *(() if is_code else _state(text))))
    name, *regions = [part for part in map(str.strip, text.split(",")) if part] or [""]
    if not regions and not places.cities_named(name) and not places.us_state(name):
        name, regions = _without_comma(name)
    countries = frozenset(code for region in regions[-1:] for code in _countries_of(region))
    named = _any_of((*_state(name), _city(name, countries)))
    return And((named, *map(_region, regions))) if regions else named


def _without_comma(name: str) -> tuple[str, list[str]]:
    """Return the parts of an unknown place, if it ends in a known one: `Austin TX`."""
    first, _, last = name.rpartition(" ")
    return (first, [last]) if first and _countries_of(last) else (name, [])


def _countries_of(region: str) -> list[str]:
    """Return the countries that a region is, or is in."""
    country = world.country_code(region)
    return [*filter(None, [country]), *(["US"] if places.us_state(region) else [])]


def _region(text: str) -> Query:
    country = world.country_code(text)
    return _any_of(
        (
            *([_in_country(country)] if country else ()),
            *_state(text),
            AnyOf("client_region", (tables.fold(text),)),
        )
    )


def _state(text: str) -> list[Query]:
    state = places.us_state(text)
    return [And((_in_country("US"), AnyOf("client_region", (state,))))] if state else []


def _city(name: str, countries: frozenset[str] = frozenset()) -> Query:
    known = places.cities_named(name, countries)
    return AnyOf("client_city", (*places.spellings(name), *(one.id for one in known)))


def _in_country(code: str) -> Query:
    return AnyOf("client_country", (code,))


def _any_of(queries: tuple[Query, ...]) -> Query:
    return queries[0] if len(queries) == 1 else Or(queries)
