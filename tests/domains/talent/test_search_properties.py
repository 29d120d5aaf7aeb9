"""Property tests of the search for people: each engine, compared with a plain look at every profile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.authentication.principal import Principal, Role
from souk.domains.identity.model import Location, Organization, User
from souk.domains.reference.ontology import ontology, skill_by_slug
from souk.domains.talent.model import Availability, Capacity, Preferences, Profile, ProfileState, Visibility
from souk.domains.talent.rules.ontology import occupation_ids
from souk.domains.talent.search.filters import build_search
from souk.domains.talent.search.index import INDEX, document
from souk.domains.talent.search.model import FreelancerFilter
from souk.search import SearchIndex
from souk.search.memory import MemoryIndex
from souk.search.tantivy_index import TantivyIndex
from souk.values.distance import miles_between
from tests.domains.identity.people import organization, user

SLUGS = ("python", "django", "react", "illustration")
WORDS = ("python", "django", "gull", "shop", "data")
SERVICES = [one for one in ontology().occupations.values() if one.slug in {"web-development", "front-end-development"}]
BERLIN = (52.52437, 13.41053)
PLACES = {
    Location(): None,
    Location(country="DE", city="Berlin"): BERLIN,
    Location(country="DE", city="Potsdam", state="Brandenburg"): (52.39886, 13.06566),
    Location(country="US", state="TX", city="Austin"): (30.26715, -97.74306),
    Location(country="DE", city="Nowhere", latitude=52.5, longitude=13.4): None,
}
COMPANIES = ("2001", "2002")
CALLERS = [Principal("1", "k", company, company, Role.OWNER, frozenset()) for company in (*COMPANIES, "3001")]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


@st.composite
def people(draw: Callable[..., Any], number: int) -> tuple[User, Profile, list[Organization], list[str]]:
    """Draw a person with a profile, client companies, and the companies of their talent clouds."""
    rate, score = draw(st.none() | st.integers(10, 30)), draw(st.none() | st.integers(90, 100))
    capacity = draw(st.none() | st.sampled_from([Capacity.FULL_TIME, Capacity.PART_TIME]))
    profile = Profile(
        user_id=str(number),
        title=draw(texts),
        overview=draw(texts),
        rate=None if rate is None else rate * 100 + 33,
        skills=tuple(draw(st.lists(st.sampled_from(SLUGS), unique=True, max_size=3))),
        service_ids=tuple(draw(st.lists(st.sampled_from([one.id for one in SERVICES]), unique=True, max_size=1))),
        availability=capacity and Availability(capacity=capacity, created="", updated=""),
        preferences=Preferences(hide_jss=draw(st.booleans())),
        visibility=draw(st.sampled_from(Visibility)),
        lock=draw(st.sampled_from([None, None, None, Visibility.PRIVATE, Visibility.AUTH])),
        state=draw(st.sampled_from([ProfileState.ACCEPTED, ProfileState.AUTO_ACCEPTED, ProfileState.DRAFT])),
        job_success=score,
    )
    companies = [organization(one, one, hidden=draw(st.booleans())) for one in COMPANIES if draw(st.booleans())]
    return (
        user(str(number), "Ann", "Lee", "9", location=draw(st.sampled_from(list(PLACES)))),
        profile,
        companies,
        draw(st.lists(st.sampled_from(COMPANIES), unique=True)),
    )


def ranges(low: float, high: float) -> st.SearchStrategy[dict[str, float]]:
    ends = st.floats(low, high).map(lambda end: round(end, 2))
    return st.tuples(ends, ends).map(lambda pair: {"rangeStart": min(pair), "rangeEnd": max(pair)})


weights = st.lists(
    st.fixed_dictionaries(
        {
            "ontologyId": st.sampled_from([*(f"souk:{slug}" for slug in SLUGS), SERVICES[0].id]),
            "weight": st.sampled_from([0, 0.5, 1, 2, 64]),
        }
    ),
    max_size=6,
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "keyword": st.sampled_from(["python", "gull OR shop", "title:data", "-python", ""]),
        "weightedOntologyIds": weights,
        "occupationIds": st.sampled_from([[SERVICES[0].id], [SERVICES[0].category.id], []]),
        "location": st.sampled_from(
            [
                {"country": "Germany"},
                {"state": "Texas"},
                {"city": "berlin", "country": "DE"},
                {"area": {"latitude": BERLIN[0], "longitude": BERLIN[1]}},
            ]
        ),
        "hourlyRate_eq": ranges(9, 31),
        "jobSuccessScore_eq": ranges(89, 101),
        "availability_eq": st.sampled_from(["fullTime", "partTime"]),
    },
)


def matches(person: User, profile: Profile, clouds: list[str], wanted: dict[str, Any], caller: Principal) -> bool:  # noqa: PLR0911 - one line for each condition
    """Return whether a freelancer should be found, by the letter of the contract and of the rules of privacy."""
    place = person.location
    if profile.state is ProfileState.DRAFT:
        return False
    if (profile.lock or profile.visibility) is Visibility.PRIVATE and caller.company_id not in clouds:
        return False
    title = profile.title.split()
    labels = [skill.preferred_label.lower() for slug in profile.skills if (skill := skill_by_slug(slug))]
    text = [*title, *profile.overview.split(), *(word for label in labels for word in label.split())]
    keyword = {
        "python": "python" in text,
        "gull OR shop": bool({"gull", "shop"} & {*text}),
        "title:data": "data" in title,
        "-python": "python" not in text,
    }
    if not keyword.get(wanted.get("keyword", ""), True):
        return False
    if (given := wanted.get("occupationIds")) and not occupation_ids(profile) & {*given}:
        return False
    if (rate := wanted.get("hourlyRate_eq")) and not (
        profile.rate is not None and round(rate["rangeStart"] * 100) <= profile.rate <= round(rate["rangeEnd"] * 100)
    ):
        return False
    if (score := wanted.get("jobSuccessScore_eq")) and (
        profile.preferences.hide_jss
        or profile.job_success is None
        or not score["rangeStart"] <= profile.job_success <= score["rangeEnd"]
    ):
        return False
    capacity = profile.availability.capacity if profile.availability else None
    if "availability_eq" in wanted and capacity != wanted["availability_eq"]:
        return False
    return _is_in(place, wanted.get("location", {}))


def _is_in(place: Location, location: dict[str, Any]) -> bool:
    if "area" in location:
        point = PLACES[place]
        return point is not None and miles_between(*point, *BERLIN) <= 100
    if "state" in location:
        return place.state == "TX"
    if "city" in location:
        return place.city == "Berlin"
    return "country" not in location or place.country == "DE"


@pytest.fixture
def tantivy(tmp_path: Path) -> SearchIndex:
    return TantivyIndex(INDEX, tmp_path)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    found=st.tuples(*map(people, range(1, 13))),
    asked=st.lists(st.tuples(filters, st.sampled_from(CALLERS)), min_size=6, max_size=12),
)
def test_engines_agree_with_a_plain_look(tantivy: SearchIndex, found: Any, asked: Any) -> None:
    memory = MemoryIndex(INDEX)
    for index in (memory, tantivy):
        index.rebuild(one for entry in found if (one := document(*entry)))
    for wanted, caller in asked:
        search = build_search(FreelancerFilter.model_validate({"userType": "Freelancer", **wanted}), caller)
        expected = [user.id for user, profile, _, clouds in found if matches(user, profile, clouds, wanted, caller)]
        assert sorted(memory.search(search).ids, key=int) == expected, wanted
        ids = tantivy.search(search).ids
        if wanted.get("keyword"):  # relevance differs between the engines
            assert sorted(ids, key=int) == expected, wanted
        else:
            assert ids == memory.search(search).ids, wanted
        clients = build_search(FreelancerFilter.model_validate({"userType": "Client"}), caller)
        public = [user.id for user, _, companies, _ in found if any(not one.hidden for one in companies)]
        assert sorted(tantivy.search(clients).ids, key=int) == public
