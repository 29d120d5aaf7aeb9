"""Unit tests of the posting rules: states, requirements, changes and visibility."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from souk.authentication.principal import Principal, Role
from souk.domains.jobs.model import Job, PostingRequest, Status
from souk.domains.jobs.rules import changes, requirements, states
from souk.domains.jobs.rules.classification import place_of
from souk.domains.jobs.rules.location import place_of_job, wanted_countries, wanted_states
from souk.domains.jobs.rules.visibility import may_manage, may_see, opens
from souk.domains.market.model import Relations
from souk.domains.reference.places import us_state
from souk.values.errors import Conflict, Forbidden, Unprocessable
from tests.support.job_requests import FIXED_PRICE, everything
from tests.support.worlds.jobs import (
    ACME,
    ALL_ORGANIZATIONS,
    AUSTIN,
    BERLIN,
    CATEGORY,
    DESIGN,
    OLIVIA,
    SERVICE,
    SINCE,
    SUBCATEGORY,
    fixed_price,
    hourly,
    skill_id,
)

_numbers: Iterator[int] = count(1)
AUTHOR = changes.Author(OLIVIA, SINCE, lambda: str(next(_numbers)))
COMPANY, TEAM = ALL_ORGANIZATIONS[0], ALL_ORGANIZATIONS[1]


def posting(status: Status = Status.REQUESTED, **request: Any) -> Job:
    """Return the posting of a request, without validation."""
    fields = {"organizationId": DESIGN, "jobPostingInfo": fixed_price(), **request}
    return changed(changes.new_job("1", TEAM, COMPANY, AUTHOR), status, **fields)


def changed(job: Job, status: Status | None = None, **request: Any) -> Job:
    """Return a posting with the changes of a request, without validation."""
    parsed = PostingRequest.model_validate({"organizationId": DESIGN, **request})
    return changes.apply_request(job, parsed, status or job.status, (), AUTHOR)


def refused(job: Job) -> set[str]:
    """Return the paths of a posting's invalid values."""
    with pytest.raises(Unprocessable) as caught:
        requirements.check(job)
    return {one["path"].removeprefix("jobPostingRequest.") for one in caught.value.details["fields"]}


def principal(organization_id: str = ACME, company_id: str = ACME) -> Principal:
    return Principal("7", "k", organization_id, company_id, Role.OWNER, frozenset())


@pytest.mark.parametrize("since", [None, *Status])
@pytest.mark.parametrize("target", list(Status))
def test_only_listed_transitions_are_allowed(since: Status | None, target: Status) -> None:
    events = {
        (None, "DRAFT"): None,
        (None, "REQUESTED"): "NEW",
        ("DRAFT", "DRAFT"): None,
        ("DRAFT", "REQUESTED"): "NEW",
        ("DRAFT", "DELETED_DRAFT"): None,
        ("REQUESTED", "REQUESTED"): "UPDATE",
        ("REQUESTED", "FILLED"): "CLOSE",
        ("REQUESTED", "CANCELLED"): "CLOSE",
    }
    if (since, target) in events:
        assert states.transition(since, target) == events[since, target]
    else:
        closed = since is not None and since not in ("DRAFT", "REQUESTED")
        with pytest.raises(Conflict if closed else Unprocessable):
            states.transition(since, target)


@pytest.mark.parametrize(
    ("info", "sands", "current", "expected"),
    [
        (None, None, None, "REQUESTED"),
        ("DRAFT", "PUBLISHED", None, "DRAFT"),
        (None, "DRAFT", None, "DRAFT"),
        (None, "PUBLISHED", "DRAFT", "REQUESTED"),
        (None, "DRAFT", "REQUESTED", "REQUESTED"),
        (None, None, "DRAFT", "DRAFT"),
        ("FILLED", None, "REQUESTED", "FILLED"),
    ],
)
def test_target_status_of_request(info: str | None, sands: str | None, current: Any, expected: str) -> None:
    request = PostingRequest.model_validate(
        {"organizationId": "1", "jobPostingInfo": {"status": info}, "sandsJobPost": {"status": sands}}
    )
    assert states.target_status(request, Status(current) if current else None) == expected


@pytest.mark.parametrize("role", list(Role))
def test_require_manager_by_role(role: Role) -> None:
    if role in {Role.MEMBER, Role.NONE}:
        with pytest.raises(Forbidden):
            states.require_manager(role)
    else:
        states.require_manager(role)


def test_complete_posting_and_empty_draft_are_valid() -> None:
    requirements.check(posting())
    requirements.check(posting(jobPostingInfo=hourly()))
    requirements.check(posting(Status.DRAFT, jobPostingInfo={}))


def test_required_fields_of_published_posting() -> None:
    names = {"title", "description", "type"}
    assert refused(posting(jobPostingInfo={"title": " "})) == {f"jobPostingInfo.{name}" for name in names}
    assert refused(posting(jobPostingInfo=fixed_price(amount=None))) == {"jobPostingInfo.amount"}
    assert refused(posting(jobPostingInfo=fixed_price(amount="0"))) == {"jobPostingInfo.amount"}
    assert refused(posting(jobPostingInfo=hourly(hourlyBudgetMax=None))) == {"jobPostingInfo.hourlyBudgetMax"}
    requirements.check(posting(jobPostingInfo=fixed_price(categoryId=None, groupId=CATEGORY)))


@pytest.mark.parametrize(
    ("info", "path"),
    [
        (fixed_price(amount="1,250.50"), "amount"),
        (fixed_price(amount="-5"), "amount"),
        (fixed_price(amount="1e3"), "amount"),
        (fixed_price(amount="1.005"), "amount"),
        (fixed_price(hourlyBudgetMin="10"), "hourlyBudgetMin"),
        (fixed_price(hourlyBudgetType="MANUAL"), "hourlyBudgetType"),
        (hourly(amount="100"), "amount"),
        (hourly(hourlyBudgetMin="41"), "hourlyBudgetMax"),
        (hourly(weeklyRetainerBudget=1e30), "weeklyRetainerBudget"),
        (fixed_price(freelancersToHire=0), "freelancersToHire"),
        (fixed_price(freelancersToHire=1_001), "freelancersToHire"),
        (fixed_price(durationId="9"), "durationId"),
        (fixed_price(startDate="tomorrow"), "startDate"),
        (fixed_price(startDate="2027-02-01", endDate="2027-01-31"), "endDate"),
        (fixed_price(categoryId=CATEGORY), "categoryId"),
        (fixed_price(groupId=SUBCATEGORY), "groupId"),
        (fixed_price(title="x" * 201), "title"),
    ],
)
def test_invalid_info_is_refused(info: dict[str, Any], path: str) -> None:
    assert refused(posting(jobPostingInfo=info)) == {f"jobPostingInfo.{path}"}


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"qualifications": {"countries": ["DE", "Atlantis"]}}, "qualifications.countries.1"),
        ({"qualifications": {"timezones": ["Mars/Olympus"]}}, "qualifications.timezones.0"),
        ({"qualifications": {"timezones": ["Europe"]}}, "qualifications.timezones.0"),
        ({"qualifications": {"jobSuccessScore": 101}}, "qualifications.jobSuccessScore"),
        ({"qualifications": {"oDeskHours": -1}}, "qualifications.oDeskHours"),
        ({"sandsJobPost": {"occupationId": SUBCATEGORY}}, "sandsJobPost.occupationId"),
        ({"sandsJobPost": {"skills": [{"parentSkillId": "1"}]}}, "sandsJobPost.skills.0.parentSkillId"),
        ({"sandsJobPost": {"additionalSkills": [{}]}}, "sandsJobPost.additionalSkills.0"),
        ({"questions": [{"question": "Q"}] * 11}, "questions"),
        ({"questions": [{"question": " "}]}, "questions.0.question"),
        ({"ptcInfo": {"visibility": "MEMBER_SELECTED_CLOUD"}}, "ptcInfo.talentCloudIds"),
        ({"ptcInfo": {"onSiteCountry": "Atlantis"}}, "ptcInfo.onSiteCountry"),
        ({"annotations": {"tags": ["t"] * 101}}, "annotations.tags"),
    ],
)
def test_invalid_parts_are_refused(request_: dict[str, Any], path: str) -> None:
    assert refused(posting(**request_)) == {path}


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("qualifications", "qualifications"),
        ("segmentationData", "segmentation_data"),
        ("ptcInfo", "ptc_info"),
        ("invitePost", "invite_post"),
        ("jobPostingAdditionalRequest", "additional"),
        ("sandsJobPost", "sands_job_post"),
        ("annotations", "annotations"),
        ("enterpriseCustomFields", "enterprise_custom_fields"),
        ("billRate", "bill_rate"),
    ],
)
def test_update_changes_only_the_given_part(part: str, field: str) -> None:
    request = everything("1", **FIXED_PRICE)
    full = posting(**request)
    assert changed(full, jobPostingInfo=request["jobPostingInfo"]) == full
    value = getattr(full, field)
    assert value is not None
    empty = posting()
    assert changed(empty, **{part: request[part]}) == empty.model_copy(update={field: value})
    assert changed(full, **{part: None}) == full.model_copy(update={field: None})


def test_unchanged_questions_keep_their_ids() -> None:
    job = posting(questions=[{"question": "A"}, {"question": "B"}])
    again = changed(job, questions=[{"question": "B"}, {"question": "C"}, {"question": "B"}])
    assert job.questions
    assert again.questions
    assert again.questions[0] == job.questions[1]
    assert len({one.id for one in (*job.questions, *again.questions)}) == 4


def test_publication_time_does_not_change() -> None:
    draft = posting(Status.DRAFT)
    assert draft.published is None
    published = changed(draft, Status.REQUESTED)
    later = changes.Author(OLIVIA, "2027-01-01T00:00:00.000Z", lambda: "9")
    request = PostingRequest.model_validate({"organizationId": DESIGN, "jobPostingInfo": {"title": "New"}})
    again = changes.apply_request(published, request, Status.REQUESTED, (), later)
    assert (again.published, again.modified) == (SINCE, "2027-01-01T00:00:00.000Z")


def test_update_cannot_move_posting_to_another_organization() -> None:
    job = posting()
    for own in (DESIGN, ACME):
        changes.check_organization(job, PostingRequest(organization_id=own))
    with pytest.raises(Forbidden):
        changes.check_organization(job, PostingRequest(organization_id="1003"))


def test_check_version() -> None:
    job = posting().model_copy(update={"version": 3})
    for version in (None, 3):
        fields = {"organizationId": DESIGN, "jobPostingInfo": {"version": version}}
        changes.check_version(job, PostingRequest.model_validate(fields))
    for version in (0, 2, 4):
        fields = {"organizationId": DESIGN, "jobPostingInfo": {"version": version}}
        with pytest.raises(Conflict):
            changes.check_version(job, PostingRequest.model_validate(fields))


def test_may_manage() -> None:
    job = posting()
    assert may_manage(job, principal())
    assert may_manage(job, principal(DESIGN))
    assert not may_manage(job, principal("1003"))
    assert not may_manage(job, principal("2001", "2001"))


@pytest.mark.parametrize("status", list(Status))
def test_market_sees_published_states_only(status: Status) -> None:
    job = posting().model_copy(update={"status": status})
    known = status in ("REQUESTED", "FILLED", "CANCELLED")
    assert may_see(job, principal("2001", "2001"), Relations()) is known
    assert may_see(job, principal(), Relations()) is known


def test_clouds_and_invitations_open_private_postings() -> None:
    stranger = principal("2001", "2001")
    private = posting(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE"))
    cloud = posting(ptcInfo={"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": ["91"]})
    member, invited = Relations(clouds=frozenset({"91"})), Relations(invitations=frozenset({"1"}))
    assert [may_see(private, stranger, one) for one in (Relations(), member, invited)] == [False, False, True]
    assert [may_see(cloud, stranger, one) for one in (Relations(), member, invited)] == [False, True, True]


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (None, {}, True),
        ({}, {}, False),
        ({"access": "ACCESS_PRIVATE"}, {"access": "ACCESS_PUBLIC"}, True),
        ({"access": "ACCESS_PUBLIC"}, {"access": "PUBLIC_INDEX"}, False),
        ({}, {"access": "ACCESS_PRIVATE"}, False),
        ({}, {"clouds": ["91"]}, False),
        ({"clouds": ["91"]}, {"clouds": ["91", "92"]}, True),
        ({"clouds": ["91", "92"]}, {"clouds": ["92"]}, False),
        ({"clouds": ["91"]}, {}, True),
        ({"access": "ACCESS_PRIVATE", "clouds": ["91"]}, {"clouds": ["91"]}, True),
    ],
)
def test_change_that_opens_a_posting(before: dict[str, Any] | None, after: dict[str, Any], more: bool) -> None:
    def job(access: str = "PUBLIC_INDEX", clouds: list[str] | None = None) -> Job:
        restricted = {"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": clouds} if clouds else {}
        return posting(jobPostingInfo=fixed_price(access=access), ptcInfo=restricted or None)

    assert opens(None if before is None else job(**before), job(**after)) is more
    assert not opens(None, job(**after).model_copy(update={"status": Status.DRAFT}))


def test_place_of_job() -> None:
    assert place_of_job(posting(), BERLIN).country == "DE"
    area = {"countries": ["US"], "locations": [{"areaType": "CITY", "name": "Austin"}]}
    assert place_of_job(posting(qualifications=area), BERLIN).state == "TX"
    code = {"locations": [{"areaType": "POSTAL_CODE", "name": "94103"}]}
    assert place_of_job(posting(qualifications=code), BERLIN).state == "CA"
    on_site = {"onSiteCity": "Hamburg", "onSiteCountry": "Germany"}
    assert place_of_job(posting(ptcInfo=on_site), AUSTIN).country == "DE"
    assert place_of_job(posting(), AUSTIN).latitude is not None


def test_wanted_countries_and_states() -> None:
    qualifications = {"countries": ["Germany"], "regions": ["Northern America"], "states": ["California", "TX"]}
    job = posting(qualifications=qualifications)
    assert {"DE", "US", "CA"} <= wanted_countries(job, BERLIN)
    assert wanted_states(job) == {"CA", "TX"}
    assert wanted_countries(posting(qualifications={"localMarket": True}), BERLIN) == {"DE"}
    assert wanted_countries(posting(), BERLIN) == set()
    assert [us_state(name) for name in ("tx", "new york", "Bavaria")] == ["TX", "NY", None]


@pytest.mark.parametrize(
    ("info", "occupation_id", "expected"),
    [
        ({}, SERVICE, (CATEGORY, SUBCATEGORY, SERVICE)),
        ({"categoryId": SUBCATEGORY}, None, (CATEGORY, SUBCATEGORY, None)),
        ({"groupId": CATEGORY}, None, (CATEGORY, None, None)),
        ({}, None, (None, None, None)),
    ],
)
def test_missing_levels_follow_from_lower_ones(
    info: dict[str, str], occupation_id: str | None, expected: tuple[str | None, ...]
) -> None:
    job = posting(Status.DRAFT, jobPostingInfo=info, sandsJobPost={"occupationId": occupation_id})
    assert tuple(level and level.id for level in place_of(job)) == expected


def test_ontology_skills_are_accepted() -> None:
    skills = [{"parentSkillId": skill_id("programming-languages"), "skillId": skill_id("python")}]
    requirements.check(posting(sandsJobPost={"skills": skills}))
