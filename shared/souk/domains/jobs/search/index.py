"""The search index of postings: its schema, and the document of a posting with its client's data.

The index holds all published postings, including private ones. Every search has a clause that limits the results to
the postings that the caller may see (`souk.domains.jobs.search.filters.visible`).
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final

from souk.domains.identity.model import Location, Organization
from souk.domains.jobs.model import Access, CloudVisibility, Job, JobType, Status
from souk.domains.jobs.rules import classification, location
from souk.domains.market.model import Activity
from souk.domains.reference import tables
from souk.search import Document, Float, Geo, GeoPoint, IndexSchema, Integer, Keyword, SearchReader, Text, engines
from souk.search import text as words
from souk.search.schema import Value
from souk.values.money import Money

INDEX: Final = IndexSchema(
    name="jobs",
    fields=(
        Text("title", weight=3.0),
        Text("description"),
        Text("skills", weight=2.0),
        # Audience and owner.
        Keyword("audience"),
        Keyword("access"),
        Keyword("visibility"),
        Keyword("clouds"),
        Keyword("company"),
        # Classification.
        Keyword("category"),
        Keyword("subcategory"),
        Keyword("occupations"),
        Keyword("skill_ids"),
        Keyword("skill_names"),
        # Terms. Money is on the scale of `Money.comparable`; times are milliseconds since 1970.
        Keyword("type"),
        Keyword("workload"),
        Keyword("duration"),
        Keyword("experience"),
        Integer("budget"),
        Integer("hourly_min"),
        Integer("hourly_max"),
        Integer("published"),
        Integer("proposals"),
        # Place, and requirements for the applicants' location.
        Geo("place"),
        Keyword("country"),
        Keyword("city"),
        Keyword("states"),
        Keyword("timezones"),
        Keyword("wanted_countries"),
        Keyword("wanted_states"),
        Keyword("wanted_timezones"),
        # Client.
        Keyword("client_country"),
        Keyword("client_region"),
        Keyword("client_city"),  # its folded name, and its GeoNames id if it is known
        Keyword("client_flags"),
        Integer("client_hires"),
        Float("client_rating"),
        Integer("client_charge"),
    ),
    default=("title", "description", "skills"),
    searchable={
        "title": "title",
        "description": "description",
        "skills": "skills",
        "type": "type",
        "experience": "experience",
        "workload": "workload",
        "duration": "duration",
        "country": "client_country",
    },
)
EVERYBODY: Final = "everybody"
"""The audience of a posting that every registered user may see."""
VERIFIED: Final = "VERIFIED"
ENTERPRISE: Final = "ENTERPRISE"


@cache
def reader() -> SearchReader:
    """Return the reader of the index that this deployment's indexer publishes."""
    return engines.reader(INDEX)


def skill_name(text: str) -> str:
    """Return a skill's slug or label, normalized for comparison: `CRM Software` -> `crm-software`."""
    return "-".join(words.tokens(text))


def document(job: Job, client: Organization, activity: Activity, *, suspended: bool = False) -> Document | None:
    """Return the index document of a posting; None unless it is open. That of a suspended client is only for itself."""
    if job.status is not Status.REQUESTED:
        return None
    info, own, work = job.info, client.location, classification.place_of(job)
    place = location.place_of_job(job, own)
    states, timezones = location.wanted_states(job), location.wanted_timezones(job)
    duration = classification.duration_of(job)
    low, high = _rates(job)
    return Document(
        job.id,
        {
            "title": info.title,
            "description": info.description,
            **_skills(job),
            "audience": tuple(_owners(job) if suspended else _audience(job)),
            "access": job.access,
            "visibility": job.cloud_visibility,
            "clouds": job.talent_cloud_ids,
            "company": job.company_id,
            "category": work.category.id if work.category else None,
            "subcategory": work.subcategory.id if work.subcategory else None,
            "occupations": _occupations(job),
            "type": info.type and info.type.contract_type,
            "workload": info.engagement_type,
            "duration": duration.job_duration if duration else None,
            "experience": info.experience_level,
            "budget": job.amount.comparable if job.amount and not info.hide_budget else None,
            "hourly_min": low,
            "hourly_max": high,
            "published": _milliseconds(job.published),
            "proposals": activity.proposals,
            "place": None
            if place.latitude is None or place.longitude is None
            else GeoPoint(place.latitude, place.longitude),
            "country": place.country,
            "city": place.city_id,
            "states": tuple(states) or place.state,
            "timezones": timezones or location.time_zone_of(own.timezone),
            "wanted_countries": tuple(location.wanted_countries(job, own)),
            "wanted_states": tuple(states),
            "wanted_timezones": timezones,
            **_client_values(client),
        },
    )


def shown_of_client(client: Organization) -> tuple[object, ...]:
    """Return all that documents show of a client. Its track record is part of it as far as `client` has it."""
    own = client.location
    place, timezone = location.place_of(own), location.time_zone_of(own.timezone)
    # With reviews on this marketplace, the rating depends on the number of imported ones.
    return (place, timezone, client.feedback_count, *_client_values(client).values())


def _client_values(client: Organization) -> dict[str, Value]:
    own = client.location
    charge = None if client.financial_privacy else Money(client.total_spent, client.currency).comparable
    return {
        "client_country": own.country,
        "client_region": location.region_of(own),
        "client_city": _city(own),
        "client_flags": tuple(_flags(client)),
        "client_hires": client.total_hires,
        "client_rating": client.feedback_score,
        "client_charge": charge,
    }


def company_audience(company_id: str) -> str:
    """Return the audience of people who act for a whole company."""
    return f"company {company_id}"


def team_audience(organization_id: str) -> str:
    """Return the audience of people who act for one organization."""
    return f"team {organization_id}"


def cloud_audience(cloud_id: str) -> str:
    """Return the audience of a talent cloud's members."""
    return f"cloud {cloud_id}"


def _audience(job: Job) -> Iterable[str]:
    """Yield the audiences that see a posting without an invitation (`souk.domains.jobs.rules.visibility`)."""
    yield from _owners(job)
    if job.access is not Access.ACCESS_PRIVATE:
        if job.cloud_visibility is CloudVisibility.ANY_USER:
            yield EVERYBODY
        elif job.cloud_visibility is CloudVisibility.MEMBER_SELECTED_CLOUD:
            yield from map(cloud_audience, job.talent_cloud_ids)


def _owners(job: Job) -> Iterable[str]:
    yield company_audience(job.company_id)
    yield team_audience(job.organization_id)


def _skills(job: Job) -> dict[str, tuple[str, ...]]:
    known = [*classification.skills_of(job), *classification.additional_skills_of(job)]
    free = classification.free_text_skills_of(job)
    return {
        "skills": (*(skill.preferred_label for skill in known), *free),
        "skill_ids": tuple(skill.id for skill in known),
        "skill_names": tuple(skill_name(text) for skill in known for text in (skill.slug, skill.preferred_label))
        + tuple(skill_name(text) for text in free),
    }


def _occupations(job: Job) -> tuple[str, ...]:
    sands = job.sands_job_post
    if sands is None:
        return ()
    return (*((sands.occupation_id,) if sands.occupation_id else ()), *(sands.occupations or ()))


def _rates(job: Job) -> tuple[int | None, int | None]:
    """Return the lowest and highest hourly rate, if the market may see them. One rate alone counts as both."""
    low, high = job.hourly_min or job.hourly_max, job.hourly_max or job.hourly_min
    if job.info.type is not JobType.HOURLY or job.info.hide_budget or low is None or high is None:
        return None, None
    return low.comparable, high.comparable


def _city(own: Location) -> tuple[str, ...]:
    known = location.place_of(own).city_id
    return tuple(filter(None, (own.city and tables.fold(own.city.partition(",")[0]), known)))


def _flags(client: Organization) -> list[str]:
    return [name for name, holds in ((VERIFIED, client.payment_verified), (ENTERPRISE, client.enterprise)) if holds]


def _milliseconds(time: str | None) -> int | None:
    return int(datetime.fromisoformat(time).timestamp() * 1000) if time else None
