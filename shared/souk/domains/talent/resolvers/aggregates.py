"""The fields of FreelancerProfileAggregates, FreelancerProfileStats and TalentProfileAggregate.

Each is a link to the tally or the series that it is computed from, so those of all freelancers of a level are read at
the same time, and only what is selected.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from souk.authentication.standing import STANDINGS, Standing, person_key
from souk.domains.identity.model import User
from souk.domains.market.model import FreelancerRecord
from souk.domains.market.store import FREELANCER_RECORDS, LAST_DAYS, WHY_HIDDEN
from souk.domains.talent.model import TalentBadge
from souk.domains.talent.resolvers.declared import domain
from souk.domains.talent.rules import privacy
from souk.domains.talent.views import aggregates as views
from souk.domains.talent.views.aggregates import RECENT, Aggregates, Days
from souk.domains.talent.views.people import profile_of
from souk.graph import Context
from souk.graph.context import Source
from souk.storage import Key
from souk.values.money import Money
from souk.values.times import stamp

_PLUS, _TOP = TalentBadge.TOP_RATED_PLUS, TalentBadge.TOP_RATED
_Record = Callable[[Aggregates, FreelancerRecord], Any]
_FromDays = Callable[[Aggregates, Days], Any]


@domain.field("FreelancerProfile.aggregates")
@domain.field("TalentProfile.profileAggregates")
def aggregates(source: User, ctx: Context) -> Aggregates:
    """Return the freelancer, with what the caller sees of the numbers."""
    profile = profile_of(ctx, source)
    own, hides = privacy.own(source.id, ctx), profile.preferences
    everything = own or ctx.principal.operator
    return Aggregates(
        user=source,
        profile=profile,
        today=ctx.now.date().isoformat(),
        own=own,
        amounts=everything or not hides.hide_earnings,
        agency_amounts=everything or not hides.hide_agency_earnings,
        score=everything or not hides.hide_jss,
    )


@domain.field("FreelancerProfileAggregates.profileStats")
def stats(source: Aggregates, ctx: Context) -> Aggregates | None:
    """Return more numbers to the freelancer; None to others."""
    return source if source.own else None


# From the profile


@domain.field("FreelancerProfileAggregates.jobSuccessScore")
def job_success(source: Aggregates, ctx: Context) -> float | None:
    """Return the job success score in percent; None if there is none, or it is hidden."""
    return views.job_success(source)


@domain.field("FreelancerProfileAggregates.topRatedStatus")
@domain.field("TalentProfileAggregate.topRatedStatus")
def top_rated(source: Aggregates, ctx: Context) -> str | None:
    """Return `top_rated` or `top_rated_plus`; None for other freelancers."""
    return views.standing(source.profile, _TOP, _PLUS)


@domain.field("FreelancerProfileAggregates.topRatedPlusStatus")
def top_rated_plus(source: Aggregates, ctx: Context) -> str | None:
    """Return `top_rated_plus`; None for other freelancers."""
    return views.standing(source.profile, _PLUS)


@domain.field("FreelancerProfileAggregates.topRatedStatusDatetime")
def top_rated_since(source: Aggregates, ctx: Context) -> str | None:
    """Return when the freelancer was last granted the standing of the top rated."""
    return source.profile.standing_since


@domain.field("FreelancerProfileAggregates.vetted")
def vetted(source: Aggregates, ctx: Context) -> bool:
    """Return whether operators have vetted the freelancer."""
    return source.profile.checks.vetted


@domain.field("FreelancerProfileStats.longTermClients")
def long_term_clients(source: Aggregates, ctx: Context) -> int | None:
    """Return the number of long-term clients when scores were last computed."""
    return source.profile.long_term_clients


# From the track record

_OF_RECORD: Final[Mapping[str, _Record]] = {
    "FreelancerProfileAggregates.lastWorkedDateTime": lambda _, record: record.last_paid or None,
    "FreelancerProfileAggregates.lastApplicationDate": lambda one, record: (one.own and record.last_applied) or None,
    "FreelancerProfileAggregates.totalHourlyJobs": lambda _, record: max(0, record.hourly_jobs),
    "FreelancerProfileAggregates.totalFixedJobs": lambda _, record: max(0, record.fixed_jobs),
    "FreelancerProfileAggregates.totalRevenue": lambda one, record: one.received(record),
    "FreelancerProfileAggregates.activeInterviews": lambda one, record: max(0, record.interviews) if one.own else None,
    "FreelancerProfileAggregates.currentContracts": lambda _, record: max(0, record.current),
    "FreelancerProfileAggregates.totalHours": lambda _, record: views.hours(record),
    "FreelancerProfileAggregates.totalHoursRounded": lambda _, record: round(views.hours(record)),
    "FreelancerProfileAggregates.totalFeedback": lambda _, record: float(record.reviews),
    "FreelancerProfileAggregates.billedContracts": lambda _, record: max(0, record.billed),
    "FreelancerProfileAggregates.adjustedFeedbackScore": lambda _, record: views.mean_score(record),
    "FreelancerProfileAggregates.lastActivityDateTime": lambda _, record: views.last_activity(record),
    "FreelancerProfileAggregates.totalEarnings": lambda one, record: one.earned(record),
    "TalentProfileAggregate.lastWorkedOn": lambda _, record: record.last_paid[:10] or None,
    "TalentProfileAggregate.totalHourlyJobs": lambda _, record: max(0, record.hourly_jobs),
    "TalentProfileAggregate.totalFixedJobs": lambda _, record: max(0, record.fixed_jobs),
    "TalentProfileAggregate.totalFeedback": lambda _, record: float(record.reviews),
    "TalentProfileAggregate.totalEarnings": lambda one, record: views.talent_amount(one.earned(record)),
    "TalentProfileAggregate.totalJobs": lambda _, record: max(0, record.hourly_jobs) + max(0, record.fixed_jobs),
}
for _name, _value in _OF_RECORD.items():
    domain.link(_name, to=FREELANCER_RECORDS, by=lambda one: one.user.id, shown=_value)


# From the last days


def _recent(of: Callable[[Aggregates, Any], Any]) -> _FromDays:
    return lambda one, days: of(one, one.last(days, RECENT))


def _proposals(part: str) -> _FromDays:
    """Return a field with a share of the proposals of the last 90 days."""

    def of(one: Aggregates, days: Days) -> float | None:
        counts = one.last(days, 90)
        return views.share(getattr(counts, part), counts.applied)

    return of


def _count(name: str) -> _FromDays:
    return lambda one, days: max(0, getattr(one.last(days, 90), name))


def _charged(number: int) -> _FromDays:
    return lambda one, days: one.earned(one.last(days, number))


_OF_DAYS: Final[Mapping[str, _FromDays]] = {
    "FreelancerProfileAggregates.totalHourlyJobsRecent": _recent(lambda _, counts: views.jobs(counts, "H")),
    "FreelancerProfileAggregates.totalFixedJobsRecent": _recent(lambda _, counts: views.jobs(counts, "F")),
    "FreelancerProfileAggregates.responsiveness": lambda one, days: views.responsiveness(one.last(days, 90)),
    "FreelancerProfileAggregates.totalHoursRecent": _recent(lambda _, counts: views.hours(counts)),
    "FreelancerProfileAggregates.totalFeedbackRecent": _recent(lambda _, counts: float(counts.reviews)),
    "FreelancerProfileAggregates.billedContractsRecent": _recent(lambda _, counts: len(counts.contracts)),
    "FreelancerProfileAggregates.adjustedFeedbackScoreRecent": _recent(lambda _, counts: views.mean_score(counts)),
    "FreelancerProfileAggregates.recentEarnings": _recent(lambda one, counts: one.received(counts)),
    "FreelancerProfileAggregates.averageRecentEarnings": _recent(
        lambda one, counts: views.per_month(one.received(counts))
    ),
    "FreelancerProfileAggregates.recentCharge": _recent(lambda one, counts: one.earned(counts)),
    "FreelancerProfileAggregates.averageRecentCharge": _recent(lambda one, counts: views.per_month(one.earned(counts))),
    "FreelancerProfileStats.totalCharge360": _charged(360),
    "FreelancerProfileStats.totalCharge360NoAgency": lambda one, days: Money(
        (counts := one.last(days, 360)).earned - counts.agency_earned
    ),
    "FreelancerProfileStats.adjustedScore360": lambda one, days: views.mean_score(one.last(days, 360)),
    "FreelancerProfileStats.proposalsCount90Days": _count("applied"),
    "FreelancerProfileStats.hiddenProposalsViewedRatio90Days": _proposals("hidden_viewed"),
    "FreelancerProfileStats.totalProposalsViewedRatio90Days": _proposals("viewed"),
    "FreelancerProfileStats.proposalInterviewedRation90Days": _proposals("interviewed"),
    "FreelancerProfileStats.proposalsHiredRatio90Days": _proposals("won"),
    "FreelancerProfileStats.totalInvites90Days": _count("invited"),
    "FreelancerProfileStats.totalInviteResponses90Days": _count("answered"),
    "FreelancerProfileStats.inviteResponsesPerDay90Days": _count("answered_in_a_day"),
    "FreelancerProfileStats.totalCharge365NoPending": _charged(365),
    "FreelancerProfileStats.totalCharge90": _charged(90),
}
for _name, _from_days in _OF_DAYS.items():
    domain.link(_name, to=LAST_DAYS, by=lambda one: (one.user.id, one.today), shown=_from_days)

domain.link(
    "FreelancerProfileStats.hideReasonsForProposals",
    to=WHY_HIDDEN,
    by=lambda one: one.user.id,
    shown=lambda _, reasons: views.common_reasons(reasons),
)


def _standing(source: Aggregates, ctx: Context) -> dict[Key, Source]:
    return {person_key(source.user.id): STANDINGS}


def _suspensions(source: Aggregates, ctx: Context, since: str = "") -> int:
    standing: Standing | None = ctx.entities[person_key(source.user.id)]
    return standing.suspensions(since) if standing else 0


@domain.field("FreelancerProfileStats.suspensions", needs=_standing)
def suspensions(source: Aggregates, ctx: Context) -> int:
    """Return how often the person was suspended."""
    return _suspensions(source, ctx)


@domain.field("FreelancerProfileStats.suspensions360", needs=_standing)
def suspensions_360(source: Aggregates, ctx: Context) -> int:
    """Return how often the person was suspended in the last 360 days."""
    return _suspensions(source, ctx, stamp(ctx.now - timedelta(days=360)))


# Nothing causes these (docs/empty-fields.md)

_EMPTY: Final = (
    "FreelancerProfileAggregates.totalHoursActual",
    "FreelancerProfileAggregates.qualityScore",
    "FreelancerProfileStats.suspensions90limited",
    "FreelancerProfileStats.topLevelJobCategoryApplied90Days",
    "FreelancerProfileStats.medianProposalsForTheTopLevelCategory365",
    "FreelancerProfileStats.fitProposalsViewRatio90Days",
    "FreelancerProfileStats.weeksEligibleWithin16wks",
    "TalentProfileAggregate.adjustedCategoryScores",
)


def nothing(source: Aggregates, ctx: Context) -> None:
    """Return None."""


for _name in _EMPTY:
    domain.field(_name)(nothing)
