"""What a person writes about themselves, and how it is submitted and reviewed."""

from typing import Any

import pytest

from souk.domains.audit.store import ACTIONS
from souk.domains.reference import ontology
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, open_reviews
from souk.domains.talent.model import ProfileState
from souk.domains.talent.rules.completeness import SECTIONS
from tests.domains.identity.people import OLIVIA, SOFIA, SOLO
from tests.domains.talent.world import AGENCY, COMPLETE, LEAST, SUBMIT, TalentWorld, stored_events
from tests.support import racing

PERSONAL = "personalData { title description chargeRate { rawValue currency } profileState profileStateReason }"
REVIEW = """mutation ($user: ID!, $approve: Boolean!, $note: String) {
  reviewFreelancerProfile(userId: $user, approve: $approve, note: $note) { personalData { profileState } } }"""


def review(world: TalentWorld, *, approve: bool, note: str | None = None) -> Any:
    return world.ada.call(REVIEW, {"user": SOFIA, "approve": approve, "note": note})


def test_update_changes_what_it_names(world: TalentWorld) -> None:
    service = next(one for one in ontology.ontology().occupations.values() if one.slug == "photography")
    world.update(**COMPLETE, serviceIds=[service.id])
    world.update(title="  Painter  of gulls ", hideJss=True, committedResponseTime="IMMEDIATE")
    seen = world.seen(
        world.omar,
        f"""{PERSONAL} skills {{ edges {{ node {{ prettyName }} }} }}
        userPreferences {{ hideJss exposeFullName visibilityLevel }} committedResponseTime {{ name }}
        jobCategories {{ edges {{ node {{ category {{ id }} selectedSubCategories {{ id }} }} }} }}""",
    )
    assert seen["personalData"] == {
        "title": "Painter of gulls",
        "description": COMPLETE["overview"],
        "chargeRate": {"rawValue": "85.00", "currency": "USD"},
        "profileState": "DRAFT",
        "profileStateReason": None,
    }
    skills = [edge["node"]["prettyName"] for edge in seen["skills"]["edges"]]
    assert skills == ["illustration", "photography"]
    assert seen["userPreferences"] == {"hideJss": True, "exposeFullName": False, "visibilityLevel": "PUBLIC"}
    assert seen["committedResponseTime"] == {"name": "Immediate (30 min)"}
    (node,) = seen["jobCategories"]["edges"]
    assert service.parent
    assert node["node"] == {
        "category": {"id": service.category.id},
        "selectedSubCategories": [{"id": service.parent.id}],
    }
    talent = world.talent(world.omar, "personId skills { skill rank } jobCategories { id } identity { ciphertext }")
    assert talent == {
        "personId": SOFIA,
        "skills": [{"skill": "illustration", "rank": "1"}, {"skill": "photography", "rank": "2"}],
        "jobCategories": [{"id": service.category.id}],
        "identity": {"ciphertext": f"~01{SOFIA}"},
    }


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"title": "x" * 101}, "title"),
        ({"overview": "x" * 5001}, "overview"),
        ({"chargeRate": None}, "chargeRate"),
        ({"chargeRate": {"amount": "0", "currency": "USD"}}, "chargeRate.amount"),
        ({"chargeRate": {"amount": "-1", "currency": "USD"}}, "chargeRate.amount"),
        ({"chargeRate": {"amount": "1.234", "currency": "USD"}}, "chargeRate.amount"),
        ({"chargeRate": {"amount": "1e9", "currency": "USD"}}, "chargeRate.amount"),
        ({"chargeRate": {"amount": "85.00", "currency": "EUR"}}, "chargeRate.currency"),
        ({"skills": ["alchemy"]}, "skills.0"),
        ({"skills": ["illustration", "souk:illustration"]}, "skills.1"),
        ({"skills": ["illustration"] * 51}, "skills"),
        ({"skills": None}, "skills"),
        ({"serviceIds": ["1"]}, "serviceIds.0"),
        ({"categoryIds": ["1"]}, "categoryIds.0"),
        ({"workPhone": "call me"}, "workPhone"),
        ({"visibilityLevel": None}, "visibilityLevel"),
        ({"hideEarnings": None}, "hideEarnings"),
    ],
)
def test_wrong_value_is_refused_with_path(world: TalentWorld, fields: dict[str, Any], path: str) -> None:
    answer = world.update(**(COMPLETE | fields))
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert [one["path"] for one in answer.error["extensions"]["fields"]] == [f"input.{path}"]
    assert world.events() == []


def test_deprecated_skill_is_refused_by_name(world: TalentWorld) -> None:
    deprecated = next(one for one in ontology.ontology().skills.values() if not one.freelancer)
    refused = world.update(skills=[deprecated.slug])
    assert deprecated.slug in refused.error["message"]


def test_null_clears_what_can_be_empty(world: TalentWorld) -> None:
    phone: dict[str, Any] = {"workPhone": "+351 912 345 678", "projectTypePreference": "LONGER_TERM_3PLUS_MONTHS"}
    world.update(title="Painter", overview="Gulls", committedResponseTime="SOON", **phone)
    cleared: dict[str, Any] = dict.fromkeys(
        ("title", "overview", "workPhone", "projectTypePreference", "committedResponseTime"), None
    )
    assert world.update(**cleared).data
    profile = world.profile()
    kept = (profile.title, profile.overview, profile.work_phone, profile.preferences.project_type, profile.commitment)
    assert kept == ("", "", None, None, None)


def test_submitting_names_what_is_missing(world: TalentWorld) -> None:
    world.update(title="Painter")
    refused = world.sofia.call(SUBMIT)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert refused.error["extensions"]["missing"] == ["overview", "chargeRate", "skills"]


def test_submitted_profile_is_accepted_at_once(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    for _ in range(2):
        assert world.sofia.call(SUBMIT).data["submitFreelancerProfile"]["personalData"] == {
            "profileState": "AUTO_ACCEPTED"
        }
    assert world.events() == ["UPDATE", "SUBMIT", "ACCEPT"]
    assert {event.audience for event in stored_events(world.table)} == {(SOLO, AGENCY)}
    assert {event.id for event in stored_events(world.table)} == {SOFIA}
    assert world.update(title="Sculptor").data
    assert world.profile().state is ProfileState.AUTO_ACCEPTED


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"title": None}, "title"), ({"overview": " "}, "overview"), ({"skills": []}, "skills")],
)
def test_submitted_profile_keeps_what_it_needs(world: TalentWorld, fields: dict[str, Any], path: str) -> None:
    world.complete()
    answer = world.update(**fields)
    assert [one["path"] for one in answer.error["extensions"]["fields"]] == [f"input.{path}"]


@pytest.mark.usefixtures("reviewed")
def test_operator_reviews_submitted_profile(world: TalentWorld) -> None:
    world.complete()
    (waiting,) = open_reviews(world.table, ReviewKind.FREELANCER_PROFILE, most=10)
    assert (waiting.subject_id, waiting.requested_by_id, waiting.organization_id) == (SOFIA, SOFIA, SOLO)
    assert world.profile().state is ProfileState.UNDER_REVIEW
    assert review(world, approve=False).code == "UNPROCESSABLE_CONTENT"
    assert review(world, approve=False, note="More gulls, please.").data["reviewFreelancerProfile"] == {
        "personalData": {"profileState": "REJECTED"}
    }
    assert review(world, approve=True).code == "CONFLICT"
    assert open_reviews(world.table, ReviewKind.FREELANCER_PROFILE, most=10) == []
    (closed,) = world.table.query(REVIEWS, f"REVIEW#FREELANCER_PROFILE#SUBJECT#{SOFIA}", index="GSI1").items
    assert (closed.state, closed.note) == (ReviewState.REJECTED, "More gulls, please.")
    note = "personalData { profileStateReason }"
    assert world.seen(world.sofia, note) == {"personalData": {"profileStateReason": "More gulls, please."}}
    assert world.seen(world.ada, note) == {"personalData": {"profileStateReason": "More gulls, please."}}
    assert world.seen(world.omar, note) == {"personalData": {"profileStateReason": None}}
    world.update(overview="Gulls, and more gulls.")
    assert world.sofia.call(SUBMIT).data
    assert review(world, approve=True).data["reviewFreelancerProfile"] == {"personalData": {"profileState": "ACCEPTED"}}
    assert world.events() == ["UPDATE", "SUBMIT", "REJECT", "UPDATE", "SUBMIT", "ACCEPT"]
    trail = world.table.query(ACTIONS, f"AUDIT#SUBJECT#{SOFIA}", index="GSI1").items
    assert [(one.action, one.reason) for one in trail] == [
        ("reviewFreelancerProfile", "More gulls, please."),
        ("reviewFreelancerProfile", None),
    ]


@pytest.mark.usefixtures("reviewed")
def test_parallel_submissions_open_one_review(world: TalentWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.update(**COMPLETE)
    monkeypatch.setattr(racing, "CALLERS", 10)
    assert racing.at_once(monkeypatch, lambda: world.sofia.call(SUBMIT)) == {"done": 10}
    assert len(open_reviews(world.table, ReviewKind.FREELANCER_PROFILE, most=10)) == 1
    assert world.events() == ["UPDATE", "SUBMIT"]


def test_draft_cannot_be_reviewed(world: TalentWorld) -> None:
    assert review(world, approve=True).code == "NOT_FOUND"
    world.update(title="Painter")
    assert review(world, approve=True).code == "CONFLICT"


def test_only_operators_review(world: TalentWorld) -> None:
    world.complete()
    for caller in (world.sofia, world.mia, world.omar):
        assert caller.call(REVIEW, {"user": SOFIA, "approve": True}).code == "FORBIDDEN"


def test_unchanged_update_writes_nothing(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    version = world.profile().version
    world.update(**COMPLETE)
    assert world.profile().version == version
    assert world.events() == ["UPDATE"]


def test_hidden_changes_cause_no_event(world: TalentWorld) -> None:
    world.update(**COMPLETE)
    world.update(workPhone="+351912345678")
    world.added("certificate", **LEAST["certificate"], visibility="PRIVATE")
    assert world.events() == ["UPDATE"]


def test_weights_of_completeness_make_hundred() -> None:
    assert sum(one.weight for one in SECTIONS) == 100
    assert sorted((one.weight for one in SECTIONS), reverse=True) == [one.weight for one in SECTIONS]


def test_completeness_grows_with_each_section(world: TalentWorld) -> None:
    summary = """profileCompletenessSummary {
      actual action actionCredit skillsCount employmentRecordCount educationRecordCount portraitRecordCount }"""
    world.update(title="Painter")
    first = world.seen(world.sofia, summary)["profileCompletenessSummary"]
    assert first == {
        "actual": 20,  # the portrait and the title
        "action": "Write an overview",
        "actionCredit": 15,
        "skillsCount": 0,
        "employmentRecordCount": 0,
        "educationRecordCount": 0,
        "portraitRecordCount": 1,
    }
    world.complete()
    for kind in ("employment", "education", "certificate", "account"):
        world.added(kind, **LEAST[kind])
    world.sofia.call(ADD_ENGLISH)
    world.sofia.call(FULL_TIME)
    world.sofia.call('mutation { createPortfolioProject(input: {title: "Gulls"}) { id } }')
    full = world.seen(world.sofia, summary)["profileCompletenessSummary"]
    assert (full["actual"], full["action"], full["actionCredit"]) == (100, None, None)
    assert world.talent(world.sofia, "profileCompleteness { pciActual }") == {"profileCompleteness": {"pciActual": 100}}
    assert world.seen(world.omar, summary) == {"profileCompletenessSummary": None}


ADD_ENGLISH = """mutation { addFreelancerLanguage(input: {language: {
  language: {iso639Code: "en", active: true, englishName: "English"}, proficiencyLevel: {code: "3"}}}) { id } }"""
FULL_TIME = """mutation { updateFreelancerAvailability(input: {userId: "1", availability: {
  capacity: fullTime, creationDateTime: "2026-01-01T00:00:00Z"}}) { name } }"""


def language(code: str = "en", level: str = "3", **fields: Any) -> dict[str, Any]:
    proficiency = {"code": level} | ({"proficiencyTitle": fields.pop("title")} if "title" in fields else {})
    inner = {"language": {"iso639Code": code, "active": True, "englishName": "?"}, "proficiencyLevel": proficiency}
    return {"userId": OLIVIA, "language": inner | ({"id": fields.pop("id")} if "id" in fields else {})} | fields


def add_language(world: TalentWorld, **given: Any) -> Any:
    query = """mutation ($input: FreelancerLanguageInput!) { addFreelancerLanguage(input: $input) {
      id proficiencyTitle verified language { iso639Code englishName } } }"""
    return world.sofia.call(query, {"input": language(**given)})


def test_language_is_kept_once_with_its_last_level(world: TalentWorld) -> None:
    assert add_language(world, level="2").data["addFreelancerLanguage"] == {
        "id": "en",
        "proficiencyTitle": "CONVERSATIONAL",
        "verified": False,
        "language": {"iso639Code": "en", "englishName": "English"},
    }
    assert add_language(world, code="EN", level="native_or_bilingual", title="NATIVE_OR_BILINGUAL", id="en").data
    assert add_language(world, code="pt", iso639Code="pt").data
    part = "languages { edges { node { language { iso639Code } proficiencyTitle } } }"
    assert [edge["node"] for edge in world.seen(world.omar, part)["languages"]["edges"]] == [
        {"language": {"iso639Code": "en"}, "proficiencyTitle": "NATIVE_OR_BILINGUAL"},
        {"language": {"iso639Code": "pt"}, "proficiencyTitle": "FLUENT"},
    ]
    remove = 'mutation { removeFreelancerLanguage(userId: "1", iso639Code: "PT") }'
    assert world.sofia.call(remove).data == {"removeFreelancerLanguage": True}
    assert world.sofia.call(remove).code == "NOT_FOUND"
    assert world.profile().english == "NATIVE_OR_BILINGUAL"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"iso639Code": "fr"}, "iso639Code"),
        ({"id": "fr"}, "language.id"),
        ({"code": "klingon"}, "language.language.iso639Code"),
        ({"level": "5"}, "language.proficiencyLevel.code"),
        ({"level": "3", "title": "BASIC"}, "language.proficiencyLevel.proficiencyTitle"),
    ],
)
def test_contradicting_language_is_refused(world: TalentWorld, given: dict[str, Any], path: str) -> None:
    answer = add_language(world, **given)
    assert [one["path"] for one in answer.error["extensions"]["fields"]] == [f"input.{path}"]


AVAILABILITY = """mutation ($input: FreelancerProfileAvailabilityInput!) { updateFreelancerAvailability(input: $input) {
  id user { id } capacity name availabilityDateTime createdDateTime } }"""


def set_availability(world: TalentWorld, **fields: Any) -> Any:
    given = {"creationDateTime": "1999-01-01T00:00:00Z"} | fields
    return world.sofia.call(AVAILABILITY, {"input": {"userId": OLIVIA, "availability": given}})


def test_availability_is_the_callers_with_server_time(world: TalentWorld) -> None:
    answer = set_availability(world, capacity="partTime", availabilityDateTime="2030-01-01", sourceInput="profile_ui")
    found = answer.data["updateFreelancerAvailability"]
    assert (found["user"]["id"], found["name"], found["capacity"]) == (SOFIA, "Less than 30 hrs/week", "partTime")
    assert found["availabilityDateTime"] == "2030-01-01T00:00:00.000Z"
    assert not found["createdDateTime"].startswith("1999")
    set_availability(world, capacity="rangeOfHours", minHours=10, maxHours=20, availableDays=["MONDAY", "FRIDAY"])
    part = "personAvailability { capacity minHours maxHours availableDays availabilityDateTime }"
    assert world.talent(world.omar, part)["personAvailability"] == {
        "capacity": "rangeOfHours",
        "minHours": 10,
        "maxHours": 20,
        "availableDays": ["MONDAY", "FRIDAY"],
        "availabilityDateTime": "2030-01-01T00:00:00.000Z",
    }
    assert world.seen(world.omar, "availability { name }") == {"availability": {"name": "10 to 20 hrs/week"}}
    set_availability(world, capacity="fullTime", availabilityDateTime=None)
    assert world.talent(world.omar, part)["personAvailability"] == {
        "capacity": "fullTime",
        "minHours": None,
        "maxHours": None,
        "availableDays": ["MONDAY", "FRIDAY"],
        "availabilityDateTime": None,
    }


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"capacity": "rangeOfHours"}, "minHours"),
        ({"capacity": "rangeOfHours", "minHours": 30, "maxHours": 20}, "maxHours"),
        ({"capacity": "rangeOfHours", "minHours": 1, "maxHours": 169}, "maxHours"),
        ({"capacity": "fullTime", "minHours": 1}, "minHours"),
        ({"availabilityDateTime": "soon"}, "availabilityDateTime"),
        ({"creationDateTime": "soon"}, "creationDateTime"),
    ],
)
def test_wrong_availability_is_refused(world: TalentWorld, fields: dict[str, Any], path: str) -> None:
    answer = set_availability(world, **fields)
    assert answer.error["extensions"]["fields"][0]["path"] == f"input.availability.{path}"
