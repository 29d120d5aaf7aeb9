"""What a search answers: a posting as it was found, with what the market may know of its client."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from pydantic import PrivateAttr

from souk.authentication.principal import Principal
from souk.domains.identity.model import Organization, User
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.classification import (
    additional_skills_of,
    duration_of,
    free_text_skills_of,
    place_of,
    skills_of,
)
from souk.domains.jobs.rules.location import place_of as place_of_home
from souk.domains.jobs.rules.location import place_of_job, wanted_countries
from souk.domains.jobs.search.index import skill_name
from souk.domains.jobs.views.market import budget_shown
from souk.domains.market.model import Activity, LastContract
from souk.domains.reference import world
from souk.search import And, GeoPoint, Or, Phrase, Prefix, Query, Words
from souk.search import text as words
from souk.search.geo import miles_between
from souk.values.money import Money

_ENGAGEMENT: Final = {
    "FULL_TIME": "Full time",
    "PART_TIME": "Part time",
    "AS_NEEDED": "As needed",
    "NOT_SURE": "To be agreed",
}


@dataclass(frozen=True, slots=True)
class Sought:
    """The words and skills that a search asked for, to mark them in what it found."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    """Ids of skills, and names as `skill_name` writes them."""

    @classmethod
    def of(cls, query: Query, skills: frozenset[str]) -> "Sought":
        """Collect the words of a query that were to be found, and not those that were not."""
        found: set[str] = set()
        prefixes: list[str] = []
        waiting = [query]
        while waiting:
            node = waiting.pop()
            if isinstance(node, And | Or):
                waiting.extend(node.clauses)
            elif isinstance(node, Words | Phrase):
                found.update(words.tokens(node.text))
            elif isinstance(node, Prefix):
                prefixes += words.tokens(node.text)
        return cls(frozenset(found), tuple(prefixes), skills)

    def has(self, text: str) -> bool:
        """Say whether one of the words of a text was sought."""
        return any(word in self.words or word.startswith(self.prefixes) for word in words.tokens(text))

    def highlighted(self, title: str) -> str:
        """Return a title as HTML in which the words that were sought are marked as `<em>`."""
        pieces = title.split(" ")
        return " ".join(f"<em>{html.escape(one)}</em>" if self.has(one) else html.escape(one) for one in pieces)


class FoundJob(Job):
    """A posting as a search found it: read for that search alone, which leaves on it what it looked for."""

    _sought: Sought = PrivateAttr(default=Sought())

    @property
    def highlighted_title(self) -> str:
        """The title, in which the words that were sought are marked."""
        return self._sought.highlighted(self.info.title or "")

    def mark(self, sought: Sought) -> None:
        """Note what the search looked for."""
        self._sought = sought


@dataclass(frozen=True, slots=True)
class Found:
    """A posting, its client, and what binds the caller to them: the source of a result."""

    job: Job
    client: Organization
    posted: int
    """How many postings the client has published here."""
    caller: User | None
    principal: Principal
    activity: Activity
    last_contract: LastContract | None
    applied: bool
    sought: Sought
    now: datetime

    @property
    def company_id(self) -> str:
        """The client's company."""
        return self.job.company_id


def result(found: Found) -> dict[str, Any]:
    """Return MarketplaceJobPostingSearchResult."""
    job, info = found.job, found.job.info
    shown = budget_shown(job, found.principal)
    place, duration = place_of(job), duration_of(job)
    wanted = info.freelancers_to_hire or 1
    relevance = _relevance(found)
    return {
        "id": job.id,
        "job": job,
        "title": info.title or "",
        "description": info.description or "",
        "ciphertext": job.ciphertext,
        "duration": duration.job_duration if duration else None,
        "durationLabel": duration.label if duration else None,
        "engagement": _ENGAGEMENT.get(info.engagement_type or ""),
        "amount": (job.amount if shown else None) or Money(0, job.currency),
        "recordNumber": job.id,
        "experienceLevel": info.experience_level or "NONE",
        "category": place.category.preferred_label if place.category else None,
        "subcategory": place.subcategory.preferred_label if place.subcategory else None,
        "freelancersToHire": max(wanted - found.activity.hired, 0),
        "relevance": relevance,
        "enterprise": found.client.enterprise,
        "relevanceEncoded": orjson.dumps(relevance).decode(),
        "totalApplicants": found.activity.proposals,
        "preferredFreelancerLocation": _preferred_countries(found),
        "preferredFreelancerLocationMandatory": _location_checked(job),
        "premium": bool(info.premium),
        "clientNotSureFields": _not_sure(job),
        "clientPrivateFields": ["budget"] if info.hide_budget else [],
        "applied": found.applied,
        "createdDateTime": job.created,
        "publishedDateTime": job.published or job.created,
        "renewedDateTime": None,  # Souk has no renewal: a posting stays where its publication put it
        "client": client(found),
        "skills": _skills(found),
        "occupations": _occupations(job),
        "hourlyBudgetType": info.hourly_budget_type if shown else "NOT_PROVIDED",
        "hourlyBudgetMin": job.hourly_min if shown else None,
        "hourlyBudgetMax": job.hourly_max if shown else None,
        "found": found,  # for what is only worked out when it is asked for
        "weeklyBudget": job.weekly_budget if shown else None,
        "engagementDuration": duration,
        "totalFreelancersToHire": wanted,
        "teamId": job.organization_id,
        "freelancerClientRelation": _relation(found),
    }


def client(found: Found) -> dict[str, Any]:
    """Return MarketplaceJobPostingSearchClientInfo."""
    one, last = found.client, found.last_contract
    return {
        "memberSinceDateTime": one.creation_date,
        "totalHires": one.total_hires,
        "totalPostedJobs": one.total_posted_jobs + found.posted,
        "totalSpent": None if one.financial_privacy else Money(one.total_spent, one.currency),
        "verificationStatus": one.client_verification,
        "location": _location(one, found.now),
        "totalReviews": one.feedback_count,
        "totalFeedback": one.feedback_score,
        "companyRid": one.rid,
        "companyName": None,  # the contract: not supported any more
        "edcUserId": found.job.owner_id,
        "lastContractPlatform": last.platform if last else None,
        "lastContractRid": last.record_id if last else None,
        "lastContractTitle": last.title if last else None,
        "companyOrgUid": one.id,
        "hasFinancialPrivacy": one.financial_privacy,
    }


def _location(one: Organization, now: datetime) -> dict[str, Any]:
    where = one.location
    country = world.country(where.country) if where.country else None
    return {
        "city": where.city,
        "country": country.name if country else None,
        "timezone": where.timezone,
        "state": where.state,
        "offsetToUTC": now.astimezone(ZoneInfo(where.timezone)).isoformat()[-6:] if where.timezone else None,
    }


def _relevance(found: Found) -> dict[str, Any]:
    job = found.job
    inactive = found.now - datetime.fromisoformat(job.last_client_activity)
    return {
        "id": job.id,
        "effectiveCandidates": found.activity.proposals,
        "recommendedEffectiveCandidates": 0,  # Souk recommends nobody
        "uniqueImpressions": 0,  # nobody counts who looks at a posting
        "publishTime": job.published,
        "hoursInactive": max(int(inactive.total_seconds() // 3600), 0),
    }


def _preferred_countries(found: Found) -> list[str]:
    codes = wanted_countries(found.job, found.client.location)
    return sorted(country.name for code in codes if (country := world.country(code)))


def _location_checked(job: Job) -> bool:
    wanted, ptc = job.qualifications, job.ptc_info
    return bool((wanted and wanted.location_check_required) or (ptc and ptc.location_check_required))


def _not_sure(job: Job) -> list[str]:
    info = job.info
    flags = {
        "freelancersToHire": info.not_sure_freelancers_to_hire,
        "duration": info.not_sure_project_duration,
        "experienceLevel": info.not_sure_experience_level,
        "location": info.not_sure_location_preference,
        "engagement": info.engagement_type == "NOT_SURE",
    }
    return [name for name, is_open in flags.items() if is_open]


def _skills(found: Found) -> list[dict[str, Any]]:
    job, sought = found.job, found.sought
    known = [
        {
            "id": None,  # the contract: no longer supported
            "name": skill.slug,
            "prettyName": skill.preferred_label,
            "highlighted": not sought.skills.isdisjoint((skill.id, skill_name(skill.slug)))
            or sought.has(skill.preferred_label),
        }
        for skill in (*skills_of(job), *additional_skills_of(job))
    ]
    return known + [
        {
            "id": None,
            "name": skill_name(text),
            "prettyName": text,
            "highlighted": skill_name(text) in sought.skills or sought.has(text),
        }
        for text in free_text_skills_of(job)
    ]


def _occupations(job: Job) -> dict[str, Any] | None:
    place = place_of(job)
    if place.category is None:
        return None

    def named(one: Any) -> dict[str, Any] | None:
        return {"id": one.id, "prefLabel": one.preferred_label} if one else None

    return {
        "category": named(place.category),
        "subCategories": [named(place.subcategory)] if place.subcategory else [],
        "occupationService": named(place.service),
    }


def distance(found: Found) -> str | None:
    """Return how far a posting is from where the caller lives, in miles."""
    if found.caller is None:
        return None
    here, there = place_of_home(found.caller.location), place_of_job(found.job, found.client.location)
    if None in (here.latitude, here.longitude, there.latitude, there.longitude):
        return None
    point: Callable[[Any], GeoPoint] = lambda place: GeoPoint(place.latitude, place.longitude)  # noqa: E731
    return f"{miles_between(point(here), point(there)):.0f} miles"


def _relation(found: Found) -> dict[str, Any] | None:
    last = found.last_contract
    if last is None:
        return None
    return {
        "companyRid": found.client.rid,
        "companyName": last.company_name,
        "edcUserId": last.user_id,
        "lastContractPlatform": last.platform,
        "lastContractRid": last.record_id,
        "lastContractTitle": last.title,
    }
