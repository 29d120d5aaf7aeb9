"""Translation of the contract's filter of freelancers into a search. All conditions must hold.

A null, an empty list, a blank text and a range without ends add no condition.
"""

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from souk.authentication.principal import Principal
from souk.domains.reference import ontology, places, tables, world
from souk.domains.reference.model import Occupation
from souk.domains.talent.search.index import (
    CLIENT_LANGUAGE,
    EVERYBODY,
    INDEX,
    cloud_audience,
)
from souk.domains.talent.search.model import AreaInput, FreelancerFilter, LocationInput, UserType, WeightedOntologyId
from souk.graph.ranges import ValueRange
from souk.search import RELEVANCE, And, AnyOf, Boost, Exists, Near, Query, Range, Search, Sort
from souk.search.lucene import parse
from souk.values.errors import Unprocessable
from souk.values.ids import wrong_id
from souk.values.money import MOST_DIGITS

RADIUS: Final = 100
"""Miles around an area, as in the search for jobs."""
MAX_WEIGHTS: Final = 50
MAX_WEIGHT: Final = 1_000_000.0
_MOST: Final = 1e12
"""Ends of ranges beyond this are as far away."""
_MAX_VALUES: Final = 200
_MAX_TERM: Final = 200
"""Characters of a place or of an id."""
_SHOWN: Final = 40
_BEST: Final = (Sort("rank"),)
"""The order of equal results."""
_OF_FREELANCERS: Final = {
    "weighted_ontology_ids": "weightedOntologyIds",
    "occupation_ids": "occupationIds",
    "hourly_rate_eq": "hourlyRate_eq",
    "job_success_score_eq": "jobSuccessScore_eq",
    "availability_eq": "availability_eq",
}
"""The conditions that only freelancers can meet."""


def build_search(wanted: FreelancerFilter, principal: Principal) -> Search:
    """Return the search of a filter, for all people that the caller may find.

    Raises Unprocessable for a condition that cannot be met as it is written.
    """
    if wanted.user_type is UserType.CLIENT:
        return _clients(wanted)
    keyword, boosts = (wanted.keyword or "").strip(), tuple(_boosts(wanted.weighted_ontology_ids or ()))
    clauses = [
        visible(principal),
        parse(keyword, INDEX),
        *_occupations(wanted.occupation_ids or ()),
        *_facts(wanted),
        *(place := list(_places(wanted.location))),
    ]
    circle = next((one for one in place if isinstance(one, Near)), None)
    if circle and not keyword and not boosts:
        return Search(And(tuple(clauses)), (circle, *_BEST))
    return Search(And(tuple(clauses)), (Sort(RELEVANCE), *_BEST), boosts=boosts)


def visible(principal: Principal, *, public: bool = True) -> Query:
    """Return the query for all profiles that a caller may find; without `public`, only for the private ones.

    A private one is found by the clients of the talent clouds that the freelancer belongs to, and by nobody else.
    """
    everybody = (EVERYBODY,) if public else ()
    own = (cloud_audience(principal.company_id),) if principal.member else ()
    return AnyOf("audience", (*everybody, *own))


def _clients(wanted: FreelancerFilter) -> Search:
    for name, field in _OF_FREELANCERS.items():
        if getattr(wanted, name):
            raise Unprocessable(f"searchFilter.{field}: only freelancers have it; leave it out to find clients.")
    place = list(_places(wanted.location))
    circle = next((one for one in place if isinstance(one, Near)), None)
    keyword = (wanted.keyword or "").strip()
    clauses = (Exists("company"), parse(keyword, CLIENT_LANGUAGE), *place)
    return Search(And(clauses), (circle if circle and not keyword else Sort(RELEVANCE),))


def _occupations(given: Iterable[str | None]) -> Iterable[Query]:
    values = _values("searchFilter.occupationIds", given)
    for value in values:
        if ontology.occupation(value) is None:
            raise wrong_id(
                "searchFilter.occupationIds",
                f"{value[:_SHOWN]!r} is not the id of an occupation.",
                "See ontologyOccupations.",
            )
    if values:
        yield AnyOf("occupations", tuple(values))


def _facts(wanted: FreelancerFilter) -> Iterable[Query]:
    if wanted.hourly_rate_eq and not wanted.hourly_rate_eq.is_open:
        yield _range("rate", wanted.hourly_rate_eq, 10**MOST_DIGITS)
    if wanted.job_success_score_eq and not wanted.job_success_score_eq.is_open:
        yield _range("job_success", wanted.job_success_score_eq)
    if wanted.availability_eq is not None:
        yield AnyOf("availability", (wanted.availability_eq,))


def _range(field: str, bounds: ValueRange, scale: int = 1) -> Query:
    lower, upper = (None if end is None else _scaled(end, scale) for end in (bounds.range_start, bounds.range_end))
    return Range(field, lower, upper)


def _scaled(end: float, scale: int) -> float:
    """Return the end of a range on a scale, without the rounding of a float: 33.33 dollars are 333300."""
    return float(Decimal(repr(max(-_MOST, min(end, _MOST)))) * scale)


def _boosts(given: Iterable[WeightedOntologyId | None]) -> Iterable[Boost]:
    path, weights = "searchFilter.weightedOntologyIds", [one for one in given if one is not None]
    if len(weights) > MAX_WEIGHTS:
        raise Unprocessable(f"{path}: at most {MAX_WEIGHTS} are allowed; there are {len(weights)}.")
    for at, one in enumerate(weights):
        if not (math.isfinite(one.weight) and 0 <= one.weight <= MAX_WEIGHT):
            raise Unprocessable(f"{path}.{at}.weight: must be from 0 to {MAX_WEIGHT:.0f}.")
        entity = ontology.entity(one.ontology_id) or ontology.entity_by_ontology_id(one.ontology_id)
        if entity is None:
            raise wrong_id(
                f"{path}.{at}.ontologyId",
                f"{one.ontology_id[:_SHOWN]!r} is not in the ontology.",
                "It takes ids and ontologyIds, such as souk:python.",
            )
        if one.weight > 0:
            yield Boost(
                AnyOf("occupations" if isinstance(entity, Occupation) else "skill_ids", (entity.id,)), one.weight
            )


def _places(given: LocationInput | None) -> Iterable[Query]:
    if given is None:
        return
    path = "searchFilter.location"
    country = _text(f"{path}.country", given.country)
    code = world.country_code(country) if country else None
    if country:
        if code is None:
            raise Unprocessable(f"{path}.country: must be a name or ISO code from countries.")
        yield AnyOf("country", (code,))
    if state := _text(f"{path}.state", given.state):
        yield AnyOf("state", tuple(filter(None, (tables.fold(state), places.us_state(state)))))
    if city := _text(f"{path}.city", given.city):
        known = places.cities_named(city, frozenset(filter(None, [code])))
        yield AnyOf("city", (*places.spellings(city), *(one.id for one in known)))
    if given.area is not None:
        yield _circle(f"{path}.area", given.area)


def _circle(path: str, area: AreaInput) -> Near:
    if not (abs(area.latitude) <= 90 and abs(area.longitude) <= 180):  # noqa: PLR2004 - degrees of the globe
        raise Unprocessable(f"{path}: the latitude must be -90 to 90 degrees, and the longitude -180 to 180.")
    return Near("place", area.latitude, area.longitude, RADIUS)


def _text(path: str, given: str | None) -> str:
    if given and len(given) > _MAX_TERM:
        raise Unprocessable(f"{path}: must have at most {_MAX_TERM} characters.")
    return (given or "").strip()


def _values(path: str, given: Iterable[str | None]) -> list[str]:
    values = [one for one in given if one]
    if len(values) > _MAX_VALUES:
        raise Unprocessable(f"{path}: at most {_MAX_VALUES} are allowed; there are {len(values)}.")
    return values
