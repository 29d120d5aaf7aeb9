"""Property test of the client's filter, against a second implementation written from the field descriptions."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.app import schema
from souk.domains.agreements.model import Parties
from souk.domains.market.model import FreelancerRecord
from souk.domains.proposals.filters import Applicant, ClientFilter, people_conditions, proposal_conditions
from souk.domains.proposals.model import Answer, ClientStatus, Mark, Proposal, VendorStatus
from souk.domains.reference.model import TaxonomyLevel
from souk.domains.reference.ontology import ontology
from souk.domains.talent.model import English, Preferences, Profile, SpokenLanguage, TalentBadge
from souk.values.times import stamp
from tests.support.worlds.jobs import AUSTIN, BERLIN, LISBON, SINCE, user

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEVELS = ["BASIC", "CONVERSATIONAL", "FLUENT", "NATIVE_OR_BILINGUAL"]
WORDS = ("ink", "logo", "python", "shop", "moth")
PEOPLE = ("501", "502", "503")
CATEGORIES = ontology().categories[:3]
SERVICES = [one for one in ontology().occupations.values() if one.level is TaxonomyLevel.SERVICE][:4]
REGIONS = {"Western Europe": "DE", "Southern Europe": "PT", "Northern America": "US"}
COUNTRIES = {"DE": "DE", "portugal": "PT", "United States": "US", "us": "US"}
RATES = {
    "DOLLOR_10_AND_BELOW": (0, 1_000),
    "DOLLOR_10_TO_30": (1_000, 3_000),
    "DOLLOR_30_TO_60": (3_000, 6_000),
    "DOLLOR_60_AND_ABOVE": (6_000, 10**12),
}
ACTIVE = {"WITHIN_2_WEEKS": 14, "WITHIN_1_MONTH": 30, "WITHIN_2_MONTHS": 60}
SUCCESS = {"PERCENTACE_80_AND_ABOVE": 80, "PERCENTAGE_90_AND_ABOVE": 90}
EARNED = {
    "DOLLOR_1_PLUS_EARNED": 100,
    "DOLLOR_100_PLUS_EARNED": 10_000,
    "DOLLOR_1K_PLUS_EARNED": 100_000,
    "DOLLOR_10K_PLUS_EARNED": 1_000_000,
}
HOURS = {"ONE_PLUS_HOURS_BILLED": 1, "HUNDRED_PLUS_HOURS_BILLED": 100, "THOUSAND_PLUS_HOURS_BILLED": 1_000}

texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)


def near(*edges: int) -> st.SearchStrategy[int]:
    """Draw numbers at the limits of ranges and next to them."""
    return st.sampled_from([max(edge + by, 0) for edge in edges for by in (-1, 0, 1)])


@st.composite
def applicants(draw: Callable[..., Any]) -> Applicant:
    person = draw(st.sampled_from(PEOPLE))
    parties = Parties(
        client_user_id="1",
        client_team_id="2",
        client_company_id="2",
        vendor_user_id=person,
        vendor_team_id="3",
        vendor_company_id="3",
        agency=draw(st.booleans()),
    )
    proposal = Proposal(
        id="1",
        job_id="1",
        parties=parties,
        hourly=True,
        amount=draw(near(1_000, 3_000, 6_000)),
        currency=draw(st.sampled_from(("USD", "USD", "USD", "EUR"))),
        cover_letter=draw(st.none() | texts),
        answers=(Answer(question_id="1", question="moth?", answer=draw(texts)),),
        vendor_status=VendorStatus.ACCEPTED,
        client_status=draw(st.sampled_from(list(ClientStatus))),
        marks=draw(st.frozensets(st.sampled_from(list(Mark)), max_size=2)),
        created=SINCE,
        modified=SINCE,
        created_by_id=person,
    )
    record = FreelancerRecord(earned=draw(near(0, *EARNED.values())), minutes=draw(near(60, 6_000, 60_000)))
    home = draw(st.sampled_from((LISBON, AUSTIN, BERLIN)))
    return Applicant(proposal, user(person, "A", "3", home), draw(st.none() | profiles()), record)


@st.composite
def profiles(draw: Callable[..., Any]) -> Profile:
    active = draw(st.none() | near(*ACTIVE.values()))
    return Profile(
        user_id="1",
        title=draw(texts),
        overview=draw(texts),
        languages=tuple(
            SpokenLanguage(code=code, level=draw(st.none() | st.sampled_from(list(English))))
            for code in sorted(draw(st.sets(st.sampled_from(("de", "en", "pt")))))
        ),
        category_ids=tuple(draw(st.sets(st.sampled_from([one.id for one in CATEGORIES])))),
        service_ids=tuple(draw(st.sets(st.sampled_from([one.id for one in SERVICES])))),
        preferences=Preferences(hide_jss=draw(st.booleans()), hide_earnings=draw(st.booleans())),
        standing=draw(st.none() | st.sampled_from(list(TalentBadge))),
        job_success=draw(st.none() | near(80, 90)),
        last_active=None if active is None else stamp(NOW - timedelta(days=active)),
    )


def _names(type_name: str) -> st.SearchStrategy[str]:
    type_ = schema().get_type(type_name)
    assert isinstance(type_, GraphQLEnumType)
    return st.sampled_from(list(type_.values))


def _some(of: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), max_size=2)


def filters() -> st.SearchStrategy[dict[str, Any]]:
    """Draw a filter of any of the fields, each with any of its values."""
    type_ = schema().get_type("ClientProposalFilter")
    assert isinstance(type_, GraphQLInputObjectType)
    drawn = dict(TEXTS)
    for name, field in type_.fields.items():
        if isinstance(named := get_named_type(field.type), GraphQLEnumType):
            drawn[name] = _names(named.name)
    assert set(drawn) == set(type_.fields) == set(FITS)
    one = st.sampled_from(sorted(drawn)).flatmap(lambda name: drawn[name].map(lambda value: (name, value)))
    return st.lists(one, min_size=1, max_size=3).map(dict)


TEXTS: dict[str, st.SearchStrategy[Any]] = {
    "freelancerId_eq": st.sampled_from(PEOPLE),
    "category_eq": st.sampled_from([one.preferred_label for one in CATEGORIES]),
    "title_eq": texts,
    "textQuery_eq": texts,
    "country_any": _some(list(COUNTRIES)),
    "region_any": _some(list(REGIONS)),
    "languages_any": _some(["de", "EN", "fr"]),
    "occupationId": st.sampled_from([one.id for one in SERVICES]),
}


def has(texts_: list[str | None], text: str) -> bool:
    """Return whether some texts contain all words of another text."""
    known = {word for text in texts_ for word in re.findall("[a-z]+", text or "")}
    return set(text.split()) <= known


def _rate(a: Applicant, band: str) -> bool:
    low, high = RATES[band]
    return a.proposal.currency == "USD" and low <= a.proposal.amount <= high


def _active(a: Applicant, span: str) -> bool:
    last = a.profile and a.profile.last_active
    return bool(last) and datetime.fromisoformat(last or "") >= NOW - timedelta(days=ACTIVE[span])


def _english(a: Applicant, least: str) -> bool:
    known = a.profile.english if a.profile else None
    return known is not None and LEVELS.index(known) >= LEVELS.index(least)


def _hides_earnings(a: Applicant) -> bool:
    return a.profile is not None and a.profile.preferences.hide_earnings


def _categories(a: Applicant) -> set[str]:
    services = [ontology().occupations.get(one) for one in a.profile.service_ids] if a.profile else []
    return {*(a.profile.category_ids if a.profile else ()), *(one.category.id for one in services if one)}


def _text(a: Applicant, text: str) -> bool:
    texts_ = [a.proposal.cover_letter, *(one.answer for one in a.proposal.answers)]
    if a.profile:
        texts_ += [a.profile.title, a.profile.overview]
    return has(texts_, text)


def _home(a: Applicant) -> str | None:
    return a.user.location.country if a.user else None


FITS: dict[str, Callable[[Applicant, Any], bool]] = {
    "status_eq": lambda a, v: a.proposal.client_status == v,
    "annotations_eq": lambda a, v: v in {mark.value for mark in a.proposal.marks},
    "freelancerId_eq": lambda a, v: a.proposal.parties.vendor_user_id == v,
    "chargeRate_eq": lambda a, v: v.startswith("ANY") or _rate(a, v),
    "activityDays_eq": lambda a, v: v.startswith("ANY") or _active(a, v),
    "category_eq": lambda a, v: any(one.id in _categories(a) for one in CATEGORIES if one.preferred_label == v),
    "jobSuccessScore_eq": lambda a, v: (
        v.startswith("ANY")
        or (a.profile is not None and not a.profile.preferences.hide_jss and (a.profile.job_success or 0) >= SUCCESS[v])
    ),
    "earnings_eq": lambda a, v: (
        v.startswith("ANY")
        or (not _hides_earnings(a) and (a.record.earned == 0 if v.startswith("NO_") else a.record.earned >= EARNED[v]))
    ),
    "billedHours_eq": lambda a, v: v.startswith("ANY") or a.record.minutes / 60 >= HOURS[v],
    "applierType_eq": lambda a, v: ("AGENCY" if a.proposal.parties.agency else "FREELANCER") == v,
    "topRated_eq": lambda a, v: ((a.profile and a.profile.standing) or "NON_TOP_RATED") == v,
    "englishLevel_eq": lambda a, v: v.startswith("ANY") or _english(a, v),
    "title_eq": lambda a, v: not v or (a.profile is not None and has([a.profile.title], v)),
    "textQuery_eq": _text,
    "country_any": lambda a, v: not v or _home(a) in {COUNTRIES[one] for one in v},
    "region_any": lambda a, v: not v or _home(a) in {REGIONS[one] for one in v},
    "languages_any": lambda a, v: (
        not v or (a.profile is not None and any(one.lower() in a.profile.language_codes for one in v))
    ),
    "occupationId": lambda a, v: a.profile is not None and v in a.profile.service_ids,
}


@settings(max_examples=100, deadline=None)
@given(candidates=st.lists(applicants(), min_size=1, max_size=8), values=filters())
def test_filters_match_expected_results(candidates: list[Applicant], values: dict[str, Any]) -> None:
    wanted = ClientFilter.model_validate(values)
    on_proposals, on_people = list(proposal_conditions(wanted)), list(people_conditions(wanted, NOW))
    hidden = values.get("annotations_eq") == "Hidden"
    for one in candidates:
        expected = all(FITS[name](one, value) for name, value in values.items())
        expected &= hidden or Mark.HIDDEN not in one.proposal.marks
        met = all(condition(one.proposal) for condition in on_proposals)
        assert (met and all(condition(one) for condition in on_people)) == expected, (values, one)
