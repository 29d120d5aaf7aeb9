"""Which proposals a client's filter finds, and in which order they come: pure, but for how words are told apart.

What it asks of freelancers comes with the proposals as `Applicant`s; somebody without a profile has nothing of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from souk.domains.identity.model import User
from souk.domains.market.model import FreelancerRecord
from souk.domains.proposals.model import Mark, Proposal
from souk.domains.reference import ontology, tables, world
from souk.domains.talent.model import English, Profile
from souk.search import text as words
from souk.storage import Model
from souk.values.errors import Unprocessable
from souk.values.money import DEFAULT_CURRENCY
from souk.values.times import stamp

_CENT: Final = 100
_HOUR: Final = 60
_MAX_ANY: Final = 100
_NOTHING: Final = FreelancerRecord()


@dataclass(frozen=True, slots=True)
class Applicant:
    """A proposal with what is known of who made it."""

    proposal: Proposal
    user: User | None = None
    profile: Profile | None = None
    record: FreelancerRecord = _NOTHING


Condition = Callable[[Applicant], bool]


class Sort(StrEnum):
    """The contract's ClientProposalSortAttributeType."""

    CHARGERATE = "CHARGERATE"
    EARNINGS = "EARNINGS"
    RECOMMENDATIONSCORE = "RECOMMENDATIONSCORE"
    BILLEDHOURS = "BILLEDHOURS"
    CREATEDDATETIME = "CREATEDDATETIME"
    MODIFIEDDATETIME = "MODIFIEDDATETIME"


class ClientFilter(Model):
    """The contract's ClientProposalFilter. Conditions add up; an empty list, and a value ANY, constrain nothing.

    What the client hid is found by who asks for that mark, and by nobody else.
    """

    status_eq: str | None = None
    annotations_eq: str | None = None
    freelancer_id_eq: str | None = None
    charge_rate_eq: str | None = None
    activity_days_eq: str | None = None
    category_eq: str | None = None
    job_success_score_eq: str | None = None
    earnings_eq: str | None = None
    billed_hours_eq: str | None = None
    applier_type_eq: str | None = None
    top_rated_eq: str | None = None
    english_level_eq: str | None = None
    title_eq: str | None = None
    text_query_eq: str | None = None
    country_any: tuple[str, ...] | None = None
    region_any: tuple[str, ...] | None = None
    languages_any: tuple[str, ...] | None = None
    occupation_id: str | None = None

    @property
    def about_people(self) -> bool:
        """Whether it asks what only the freelancers' own records say."""
        given = (getattr(self, name) for name in self.model_fields_set - _OF_PROPOSALS)
        return any(one and one not in _ANYTHING for one in given)


_OF_PROPOSALS: Final = {"status_eq", "annotations_eq", "freelancer_id_eq", "charge_rate_eq", "applier_type_eq"}
_ANYTHING: Final = {"ANY_TIME", "ANY_JOB_SUCCESS", "ANY_AMOUNT_EARNED", "ANY_HOURS", "ANY_LEVEL"}
_RATES: Final[dict[str, tuple[int, int | None]]] = {
    "DOLLOR_10_AND_BELOW": (0, 10),
    "DOLLOR_10_TO_30": (10, 30),
    "DOLLOR_30_TO_60": (30, 60),
    "DOLLOR_60_AND_ABOVE": (60, None),
}
"""Whole US dollars, both ends included: who asks for 30 is in two of them."""
_WEEKS: Final = {"WITHIN_2_WEEKS": 14, "WITHIN_1_MONTH": 30, "WITHIN_2_MONTHS": 60}
"""Days."""
_SUCCESS: Final = {"PERCENTACE_80_AND_ABOVE": 80, "PERCENTAGE_90_AND_ABOVE": 90}
_EARNED: Final = {
    "DOLLOR_1_PLUS_EARNED": 1,
    "DOLLOR_100_PLUS_EARNED": 100,
    "DOLLOR_1K_PLUS_EARNED": 1_000,
    "DOLLOR_10K_PLUS_EARNED": 10_000,
}
_HOURS: Final = {"ONE_PLUS_HOURS_BILLED": 1, "HUNDRED_PLUS_HOURS_BILLED": 100, "THOUSAND_PLUS_HOURS_BILLED": 1_000}
_ENGLISH: Final = list(English)


def conditions(wanted: ClientFilter, now: datetime) -> Iterable[Condition]:
    """Yield what a proposal has to fulfil.

    Raises Unprocessable for a country, a region or an occupation that there is not, and for too many of something.
    """
    yield from _of_proposals(wanted)
    yield from _of_records(wanted, now)
    yield from _of_profiles(wanted)
    yield from _of_places(wanted)


def _of_proposals(wanted: ClientFilter) -> Iterable[Condition]:
    if status := wanted.status_eq:
        yield lambda one: one.proposal.client_status == status
    if wanted.annotations_eq != Mark.HIDDEN:
        yield lambda one: Mark.HIDDEN not in one.proposal.marks
    if mark := wanted.annotations_eq:
        known = mark in set(Mark)  # nothing puts on the others yet
        yield lambda one: known and Mark(mark) in one.proposal.marks
    if freelancer := wanted.freelancer_id_eq:
        yield lambda one: one.proposal.parties.vendor_user_id == freelancer
    if (rate := wanted.charge_rate_eq) in _RATES:
        low, high = _RATES[rate]
        yield lambda one: one.proposal.currency == DEFAULT_CURRENCY and _within(one.proposal.amount, low, high)
    if applier := wanted.applier_type_eq:
        yield lambda one: one.proposal.parties.agency is (applier == "AGENCY")


def _of_records(wanted: ClientFilter, now: datetime) -> Iterable[Condition]:
    if (span := wanted.activity_days_eq) in _WEEKS:
        since = stamp(now - timedelta(days=_WEEKS[span]))
        yield lambda one: one.profile is not None and (one.profile.last_active or "") >= since
    if (success := wanted.job_success_score_eq) in _SUCCESS:
        least = _SUCCESS[success]
        yield lambda one: one.profile is not None and (one.profile.job_success or 0) >= least
    if wanted.earnings_eq == "NO_EARNINGS_YET":
        yield lambda one: not one.record.earned
    elif (earned := wanted.earnings_eq) in _EARNED:
        dollars = _EARNED[earned]
        yield lambda one: one.record.earned >= dollars * _CENT
    if (billed := wanted.billed_hours_eq) in _HOURS:
        hours = _HOURS[billed]
        yield lambda one: one.record.minutes >= hours * _HOUR


def _of_profiles(wanted: ClientFilter) -> Iterable[Condition]:
    if rated := wanted.top_rated_eq:
        yield lambda one: _standing(one) == rated
    if (level := wanted.english_level_eq) and level in set(English):
        at_least = _ENGLISH.index(English(level))
        yield lambda one: _english(one) >= at_least
    if wanted.title_eq and (title := set(words.tokens(wanted.title_eq))):
        yield lambda one: one.profile is not None and title <= set(words.tokens(one.profile.title))
    if wanted.text_query_eq and (text := set(words.tokens(wanted.text_query_eq))):
        yield lambda one: text <= _words(one)
    if spoken := {code.strip().lower() for code in _few("languages_any", wanted.languages_any)}:
        if not spoken <= {one.iso639_code for one in world.languages()}:
            raise Unprocessable("filter.languages_any: ISO 639 codes, as in `languages`.")
        yield lambda one: one.profile is not None and not spoken.isdisjoint(one.profile.languages)
    if wanted.category_eq:
        named = wanted.category_eq.strip().casefold()
        ids = {one.id for one in ontology.ontology().categories if one.preferred_label.casefold() == named}
        if not ids:
            raise Unprocessable("filter.category_eq: the name of a category of the ontology.")
        yield lambda one: one.profile is not None and not ids.isdisjoint(one.profile.category_ids)
    if service := wanted.occupation_id:
        if ontology.service(service) is None:
            raise Unprocessable("filter.occupationId: the id of a service of the ontology.")
        yield lambda one: one.profile is not None and service in one.profile.service_ids


def _of_places(wanted: ClientFilter) -> Iterable[Condition]:
    if names := _few("country_any", wanted.country_any):
        codes = {world.country_code(name.strip()) for name in names}
        if None in codes:
            raise Unprocessable("filter.country_any: names or ISO codes of countries, as in `countries`.")
        yield lambda one: one.user is not None and one.user.location.country in codes
    if names := _few("region_any", wanted.region_any):
        regions = [one for one in tables.regions().values() if one.name in names]
        if {one.name for one in regions} != names:
            raise Unprocessable("filter.region_any: names of regions, as in `regions`.")
        there = frozenset[str]().union(*(one.countries for one in regions))
        yield lambda one: one.user is not None and one.user.location.country in there


def _few(name: str, given: tuple[str, ...] | None) -> set[str]:
    if given and (len(given) > _MAX_ANY or any(len(one) > _MAX_ANY for one in given)):
        raise Unprocessable(f"filter.{name}: at most {_MAX_ANY}, of at most {_MAX_ANY} characters each.")
    return set(given or ())


def _within(amount: int, low: int, high: int | None) -> bool:
    return amount >= low * _CENT and (high is None or amount <= high * _CENT)


def _standing(one: Applicant) -> str:
    standing = one.profile.standing if one.profile else None
    return standing or "NON_TOP_RATED"


def _english(one: Applicant) -> int:
    known = one.profile.english if one.profile else None
    return _ENGLISH.index(known) if known else -1


def _words(one: Applicant) -> set[str]:
    proposal = one.proposal
    said = [
        proposal.cover_letter or "",
        *(it.answer for it in proposal.answers),
        *(it.description for it in proposal.plan),
    ]
    if one.profile is not None:
        said += [one.profile.title, one.profile.overview, *one.profile.skills]
    return {word for text in said for word in words.tokens(text)}


SORT_KEYS: Final[dict[Sort, Callable[[Applicant], Any]]] = {
    Sort.CHARGERATE: lambda one: one.proposal.charge.comparable,
    Sort.EARNINGS: lambda one: one.record.earned,
    Sort.RECOMMENDATIONSCORE: lambda one: one.proposal.created,  # nothing scores them yet: in the order of making
    Sort.BILLEDHOURS: lambda one: one.record.minutes,
    Sort.CREATEDDATETIME: lambda one: one.proposal.created,
    Sort.MODIFIEDDATETIME: lambda one: one.proposal.modified,
}
OF_RECORDS: Final = frozenset({Sort.EARNINGS, Sort.BILLEDHOURS})
"""The orders that need the freelancers' records."""
