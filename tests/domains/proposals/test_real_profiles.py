"""Filters and orders of proposals work on profiles that people write through the API, and respect what they hide."""

from typing import Any

import pytest

from souk.domains.identity.model import User
from souk.domains.identity.store import create_user
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.reference.ontology import ontology
from souk.domains.talent.model import TalentBadge
from souk.domains.talent.store import PROFILES
from souk.values.times import stamp
from tests.domains.talent.world import UPDATE
from tests.support.api import Person, person
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.jobs import STUDIO, hourly, skill_id
from tests.support.worlds.proposals import ProposalsWorld

SERVICE = next(one for one in ontology().occupations.values() if one.slug == "back-end-development")
CLIENTS = """query ($id: ID!, $filter: ClientProposalFilter, $sort: ClientProposalSortAttribute) {
  clientProposals(jobPostingId: $id, filter: $filter, sortAttribute: $sort) { totalCount edges { node { id } } } }"""
LANGUAGE = """mutation ($code: String!, $level: String!) { addFreelancerLanguage(input: {language: {
  language: {iso639Code: $code, active: true, englishName: ""}, proficiencyLevel: {code: $level} } }) { id } }"""


@pytest.fixture
def job(world: ProposalsWorld) -> str:
    """Return a posting that asks for two skills."""
    skills = [{"parentSkillId": skill_id(slug)} for slug in ("python", "django")]
    return world.post(jobPostingInfo=hourly(), sandsJobPost={"occupationId": SERVICE.id, "skills": skills})


def newcomer(world: ProposalsWorld, name: str) -> Person:
    """Return a person who has just signed up."""
    user = User(
        id=new_id(),
        nickname=name.lower(),
        email=f"{name.lower()}@studio.test",
        first_name=name,
        last_name="Novo",
        creation_date=stamp(CLOCK.market()),
        organization_id=STUDIO,
        company_ids=(STUDIO,),
    )
    tx = world.souk.table.transaction()
    create_user(tx, user)
    tx.commit()
    return person(world.souk, user.id, STUDIO)


def write(who: Person, **fields: Any) -> None:
    assert who.call(UPDATE % "fullName", {"input": fields}).data


def found(world: ProposalsWorld, job: str, sort: str = "", **conditions: Any) -> list[str]:
    by = dict(zip(("field", "sortOrder"), sort.split(), strict=False)) or None
    answer = world.olivia.call(CLIENTS, {"id": job, "filter": conditions or None, "sort": by})
    return [edge["node"]["id"] for edge in answer.data["clientProposals"]["edges"]]


def judge(world: ProposalsWorld, who: Person, *, earned: int = 0, minutes: int = 0, **judged: Any) -> None:
    """Store what the marketplace computes of a freelancer: no command sets it."""
    table = world.souk.table
    stored = table.get(PROFILES, who.user_id, consistent=True)
    assert stored is not None
    tx = table.transaction()
    tx.update(PROFILES, stored.model_copy(update=judged))
    tx.tally(FREELANCER_RECORDS, FREELANCER_RECORDS.key(who.user_id), earned=earned, minutes=minutes)
    tx.commit()


def test_stranger_is_found_by_every_filter(world: ProposalsWorld, job: str) -> None:
    rui = newcomer(world, "Rui")
    world.apply(world.ivy, job)  # without a profile
    write(
        rui,
        title="Builder of importers",
        overview="Reads what others cannot.",
        skills=["python"],
        serviceIds=[SERVICE.id],
        chargeRate={"amount": "60.00", "currency": "USD"},
    )
    for code, level in (("en", "FLUENT"), ("pt", "NATIVE_OR_BILINGUAL")):
        assert rui.call(LANGUAGE, {"code": code, "level": level}).data
    mine = world.apply(rui, job, coverLetter="Tomorrow, if you like.")
    judge(world, rui, earned=150_00, minutes=120, job_success=93, standing=TalentBadge.TOP_RATED)
    for conditions in (
        {"title_eq": "importers builder"},
        {"textQuery_eq": "cannot python tomorrow"},
        {"category_eq": SERVICE.category.preferred_label},
        {"occupationId": SERVICE.id},
        {"languages_any": ["pt", "fr"]},
        {"englishLevel_eq": "CONVERSATIONAL"},
        {"jobSuccessScore_eq": "PERCENTAGE_90_AND_ABOVE"},
        {"topRated_eq": "TOP_RATED"},
        {"earnings_eq": "DOLLOR_100_PLUS_EARNED"},
        {"billedHours_eq": "ONE_PLUS_HOURS_BILLED"},
    ):
        assert found(world, job, **conditions) == [mine], conditions
    assert mine in found(world, job, activityDays_eq="WITHIN_2_WEEKS")
    for conditions in (
        {"title_eq": "painter"},
        {"englishLevel_eq": "NATIVE_OR_BILINGUAL"},
        {"languages_any": ["fr"]},
        {"topRated_eq": "TOP_RATED_PLUS"},
        {"earnings_eq": "DOLLOR_1K_PLUS_EARNED"},
    ):
        assert mine not in found(world, job, **conditions), conditions


def test_what_freelancers_hide_is_neither_found_nor_sorted_by(world: ProposalsWorld, job: str) -> None:
    rich, plain, secret = (newcomer(world, name) for name in ("Ana", "Bea", "Cid"))
    hidden, shown, private = (world.apply(who, job) for who in (rich, plain, secret))
    write(rich, title="Rich", skills=["python", "django"], hideEarnings=True, hideJss=True)
    write(plain, title="Plain", skills=["django"])
    write(secret, title="Secret", skills=["python", "django"], visibilityLevel="PRIVATE")
    judge(world, rich, earned=900_00, minutes=60, job_success=99)
    judge(world, plain, earned=100_00, minutes=120, job_success=80, standing=TalentBadge.HIPO)
    judge(world, secret, earned=5_000_00, minutes=6_000, job_success=100, standing=TalentBadge.TOP_RATED_PLUS)
    assert found(world, job, earnings_eq="DOLLOR_1_PLUS_EARNED") == [shown]
    assert found(world, job, earnings_eq="NO_EARNINGS_YET") == []
    assert found(world, job, billedHours_eq="ONE_PLUS_HOURS_BILLED") == [shown, hidden]
    assert found(world, job, jobSuccessScore_eq="PERCENTACE_80_AND_ABOVE") == [shown]
    assert found(world, job, title_eq="secret") == []
    assert found(world, job, textQuery_eq="novo") == []  # last names are hidden
    assert found(world, job, "EARNINGS DESC") == [shown, private, hidden]
    assert found(world, job, "EARNINGS ASC") == [hidden, private, shown]
    assert found(world, job, "BILLEDHOURS DESC") == [shown, hidden, private]
    # 25 + 24 + 10 points, 50 points, and none for a profile that the client may not see.
    assert found(world, job, "RECOMMENDATIONSCORE DESC") == [shown, hidden, private]

    # The client writes to the person with the private profile.
    assert world.act_on(world.olivia, "message", job, private, message="Hello?").data
    assert found(world, job, title_eq="secret") == [private]
    assert found(world, job, "EARNINGS DESC") == [private, shown, hidden]
    assert found(world, job, "RECOMMENDATIONSCORE DESC") == [private, shown, hidden]
    write(secret, visibilityLevel="PUBLIC", hideEarnings=True)
    assert found(world, job, "EARNINGS DESC") == [shown, private, hidden]
