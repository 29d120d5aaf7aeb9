"""The client's filter and sort orders of proposals. Pure, except for the word tokenizer.

`Applicant` has a proposal with the data of its freelancer. A freelancer without a profile matches no profile condition.
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
from souk.domains.talent.model import English, Preferences, Profile, TalentBadge
from souk.domains.talent.rules.ontology import category_ids
from souk.search import text as words
from souk.storage import Input
from souk.values.errors import Unprocessable
from souk.values.ids import Id
from souk.values.money import DEFAULT_CURRENCY
from souk.values.times import stamp

_CENT: Final = 100
_HOUR: Final = 60
_MAX_ANY: Final = 100
_EMPTY_RECORD: Final = FreelancerRecord()
_POINTS: Final = {TalentBadge.TOP_RATED_PLUS: 20, TalentBadge.TOP_RATED: 15, TalentBadge.HIPO: 10}
"""The points of each standing in a recommendation."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """A proposal with the user, profile and track record of its freelancer."""

    proposal: Proposal
    user: User | None = None
    profile: Profile | None = None
    """None also for a private profile that the client may not see yet. Its track record is left out with it."""
    record: FreelancerRecord = _EMPTY_RECORD
    record_shown: bool = True
    """Whether the client may see the track record."""

    @property
    def job_success(self) -> int:
        """The job success score, in percent; 0 if there is none, or the freelancer hides it."""
        shown = self.profile is not None and not self.profile.preferences.hide_jss
        return (self.profile.job_success or 0) if self.profile and shown else 0

    @property
    def earned(self) -> int | None:
        """The earnings, in cents; None if the freelancer hides them, or their agency hides its part."""
        preferences = self.profile.preferences if self.profile else Preferences()
        hidden = preferences.hide_earnings or preferences.hide_agency_earnings
        return self.record.earned if self.record_shown and not hidden else None

    @property
    def minutes(self) -> int:
        """The billed minutes, if the client may see them."""
        return self.record.minutes if self.record_shown else 0

    def recommendation(self, skills: frozenset[str]) -> int:
        """Return how well the freelancer fits a posting, from 0 to 100 points, by what the client may see.

        50 points for the share of the posting's skills (slugs) that are in the profile, 30 for the job success score,
        and 20 for the standing (`docs/proposals.md`).
        """
        if self.profile is None:
            return 0
        known = len(skills.intersection(self.profile.skills))
        fit = 50 * known // len(skills) if skills else 0
        standing = _POINTS[self.profile.standing] if self.profile.standing else 0
        return fit + 30 * self.job_success // 100 + standing


Condition = Callable[[Applicant], bool]


class Sort(StrEnum):
    """The contract's ClientProposalSortAttributeType."""

    CHARGERATE = "CHARGERATE"
    EARNINGS = "EARNINGS"
    RECOMMENDATIONSCORE = "RECOMMENDATIONSCORE"
    BILLEDHOURS = "BILLEDHOURS"
    CREATEDDATETIME = "CREATEDDATETIME"
    MODIFIEDDATETIME = "MODIFIEDDATETIME"


class ClientFilter(Input):
    """The contract's ClientProposalFilter. All conditions must hold; an empty list and ANY values are ignored.

    Hidden proposals are listed only if the filter asks for that mark.
    """

    status_eq: str | None = None
    annotations_eq: str | None = None
    freelancer_id_eq: Id | None = None
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
    def needs_people(self) -> bool:
        """Whether a condition needs the data of the freelancers."""
        given = (getattr(self, name) for name in self.model_fields_set - _PROPOSAL_FIELDS)
        return any(one and one not in _ANY_VALUES for one in given)


_PROPOSAL_FIELDS: Final = {"status_eq", "annotations_eq", "freelancer_id_eq", "charge_rate_eq", "applier_type_eq"}
_ANY_VALUES: Final = {"ANY_TIME", "ANY_JOB_SUCCESS", "ANY_AMOUNT_EARNED", "ANY_HOURS", "ANY_LEVEL"}
_RATES: Final[dict[str, tuple[int, int | None]]] = {
    "DOLLOR_10_AND_BELOW": (0, 10),
    "DOLLOR_10_TO_30": (10, 30),
    "DOLLOR_30_TO_60": (30, 60),
    "DOLLOR_60_AND_ABOVE": (60, None),
}
"""Whole US dollars, both ends inclusive. A rate of 30 is in two ranges."""
_ACTIVITY_DAYS: Final = {"WITHIN_2_WEEKS": 14, "WITHIN_1_MONTH": 30, "WITHIN_2_MONTHS": 60}
_JOB_SUCCESS: Final = {"PERCENTACE_80_AND_ABOVE": 80, "PERCENTAGE_90_AND_ABOVE": 90}
_EARNED: Final = {
    "DOLLOR_1_PLUS_EARNED": 1,
    "DOLLOR_100_PLUS_EARNED": 100,
    "DOLLOR_1K_PLUS_EARNED": 1_000,
    "DOLLOR_10K_PLUS_EARNED": 10_000,
}
_HOURS: Final = {"ONE_PLUS_HOURS_BILLED": 1, "HUNDRED_PLUS_HOURS_BILLED": 100, "THOUSAND_PLUS_HOURS_BILLED": 1_000}
_ENGLISH: Final = list(English)


def proposal_conditions(client_filter: ClientFilter) -> Iterable[Callable[[Proposal], bool]]:
    """Yield the conditions of a filter that need only the proposal."""
    if status := client_filter.status_eq:
        yield lambda one: one.client_status == status
    if client_filter.annotations_eq != Mark.HIDDEN:
        yield lambda one: Mark.HIDDEN not in one.marks
    if mark := client_filter.annotations_eq:
        known = mark in set(Mark)  # the other marks are not used yet
        yield lambda one: known and Mark(mark) in one.marks
    if freelancer := client_filter.freelancer_id_eq:
        yield lambda one: one.parties.vendor_user_id == freelancer
    if (rate := client_filter.charge_rate_eq) in _RATES:
        low, high = _RATES[rate]
        yield lambda one: one.currency == DEFAULT_CURRENCY and _within(one.amount, low, high)
    if applier := client_filter.applier_type_eq:
        yield lambda one: one.parties.agency is (applier == "AGENCY")


def people_conditions(client_filter: ClientFilter, now: datetime) -> Iterable[Condition]:
    """Yield the conditions of a filter that need the data of the freelancer.

    Raises Unprocessable for an unknown country, region, language, category or occupation, and for too many values.
    """
    yield from _record_conditions(client_filter, now)
    yield from _profile_conditions(client_filter)
    yield from _place_conditions(client_filter)


def _record_conditions(client_filter: ClientFilter, now: datetime) -> Iterable[Condition]:
    if (span := client_filter.activity_days_eq) in _ACTIVITY_DAYS:
        since = stamp(now - timedelta(days=_ACTIVITY_DAYS[span]))
        yield lambda one: one.profile is not None and (one.profile.last_active or "") >= since
    if (success := client_filter.job_success_score_eq) in _JOB_SUCCESS:
        least = _JOB_SUCCESS[success]
        yield lambda one: one.job_success >= least
    if client_filter.earnings_eq == "NO_EARNINGS_YET":
        yield lambda one: one.earned == 0
    elif (earned := client_filter.earnings_eq) in _EARNED:
        dollars = _EARNED[earned]
        yield lambda one: (one.earned or 0) >= dollars * _CENT
    if (billed := client_filter.billed_hours_eq) in _HOURS:
        hours = _HOURS[billed]
        yield lambda one: one.minutes >= hours * _HOUR


def _profile_conditions(client_filter: ClientFilter) -> Iterable[Condition]:
    if rated := client_filter.top_rated_eq:
        yield lambda one: _badge(one) == rated
    if (level := client_filter.english_level_eq) and level in set(English):
        at_least = _ENGLISH.index(English(level))
        yield lambda one: _english(one) >= at_least
    if client_filter.title_eq and (title := set(words.tokens(client_filter.title_eq))):
        yield lambda one: one.profile is not None and title <= set(words.tokens(one.profile.title))
    if client_filter.text_query_eq and (text := set(words.tokens(client_filter.text_query_eq))):
        yield lambda one: text <= _words(one)
    if spoken := {code.strip().lower() for code in _checked("languages_any", client_filter.languages_any)}:
        if not spoken <= {one.iso639_code for one in world.languages()}:
            raise Unprocessable("filter.languages_any: must be ISO 639 codes from languages.")
        yield lambda one: one.profile is not None and not spoken.isdisjoint(one.profile.language_codes)
    if client_filter.category_eq:
        label = client_filter.category_eq.strip().casefold()
        ids = {one.id for one in ontology.ontology().categories if one.preferred_label.casefold() == label}
        if not ids:
            raise Unprocessable("filter.category_eq: must be the name of an ontology category.")
        yield lambda one: one.profile is not None and not ids.isdisjoint(category_ids(one.profile))
    if service := client_filter.occupation_id:
        if ontology.service(service) is None:
            raise Unprocessable("filter.occupationId: must be the id of an ontology service.")
        yield lambda one: one.profile is not None and service in one.profile.service_ids


def _place_conditions(client_filter: ClientFilter) -> Iterable[Condition]:
    if names := _checked("country_any", client_filter.country_any):
        codes = {world.country_code(name.strip()) for name in names}
        if None in codes:
            raise Unprocessable("filter.country_any: must be names or ISO codes from countries.")
        yield lambda one: one.user is not None and one.user.location.country in codes
    if names := _checked("region_any", client_filter.region_any):
        wanted = {tables.fold(name) for name in names}
        regions = [one for one in tables.regions().values() if tables.fold(one.name) in wanted]
        if {tables.fold(one.name) for one in regions} != wanted:
            raise Unprocessable("filter.region_any: must be names from regions.")
        inside = frozenset[str]().union(*(one.countries for one in regions))
        yield lambda one: one.user is not None and one.user.location.country in inside


def _checked(name: str, given: tuple[str, ...] | None) -> set[str]:
    if given and (len(given) > _MAX_ANY or any(len(one) > _MAX_ANY for one in given)):
        raise Unprocessable(f"filter.{name}: must have at most {_MAX_ANY} values of at most {_MAX_ANY} characters.")
    return set(given or ())


def _within(amount: int, low: int, high: int | None) -> bool:
    return amount >= low * _CENT and (high is None or amount <= high * _CENT)


def _badge(one: Applicant) -> str:
    badge = one.profile.standing if one.profile else None
    return badge or "NON_TOP_RATED"


def _english(one: Applicant) -> int:
    known = one.profile.english if one.profile else None
    return _ENGLISH.index(known) if known else -1


def _words(one: Applicant) -> set[str]:
    proposal = one.proposal
    texts = [
        proposal.cover_letter or "",
        *(it.answer for it in proposal.answers),
        *(it.description for it in proposal.plan),
    ]
    if one.profile is not None:
        texts += [one.profile.title, one.profile.overview, *one.profile.skills]
    return {word for text in texts for word in words.tokens(text)}


def order_by(sort: Sort, skills: frozenset[str] = frozenset()) -> Callable[[Applicant], Any] | None:
    """Return the value to sort by; None for the order of creation. `skills` are the slugs of the posting's skills.

    Earnings that are hidden are sorted as if there were none.
    """
    orders: dict[Sort, Callable[[Applicant], Any] | None] = {
        Sort.CHARGERATE: lambda one: one.proposal.charge.comparable,
        Sort.EARNINGS: lambda one: one.earned or 0,
        Sort.RECOMMENDATIONSCORE: lambda one: one.recommendation(skills),
        Sort.BILLEDHOURS: lambda one: one.minutes,
        Sort.CREATEDDATETIME: None,
        Sort.MODIFIEDDATETIME: lambda one: one.proposal.modified,
    }
    return orders[sort]


PEOPLE_SORTS: Final = frozenset({Sort.EARNINGS, Sort.BILLEDHOURS, Sort.RECOMMENDATIONSCORE})
"""The sort orders that need freelancers' profiles and track records. Profiles say what of it is shown."""
