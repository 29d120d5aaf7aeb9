"""Hypothesis strategies for postings, clients and filters."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from souk.domains.identity.model import Location, Organization, PaymentVerificationStatus
from souk.domains.jobs.model import (
    AreaRequirement,
    Job,
    PostingInfo,
    PtcInfo,
    Qualifications,
    Sands,
    SkillChoice,
    Status,
)
from souk.domains.market.model import Activity
from souk.domains.reference import places
from souk.domains.reference.model import TaxonomyLevel
from souk.domains.reference.ontology import ontology, skill_by_slug
from tests.support.worlds.jobs import AUSTIN, BERLIN, LISBON, SINCE, organization

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = ("django", "python", "react", "logo", "writer", "data", "remote", "proofreading", "shop", "cloud")
SKILLS = [skill for slug in ("python", "django", "react", "javascript") if (skill := skill_by_slug(slug))]
SERVICES = [one for one in ontology().occupations.values() if one.level is TaxonomyLevel.SERVICE][:6]
CLOUDS = ("91", "92", "93")
PLACES = (BERLIN, AUSTIN, LISBON, Location(), Location(country="US", state="CA", timezone="America/Los_Angeles"))
CITIES = [city for name, country in (("Hamburg", "DE"), ("Austin", "US")) if (city := places.find_city(name, country))]
ZONES = ("Europe/Berlin", "America/Chicago", "America/Los_Angeles")
COMPANIES = ("1001", "2001", "2002", "2003", "2004")

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
amounts = st.decimals(1, 2_000, places=2).map(str)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a value or None."""
    return st.none() | strategy


@st.composite
def clients(draw: Callable[..., Any]) -> list[Organization]:
    """Draw five clients."""
    return [
        organization(
            company_id,
            f"Client {company_id}",
            location=draw(st.sampled_from(PLACES)),
            total_hires=draw(st.integers(0, 5)),
            total_spent=draw(st.integers(0, 100_000)),
            feedback_score=draw(st.sampled_from((0.0, 3.5, 4.25, 5.0))),
            payment_verification_status=draw(maybe(st.sampled_from(PaymentVerificationStatus))),
            enterprise=draw(st.booleans()),
            financial_privacy=draw(st.booleans()),
        )
        for company_id in COMPANIES
    ]


@st.composite
def jobs(draw: Callable[..., Any], number: int) -> Job:
    """Draw a posting. `number` determines its id."""
    service = draw(st.sampled_from(SERVICES))
    company_id = draw(st.sampled_from(COMPANIES))
    fixed = draw(st.booleans())
    rates = sorted(draw(st.lists(st.integers(5, 100), min_size=2, max_size=2)))
    has_rates = not fixed and draw(st.booleans())
    published = NOW - timedelta(hours=draw(st.integers(0, 24 * 20)))
    time = published.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    info = PostingInfo(
        title=draw(texts),
        description=draw(texts),
        type="FIXED_PRICE" if fixed else "HOURLY",
        amount=draw(amounts) if fixed else None,
        hourly_budget_min=str(rates[0]) if has_rates else None,
        hourly_budget_max=f"{rates[1]}.50" if has_rates else None,
        hide_budget=draw(st.sampled_from((None, None, True))),
        engagement_type=None if fixed else draw(maybe(st.sampled_from(("FULL_TIME", "PART_TIME", "AS_NEEDED")))),
        duration_id=draw(maybe(st.sampled_from("12345"))),
        experience_level=draw(maybe(st.sampled_from(("ENTRY_LEVEL", "INTERMEDIATE", "EXPERT")))),
        access=draw(maybe(st.sampled_from(("PUBLIC_INDEX", "ACCESS_PUBLIC", "ACCESS_PRIVATE")))),
        category_id=service.parent.id,
        group_id=service.category.id,
    )
    skills = draw(st.lists(st.sampled_from(SKILLS), max_size=3, unique_by=lambda skill: skill.id))
    return Job(
        id=str(1_861_000_000_000_000_000 + number),
        organization_id=draw(st.sampled_from((company_id, f"{company_id}7"))),
        company_id=company_id,
        owner_id="1",
        currency="USD",
        status=draw(st.sampled_from((Status.REQUESTED,) * 6 + (Status.DRAFT, Status.FILLED))),
        created=time,
        modified=time,
        changed_by_id="1",
        published=time,
        last_client_activity=time,
        info=info,
        qualifications=draw(maybe(_qualifications())),
        ptc_info=draw(maybe(_ptc_info())),
        sands_job_post=Sands(
            occupation_id=service.id,
            skills=tuple(SkillChoice(parent_skill_id=skill.id) for skill in skills),
        ),
    )


def activity_of(job: Job) -> Activity:
    """Return the activity of a posting, derived from its id."""
    return Activity(proposals=int(job.id) % 4)


@st.composite
def _qualifications(draw: Callable[..., Any]) -> Qualifications:
    city = draw(maybe(st.sampled_from(CITIES)))
    return Qualifications(
        countries=draw(maybe(st.just(("DE",)) | st.just(("US", "PT")))),
        states=draw(maybe(st.just(("CA",)) | st.just(("TX", "CA")))),
        timezones=draw(maybe(st.sampled_from(ZONES).map(lambda zone: (zone,)))),
        local_market=draw(maybe(st.booleans())),
        locations=(AreaRequirement(area_type="CITY", name=city.name, id=city.id),) if city else None,
    )


@st.composite
def _ptc_info(draw: Callable[..., Any]) -> PtcInfo:
    visibility = draw(maybe(st.sampled_from(("ANY_USER", "MEMBER_SELECTED_CLOUD", "ONLY_INVITED"))))
    return PtcInfo(visibility=visibility, talent_cloud_ids=tuple(draw(st.sets(st.sampled_from(CLOUDS)))))


def job_lists(size: int) -> st.SearchStrategy[list[Job]]:
    """Draw a list of postings with different ids."""
    return st.tuples(*(jobs(number) for number in range(size))).map(list)


def _some(values: Any, most: int = 2) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


def _range(low: int, high: int) -> st.SearchStrategy[dict[str, int]]:
    both = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    ends = st.sampled_from((("rangeStart",), ("rangeEnd",), ("rangeStart", "rangeEnd"), ()))
    return st.tuples(both, ends).map(
        lambda drawn: {name: drawn[0][0 if name == "rangeStart" else 1] for name in drawn[1]}
    )


_ids = st.integers(0, 40).map(lambda number: str(1_861_000_000_000_000_000 + number))
_AREAS = ("6252001", "2921044", "150", "5332921")  # the United States, Germany, Europe, California
_CODES = ("78701", "94103")

LOCATIONS = (
    *("Germany", "Deutschland", "US", "u.s.a.", "berlin", "Berlin, Germany", "Lisbon", "Lisboa", "Austin, TX"),
    *("Austin TX", "Austin, MN", "California", "Berlin, France", "Atlantis", "Lisbon, Atlantis"),
)

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "searchExpression_eq": st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join),
    "titleExpression_eq": st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join),
    "skillExpression_eq": st.builds(
        str.join, st.sampled_from((",", " ")), _some(("python", "Django", "react", "proofreading"))
    ).filter(bool),
    "searchTerm_eq": st.fixed_dictionaries(
        {},
        optional={
            "andTerms_all": _some(WORDS),
            "orTerms_any": _some((*WORDS, "remote data")),
            "exactTerms_any": _some((*WORDS, "django shop")),
            "excludeTerms_any": _some(WORDS, 3),
        },
    ),
    "categoryIds_any": _some([one.category.id for one in SERVICES[:1]] + ["5"]),
    "subcategoryIds_any": _some(sorted({one.parent.id for one in SERVICES if one.parent} | {"5"})),
    "occupationIds_any": _some([one.id for one in SERVICES]),
    "ontologySkillIds_all": _some([skill.id for skill in SKILLS]),
    "sinceId_eq": _ids,
    "maxId_eq": _ids,
    "jobType_eq": st.sampled_from(("HOURLY", "FIXED")),
    "duration_any": _some(("WEEK", "MONTH", "QUARTER", "SEMESTER", "ONGOING"), 3),
    "workload_eq": st.sampled_from(("FULL_TIME", "PART_TIME", "AS_NEEDED")),
    "clientHiresRange_eq": _range(0, 5),
    "clientFeedBackRange_eq": _range(0, 5),
    "budgetRange_eq": _range(0, 2_000),
    "hourlyRate_eq": _range(0, 110),
    "verifiedPaymentOnly_eq": st.booleans(),
    "previousClients_eq": st.booleans(),
    "experienceLevel_eq": st.sampled_from(("ENTRY_LEVEL", "INTERMEDIATE", "EXPERT")),
    "locations_any": _some(LOCATIONS),
    "cityId_any": _some([city.id for city in CITIES]),
    "zipCodeId_any": _some(_CODES),
    "areaId_any": _some(_AREAS),
    "timezone_eq": st.sampled_from(ZONES),
    "usState_eq": st.sampled_from(("CA", "TX")),
    "daysPosted_eq": st.integers(0, 20),
    "jobPostingAccess": st.sampled_from(("PUBLIC_INDEX", "PUBLIC", "PRIVATE")),
    "ptcIds_any": _some(CLOUDS),
    "ptcOnly_eq": st.booleans(),
    "enterpriseOnly_eq": st.booleans(),
    "proposalRange_eq": _range(0, 3),
    "area_eq": st.sampled_from(
        (
            {"latitude": 52.5, "longitude": 13.4, "radius": 50.0},
            {"latitude": 30.2, "longitude": -97.7, "radius": 800.5},
        )
    ),
    "userLocationMatch_eq": st.booleans(),
    "visitorCountry_eq": st.sampled_from(("DE", "US", "PT")),
}


@st.composite
def filters(draw: Callable[..., Any]) -> dict[str, Any]:
    """Draw a filter of up to three conditions, with a radius if it has a centre."""
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3, unique=True))
    job_filter = {name: draw(FIELDS[name]) for name in names}
    if job_filter.get("cityId_any") or job_filter.get("zipCodeId_any"):
        job_filter["radius_eq"] = draw(maybe(st.sampled_from((10, 500, 6_000))))
    return job_filter


__all__ = ["CLOUDS", "COMPANIES", "FIELDS", "NOW", "PLACES", "SINCE", "clients", "filters", "job_lists"]
