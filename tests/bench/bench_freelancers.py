"""The latency of the search for freelancers at 100,000 profiles. Run `python -m tests.bench.bench_freelancers`.

The documents are those of the index of people, made of real skills, services and cities. A search is measured in the
adapter: the filter is translated before.
"""

import random
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from souk.authentication.principal import Principal, Role
from souk.domains.identity.model import Location, User
from souk.domains.reference.model import TaxonomyLevel
from souk.domains.reference.ontology import ontology
from souk.domains.reference.places import cities_named
from souk.domains.talent.model import (
    Availability,
    Capacity,
    Preferences,
    Profile,
    ProfileState,
    TalentBadge,
    Visibility,
)
from souk.domains.talent.search.filters import build_search
from souk.domains.talent.search.index import INDEX, document
from souk.domains.talent.search.model import FreelancerFilter
from souk.search import Document, Search
from tests.bench import search_times

PROFILES = 100_000
ROUNDS = 100
_CITIES = [
    ("DE", "Berlin", None), ("DE", "Potsdam", None), ("DE", "Leipzig", None), ("DE", "Hamburg", None),
    ("US", "Austin", "TX"), ("US", "New York", "NY"), ("US", "Chicago", "IL"), ("US", "Portland", "OR"),
    ("IN", "Mumbai", None), ("IN", "Pune", None), ("IN", "Delhi", None), ("PK", "Lahore", None),
    ("PT", "Lisbon", None), ("ES", "Madrid", None), ("FR", "Paris", None), ("PL", "Warsaw", None),
    ("UA", "Kyiv", None), ("BR", "Recife", None), ("PH", "Manila", None), ("GB", "London", None),
]  # fmt: skip
_VOCABULARY = [f"word{rank}" for rank in range(20_000)]
_ZIPF = list(accumulate(1 / (rank + 5) for rank in range(len(_VOCABULARY))))  # like words in natural texts
_CALLER = Principal("1", "k", "3001", "3001", Role.OWNER, frozenset())


def profiles(count: int) -> Iterator[Document]:
    """Yield the documents of freelancers, always the same ones."""
    chance = random.Random(2026)  # noqa: S311 - repeatable, not secret
    skills = list(ontology().skill_by_slug)
    popular = list(accumulate(1 / (rank + 5) for rank in range(len(skills))))
    services = [one for one in ontology().occupations.values() if one.level is TaxonomyLevel.SERVICE]
    sentences = [" ".join(chance.choices(_VOCABULARY, cum_weights=_ZIPF, k=30)) for _ in range(5000)]
    for number in range(count):
        id_ = str(1_800_000_000_000_000_000 + number * 10_000_000_000)
        country, city, state = chance.choice(_CITIES)
        service = chance.choice(services)
        profile = Profile(
            user_id=id_,
            state=ProfileState.ACCEPTED,
            title=f"{service.preferred_label} {' '.join(chance.choices(_VOCABULARY, cum_weights=_ZIPF, k=3))}",
            overview=". ".join(chance.choices(sentences, k=3)),
            skills=tuple(dict.fromkeys(chance.choices(skills, cum_weights=popular, k=8))),
            service_ids=(service.id,),
            rate=chance.choice((None, chance.randrange(500, 15_000))),
            job_success=chance.choice((None, chance.randrange(50, 101))),
            standing=chance.choices((None, *TalentBadge), (80, 12, 5, 3))[0],
            availability=Availability(capacity=chance.choice(list(Capacity)), created="", updated=""),
            preferences=Preferences(hide_jss=chance.random() < 0.1),
            visibility=chance.choices((Visibility.PUBLIC, Visibility.PRIVATE), (95, 5))[0],
            last_active=f"2026-{chance.randrange(1, 12):02}-{chance.randrange(1, 28):02}T{chance.randrange(24):02}:00Z",
        )
        user = User(
            id=id_, nickname="n", email="e", first_name="F", last_name="L", creation_date="2026-01-01",
            organization_id="1", location=Location(country=country, city=city, state=state),
        )  # fmt: skip
        if found := document(user, profile, (), ()):
            yield found


def questions() -> dict[str, Search]:
    """Return the searches to measure. Each returns 20 hits and the exact total."""
    skills = list(ontology().skill_by_slug)
    popular = [{"ontologyId": f"souk:{slug}", "weight": 1 + rank / 4} for rank, slug in enumerate(skills[:8])]
    service = next(one for one in ontology().occupations.values() if one.level is TaxonomyLevel.SERVICE)
    (berlin, *_) = cities_named("Berlin", frozenset(["DE"]))
    area = {"latitude": berlin.latitude, "longitude": berlin.longitude}
    asked: dict[str, dict[str, Any]] = {
        "two words": {"keyword": "word30 word70"},
        "a word that half of the profiles have": {"keyword": "word2"},
        "two words, a country, a rate and a score": {
            "keyword": "word30 word70",
            "location": {"country": "DE"},
            "hourlyRate_eq": {"rangeStart": 20, "rangeEnd": 60},
            "jobSuccessScore_eq": {"rangeStart": 80},
        },
        "a service, a country and an availability": {
            "occupationIds": [service.id],
            "location": {"country": "US"},
            "availability_eq": "fullTime",
        },
        "a word, and eight weighted skills": {"keyword": "word30", "weightedOntologyIds": popular},
        "a service, and three weighted skills": {"occupationIds": [service.id], "weightedOntologyIds": popular[:3]},
        "three weighted skills": {"weightedOntologyIds": popular[:3]},
        "eight weighted skills": {"weightedOntologyIds": popular},
        "around a city, nearest first": {"location": {"area": area}, "hourlyRate_eq": {"rangeEnd": 40}},
        "no condition": {},
    }
    return {
        name: build_search(FreelancerFilter.model_validate({"userType": "Freelancer", **wanted}), _CALLER)
        for name, wanted in asked.items()
    }


def percentiles() -> dict[str, float]:
    """Return the 50th and 95th percentile of each search, in milliseconds."""
    return search_times.percentiles(INDEX, profiles(PROFILES), questions(), ROUNDS)


if __name__ == "__main__":
    search_times.show(percentiles())
