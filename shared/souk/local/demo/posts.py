"""The jobs of the demo data, created from authored texts by the rules of the jobs domain.

A file in `work/` describes kinds of work. Each `[[work]]` has a `service` and `skills` of the ontology (by slug), a
range of hourly rates, of fixed prices or both, and a `text` with `{slots}`. Each of its `jobs` is one posting, with a
title and the values of the slots. `level` sets the experience level, `for` the clients that may post it, `hire` the
number of people to hire, and `onsite` work at the client's location. Everything else is random, with the posting's
number as the seed, so that a posting is the same on every machine.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from souk.domains.jobs.model import Job, PostingRequest, Status
from souk.domains.jobs.rules import changes, requirements
from souk.domains.market.model import Activity
from souk.domains.reference.ontology import ontology
from souk.domains.reference.rules import reasons
from souk.local.demo.clouds import cloud_id
from souk.local.demo.people import Client
from souk.values.times import stamp

_HERE = Path(__file__).parent
_JOBS = 1_400_000_000_000_000_000
_QUESTIONS = 1_450_000_000_000_000_000
DAYS = 90
"""The jobs were posted within this number of days before the data is loaded."""
_LEVELS = ("ENTRY_LEVEL", "INTERMEDIATE", "EXPERT")
_SHORT, _LONG = ("1", "2"), ("3", "4", "5")  # durations


@dataclass(frozen=True, slots=True)
class Brief:
    """The authored text of one posting."""

    work: dict[str, Any]
    job: dict[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value of the posting, or else of its kind of work."""
        return self.job.get(name, self.work.get(name, default))


@cache
def _phrases() -> dict[str, list[str]]:
    return tomllib.loads((_HERE / "phrases.toml").read_text("utf-8"))


def briefs() -> list[Brief]:
    """Return the authored texts of all postings, shuffled but always in the same order."""
    authored = [
        Brief(work, job)
        for file in sorted((_HERE / "work").glob("*.toml"))
        for work in tomllib.loads(file.read_text("utf-8"))["work"]
        for job in work["jobs"]
    ]
    Random("souk").shuffle(authored)  # noqa: S311 - nothing here is secret
    return authored


def job_id(number: int) -> str:
    """Return the id of a posting. The oldest has the number 0."""
    return str(_JOBS + number)


@dataclass(frozen=True, slots=True)
class Post:
    """A posting and its activity."""

    job: Job
    activity: Activity


def jobs(clients: dict[str, Client], now: datetime) -> Iterator[Job]:
    """Yield all jobs, in the order of `posts`."""
    return (post.job for post in posts(clients, now))


def posts(clients: dict[str, Client], now: datetime) -> Iterator[Post]:
    """Yield all postings, oldest first. The newest is a few minutes old at `now`.

    Raises Unprocessable for a posting that breaks the rules of the jobs domain, which is a mistake in the demo data.
    """
    authored = briefs()
    for number, brief in enumerate(authored):
        part = (len(authored) - 1 - number) / (len(authored) - 1)
        age = timedelta(minutes=7) + timedelta(days=DAYS - 1) * part**1.6
        yield _Composer(number, brief, clients, now, age).post()


class _Composer:
    """Creates one posting."""

    def __init__(self, number: int, brief: Brief, clients: dict[str, Client], now: datetime, age: timedelta) -> None:
        self._random = Random(f"souk {number}")  # noqa: S311 - as above
        self._number, self._brief, self._now, self._age = number, brief, now, age
        named = brief.get("for", "").split() or list(clients)
        possible = [key for key in named if clients[key].company.creation_date < stamp(now - age)] or named
        weights = [clients[key].weight for key in possible]
        self._client = clients[self._random.choices(possible, weights)[0]]
        self._hourly = "fixed" not in brief.work or ("hourly" in brief.work and self._happens(0.5))
        self._level = brief.get("level") or self._random.choice(_LEVELS)

    def post(self) -> Post:
        """Return the posting in its current state."""
        client, posted = self._client, self._now - self._age
        poster = client.posters[0 if self._happens(0.7) else -1]
        ids = count(_QUESTIONS + 10 * self._number)
        author = changes.Author(poster, stamp(posted), lambda: str(next(ids)))
        status = Status.DRAFT if self._happens(0.05) else Status.REQUESTED
        blank = changes.new_job(job_id(self._number), client.organization, client.company, author)
        request = PostingRequest.model_validate(self._request())
        job = changes.apply_request(blank, request, status, (), author)
        requirements.check(job)
        if status is Status.DRAFT:
            return Post(job, Activity())
        post = Post(job, self._activity())
        return self._closed(post, poster) if self._age > timedelta(days=6) and self._happens(0.18) else post

    def _closed(self, post: Post, poster: str) -> Post:
        until = self._now - self._age * self._random.uniform(0.1, 0.7)
        author = changes.Author(poster, stamp(until), lambda: "")
        hired = self._happens(0.65)
        possible = [reason for reason in reasons("JOB_POSTING_CLOSE") if (reason.alias == "hired-here") is hired]
        status = Status.FILLED if hired else Status.CANCELLED
        closed = changes.close(post.job, status, self._random.choice(possible).id, author)
        return Post(closed, post.activity.model_copy(update={"hired": int(hired)}))

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def _request(self) -> dict[str, Any]:
        slug = self._brief.work["service"]
        service = next(occupation for occupation in ontology().occupations.values() if occupation.slug == slug)
        request: dict[str, Any] = {
            "organizationId": self._client.organization.id,
            "jobPostingInfo": self._info(service.parent.id if service.parent else None),
            "sandsJobPost": {"occupationId": service.id, **self._skills()},
            "qualifications": self._qualifications(),
        }
        if self._happens(0.4):
            questions = self._random.sample(_phrases()["questions"], self._random.randint(1, 3))
            request["questions"] = [{"question": question} for question in questions]
        if self._client.key.startswith("acme") and self._happens(0.5):
            fields = [{"key": "costCentre", "value": self._random.choice(("4100", "4200", "7310"))}]
            request["annotations"] = {
                "tags": [self._random.choice(("spring", "relaunch", "recurring"))],
                "customFields": fields,
            }
        if self._happens(0.06):
            cloud = cloud_id(self._client.organization.company_id)
            request["ptcInfo"] = {"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": [cloud]}
        elif self._happens(0.02):
            request["ptcInfo"] = {"visibility": "ONLY_INVITED"}
        return request

    def _info(self, subcategory: str | None) -> dict[str, Any]:
        chance = self._random
        brief = self._brief
        longer = self._hourly or self._level == "EXPERT"
        return {
            "title": brief.job["title"],
            "description": self._description(),
            "categoryId": subcategory,
            "access": chance.choices(("PUBLIC_INDEX", "ACCESS_PUBLIC", "ACCESS_PRIVATE"), (84, 10, 6))[0],
            "experienceLevel": self._level,
            "freelancersToHire": brief.get("hire", 1),
            "durationId": chance.choice(_LONG if longer and self._happens(0.75) else _SHORT),
            "engagementType": chance.choices(("FULL_TIME", "PART_TIME", "AS_NEEDED", "NOT_SURE"), (25, 45, 20, 10))[0],
            "coverLetterRequired": self._happens(0.85),
            "freelancerMilestonesAllowed": self._happens(0.3),
            "premium": self._happens(0.08),
            "keepOpenOnHire": brief.get("hire", 1) > 1,
            **(self._rates() if self._hourly else self._price()),
        }

    def _rates(self) -> dict[str, Any]:
        low, high = self._brief.work["hourly"]
        kind = self._random.choices(("MANUAL", "DEFAULT", "NOT_PROVIDED"), (80, 8, 12))[0]
        if kind != "MANUAL":
            return {"type": "HOURLY", "hourlyBudgetType": kind}
        start = low + (high - low) * self._within() * 0.6
        end = start + (high - low) * self._random.uniform(0.15, 0.4)
        rates = {"hourlyBudgetMin": str(round(start)), "hourlyBudgetMax": str(max(round(end), round(start) + 1))}
        return {"type": "HOURLY", "hourlyBudgetType": kind, **rates}

    def _price(self) -> dict[str, Any]:
        low, high = self._brief.work["fixed"]
        price = low + (high - low) * self._within()
        step = 5 if price < 200 else 50 if price < 2_000 else 250  # noqa: PLR2004 - people name round sums
        return {"type": "FIXED_PRICE", "amount": str(round(price / step) * step)}

    def _within(self) -> float:
        """Return the position of a budget in its range, from 0 to 1. More experience costs more."""
        index = _LEVELS.index(self._level)
        return self._random.uniform(index / 3, (index + 1) / 3)

    def _description(self) -> str:
        brief, phrases = self._brief, _phrases()
        body = brief.work["text"].format(city=self._client.company.location.city, **brief.job)
        paragraphs = [" ".join(part.split()) for part in body.strip().split("\n\n")]
        ending = [
            self._random.choice(phrases["hourly" if self._hourly else "fixed"]),
            *self._random.sample(phrases["any"], self._random.randint(0, 1)),
        ]
        return "\n\n".join([self._random.choice(self._client.intro), *paragraphs, " ".join(ending)])

    def _skills(self) -> dict[str, Any]:
        known = ontology().skill_by_slug
        skills = [known[slug] for slug in self._brief.work["skills"].split()]
        main = [
            {"parentSkillId": skill.groups[0].id, "skillId": skill.id, "relevance": "MANDATORY"} for skill in skills[:3]
        ]
        more = [{"skillId": skill.id, "relevance": "NICE_TO_HAVE"} for skill in skills[3:]]
        return {"skills": main, "additionalSkills": more}

    def _qualifications(self) -> dict[str, Any]:
        chance, location = self._random, self._client.company.location
        wanted: dict[str, Any] = {
            "contractorType": chance.choices(("ALL", "INDIVIDUALS", "AGENCIES"), (70, 24, 6))[0],
            "englishProficiency": chance.choices(("ANY", "CONVERSATIONAL", "FLUENT", "NATIVE"), (30, 30, 30, 10))[0],
            "risingTalent": self._happens(0.3),
            "hasPortfolio": self._happens(0.2),
        }
        if self._happens(0.25):
            wanted["jobSuccessScore"] = chance.choice((80, 90))
        if self._happens(0.2):
            wanted["earnings"] = chance.choice(("AT_LEAST_100", "AT_LEAST_1000", "AT_LEAST_10000"))
        if self._brief.get("onsite"):
            city = {"areaType": "CITY", "name": location.city}
            wanted |= {
                "onSiteType": "PERMANENT",
                "countries": [location.country],
                "locations": [city],
                "localMarket": True,
            }
            wanted["localDescription"] = f"The work is done in {location.city}."
        elif self._happens(0.1) and location.timezone:
            wanted["timezones"] = [location.timezone]
        elif self._happens(0.15):
            wanted |= {"countries": [location.country], "locationCheckRequired": self._happens(0.5)}
            if location.state and self._happens(0.5):
                wanted["states"] = [location.state]
        return wanted

    def _activity(self) -> Activity:
        """Return the activity of a posting. Older and simpler jobs have more proposals."""
        days = self._age / timedelta(days=1)
        demand = 1.5 if self._level == "ENTRY_LEVEL" else 1.0
        proposals = int(self._random.expovariate(1.0) * demand * min(6 + days, 30))
        messaged = min(proposals, self._random.randint(0, 5))
        invited = self._random.choice((0, 0, 0, 1, 2, 4))
        activity = Activity(
            proposals=proposals,
            messaged=messaged,
            interviewed=messaged,
            invites_sent=invited,
            invites_unanswered=self._random.randint(0, invited),
            shortlisted=min(proposals, self._random.randint(0, 3)),
        )
        self._random.randint(3, 60)  # unused, but without it other postings would be closed
        return activity
