"""What a filter means: the contract's two filters of postings as one query, clause by clause.

Conditions add up. A filter of true or false constrains where it is true. An empty list, a range without ends and a
blank text constrain nothing. What cannot be honoured is refused with a clear error.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.domains.identity.model import Location
from souk.domains.jobs.model import Access, CloudVisibility
from souk.domains.jobs.rules.location import place_of, us_state
from souk.domains.jobs.rules.requirements import is_time_zone
from souk.domains.jobs.search.index import (
    ENTERPRISE,
    EVERYBODY,
    INDEX,
    VERIFIED,
    cloud_audience,
    company_audience,
    skill_name,
    team_audience,
)
from souk.domains.jobs.search.model import AreaFilter, JobFilter, SearchTerm, ValueRange
from souk.domains.market.model import Relations
from souk.domains.reference import places, tables, world
from souk.search import ID, And, AnyOf, Exists, Near, Not, Or, Phrase, Query, Range, Words
from souk.search.lucene import parse
from souk.values.errors import Unprocessable
from souk.values.money import of_major

DEFAULT_RADIUS: Final = 100
"""Miles around a city or a postal code."""
_MAX_MILES: Final = 12_500
"""Half way around the earth."""
_MAX_VALUES: Final = 200
"""Entries of one list of a filter."""
_MAX_TERM: Final = 200
"""Characters of one entry."""
_MAX_ID: Final = 2**64 - 1

_ACCESS: Final = {
    "PUBLIC_INDEX": Access.PUBLIC_INDEX,
    "PUBLIC": Access.ACCESS_PUBLIC,
    "PRIVATE": Access.ACCESS_PRIVATE,
}
_FIXED: Final = AnyOf("type", ("FIXED",))
_HOURLY: Final = AnyOf("type", ("HOURLY",))


@dataclass(frozen=True, slots=True)
class Asking:
    """Who searches, and what a search has to know of them."""

    principal: Principal
    relations: Relations
    now: datetime
    home: Callable[[], Location]
    """Reads where they live; asked only by filters that need it."""


def visible(principal: Principal, relations: Relations) -> Query:
    """Return the clause that every search has: what this person may see (`souk.domains.jobs.rules.visibility`)."""
    own: tuple[str, ...] = ()
    if principal.member:
        whole_company = principal.organization_id == principal.company_id
        own = (company_audience(principal.company_id) if whole_company else team_audience(principal.organization_id),)
    open_to_them = AnyOf("audience", (EVERYBODY, *own, *sorted(map(cloud_audience, relations.clouds))))
    if not relations.invitations:
        return open_to_them
    return Or((open_to_them, AnyOf(ID, tuple(sorted(relations.invitations)))))


def matching(wanted: JobFilter, asking: Asking) -> Query:
    """Return what a filter asks for, without the question of who may see it.

    Raises Unprocessable for a filter that cannot be honoured.
    """
    if wanted.preserve_facet_eq is not None:
        raise Unprocessable("preserveFacet_eq: results carry no facets, so there is none to preserve.")
    clauses = [*_text(wanted), *_work(wanted), *_terms(wanted), *_client(wanted, asking), *_place(wanted, asking)]
    clauses += _audience(wanted, asking)
    return And(tuple(clauses))


def _text(wanted: JobFilter) -> Iterable[Query]:
    if wanted.search_expression_eq is not None:
        yield parse(wanted.search_expression_eq, INDEX)
    elif wanted.search_term_eq is not None:
        yield from _search_term(wanted.search_term_eq)
    if wanted.title_expression_eq is not None:
        yield parse(wanted.title_expression_eq, INDEX, ("title",))
    if wanted.skill_expression_eq is not None and wanted.skill_expression_eq.strip():
        yield _skills(wanted)


def _search_term(term: SearchTerm) -> Iterable[Query]:
    for one in _terms_of("andTerms_all", term.and_terms_all):
        yield Words(INDEX.default, one)
    if either := _terms_of("orTerms_any", term.or_terms_any):
        yield Or(tuple(Words(INDEX.default, one) for one in either))
    if phrases := _terms_of("exactTerms_any", term.exact_terms_any):
        yield Or(tuple(Phrase(INDEX.default, one) for one in phrases))
    for one in _terms_of("excludeTerms_any", term.exclude_terms_any):
        yield Not(Phrase(INDEX.default, one))


def _terms_of(name: str, terms: tuple[str, ...] | None) -> list[str]:
    return [one for one in _values(f"searchTerm_eq.{name}", terms) if one.strip()]


def _skills(wanted: JobFilter) -> Query:
    """Skills by slug or label, any of them; the older filter takes the search language too."""
    expression = wanted.skill_expression_eq or ""
    names = _values("skillExpression_eq", tuple(part for part in expression.split(",") if part.strip()))
    named = AnyOf("skill_names", tuple(skill_name(name) for name in names))
    if wanted.takes_lucene_skills and "," not in expression:
        return Or((named, parse(expression, INDEX, ("skills",))))
    return named


def _work(wanted: JobFilter) -> Iterable[Query]:
    for name, field in (
        ("category_ids_any", "category"),
        ("subcategory_ids_any", "subcategory"),
        ("occupation_ids_any", "occupations"),
    ):
        if ids := _values(name, getattr(wanted, name)):
            yield AnyOf(field, tuple(ids))
    for skill_id in _values("ontologySkillIds_all", wanted.ontology_skill_ids_all):
        yield AnyOf("skill_ids", (skill_id,))
    if wanted.since_id_eq is not None:
        yield Range(ID, lower=_id("sinceId_eq", wanted.since_id_eq), include_lower=False)
    if wanted.max_id_eq is not None:
        yield Range(ID, upper=_id("maxId_eq", wanted.max_id_eq), include_upper=False)


def _terms(wanted: JobFilter) -> Iterable[Query]:
    if wanted.job_type_eq is not None:
        yield AnyOf("type", (wanted.job_type_eq,))
    if wanted.duration_any:
        yield Or((_FIXED, AnyOf("duration", wanted.duration_any)))
    if wanted.workload_eq is not None:
        yield Or((_FIXED, AnyOf("workload", (wanted.workload_eq,))))
    if wanted.budget_range_eq and not wanted.budget_range_eq.is_open:
        yield Or((_HOURLY, _range("budget", wanted.budget_range_eq, of_major)))
    if wanted.hourly_rate_eq and not wanted.hourly_rate_eq.is_open:
        yield Or((_FIXED, And(tuple(_overlap(wanted.hourly_rate_eq)))))
    if wanted.experience_level_eq is not None:
        yield AnyOf("experience", (wanted.experience_level_eq,))
    if wanted.proposal_range_eq and not wanted.proposal_range_eq.is_open:
        yield _range("proposals", wanted.proposal_range_eq)


def _overlap(asked: ValueRange) -> Iterable[Query]:
    """Yield what makes the rates that a posting offers and those that are asked for have one in common."""
    if asked.range_start is not None:
        yield Range("hourly_max", lower=of_major(int(asked.range_start)))
    if asked.range_end is not None:
        yield Range("hourly_min", upper=of_major(int(asked.range_end)))


def _client(wanted: JobFilter, asking: Asking) -> Iterable[Query]:
    if wanted.client_hires_range_eq and not wanted.client_hires_range_eq.is_open:
        yield _range("client_hires", wanted.client_hires_range_eq)
    if wanted.client_feed_back_range_eq and not wanted.client_feed_back_range_eq.is_open:
        yield _range("client_rating", wanted.client_feed_back_range_eq)
    if wanted.verified_payment_only_eq:
        yield AnyOf("client_flags", (VERIFIED,))
    if wanted.enterprise_only_eq:
        yield AnyOf("client_flags", (ENTERPRISE,))
    if wanted.previous_clients_eq:
        yield AnyOf("company", tuple(sorted(asking.relations.clients)))
    if locations := _values("locations_any", wanted.locations_any):
        countries = tuple(code for name in locations if (code := world.country_code(name)))
        cities = tuple(tables.fold(name) for name in locations)
        yield Or((AnyOf("client_country", countries), AnyOf("client_city", cities)))


def _place(wanted: JobFilter, asking: Asking) -> Iterable[Query]:
    if wanted.radius_eq is not None and not (wanted.city_id_any or wanted.zip_code_id_any):
        raise Unprocessable("radius_eq is a radius around cityId_any or zipCodeId_any; for any other use area_eq.")
    miles = _miles("radius_eq", DEFAULT_RADIUS if wanted.radius_eq is None else wanted.radius_eq)
    if city_ids := _values("cityId_any", wanted.city_id_any):
        yield _around("cityId_any", city_ids, places.city, miles)
    if codes := _values("zipCodeId_any", wanted.zip_code_id_any):
        yield _around("zipCodeId_any", codes, places.postal_code, miles)
    if area_ids := _values("areaId_any", wanted.area_id_any):
        yield Or(tuple(_inside(area_id) for area_id in area_ids))
    if wanted.area_eq is not None:
        yield _circle(wanted.area_eq)
    if wanted.timezone_eq is not None:
        if not is_time_zone(wanted.timezone_eq):
            raise Unprocessable("timezone_eq: no such time zone; timeZones lists them, such as Europe/Berlin.")
        yield AnyOf("timezones", (wanted.timezone_eq,))
    if wanted.us_state_eq is not None:
        state = us_state(wanted.us_state_eq)
        if state is None:
            raise Unprocessable("usState_eq: no state of the USA; give a name or an abbreviation, such as CA.")
        yield AnyOf("states", (state,))
    yield from _open_to_home(wanted, asking)


def _around(name: str, ids: Iterable[str], find: Callable[[str], places.Place | None], miles: float) -> Query:
    found = []
    for id_ in ids:
        place = find(id_)
        if place is None:
            raise Unprocessable(f"{name}: the gazetteer has no place {id_[:40]!r}.")
        found.append(Near("place", place.latitude, place.longitude, miles))
    return Or(tuple(found))


def _inside(area_id: str) -> Query:
    area = places.area(area_id)
    if area is None:
        raise Unprocessable(f"areaId_any: there is no area {area_id[:40]!r}.")
    if area.city is not None:
        return AnyOf("city", (area.city,))
    inside: list[Query] = [AnyOf("country", tuple(sorted(area.countries)))]
    if area.state is not None:
        inside.append(AnyOf("states", (area.state,)))
    return And(tuple(inside))


def _circle(area: AreaFilter) -> Query:
    if not (abs(area.latitude) <= 90 and abs(area.longitude) <= 180):  # noqa: PLR2004 - degrees of the globe
        raise Unprocessable("area_eq: latitudes lie between -90 and 90, longitudes between -180 and 180 degrees.")
    return Near("place", area.latitude, area.longitude, _miles("area_eq.radius", area.radius))


def _miles(name: str, miles: float) -> float:
    if not 0 < miles <= _MAX_MILES:
        raise Unprocessable(f"{name}: a radius of more than 0 and at most {_MAX_MILES} miles.")
    return miles


def _open_to_home(wanted: JobFilter, asking: Asking) -> Iterable[Query]:
    """Yield what keeps out postings that ask for applicants from where the caller is not."""
    if wanted.visitor_country_eq is not None:
        code = world.country_code(wanted.visitor_country_eq)
        if code is None:
            raise Unprocessable("visitorCountry_eq: no such country; countries lists them.")
        if wanted.user_location_match_eq is not False:
            yield _unless_elsewhere("wanted_countries", code)
    elif wanted.user_location_match_eq:
        home = asking.home()
        if home.country is None:
            raise Unprocessable("userLocationMatch_eq: your profile has no country; name one in visitorCountry_eq.")
        yield _unless_elsewhere("wanted_countries", home.country)
        yield _unless_elsewhere("wanted_states", place_of(home).state or tables.fold(home.state or ""))
        yield _unless_elsewhere("wanted_timezones", home.timezone or "")


def _unless_elsewhere(field: str, here: str) -> Query:
    return Or((Not(Exists(field)), AnyOf(field, (here,))))


def _audience(wanted: JobFilter, asking: Asking) -> Iterable[Query]:
    if wanted.days_posted_eq is not None:
        if wanted.days_posted_eq < 0:
            raise Unprocessable("daysPosted_eq: a number of days, from 0.")
        since = asking.now - timedelta(days=min(wanted.days_posted_eq, 36_500))
        yield Range("published", lower=int(since.timestamp() * 1000))
    if wanted.job_posting_access is not None:
        yield AnyOf("access", (_ACCESS[wanted.job_posting_access],))
    if ids := _values("ptcIds_any", wanted.ptc_ids_any):
        yield AnyOf("clouds", tuple(ids))
    if wanted.ptc_only_eq:
        yield AnyOf("visibility", (CloudVisibility.MEMBER_SELECTED_CLOUD,))


def _range(field: str, asked: ValueRange, scale: Callable[[Any], Any] = lambda bound: bound) -> Query:
    lower, upper = asked.range_start, asked.range_end
    return Range(field, None if lower is None else scale(lower), None if upper is None else scale(upper))


def _values(name: str, values: tuple[str, ...] | None) -> list[str]:
    """Check a list of a filter for its size."""
    if values and (len(values) > _MAX_VALUES or any(len(value) > _MAX_TERM for value in values)):
        raise Unprocessable(f"{name}: at most {_MAX_VALUES} values of {_MAX_TERM} characters.")
    return list(values or ())


def _id(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:30]) <= _MAX_ID):
        raise Unprocessable(f"{name}: the id of a posting, which is a number.")
    return int(text)
