"""The expected results of job filters: a second implementation, written from the descriptions of the fields.

It does not use the search, but postings, clients and people directly. Its tokenizer only supports plain ASCII words, so
the strategies draw no others.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from souk.authentication.principal import Principal
from souk.domains.identity.model import Location, Organization
from souk.domains.jobs.model import Job
from souk.domains.market.model import Activity
from souk.domains.reference import ontology, places

Filter = dict[str, Any]


def words(text: str | None) -> list[str]:
    """Return the words of an ASCII text."""
    return re.findall(r"[a-z0-9]+", (text or "").lower())


def has_phrase(texts: list[str], phrase: str) -> bool:
    """Return whether a text has the words of a phrase in sequence."""
    padded = f" {' '.join(words(phrase))} "
    return any(padded in f" {' '.join(words(text))} " for text in texts)


@dataclass(frozen=True)
class Caller:
    """The caller and the time of a search."""

    principal: Principal
    home: Location
    clouds: frozenset[str]
    invited: frozenset[str]
    clients: frozenset[str]
    """The clients that they have worked for."""
    now: datetime


class Posting:
    """A posting with its client, its activity and derived data."""

    def __init__(self, job: Job, client: Organization, activity: Activity) -> None:
        self.job, self.client, self.activity = job, client, activity
        sands = job.sands_job_post
        ids = [one.skill_id or one.parent_skill_id for one in (sands.skills if sands else None) or ()]
        self.skills = [skill for id_ in ids if (skill := ontology.skill(id_))]
        self.texts = [job.info.title or "", job.info.description or ""]
        self.texts += [skill.preferred_label for skill in self.skills]
        self.fixed = job.info.type == "FIXED_PRICE"

    def seen_by(self, caller: Caller) -> bool:
        """Return whether a caller may find it."""
        job, principal = self.job, caller.principal
        if job.status != "REQUESTED":
            return False
        own_company = principal.organization_id == principal.company_id == job.company_id
        if own_company or principal.organization_id == job.organization_id or job.id in caller.invited:
            return True
        if job.info.access == "ACCESS_PRIVATE":
            return False
        ptc = job.ptc_info
        if ptc is None or ptc.visibility in (None, "ANY_USER"):
            return True
        return ptc.visibility == "MEMBER_SELECTED_CLOUD" and bool(caller.clouds & set(ptc.talent_cloud_ids or ()))

    def home(self) -> tuple[str | None, str | None, tuple[float, float] | None]:
        """Return country, US state and coordinates of the posting: of its required city, else of its client."""
        qualifications = self.job.qualifications
        if qualifications and qualifications.locations and qualifications.locations[0].id:
            place = places.city(qualifications.locations[0].id)
            assert place
            return place.country, place.state, (place.latitude, place.longitude)
        where = self.client.location
        if where.latitude is not None and where.longitude is not None:
            return where.country, where.state, (where.latitude, where.longitude)
        found = places.find_city(where.city, where.country) if where.city and where.country else None
        return where.country, where.state, (found.latitude, found.longitude) if found else None


def miles(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance between two points by the spherical law of cosines."""
    (lat1, lon1), (lat2, lon2) = ([math.radians(part) for part in point] for point in (one, other))
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return 3958.8 * math.acos(max(-1.0, min(1.0, cosine)))


def within(value: float | Decimal | None, range_: dict[str, Any]) -> bool:
    """Return whether a value is in an inclusive range. Each end is optional."""
    start, end = range_.get("rangeStart"), range_.get("rangeEnd")
    if start is None and end is None:
        return True
    return value is not None and (start is None or value >= start) and (end is None or value <= end)


def matches(posting: Posting, job_filter: Filter, caller: Caller) -> bool:
    """Return whether a posting matches every condition of a filter."""
    return all(
        _CONDITIONS[name](posting, value, job_filter, caller)
        for name, value in job_filter.items()
        if value is not None and value != []
    )


def _search_term(p: Posting, term: Filter) -> bool:
    def has_words(text: str) -> bool:
        return set(words(text)) <= {word for one in p.texts for word in words(one)}

    return (
        all(has_words(one) for one in term.get("andTerms_all") or [])
        and (not term.get("orTerms_any") or any(has_words(one) for one in term["orTerms_any"]))
        and (not term.get("exactTerms_any") or any(has_phrase(p.texts, one) for one in term["exactTerms_any"]))
        and not any(has_phrase(p.texts, one) for one in term.get("excludeTerms_any") or [])
    )


def _skill_expression(p: Posting, expression: str) -> bool:
    known = {"-".join(words(text)) for skill in p.skills for text in (skill.slug, skill.preferred_label)}
    names = {"-".join(words(part)) for part in expression.split(",")}
    if "," not in expression:  # words of which each is the name of a skill
        names |= set(words(expression))
    return not known.isdisjoint(names)


def _budget(p: Posting, range_: Filter) -> bool:
    if not p.fixed:
        return True
    return within(None if p.job.info.hide_budget else Decimal(p.job.info.amount or "0"), range_)


def _hourly(p: Posting, range_: Filter) -> bool:
    info = p.job.info
    if p.fixed or (range_.get("rangeStart") is None and range_.get("rangeEnd") is None):
        return True
    if info.hide_budget or info.hourly_budget_min is None or info.hourly_budget_max is None:
        return False
    low, high = Decimal(info.hourly_budget_min), Decimal(info.hourly_budget_max)
    start, end = range_.get("rangeStart"), range_.get("rangeEnd")
    return (start is None or high >= start) and (end is None or low <= end)


def _duration(p: Posting, durations: list[str]) -> bool:
    names = {"1": "WEEK", "2": "MONTH", "3": "QUARTER", "4": "SEMESTER", "5": "ONGOING"}
    return p.fixed or names.get(p.job.info.duration_id or "") in durations


def _around(p: Posting, points: list[tuple[float, float]], radius: float) -> bool:
    here = p.home()[2]
    return here is not None and any(miles(here, point) <= radius for point in points)


def _city(p: Posting, ids: list[str], job_filter: Filter) -> bool:
    found = [place for id_ in ids if (place := places.city(id_))]
    return _around(p, [(one.latitude, one.longitude) for one in found], job_filter.get("radius_eq") or 100)


def _zip(p: Posting, codes: list[str], job_filter: Filter) -> bool:
    found = [place for code in codes if (place := places.postal_code(code))]
    return _around(p, [(one.latitude, one.longitude) for one in found], job_filter.get("radius_eq") or 100)


def _area(p: Posting, ids: list[str]) -> bool:
    country, state, _ = p.home()
    states: set[str | None] = set((p.job.qualifications and p.job.qualifications.states) or ()) or {state}
    for id_ in ids:
        area = places.area(id_)
        assert area
        if area.city is None and country in area.countries and area.state in {None, *states}:
            return True
    return False


def _timezone(p: Posting, zone: str) -> bool:
    asked_for = (p.job.qualifications and p.job.qualifications.timezones) or (p.client.location.timezone,)
    return zone in asked_for


def _state(p: Posting, state: str) -> bool:
    asked_for = (p.job.qualifications and p.job.qualifications.states) or (p.home()[1],)
    return state in asked_for


def _country_allowed(p: Posting, country: str) -> bool:
    qualifications = p.job.qualifications
    if qualifications and qualifications.countries:
        return country in qualifications.countries
    return not (qualifications and qualifications.local_market) or p.client.location.country in (None, country)


def _home_allowed(p: Posting, home: Location) -> bool:
    qualifications = p.job.qualifications
    return (
        _country_allowed(p, home.country or "")
        and (not qualifications or not qualifications.states or home.state in qualifications.states)
        and (not qualifications or not qualifications.timezones or home.timezone in qualifications.timezones)
    )


def _days(p: Posting, days: int, now: datetime) -> bool:
    return datetime.fromisoformat(p.job.published or "") >= now - timedelta(days=days)


_MEANING = {
    "Germany": ("country", "DE"),
    "Deutschland": ("country", "DE"),
    "US": ("country", "US"),
    "u.s.a.": ("country", "US"),
    "berlin": ("city", "Berlin"),
    "Berlin, Germany": ("city", "Berlin"),
    "Lisbon": ("city", "Lisbon"),
    "Lisboa": ("city", "Lisbon"),
    "Austin, TX": ("city", "Austin"),
    "Austin TX": ("city", "Austin"),
    "California": ("state", "CA"),
}
"""What the names of places mean that the strategies draw. Others are unknown."""


def _location(p: Posting, names: list[str]) -> bool:
    where = p.client.location
    return any(
        getattr(where, attribute) == value
        for attribute, value in (_MEANING[name] for name in names if name in _MEANING)
    )


_CONDITIONS: dict[str, Any] = {
    "searchExpression_eq": lambda p, v, *_: set(words(v)) <= {word for text in p.texts for word in words(text)},
    "titleExpression_eq": lambda p, v, *_: not set(words(v)).isdisjoint(words(p.job.info.title)),
    "skillExpression_eq": lambda p, v, *_: _skill_expression(p, v),
    "searchTerm_eq": lambda p, v, f, *_: f.get("searchExpression_eq") is not None or _search_term(p, v),
    "categoryIds_any": lambda p, v, *_: p.job.info.group_id in v,
    "subcategoryIds_any": lambda p, v, *_: p.job.info.category_id in v,
    "occupationIds_any": lambda p, v, *_: bool(p.job.sands_job_post) and p.job.sands_job_post.occupation_id in v,
    "ontologySkillIds_all": lambda p, v, *_: set(v) <= {skill.id for skill in p.skills},
    "sinceId_eq": lambda p, v, *_: int(p.job.id) > int(v),
    "maxId_eq": lambda p, v, *_: int(p.job.id) < int(v),
    "jobType_eq": lambda p, v, *_: p.fixed is (v == "FIXED"),
    "duration_any": lambda p, v, *_: _duration(p, v),
    "workload_eq": lambda p, v, *_: p.fixed or p.job.info.engagement_type == v,
    "clientHiresRange_eq": lambda p, v, *_: within(p.client.total_hires, v),
    "clientFeedBackRange_eq": lambda p, v, *_: within(p.client.feedback_score, v),
    "budgetRange_eq": lambda p, v, *_: _budget(p, v),
    "hourlyRate_eq": lambda p, v, *_: _hourly(p, v),
    "verifiedPaymentOnly_eq": lambda p, v, *_: not v or p.client.payment_verification_status == "VERIFIED",
    "previousClients_eq": lambda p, v, *rest: not v or p.job.company_id in rest[1].clients,
    "experienceLevel_eq": lambda p, v, *_: p.job.info.experience_level == v,
    "locations_any": lambda p, v, *_: _location(p, v),
    "cityId_any": lambda p, v, f, *_: _city(p, v, f),
    "zipCodeId_any": lambda p, v, f, *_: _zip(p, v, f),
    "radius_eq": lambda *_: True,  # says how far cityId_any and zipCodeId_any reach
    "areaId_any": lambda p, v, *_: _area(p, v),
    "timezone_eq": lambda p, v, *_: _timezone(p, v),
    "usState_eq": lambda p, v, *_: _state(p, v),
    "daysPosted_eq": lambda p, v, *rest: _days(p, v, rest[1].now),
    "jobPostingAccess": lambda p, v, *_: (p.job.info.access or "PUBLIC_INDEX").removeprefix("ACCESS_") == v,
    "ptcIds_any": lambda p, v, *_: bool(p.job.ptc_info and set(v) & set(p.job.ptc_info.talent_cloud_ids or ())),
    "ptcOnly_eq": lambda p, v, *_: (
        not v or bool(p.job.ptc_info and p.job.ptc_info.visibility == "MEMBER_SELECTED_CLOUD")
    ),
    "enterpriseOnly_eq": lambda p, v, *_: not v or p.client.enterprise,
    "proposalRange_eq": lambda p, v, *_: within(p.activity.proposals, v),
    "area_eq": lambda p, v, *_: _around(p, [(v["latitude"], v["longitude"])], v["radius"]),
    "userLocationMatch_eq": lambda p, v, f, c: not v or bool(f.get("visitorCountry_eq")) or _home_allowed(p, c.home),
    "visitorCountry_eq": lambda p, v, f, *_: f.get("userLocationMatch_eq") is False or _country_allowed(p, v),
}
"""A condition for every field of both filters."""
