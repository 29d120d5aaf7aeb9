"""The demo postings and their clients, before they are loaded."""

import re
from collections import Counter
from datetime import timedelta

from souk.domains.jobs.model import Access, CloudVisibility, HourlyBudgetType, Job, JobType, Status
from souk.domains.jobs.rules import requirements
from souk.domains.jobs.rules.classification import place_of, skills_of
from souk.domains.market.model import Activity
from souk.local.demo.people import (
    DemoPeople,
    demo_people,
)
from souk.local.demo.posts import DAYS, briefs, job_id, jobs, posts
from souk.values.times import stamp
from tests.support.demo import NOW


def test_there_are_at_least_300_jobs_with_unique_titles(posted: list[Job]) -> None:
    assert len(posted) >= 300
    assert len({job.info.title for job in posted}) == len(posted)
    assert len({job.info.description for job in posted}) == len(posted)
    assert len({job.id for job in posted}) == len(posted)


def test_every_job_is_valid_with_category_and_skills(posted: list[Job]) -> None:
    for job in posted:
        requirements.check(job)
        place = place_of(job)
        assert place.service is not None
        assert place.subcategory is place.service.parent
        assert skills_of(job)


def test_texts_are_complete(posted: list[Job]) -> None:
    for job in posted:
        text = f"{job.info.title}\n{job.info.description}"
        assert not re.search(r"[{}]|  |\s,|\bNone\b", text), text
        assert len(text.split()) > 60, text
        assert text.count("\n\n") >= 2


def test_jobs_cover_all_variants(posted: list[Job]) -> None:
    states = Counter(job.status for job in posted)
    assert set(states) == {Status.DRAFT, Status.REQUESTED, Status.FILLED, Status.CANCELLED}
    assert states[Status.REQUESTED] > 200
    assert {job.access for job in posted} == set(Access)
    assert {job.cloud_visibility for job in posted} == set(CloudVisibility)
    assert {job.info.hourly_budget_type for job in posted} == {*HourlyBudgetType, None}
    kinds = Counter(job.info.type for job in posted)
    assert min(kinds[kind] for kind in JobType) > 100
    levels = Counter(job.info.experience_level for job in posted)
    assert min(levels[level] for level in ("ENTRY_LEVEL", "INTERMEDIATE", "EXPERT")) > 60
    assert {job.info.duration_id for job in posted} == {"1", "2", "3", "4", "5"}
    assert {job.info.engagement_type for job in posted} == {"FULL_TIME", "PART_TIME", "AS_NEEDED", "NOT_SURE"}
    assert sum(1 for job in posted if job.questions) > 80
    assert sum(1 for job in posted if job.qualifications and job.qualifications.countries) > 20
    assert any(job.qualifications and job.qualifications.locations for job in posted)
    assert len({place_of(job).category for job in posted}) == 13
    assert len({place_of(job).service for job in posted}) > 100


def test_activity_differs_between_postings(people: DemoPeople) -> None:
    all_posts = list(posts(people.clients, NOW))
    assert [post.activity for post in posts(demo_people(NOW + timedelta(days=3)).clients, NOW + timedelta(days=3))] == [
        post.activity for post in all_posts
    ]
    assert len({post.activity.proposals for post in all_posts}) > 20
    assert {post.activity for post in all_posts if post.job.status is Status.DRAFT} == {Activity()}
    assert {post.activity.hired for post in all_posts if post.job.status is Status.FILLED} == {1}


def test_jobs_contain_words_hard_to_search(posted: list[Job]) -> None:
    texts = " ".join(f"{job.info.title} {job.info.description}" for job in posted if job.status is Status.REQUESTED)
    for word in ("C++", "C#", ".NET", "node.js"):
        assert word in texts


def test_jobs_span_ninety_days_with_more_recent_ones(posted: list[Job]) -> None:
    times = [job.created for job in posted]
    assert times == sorted(times)
    assert [job.id for job in posted] == [job_id(number) for number in range(len(posted))]
    assert stamp(NOW - timedelta(days=DAYS)) < times[0] < stamp(NOW - timedelta(days=DAYS - 2))
    assert stamp(NOW - timedelta(hours=1)) < times[-1] < stamp(NOW)
    within = {days: sum(1 for time in times if time >= stamp(NOW - timedelta(days=days))) for days in (1, 7, 30)}
    assert 5 < within[1] < within[7] < within[30] < len(times)


def test_dates_are_in_order(people: DemoPeople, posted: list[Job]) -> None:
    joined = {one.id: one.creation_date for one in people.organizations}
    for job in posted:
        assert joined[job.company_id] < job.created
        if job.closed:
            assert job.published is not None
            assert job.published < job.closed < stamp(NOW)


def test_clients_differ(people: DemoPeople) -> None:
    companies = {client.company.id: client.company for client in people.clients.values()}.values()
    assert len(companies) > 20
    assert len({one.location.country for one in companies}) > 15
    hires = sorted(one.total_hires for one in companies)
    assert hires[0] == 0
    assert 0 < hires[len(hires) // 4] < 10
    assert hires[-1] > 100
    assert any(one.payment_verified for one in companies)
    assert any(one.financial_privacy for one in companies)
    assert {one.enterprise for one in companies} == {True, False}
    assert len({one.payment_verification_status for one in companies}) >= 4
    assert all(one.location.latitude and one.location.timezone for one in companies)
    assert min(one.feedback_score for one in companies) == 0.0
    assert max(one.feedback_score for one in companies) == 5.0


def test_data_is_the_same_on_every_day(people: DemoPeople, posted: list[Job]) -> None:
    again = list(jobs(demo_people(NOW + timedelta(days=3)).clients, NOW + timedelta(days=3)))

    def still(job: Job) -> object:
        return (job.id, job.organization_id, job.status, job.access, job.info, job.qualifications)

    assert [still(job) for job in again] == [still(job) for job in posted]
    assert len(people.users) == len({user.email for user in people.users}) == len({one.id for one in people.users})


def test_every_slot_of_a_text_is_filled() -> None:
    for brief in briefs():
        slots = set(re.findall(r"\{(\w+)\}", brief.work["text"])) - {"city"}
        assert slots <= set(brief.job), brief.job["title"]
        assert set(brief.job) <= slots | {"title", "hire", "for"}, brief.job["title"]
