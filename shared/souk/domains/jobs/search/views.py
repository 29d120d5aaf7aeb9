"""Search results: a posting with the public data of its client."""

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
from souk.domains.jobs.rules.location import location_check, place_of_job, wanted_countries
from souk.domains.jobs.rules.location import place_of as place_of_home
from souk.domains.jobs.search.index import skill_name
from souk.domains.jobs.views.market import budget_shown
from souk.domains.market.model import Activity, LastContract
from souk.domains.reference import world
from souk.search import And, GeoPoint, Or, Phrase, Prefix, Query, Words
from souk.search import text as words
from souk.search.geo import miles_between
from souk.values.money import Money
from souk.values.times import offset_time

_ENGAGEMENT: Final = {
    "FULL_TIME": "Full time",
    "PART_TIME": "Part time",
    "AS_NEEDED": "As needed",
    "NOT_SURE": "To be agreed",
}


@dataclass(frozen=True, slots=True)
class Highlighter:
    """The words and skills of a search, to highlight them in its results."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    """Ids of skills, and names in the form of `skill_name`."""

    @classmethod
    def from_query(cls, query: Query, skills: frozenset[str]) -> "Highlighter":
        """Collect the words of a query, without excluded ones."""
        found: set[str] = set()
        prefixes: list[str] = []
        queries = [query]
        while queries:
            node = queries.pop()
            if isinstance(node, And | Or):
                queries.extend(node.clauses)
            elif isinstance(node, Words | Phrase):
                found.update(words.tokens(node.text))
            elif isinstance(node, Prefix):
                prefixes += words.tokens(node.text)
        return cls(frozenset(found), tuple(prefixes), skills)

    def matches(self, text: str) -> bool:
        """Return whether a text has one of the words."""
        return any(word in self.words or word.startswith(self.prefixes) for word in words.tokens(text))

    def highlight(self, title: str) -> str:
        """Return a title as HTML, with matching words in `<em>`."""
        pieces = title.split(" ")
        return " ".join(f"<em>{html.escape(one)}</em>" if self.matches(one) else html.escape(one) for one in pieces)


class FoundJob(Job):
    """A posting from a search, with the highlighter of that search."""

    _highlighter: Highlighter = PrivateAttr(default=Highlighter())

    @property
    def highlighted_title(self) -> str:
        """The title as HTML, with the words of the search highlighted."""
        return self._highlighter.highlight(self.info.title or "")

    def highlight_with(self, highlighter: Highlighter) -> None:
        """Set the highlighter."""
        self._highlighter = highlighter


@dataclass(frozen=True, slots=True)
class JobHit:
    """The source of one search result: a posting, its client, and the caller's relations to them."""

    job: Job
    client: Organization
    posted: int
    """The number of postings that the client has published here."""
    caller: User | None
    principal: Principal
    activity: Activity
    last_contract: LastContract | None
    applied: bool
    highlighter: Highlighter
    now: datetime

    @property
    def company_id(self) -> str:
        """The client's company."""
        return self.job.company_id


def result(hit: JobHit) -> dict[str, Any]:
    """Return MarketplaceJobPostingSearchResult."""
    job, info = hit.job, hit.job.info
    shown = budget_shown(job, hit.principal)
    place, duration = place_of(job), duration_of(job)
    positions = info.freelancers_to_hire or 1
    relevance = _relevance(hit)
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
        "freelancersToHire": max(positions - hit.activity.hired, 0),
        "relevance": relevance,
        "enterprise": hit.client.enterprise,
        "relevanceEncoded": orjson.dumps(relevance).decode(),
        "totalApplicants": hit.activity.proposals,
        "preferredFreelancerLocation": _preferred_countries(hit),
        "preferredFreelancerLocationMandatory": bool(location_check(job)),
        "premium": bool(info.premium),
        "clientNotSureFields": _not_sure(job),
        "clientPrivateFields": ["budget"] if info.hide_budget else [],
        "applied": hit.applied,
        "createdDateTime": offset_time(job.created),
        "publishedDateTime": offset_time(job.published or job.created),
        "renewedDateTime": None,  # Souk does not renew postings
        "client": client(hit),
        "skills": _skills(hit),
        "occupations": _occupations(job),
        "hourlyBudgetType": info.hourly_budget_type if shown else "NOT_PROVIDED",
        "hourlyBudgetMin": job.hourly_min if shown else None,
        "hourlyBudgetMax": job.hourly_max if shown else None,
        "hit": hit,  # for fields that are computed only when they are selected
        "weeklyBudget": job.weekly_budget if shown else None,
        "engagementDuration": duration,
        "totalFreelancersToHire": positions,
        "teamId": job.organization_id,
        "freelancerClientRelation": _relation(hit),
    }


def client(hit: JobHit) -> dict[str, Any]:
    """Return MarketplaceJobPostingSearchClientInfo."""
    one, last = hit.client, hit.last_contract
    return {
        "memberSinceDateTime": offset_time(one.creation_date),
        "totalHires": one.total_hires,
        "totalPostedJobs": one.total_posted_jobs + hit.posted,
        "totalSpent": None if one.financial_privacy else Money(one.total_spent, one.currency),
        "verificationStatus": one.client_verification,
        "location": _location(one, hit.now),
        "totalReviews": one.feedback_count,
        "totalFeedback": one.feedback_score,
        "companyRid": one.rid,
        "companyName": None,  # deprecated in the contract
        "edcUserId": hit.job.owner_id,
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


def _relevance(hit: JobHit) -> dict[str, Any]:
    job = hit.job
    inactive = hit.now - datetime.fromisoformat(job.last_client_activity)
    return {
        "id": job.id,
        "effectiveCandidates": hit.activity.proposals,
        "recommendedEffectiveCandidates": 0,  # Souk has no recommendations
        "uniqueImpressions": 0,  # Souk does not count views
        "publishTime": offset_time(job.published),
        "hoursInactive": max(int(inactive.total_seconds() // 3600), 0),
    }


def _preferred_countries(hit: JobHit) -> list[str]:
    codes = wanted_countries(hit.job, hit.client.location)
    return sorted(country.name for code in codes if (country := world.country(code)))


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


def _skills(hit: JobHit) -> list[dict[str, Any]]:
    job, highlighter = hit.job, hit.highlighter
    known = [
        {
            "id": None,  # deprecated in the contract
            "name": skill.slug,
            "prettyName": skill.preferred_label,
            "highlighted": not highlighter.skills.isdisjoint((skill.id, skill_name(skill.slug)))
            or highlighter.matches(skill.preferred_label),
        }
        for skill in (*skills_of(job), *additional_skills_of(job))
    ]
    return known + [
        {
            "id": None,
            "name": skill_name(text),
            "prettyName": text,
            "highlighted": skill_name(text) in highlighter.skills or highlighter.matches(text),
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


def distance(hit: JobHit) -> str | None:
    """Return the distance from the caller's home to a posting, as text in miles; None if a place is unknown."""
    if hit.caller is None:
        return None
    here, there = place_of_home(hit.caller.location), place_of_job(hit.job, hit.client.location)
    if None in (here.latitude, here.longitude, there.latitude, there.longitude):
        return None
    point: Callable[[Any], GeoPoint] = lambda place: GeoPoint(place.latitude, place.longitude)  # noqa: E731
    return f"{miles_between(point(here), point(there)):.0f} miles"


def _relation(hit: JobHit) -> dict[str, Any] | None:
    last = hit.last_contract
    if last is None:
        return None
    return {
        "companyRid": hit.client.rid,
        "companyName": last.company_name,
        "edcUserId": last.user_id,
        "lastContractPlatform": last.platform,
        "lastContractRid": last.record_id,
        "lastContractTitle": last.title,
    }
