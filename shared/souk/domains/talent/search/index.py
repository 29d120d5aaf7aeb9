"""The search index of people: freelancers by their profiles, and people of client companies by their companies.

A person can be both. Texts and facts of a profile are only in the document while the profile can be found, so that no
search tells anything about a hidden one. Names of people, and what is private of a profile, are in no document.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache
from typing import Final

from souk.domains.identity.model import Location, Organization, User
from souk.domains.reference import places, tables
from souk.domains.talent.model import Profile, ProfileState, TalentBadge, Visibility
from souk.domains.talent.rules import ontology
from souk.search import Document, Geo, GeoPoint, IndexSchema, Integer, Keyword, SearchReader, Text, engines
from souk.search.schema import Value

_FIELDS: Final = (
    # Profile.
    Text("title", weight=3.0),
    Text("skills", weight=2.0),
    Text("overview"),
    Text("employment"),
    Keyword("audience"),  # only profiles that somebody can find have one
    Keyword("skill_ids"),
    Keyword("occupations"),  # services, with the subcategories and categories above them
    Keyword("availability"),
    Integer("rate"),  # on the scale of `Money.comparable`
    Integer("job_success"),
    Integer("rank"),
    # Companies.
    Text("company", weight=3.0),  # names of public ones
    Text("company_description"),
    Keyword("companies"),  # of the person, that are clients; also hidden ones
    # Person.
    Keyword("country"),
    Keyword("state"),  # the abbreviation of a US state, or a folded name
    Keyword("city"),  # its folded name, and its GeoNames id if it is known
    Geo("place"),
)
INDEX: Final = IndexSchema(
    name="freelancers",
    fields=_FIELDS,
    default=("title", "skills", "overview", "employment"),
    searchable={
        "title": "title",
        "skills": "skills",
        "overview": "overview",
        "description": "overview",
        "employment": "employment",
        "country": "country",
    },
)
CLIENT_LANGUAGE: Final = IndexSchema(
    name="freelancers",
    fields=_FIELDS,
    default=("company", "company_description"),
    searchable={"company": "company", "description": "company_description", "country": "country"},
)
"""The same index, with the fields that an expression about clients can name."""

EVERYBODY: Final = "everybody"
"""The audience of a profile that every registered user may find."""
_ACCEPTED: Final = frozenset({ProfileState.ACCEPTED, ProfileState.AUTO_ACCEPTED})
_STANDINGS: Final = {
    None: 0,
    TalentBadge.HIPO: 1,
    TalentBadge.TOP_RATED: 2,
    TalentBadge.TOP_RATED_PLUS: 3,
}
_ACTIVE_BITS: Final = 43
"""Bits of a time in milliseconds since 1970, until the year 2248."""


@cache
def reader() -> SearchReader:
    """Return the reader of the index that the deployment's indexer publishes."""
    return engines.reader(INDEX)


def cloud_audience(company_id: str) -> str:
    """Return the audience of a private profile: a client's company with a talent cloud of the freelancer."""
    return f"client {company_id}"


def findable(profile: Profile) -> bool:
    """Return whether a profile can be found by anybody: it has been accepted, and is not taken down."""
    return profile.state in _ACCEPTED and profile.takedown is None


def document(
    user: User,
    profile: Profile | None,
    clients: Iterable[Organization],
    cloud_clients: Iterable[str],
    suspended: AbstractSet[str] = frozenset(),
) -> Document | None:
    """Return the document of a person; None for one who can never be found.

    `clients` are the client companies of the person, and `cloud_clients` the companies whose talent clouds they belong
    to. Nobody finds people by companies that are `suspended`.
    """
    if user.service:
        return None
    known = sorted(clients, key=lambda one: int(one.id))
    freelancer = _profile_values(profile, cloud_clients) if profile and findable(profile) else {}
    if not known and not freelancer:
        return None
    public = [one for one in known if is_public(one) and one.id not in suspended]
    return Document(
        user.id,
        {
            **freelancer,
            "company": tuple(one.name for one in public),
            "company_description": tuple(one.description for one in public if one.description),
            "companies": tuple(one.id for one in known),
            **_place_values(user.location),
        },
    )


def is_client(organization: Organization) -> bool:
    """Return whether an organization is a client's company."""
    return organization.flag.client and not organization.is_team


def is_public(organization: Organization) -> bool:
    """Return whether the people of a client's company can be found."""
    return organization.active and not organization.hidden


def shown_of_company(organization: Organization) -> tuple[object, ...]:
    """Return all that documents show of a company."""
    return (
        is_client(organization),
        is_public(organization),
        organization.name,
        organization.description,
    )


def _profile_values(profile: Profile, cloud_clients: Iterable[str]) -> dict[str, Value]:
    hidden = profile.current_visibility is Visibility.PRIVATE
    audience = tuple(map(cloud_audience, cloud_clients)) if hidden else (EVERYBODY,)
    if not audience:
        return {}
    skills = ontology.skills_of(profile.skills)
    return {
        "title": profile.title,
        "skills": tuple(skill.preferred_label for skill in skills),
        "overview": profile.overview,
        "employment": tuple(one.job_title for one in profile.employment),
        "audience": audience,
        "skill_ids": tuple(skill.id for skill in skills),
        "occupations": tuple(ontology.occupation_ids(profile)),
        "availability": profile.availability.capacity if profile.availability else None,
        "rate": None if profile.rate is None else profile.charge_rate.comparable,
        "job_success": None if profile.preferences.hide_jss else profile.job_success,
        "rank": _rank(profile),
    }


def _place_values(own: Location) -> dict[str, Value]:
    """Return the values of a place. Its point is that of the city: coordinates, street and postal code are private."""
    us_state = places.us_state(own.state) if own.state and own.country == "US" else None
    known = places.find_city(own.city, own.country, us_state) if own.city and own.country else None
    return {
        "country": own.country,
        "state": us_state or (own.state and tables.fold(own.state)),
        "city": (tables.fold((own.city or "").partition(",")[0]), known.id if known else ""),
        "place": GeoPoint(known.latitude, known.longitude) if known else None,
    }


def _rank(profile: Profile) -> int:
    """Return the place among equal results: by standing, then by the last activity. As one number, it is one column."""
    active = int(datetime.fromisoformat(profile.last_active).timestamp() * 1000) if profile.last_active else 0
    return (_STANDINGS[profile.standing] << _ACTIVE_BITS) + active
