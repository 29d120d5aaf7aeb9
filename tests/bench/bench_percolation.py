"""CPU time of matching new postings against 10,000 saved searches. Run `python -m tests.bench.bench_percolation`."""

import random
import sys
import time
from typing import Any

from souk.authentication.principal import Principal, Role
from souk.domains.identity.model import Location
from souk.domains.jobs.inputs import JobFilter
from souk.domains.jobs.model import Job, PostingInfo, Sands, SkillChoice, Status
from souk.domains.jobs.search.filters import SearchContext, build_query
from souk.domains.jobs.search.index import INDEX, document
from souk.domains.market.model import Activity, Relations
from souk.domains.reference.model import TaxonomyLevel
from souk.domains.reference.ontology import ontology
from souk.domains.savedsearches.model import SavedSearch
from souk.domains.savedsearches.search.matching import Matcher
from souk.domains.savedsearches.store import SHARDS, shard_of
from souk.search import Document, Search
from souk.search.memory import MemoryIndex
from souk.storage import Table
from souk.values.clock import Clock
from tests.support.worlds.jobs import BERLIN, organization

SEARCHES, POSTINGS = 10_000, 100
_CLIENT = organization("1", "Acme", location=BERLIN, total_hires=3)
_ANYBODY = Principal("1", "", "1", "1", Role.OWNER, frozenset())


def _words() -> list[str]:
    return sorted({word for skill in ontology().skills.values() for word in skill.preferred_label.split()})


def searches(chance: random.Random) -> list[SavedSearch]:
    """Return searches as freelancers make them: by words, by skills, or by a category with terms."""
    words, skills = _words(), [*ontology().skills.values()]
    categories = [one.id for one in ontology().occupations.values() if one.level is TaxonomyLevel.CATEGORY]

    def conditions() -> dict[str, Any]:
        given: dict[str, Any] = {}
        kind = chance.random()
        if kind < 0.5:
            given["searchExpression_eq"] = " OR ".join(chance.sample(words, chance.randint(1, 3)))
        elif kind < 0.8:
            given["skillExpression_eq"] = ",".join(one.preferred_label for one in chance.sample(skills, 3))
        else:
            given["categoryIds_any"] = chance.sample(categories, 2)
        if chance.random() < 0.5:
            given["jobType_eq"] = chance.choice(("HOURLY", "FIXED"))
        if chance.random() < 0.3:
            given["budgetRange_eq"] = {"rangeStart": chance.choice((100, 500, 1000))}
        if chance.random() < 0.2:
            given["experienceLevel_eq"] = chance.choice(("INTERMEDIATE", "EXPERT"))
        if chance.random() < 0.1:
            given["locations_any"] = [chance.choice(("Germany", "United States", "Portugal"))]
        return given

    return [
        SavedSearch(
            id=str(number),
            organization_id=str(number % 3_000),
            company_id=str(number % 3_000),
            user_id="1",
            name="Bench",
            active=True,
            filter=conditions(),
            created="",
            modified="",
            version=1,
        )
        for number in range(SEARCHES)
    ]


def postings(chance: random.Random) -> list[Document]:
    """Return postings with texts of about two hundred words."""
    words, skills = _words(), [*ontology().skills.values()]
    services = [one for one in ontology().occupations.values() if one.level is TaxonomyLevel.SERVICE]
    found = []
    for number in range(POSTINGS):
        service, fixed = chance.choice(services), chance.random() < 0.5
        info = PostingInfo(
            title=" ".join(chance.choices(words, k=7)),
            description=" ".join(chance.choices(words, k=200)),
            type="FIXED_PRICE" if fixed else "HOURLY",
            amount=str(chance.randrange(50, 5000)) if fixed else None,
            experience_level=chance.choice(("ENTRY_LEVEL", "INTERMEDIATE", "EXPERT")),
            category_id=service.parent.id if service.parent else None,
            group_id=service.category.id,
        )
        chosen = tuple(SkillChoice(parent_skill_id=one.id) for one in chance.sample(skills, 4))
        job = Job(
            id=str(10**18 + number),
            organization_id="1",
            company_id="1",
            owner_id="1",
            currency="USD",
            status=Status.REQUESTED,
            created="2026-11-01T00:00:00.000Z",
            modified="",
            changed_by_id="1",
            published="2026-11-01T00:00:00.000Z",
            last_client_activity="",
            info=info,
            sands_job_post=Sands(occupation_id=service.id, skills=chosen),
        )
        posting = document(job, _CLIENT, Activity())
        found += [posting] if posting else []
    return found


def seconds() -> dict[str, float]:
    """Return the CPU seconds of each step, and those of one posting in the plain way."""
    chance = random.Random(2026)  # noqa: S311 - repeatable, not secret
    stored, new = searches(chance), postings(chance)
    matcher = Matcher(Table(None, "none", Clock()))  # type: ignore[arg-type]
    by_shard: list[list[SavedSearch]] = [[] for _ in range(SHARDS)]
    for one in stored:
        by_shard[shard_of(one.id)].append(one)
    started = time.process_time()
    for shard, own in enumerate(by_shard):
        matcher.keep(shard, 1, own)
    compiled = time.process_time()
    matches = sum(len(matcher.searches_for(posting)) for posting in new)
    matched = time.process_time()
    matcher.keep(0, 2, [*by_shard[0][1:], by_shard[0][0].model_copy(update={"version": 2})])
    return {
        f"compile {len(stored):,} saved searches, once": compiled - started,
        f"match {len(new)} postings against {len(stored):,} saved searches ({matches:,} matches)": matched - compiled,
        "read a shard again after a change of one search": time.process_time() - matched,
        "one posting by a search for each saved search, for comparison": _plainly(stored, new[0]),
    }


def _plainly(stored: list[SavedSearch], posting: Document) -> float:
    """Return the CPU seconds of deserializing every search and asking an index of one document."""
    index = MemoryIndex(INDEX)
    index.rebuild([posting])
    encoded = [one.model_dump_json() for one in stored]
    started = time.process_time()
    for one in encoded:
        search = SavedSearch.model_validate_json(one)
        context = SearchContext(_ANYBODY, Relations(), Clock().market(), Location)
        index.search(Search(build_query(JobFilter.model_validate(search.filter), context)))
    return time.process_time() - started


if __name__ == "__main__":
    for measured, number in seconds().items():
        sys.stdout.write(f"{measured:<80} {number:8.2f} s\n")
