"""The demo data: complete, plausible, and loaded once."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import orjson
import pytest
from moto import mock_aws

from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, MEMBERSHIPS, GrantType
from souk.authentication.tokens import digest
from souk.deadlines.model import DEADLINES
from souk.domains.audit.store import ACTIONS
from souk.domains.clouds.model import SectionType
from souk.domains.clouds.store import clouds_by_id, tasks_for
from souk.domains.customfields.model import AnswerSheet, FieldDefinition
from souk.domains.customfields.store import COMPANY_ANSWERS, COMPANY_FIELDS
from souk.domains.gigs.model import Status as GigStatus
from souk.domains.gigs.store import gigs_of, owned_key
from souk.domains.identity.model import Organization
from souk.domains.identity.rules import api_key_profile
from souk.domains.identity.store import ORGANIZATIONS, USERS, user_by_email
from souk.domains.jobs.model import Access, Job, Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import ACTIVITY, relations_for_search
from souk.domains.savedsearches.store import MATCHES, search_and_state
from souk.domains.talent.model import TalentBadge
from souk.domains.talent.store import PROFILES
from souk.domains.time.model import Stage
from souk.domains.time.rules.diary import worked_cells
from souk.domains.time.store import TIMESHEETS
from souk.graph import Scope
from souk.local.access import issue_token
from souk.local.demo import PASSWORD, load
from souk.local.demo.accounts import fill_in
from souk.local.demo.clouds import CLOUD
from souk.local.demo.deals import CONTRACT
from souk.local.demo.hours import track_weeks
from souk.local.demo.people import (
    KEY_ID,
    KEY_SECRET,
    OPERATOR,
    OPERATOR_KEY_ID,
    OPERATOR_KEY_SECRET,
    SERVICE_KEY_ID,
    SERVICE_KEY_SECRET,
    DemoPeople,
    organization_id,
    user_id,
)
from souk.local.demo.posts import briefs, job_id, posts
from souk.local.demo.savedsearches import LAST as LAST_SEARCH
from souk.storage import Table, View, counter_value
from souk.values.errors import Unprocessable
from souk.values.times import stamp
from tests.support import table as table_shape
from tests.support.api import Person, Souk
from tests.support.audit import audit, audit_tallies
from tests.support.clock import CLOCK
from tests.support.demo import NOW
from tests.support.fast_moto import answer_directly

SPECIFIED = (
    "olivia@acme.test",
    "liam@acme.test",
    "omar@rival.test",
    "sofia@studio.test",
    "noah@studio.test",
    "mia@pixelagency.test",
    "operator@souk.test",
)


@pytest.fixture(scope="module")
def loaded() -> Iterator[Table]:
    """Return a table with the demo data, loaded once for all tests because it takes moto seconds."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        with mock_aws():
            client = boto3.client("dynamodb", region_name="us-east-1")
            answer_directly(client)
            table_shape.create(client, "souk-demo-test")
            table = Table(client, "souk-demo-test", CLOCK, writes=("",))
            said: list[str] = []
            assert load(table, said.append, NOW) > 350
            assert len(said) == 1
            yield table


def test_second_load_writes_nothing(loaded: Table) -> None:
    said: list[str] = []
    assert load(loaded, said.append, NOW + timedelta(days=1)) == 0
    assert said == []


def test_operator_has_decided_about_the_companies(loaded: Table, people: DemoPeople) -> None:
    for company in people.organizations:
        stored = loaded.get(ORGANIZATIONS, company.id)
        assert stored is not None
        for name in ("enterprise", "billing_type", "payment_verification_status"):
            assert getattr(stored, name) == getattr(company, name)
    items = loaded.client.scan(TableName=loaded.name)["Items"]
    trail = [ACTIONS.decode(item) for item in items if item["PK"]["S"].startswith("AUDIT#")]
    assert Counter(action.action for action in trail).keys() == {"bootstrap", "setEnterprise", "verifyPayment"}
    acme = user_by_email(loaded, "olivia@acme.test")
    assert acme is not None
    changed = [action for action in trail if action.subject_id == acme.organization_id]
    assert {action.operator_id for action in changed} == {user_id(900)}


def test_people_have_filled_in_their_accounts(loaded: Table, people: DemoPeople) -> None:
    """What the commands store is what the demo data says."""
    for user in people.users:
        stored = loaded.get(USERS, user.id)
        assert stored is not None
        assert stored == user.model_copy(update={"version": stored.version})
    for place in people.organizations:
        found = loaded.get(ORGANIZATIONS, place.id)
        assert found is not None
        facts = {"version": found.version, "total_posted_jobs": found.total_posted_jobs}
        assert found == place.model_copy(update=facts)


def test_accounts_that_people_changed_are_kept(loaded: Table, people: DemoPeople) -> None:
    stored = loaded.get(USERS, people.users[0].id)
    assert stored is not None
    fill_in(loaded, people, NOW)
    assert loaded.get(USERS, people.users[0].id) == stored


def test_activity_of_postings_is_loaded(loaded: Table, people: DemoPeople) -> None:
    busy = max(posts(people.clients, NOW), key=lambda post: post.activity.proposals)
    assert loaded.read_tally(ACTIVITY, busy.job.id) == busy.activity


def test_saved_searches_have_matches_and_nothing_to_tell(loaded: Table) -> None:
    for id_ in ("1395000000000000001", LAST_SEARCH):
        found = search_and_state(loaded, id_)
        assert found is not None
        search, state = found
        assert state.told == state.sequence > 1
        assert search.filter
        stored = loaded.query(MATCHES, f"SAVEDMATCH#{id_}", prefix="MATCH#").items
        times = [one.matched for one in stored]
        assert times == sorted(times)
        assert search.created < times[0] < times[-1] <= stamp(NOW)


def test_custom_fields_are_answered_when_postings_are_published(loaded: Table) -> None:
    acme = organization_id(1)
    fields: list[FieldDefinition] = COMPANY_FIELDS.of(loaded, acme).all(View())
    assert [one.label for one in fields] == ["Cost centre", "Purchase order", "Approved by legal"]
    sheets: list[AnswerSheet] = COMPANY_ANSWERS.of(loaded, acme).all(View())
    assert [len(one.answers) for one in sheets] == [1, 2, 1, 2]
    for sheet in sheets:
        job = loaded.get(JOBS, sheet.owner_id)
        assert job is not None
        assert {one.created for one in sheet.answers} == {job.published}
        assert job.status is Status.REQUESTED


def test_loaded_gigs_are_counted(loaded: Table) -> None:
    for email in ("sofia@studio.test", "noah@studio.test", "mia@pixelagency.test"):
        owner = user_by_email(loaded, email)
        assert owner is not None
        stored = gigs_of(loaded, owner.id)
        assert GigStatus.DELETED not in {gig.status for gig in stored}
        items = loaded.batch_get([owned_key(owner.id)])
        assert counter_value(items[owned_key(owner.id)]) == len(stored) > 0


def test_interrupted_load_is_completed(loaded: Table) -> None:
    lost = [job_id(5), job_id(len(briefs()) - 1)]
    changed = loaded.get(JOBS, job_id(6))
    assert changed is not None
    tx = loaded.transaction()
    for one in lost:
        gone = loaded.get(JOBS, one)
        assert gone is not None
        tx.delete(JOBS, gone)
    tx.update(JOBS, changed.model_copy(update={"status": Status.DELETED_DRAFT}))
    tx.commit()
    assert load(loaded, lambda _line: None, NOW) == len(lost)
    assert all(loaded.get(JOBS, one) for one in lost)
    stored = loaded.get(JOBS, job_id(6))
    assert stored is not None
    assert stored.status is Status.DELETED_DRAFT


def test_demo_key_has_others_scopes_and_hashed_secret(loaded: Table) -> None:
    key = loaded.get(API_KEYS, "souk-demo")
    assert key is not None
    assert set(key.scopes) == {scope.value for scope in Scope} - {Scope.OPERATOR}
    assert [one.hash for one in key.secrets] == [digest("souk-demo-secret")]
    assert key.redirect_uris == ("http://127.0.0.1:9/callback",)
    stored = str(loaded.client.scan(TableName=loaded.name)["Items"])
    assert "souk-demo-secret" not in stored
    assert "souk-demo-1" not in stored


def _as(table: Table, email: str) -> Person:
    user = user_by_email(table, email)
    assert user is not None
    return Person(Souk.whole(table), user.id, user.organization_id, issue_token(table, email))


def test_every_person_can_call_the_api(loaded: Table) -> None:
    found = {}
    for email in SPECIFIED:
        answer = _as(loaded, email).call(
            "{ user { email } organization { name legacyType parentOrganization { name } }"
            "  companySelector { items { title } } }"
        )
        assert answer.data["user"]["email"] == email
        organization = answer.data["organization"]
        parent = organization["parentOrganization"]
        found[email] = (organization["name"], organization["legacyType"], parent and parent["name"])
        assert len(answer.data["companySelector"]["items"]) == 1
    assert found == {
        "olivia@acme.test": ("Acme", "CLIENT", None),
        "liam@acme.test": ("Web Store", "CLIENT", "Acme"),
        "omar@rival.test": ("Rival", "CLIENT", None),
        "sofia@studio.test": ("Sofia A.", "VENDOR", None),
        "noah@studio.test": ("Noah F.", "VENDOR", None),
        "mia@pixelagency.test": ("Pixel Agency", "VENDOR", None),
        "operator@souk.test": ("Souk Operations", "CLIENT", None),
    }


def test_olivia_owns_acme_and_liam_manages_one_team(loaded: Table) -> None:
    query = "{ organization { childOrganizations { name } staffs { edges { node { user { name } staffType } } } } }"
    acme = _as(loaded, "olivia@acme.test").call(query).data["organization"]
    assert [team["name"] for team in acme["childOrganizations"]] == ["Web Store", "Operations"]
    assert acme["staffs"]["edges"] == [
        {"node": {"user": {"name": "Olivia O."}, "staffType": 3}},
        {"node": {"user": {"name": "Souk demo service"}, "staffType": 2}},
    ]
    web = _as(loaded, "liam@acme.test").call(query).data["organization"]
    assert web["staffs"]["edges"] == [{"node": {"user": {"name": "Liam L."}, "staffType": 2}}]


def test_there_is_one_operator_with_a_key(loaded: Table) -> None:
    pages = loaded.client.get_paginator("scan").paginate(TableName=loaded.name)
    items = [item for page in pages for item in page["Items"]]
    members = [MEMBERSHIPS.decode(item) for item in items if item.get("type", {}).get("S") == MEMBERSHIPS.name]
    assert [one.user_id for one in members if one.operator] == [user_id(900)]
    key = loaded.get(API_KEYS, OPERATOR_KEY_ID)
    assert key is not None
    assert Scope.OPERATOR in key.scopes
    assert key.accepts_secret(digest(OPERATOR_KEY_SECRET), CLOCK.real())


def test_token_of_the_operator_has_the_operators_scope(loaded: Table) -> None:
    review = 'mutation { reviewWebhookSubscription(id: "1", approve: true) { id } }'
    assert _as(loaded, OPERATOR).call(review).code == "NOT_FOUND"


def test_liam_manages_one_team(people: DemoPeople) -> None:
    liam = next(user for user in people.users if user.email == "liam@acme.test")
    assert [one.role for one in people.memberships if one.user_id == liam.id] == [Role.HIRING_MANAGER]


def test_freelancers_have_different_relations(loaded: Table) -> None:
    sofia, noah = (user_by_email(loaded, email) for email in ("sofia@studio.test", "noah@studio.test"))
    assert sofia is not None
    assert noah is not None
    bound, invited = (relations_for_search(loaded, one.id, with_clients=True) for one in (sofia, noah))
    assert CLOUD in bound.clouds
    assert len(bound.clients) > 1
    assert not invited.clouds
    for job in invited.invitations:
        found = loaded.get(JOBS, job)
        assert found is not None
        assert found.access is Access.ACCESS_PRIVATE


def test_restricted_jobs_name_real_clouds_of_their_clients(loaded: Table, posted: list[Job]) -> None:
    named = {(cloud, job.company_id) for job in posted for cloud in job.talent_cloud_ids}
    clouds = clouds_by_id(loaded, {cloud for cloud, _ in named})
    assert {(one.id, one.company_id) for one in clouds.values() if one.active} == named
    acme = tasks_for(loaded, CLOUD)
    assert acme
    assert [one.key for one in acme.of_types(SectionType.ONBOARDING)] == ["agreement", "access"]


def test_posted_totals_include_demo_jobs(loaded: Table, posted: list[Job]) -> None:
    counted = Counter(job.company_id for job in posted if job.published)
    for company_id, count in counted.items():
        company: Organization | None = loaded.get(ORGANIZATIONS, company_id)
        assert company is not None
        assert company.total_posted_jobs >= count


def test_documented_jobs_are_correct(people: DemoPeople, posted: list[Job]) -> None:
    text = Path("docs/demo-data.md").read_text("utf-8")
    rows = dict(re.findall(r"\| `(14\d{17})` \| (.+?) \|", text))
    job = {said: next(one for one in posted if one.id == job_id) for job_id, said in rows.items()}
    owner = {
        said: next(one.name for one in people.organizations if one.id == job[said].organization_id) for said in job
    }
    seen = {
        said: (owner[said], one.status.value, one.access.value, one.cloud_visibility.value) for said, one in job.items()
    }
    for said, (team, status, access, cloud) in seen.items():
        for word, is_so in (
            ("Web Store", team == "Web Store"),
            ("Rival", team == "Rival"),
            ("draft", status == "DRAFT"),
            ("filled", status == "FILLED"),
            ("cancelled", status == "CANCELLED"),
            ("ACCESS_PUBLIC", access == "ACCESS_PUBLIC"),
            ("ACCESS_PRIVATE", access == "ACCESS_PRIVATE"),
            ("ONLY_INVITED", cloud == "ONLY_INVITED"),
            ("talent cloud", cloud == "MEMBER_SELECTED_CLOUD"),
        ):
            assert is_so or word not in said, said
    assert len(seen) == 9
    assert f"| `{OPERATOR}` | `{user_id(900)}` |" in text
    for user in people.users:
        if user.email in SPECIFIED:
            assert f"| `{user.email}` | `{user.id}` |" in text
    assert f"{len(posted)} job posts" in text
    assert job_id(len(posted) - 1) in text


def test_acme_service_account_has_role_and_no_login(loaded: Table) -> None:
    key = loaded.get(API_KEYS, "souk-demo-service")
    assert key is not None
    assert key.accepts_secret(digest("souk-demo-service-secret"), NOW)
    assert key.grants == (GrantType.CLIENT_CREDENTIALS,)
    account = loaded.get(USERS, key.service_account_id or "")
    member = loaded.get(MEMBERSHIPS, key.service_account_id or "", key.organization_id)
    company = loaded.get(ORGANIZATIONS, key.organization_id)
    assert account is not None
    assert member is not None
    assert company is not None
    assert (account.service, member.role, company.enterprise) == (True, Role.MEMBER, True)


@pytest.mark.parametrize(
    ("email", "may"),
    [
        ("olivia@acme.test", True),
        ("sofia@studio.test", True),
        ("mia@pixelagency.test", True),
        ("noah@studio.test", False),
    ],
)
def test_only_complete_profiles_may_create_api_keys(loaded: Table, email: str, may: bool) -> None:
    user = user_by_email(loaded, email)
    assert user is not None
    company = loaded.get(ORGANIZATIONS, user.company_ids[0])
    assert company is not None
    if may:
        api_key_profile.check(user, company)
    else:
        with pytest.raises(Unprocessable, match="full address"):
            api_key_profile.check(user, company)


def test_standing_and_scores_follow_from_finished_work(loaded: Table) -> None:
    judged = {number: loaded.get(PROFILES, user_id(number), consistent=True) for number in (101, 102, 110)}
    assert {number: (one.standing, one.job_success) for number, one in judged.items() if one} == {
        101: (TalentBadge.TOP_RATED, 96),
        102: (TalentBadge.HIPO, None),
        110: (TalentBadge.TOP_RATED_PLUS, 100),
    }
    audit_tallies(loaded, audit(loaded, only=[]))


def test_documented_credentials_are_correct(people: DemoPeople) -> None:
    text = Path("docs/demo-data.md").read_text("utf-8")
    keys = (KEY_ID, KEY_SECRET, SERVICE_KEY_ID, SERVICE_KEY_SECRET, OPERATOR_KEY_ID, OPERATOR_KEY_SECRET)
    for word in (PASSWORD, *keys):
        assert f"`{word}`" in text
    companies = sum(not one.is_team for one in people.organizations) + 1  # and the operators'
    humans = sum(not one.service for one in people.users) + 1
    assert f"{companies} organizations, {humans} people" in text


def test_weeks_of_time_are_billed_and_released(loaded: Table) -> None:
    """NOW is a Sunday: the week before it is released, too, and the running one holds what is over."""
    CLOCK.at(NOW)
    query = """{ timesheets { edges { node { contractId week state workedMinutes manualMinutes protectedMinutes
      amount { rawValue } billedDateTime releasedDateTime } } } }"""
    found = [one["node"] for one in _as(loaded, "olivia@acme.test").call(query).data["timesheets"]["edges"]]
    assert {one["contractId"] for one in found} == {CONTRACT}
    assert [(one["week"], one["state"]) for one in found] == [
        ("2026-11-16", "OPEN"),
        ("2026-11-09", "RELEASED"),
        ("2026-11-02", "RELEASED"),
        ("2026-10-26", "RELEASED"),
    ]
    assert {(one["workedMinutes"], one["manualMinutes"], one["protectedMinutes"]) for one in found} == {(420, 60, 360)}
    assert {one["amount"]["rawValue"] for one in found[1:]} == {"455.00"}
    assert found[1]["billedDateTime"].startswith("2026-11-16T12:")
    assert found[1]["releasedDateTime"] == "2026-11-21T00:00:00.000Z"
    assert _due_weeks(loaded) == [("time.bill", "2026-11-23T12")]


def test_interrupted_week_is_completed_by_the_next_load(loaded: Table, people: DemoPeople) -> None:
    later = NOW + timedelta(days=9)
    assert [track_weeks(loaded, people.memberships, later) for _ in range(2)] == [1, 0]
    week = loaded.get(TIMESHEETS, CONTRACT, "2026-11-16", consistent=True)
    assert week is not None
    assert (week.stage, week.released, worked_cells(week)) == (Stage.RELEASED, "2026-11-28T00:00:00.000Z", 42)
    assert _due_weeks(loaded) == []


def _due_weeks(table: Table) -> list[tuple[str, str]]:
    """Return the kinds and hours of the deadlines of weeks."""
    items = table.client.scan(TableName=table.name)["Items"]
    due = [DEADLINES.decode(item) for item in items if item.get("type", {}).get("S") == DEADLINES.name]
    return [(one.kind, one.hour) for one in due if one.kind.startswith("time.")]


def test_activities_are_as_documented(loaded: Table) -> None:
    page = (Path(__file__).parents[3] / "docs" / "activities.md").read_text("utf-8")
    examples = re.findall(r"ask \"\$(\w+)\" '(.+?)'\n```\n\n```json\n(.+?)\n```", page, re.DOTALL)
    assert [name for name, _, _ in examples] == ["OLIVIA", "SOFIA"]
    emails = {"OLIVIA": "olivia@acme.test", "SOFIA": "sofia@studio.test"}
    for name, query, expected in examples:
        assert {"data": _as(loaded, emails[name]).call(query).data} == orjson.loads(expected)
