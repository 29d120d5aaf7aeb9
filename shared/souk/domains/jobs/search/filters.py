"""Translation of the contract's two job filters into one search query.

All conditions must hold. A boolean condition applies if it is true. An empty list, a range without ends and a blank
text are ignored. Unsupported conditions are refused with an error.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.domains.identity.model import Location
from souk.domains.jobs.inputs import AreaFilter, JobFilter, SearchTerm
from souk.domains.jobs.model import Access, CloudVisibility
from souk.domains.jobs.rules.location import region_of, time_zone_of
from souk.domains.jobs.search import ontology_ids, skills
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
from souk.domains.jobs.search.locations import client_in
from souk.domains.market.model import Relations
from souk.domains.reference import places, world
from souk.domains.reference.places import us_state
from souk.graph.ranges import ValueRange
from souk.search import ID, And, AnyOf, Exists, Near, Not, Or, Phrase, Query, Range, Words
from souk.search.lucene import parse
from souk.values import ids
from souk.values.errors import Unprocessable
from souk.values.money import of_major

DEFAULT_RADIUS: Final = 100
"""Miles around a city or postal code."""
_MAX_MILES: Final = 12_500
"""Half of the earth's circumference."""
_MAX_VALUES: Final = 200
"""The most entries of one list."""
_MAX_TERM: Final = 200
"""The most characters of one entry."""

_PLACE_IDS: Final = {
    "cityId_any": "It takes ids of cities (GeoNames).",
    "zipCodeId_any": "It takes US postal codes.",
    "areaId_any": "It takes ids of regions (UN M49), countries, US states and cities (GeoNames).",
}
_ACCESS: Final = {
    "PUBLIC_INDEX": Access.PUBLIC_INDEX,
    "PUBLIC": Access.ACCESS_PUBLIC,
    "PRIVATE": Access.ACCESS_PRIVATE,
}
_FIXED: Final = AnyOf("type", ("FIXED",))
_HOURLY: Final = AnyOf("type", ("HOURLY",))


@dataclass(frozen=True, slots=True)
class SearchContext:
    """The caller of a search, with the data about them that filters need."""

    principal: Principal
    relations: Relations
    now: datetime
    home: Callable[[], Location]
    """Loads the caller's location. Only some filters need it."""


def visible(principal: Principal, relations: Relations) -> Query:
    """Return the query for all postings that a caller may see (`souk.domains.jobs.rules.visibility`)."""
    own: tuple[str, ...] = ()
    if principal.member:
        whole_company = principal.organization_id == principal.company_id
        own = (company_audience(principal.company_id) if whole_company else team_audience(principal.organization_id),)
    open_to_them = AnyOf("audience", (EVERYBODY, *own, *sorted(map(cloud_audience, relations.clouds))))
    if not relations.invitations:
        return open_to_them
    return Or((open_to_them, AnyOf(ID, tuple(sorted(relations.invitations)))))


def build_query(job_filter: JobFilter, context: SearchContext) -> Query:
    """Return the query of a filter, without the visibility clause.

    Raises Unprocessable for an unsupported condition.
    """
    if job_filter.preserve_facet_eq is not None:
        raise Unprocessable("preserveFacet_eq: leave it out; results have no facets.")
    clauses = [
        *_text(job_filter),
        *_work(job_filter),
        *_terms(job_filter),
        *_client(job_filter, context),
        *_place(job_filter, context),
    ]
    clauses += _audience(job_filter, context)
    return And(tuple(clauses))


def _text(job_filter: JobFilter) -> Iterable[Query]:
    if (job_filter.search_expression_eq or "").strip():
        yield parse(job_filter.search_expression_eq or "", INDEX)
    elif job_filter.search_term_eq is not None:
        yield from _search_term(job_filter.search_term_eq)
    if job_filter.title_expression_eq is not None:
        yield parse(job_filter.title_expression_eq, INDEX, ("title",), job_filter.title_match)
    if job_filter.skill_expression_eq is not None and job_filter.skill_expression_eq.strip():
        yield _skills(job_filter, job_filter.skill_expression_eq)


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


def _skills(job_filter: JobFilter, expression: str) -> Query:
    """Return the query for any of some skills, by name, or for an expression without commas over the skills.

    The newer filter takes an expression for skills only if it has an operator (`python AND NOT java`).
    """
    _values("skillExpression_eq", tuple(part for part in expression.split(",") if part.strip()))
    if "," in expression:
        return AnyOf("skill_names", skills.named_in(expression))
    if not job_filter.takes_lucene_skills:
        if skills.has_operators(expression):
            return parse(expression, INDEX, ("skills",), "any")
        return AnyOf("skill_names", skills.named_in(expression))
    return Or((AnyOf("skill_names", (skill_name(expression),)), parse(expression, INDEX, ("skills",))))


def _work(job_filter: JobFilter) -> Iterable[Query]:
    for name, wanted, field in (
        ("categoryIds_any", job_filter.category_ids_any, "category"),
        ("subcategoryIds_any", job_filter.subcategory_ids_any, "subcategory"),
        ("occupationIds_any", job_filter.occupation_ids_any, "occupations"),
    ):
        if values := _values(name, wanted):
            ontology_ids.check(name, values)
            yield AnyOf(field, tuple(values))
    skill_ids = _values("ontologySkillIds_all", job_filter.ontology_skill_ids_all)
    ontology_ids.check("ontologySkillIds_all", skill_ids)
    for skill_id in skill_ids:
        yield AnyOf("skill_ids", (skill_id,))
    if job_filter.since_id_eq is not None:
        yield Range(ID, lower=_id("sinceId_eq", job_filter.since_id_eq), include_lower=False)
    if job_filter.max_id_eq is not None:
        yield Range(ID, upper=_id("maxId_eq", job_filter.max_id_eq), include_upper=False)


def _terms(job_filter: JobFilter) -> Iterable[Query]:
    if job_filter.job_type_eq is not None:
        yield AnyOf("type", (job_filter.job_type_eq,))
    if job_filter.duration_any:
        yield Or((_FIXED, AnyOf("duration", job_filter.duration_any)))
    if job_filter.workload_eq is not None:
        yield Or((_FIXED, AnyOf("workload", (job_filter.workload_eq,))))
    if job_filter.budget_range_eq and not job_filter.budget_range_eq.is_open:
        yield Or((_HOURLY, _range("budget", job_filter.budget_range_eq, of_major)))
    if job_filter.hourly_rate_eq and not job_filter.hourly_rate_eq.is_open:
        yield Or((_FIXED, And(tuple(_overlap(job_filter.hourly_rate_eq)))))
    if job_filter.experience_level_eq is not None:
        yield AnyOf("experience", (job_filter.experience_level_eq,))
    if job_filter.proposal_range_eq and not job_filter.proposal_range_eq.is_open:
        yield _range("proposals", job_filter.proposal_range_eq)


def _overlap(rates: ValueRange) -> Iterable[Query]:
    """Yield the clauses for postings whose rates overlap a range."""
    if rates.range_start is not None:
        yield Range("hourly_max", lower=of_major(int(rates.range_start)))
    if rates.range_end is not None:
        yield Range("hourly_min", upper=of_major(int(rates.range_end)))


def _client(job_filter: JobFilter, context: SearchContext) -> Iterable[Query]:
    if job_filter.client_hires_range_eq and not job_filter.client_hires_range_eq.is_open:
        yield _range("client_hires", job_filter.client_hires_range_eq)
    if job_filter.client_feed_back_range_eq and not job_filter.client_feed_back_range_eq.is_open:
        yield _range("client_rating", job_filter.client_feed_back_range_eq)
    if job_filter.verified_payment_only_eq:
        yield AnyOf("client_flags", (VERIFIED,))
    if job_filter.enterprise_only_eq:
        yield AnyOf("client_flags", (ENTERPRISE,))
    if job_filter.previous_clients_eq:
        yield AnyOf("company", tuple(sorted(context.relations.clients)))
    if locations := [one for one in _values("locations_any", job_filter.locations_any) if one.strip()]:
        yield Or(tuple(map(client_in, locations)))


def _place(job_filter: JobFilter, context: SearchContext) -> Iterable[Query]:
    if job_filter.radius_eq is not None and not (job_filter.city_id_any or job_filter.zip_code_id_any):
        raise Unprocessable("radius_eq: needs cityId_any or zipCodeId_any; for another centre use area_eq.")
    miles = _miles("radius_eq", DEFAULT_RADIUS if job_filter.radius_eq is None else job_filter.radius_eq)
    if city_ids := _values("cityId_any", job_filter.city_id_any):
        yield _around("cityId_any", city_ids, places.city, miles)
    if codes := _values("zipCodeId_any", job_filter.zip_code_id_any):
        yield _around("zipCodeId_any", codes, places.postal_code, miles)
    if area_ids := _values("areaId_any", job_filter.area_id_any):
        yield Or(tuple(_inside(area_id) for area_id in area_ids))
    if job_filter.area_eq is not None:
        yield _circle(job_filter.area_eq)
    if job_filter.timezone_eq is not None:
        zone = world.time_zone(job_filter.timezone_eq)
        if zone is None:
            raise Unprocessable("timezone_eq: must be a name from timeZones, such as Europe/Berlin.")
        yield AnyOf("timezones", (zone,))
    if job_filter.us_state_eq is not None:
        state = us_state(job_filter.us_state_eq)
        if state is None:
            raise Unprocessable("usState_eq: must be the name or abbreviation of a US state, such as CA.")
        yield AnyOf("states", (state,))
    yield from _accepted_location(job_filter, context)


def _around(name: str, place_ids: Iterable[str], find: Callable[[str], places.Place | None], miles: float) -> Query:
    found = []
    for id_ in place_ids:
        place = find(id_)
        if place is None:
            raise ids.wrong_id(name, f"unknown place {id_[:40]!r}.", _PLACE_IDS[name])
        found.append(Near("place", place.latitude, place.longitude, miles))
    return Or(tuple(found))


def _inside(area_id: str) -> Query:
    area = places.area(area_id)
    if area is None:
        raise ids.wrong_id("areaId_any", f"unknown area {area_id[:40]!r}.", _PLACE_IDS["areaId_any"])
    if area.city is not None:
        return AnyOf("city", (area.city,))
    inside: list[Query] = [AnyOf("country", tuple(sorted(area.countries)))]
    if area.state is not None:
        inside.append(AnyOf("states", (area.state,)))
    return And(tuple(inside))


def _circle(area: AreaFilter) -> Query:
    if not (abs(area.latitude) <= 90 and abs(area.longitude) <= 180):  # noqa: PLR2004 - degrees of the globe
        raise Unprocessable("area_eq: the latitude must be -90 to 90 degrees, and the longitude -180 to 180.")
    return Near("place", area.latitude, area.longitude, _miles("area_eq.radius", area.radius))


def _miles(name: str, miles: float) -> float:
    if not 0 < miles <= _MAX_MILES:
        raise Unprocessable(f"{name}: must be above 0 and at most {_MAX_MILES} miles.")
    return miles


def _accepted_location(job_filter: JobFilter, context: SearchContext) -> Iterable[Query]:
    """Yield the clauses for postings whose location requirements the caller meets."""
    if job_filter.visitor_country_eq is not None:
        code = world.country_code(job_filter.visitor_country_eq)
        if code is None:
            raise Unprocessable("visitorCountry_eq: must be a name or ISO code from countries.")
        if job_filter.user_location_match_eq is not False:
            yield _absent_or("wanted_countries", code)
    elif job_filter.user_location_match_eq:
        home = context.home()
        if home.country is None:
            raise Unprocessable("userLocationMatch_eq: your profile has no country; set visitorCountry_eq.")
        yield _absent_or("wanted_countries", home.country)
        yield _absent_or("wanted_states", region_of(home) or "")
        yield _absent_or("wanted_timezones", time_zone_of(home.timezone) or "")


def _absent_or(field: str, value: str) -> Query:
    return Or((Not(Exists(field)), AnyOf(field, (value,))))


def _audience(job_filter: JobFilter, context: SearchContext) -> Iterable[Query]:
    if job_filter.days_posted_eq is not None:
        if job_filter.days_posted_eq < 0:
            raise Unprocessable("daysPosted_eq: must not be negative.")
        since = context.now - timedelta(days=min(job_filter.days_posted_eq, 36_500))
        yield Range("published", lower=int(since.timestamp() * 1000))
    if job_filter.job_posting_access is not None:
        yield AnyOf("access", (_ACCESS[job_filter.job_posting_access],))
    if clouds := _values("ptcIds_any", job_filter.ptc_ids_any):
        ids.check("ptcIds_any", clouds, "talent clouds")
        yield AnyOf("clouds", tuple(clouds))
    if job_filter.ptc_only_eq:
        yield AnyOf("visibility", (CloudVisibility.MEMBER_SELECTED_CLOUD,))


def _range(field: str, bounds: ValueRange, scale: Callable[[Any], Any] = lambda bound: bound) -> Query:
    lower, upper = bounds.range_start, bounds.range_end
    return Range(field, None if lower is None else scale(lower), None if upper is None else scale(upper))


def _values(name: str, values: tuple[str, ...] | None) -> list[str]:
    """Return the values of a list after checking its size."""
    if values and (len(values) > _MAX_VALUES or any(len(value) > _MAX_TERM for value in values)):
        raise Unprocessable(f"{name}: must have at most {_MAX_VALUES} values of at most {_MAX_TERM} characters.")
    return list(values or ())


def _id(name: str, text: str) -> int:
    ids.check(name, [text], "postings")
    return int(text)
