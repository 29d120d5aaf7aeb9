"""The proposals and invitations of the demo data, and that the API can continue from them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from souk.authentication.records import API_KEYS, MEMBERSHIPS
from souk.domains.identity.store import ORGANIZATIONS, USERS, create_user
from souk.domains.jobs.model import Access, Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import ACTIVITY, RELATIONS
from souk.domains.proposals.model import ClientStatus
from souk.domains.proposals.rules import applying
from souk.domains.proposals.store import INVITATIONS
from souk.domains.talent.model import Profile, ProfileState
from souk.domains.talent.rules.completeness import completeness
from souk.domains.talent.store import PROFILES
from souk.local.access import issue_token
from souk.local.demo import conversations
from souk.local.demo.applications import (
    CHATBOT,
    HUBSPOT,
    LAST,
    LOGO,
    VOICE,
    WRITTEN_TO,
    applications,
    invitations,
)
from souk.local.demo.conversations import CONVERSATIONS, write_conversations
from souk.local.demo.past import write_past
from souk.local.demo.people import api_key, demo_people, user_id
from souk.local.demo.posts import jobs
from souk.local.demo.profiles import texts, write_profiles
from souk.storage import Table
from souk.storage.transaction import OUTBOX_PREFIX
from souk.values.problems import Problems
from souk.values.times import stamp
from tests.support.api import Person, Souk
from tests.support.audit import audit
from tests.support.clock import CLOCK
from tests.support.demo import NOW

PEOPLE = demo_people(NOW)
POSTED = list(jobs(PEOPLE.clients, NOW))
PRIVATE = [job for job in POSTED if job.access is Access.ACCESS_PRIVATE and job.status is Status.REQUESTED][:2]
LIST = """query ($id: ID!, $filter: ClientProposalFilter) { clientProposals(jobPostingId: $id, filter: $filter) {
  edges { node { status { status reason { reason } } user { name } organization { name } annotations } } } }"""


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock to the time of the module's data."""
    CLOCK.at(NOW)


@pytest.fixture
def loaded(table: Table) -> Table:
    """Return a table with the proposals, the invitations and their people."""
    own = Table(table.client, table.name, CLOCK, writes=("",))
    involved = {LOGO, CHATBOT, HUBSPOT, VOICE} | {job.id for job in PRIVATE}
    tx = own.transaction()
    for organization in PEOPLE.organizations:
        tx.create(ORGANIZATIONS, organization)
    for user in PEOPLE.users[:10]:
        create_user(tx, USERS.model.model_validate(user))
    tx.commit()
    tx = own.transaction()
    for user in PEOPLE.users[10:]:
        create_user(tx, USERS.model.model_validate(user))
    tx.create(API_KEYS, api_key(NOW))
    tx.commit()
    tx = own.transaction()
    for member in PEOPLE.memberships:
        tx.create(MEMBERSHIPS, member)
    tx.commit()
    tx = own.transaction()
    for job in POSTED:
        if job.id in involved:
            tx.create(JOBS, job)
    for invitation, relation in invitations(PRIVATE, NOW):
        tx.create(INVITATIONS, invitation)
        tx.create(RELATIONS, relation)
    tx.commit()
    write_profiles(own, PEOPLE.memberships, NOW)
    for application in applications(POSTED, NOW):
        application.write(own)
    write_past(own, PEOPLE.organizations, POSTED, NOW)
    return own


@pytest.fixture
def ask(loaded: Table) -> Callable[..., Any]:
    """Return a function that calls the API as a demo person."""

    def asking(email: str, query: str, variables: dict[str, Any] | None = None) -> Any:
        user = next(one for one in PEOPLE.users if one.email == email)
        who = Person(Souk.whole(loaded), user.id, user.organization_id, issue_token(loaded, email))
        return who.call(query, variables).data

    return asking


def test_client_lists_proposals_in_several_states(ask: Callable[..., Any]) -> None:
    def listed(job_id: str, **involved: str) -> list[Any]:
        answer = ask("olivia@acme.test", LIST, {"id": job_id, "filter": involved})
        return [edge["node"] for edge in answer["clientProposals"]["edges"]]

    mia, sofia = listed(LOGO)
    assert (mia["status"]["status"], mia["organization"]["name"]) == ("Activated", "Pixel Agency")
    assert (sofia["status"]["status"], sofia["annotations"]) == ("Created", ["Shortlisted", "Read"])
    assert [one["user"]["name"] for one in listed(LOGO, topRated_eq="TOP_RATED")] == ["Sofia A."]
    assert listed(CHATBOT) == []
    assert [one["status"]["status"] for one in listed(CHATBOT, annotations_eq="Hidden")] == ["Created"]
    (noah,) = listed(HUBSPOT)
    assert noah["status"] == {"status": "Declined", "reason": {"reason": "hired-someone-else"}}
    assert [one["status"]["status"] for one in listed(VOICE)] == ["Withdrawn"]


def test_activity_of_jobs_matches_records(loaded: Table) -> None:
    audit(loaded)
    Souk.whole(loaded).run_due(NOW + timedelta(minutes=1))
    around = loaded.read_tally(ACTIVITY, LOGO)
    assert (around.proposals, around.messaged, around.shortlisted, around.bids) == (2, 1, 1, 2)
    assert (around.lowest_bid, around.highest_bid, around.interviewed_bid_total) == (3_200, 4_000, 4_000)
    assert loaded.read_tally(ACTIVITY, CHATBOT).hidden == 1
    assert loaded.read_tally(ACTIVITY, VOICE).bids == 0


def test_proposals_follow_rules_and_their_jobs() -> None:
    by_id = {job.id: job for job in POSTED}
    for application in applications(POSTED, NOW):
        one, problems = application.proposal, Problems("input")
        job = by_id[one.job_id]
        assert job.status is Status.REQUESTED
        assert job.created < one.created <= one.modified
        assert applying.letter(problems, job, one.cover_letter) == one.cover_letter
        applying.check_sum(problems, one.plan, one.amount, one.currency)
        problems.raise_if_any()
        assert not one.plan or job.info.freelancer_milestones_allowed is not False
        assert len(one.answers) == len(job.questions or ())
        assert (one.client_status in {ClientStatus.DECLINED, ClientStatus.WITHDRAWN}) == (one.note is not None)


def stored_profiles(table: Table) -> list[Profile]:
    found = [table.get(PROFILES, user_id(text["user"])) for text in texts()]
    return [one for one in found if one]


def test_profiles_are_full_and_accepted(loaded: Table) -> None:
    found = stored_profiles(loaded)
    assert len(found) == len(texts())
    for one in found:
        assert one.state is ProfileState.AUTO_ACCEPTED
        assert completeness(one, portrait=True).percent == 100
        assert len(one.skills) >= 4


def test_profiles_are_written_once(loaded: Table) -> None:
    before = stored_profiles(loaded)
    assert write_profiles(loaded, PEOPLE.memberships, NOW) == 0
    assert stored_profiles(loaded) == before


def test_interrupted_profile_is_completed(loaded: Table) -> None:
    full = stored_profiles(loaded)[0]
    tx = loaded.transaction()
    tx.update(PROFILES, full.model_copy(update={"state": ProfileState.DRAFT, "accounts": ()}))
    tx.commit()
    assert write_profiles(loaded, PEOPLE.memberships, NOW) == 1
    again = stored_profiles(loaded)[0]
    assert (again.employment, again.certificates) == (full.employment, full.certificates)
    assert (len(again.accounts), again.state) == (1, ProfileState.AUTO_ACCEPTED)


def test_conversation_about_proposal_is_written_once(loaded: Table, ask: Callable[..., Any]) -> None:
    query = """query ($id: ID!) { proposalRoom(vendorProposalId: $id) { numUnread latestStory { message }
      stories { edges { node { user { id } createdDateTime } } } } }"""
    proposals = [one for one in CONVERSATIONS if one.name == "shipyard"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(conversations, "CONVERSATIONS", tuple(proposals))
        assert write_conversations(loaded, PEOPLE.memberships, NOW) == 1
        assert write_conversations(loaded, PEOPLE.memberships, NOW) == 0
    room = ask("mia@pixelagency.test", query, {"id": WRITTEN_TO})["proposalRoom"]
    assert (room["numUnread"], room["latestStory"]["message"]) == (1, proposals[0].turns[-1][2])
    times = [edge["node"]["createdDateTime"] for edge in room["stories"]["edges"]]
    assert times == [stamp(NOW - timedelta(days=days)) for days, *_ in reversed(proposals[0].turns)]


def test_noah_can_accept_an_invitation(ask: Callable[..., Any]) -> None:
    invitation = next(invitation for invitation, _ in invitations(PRIVATE, NOW))
    accept = f"""mutation {{ acceptJobInvitation(input: {{ invitationId: "{invitation.id}", coverLetter: "Gladly.",
      chargedAmount: {{ amount: "60", currency: "USD" }} }}) {{ status {{ status }} }} }}"""
    assert ask("noah@studio.test", accept)["acceptJobInvitation"]["status"]["status"] == "Activated"


def test_no_events_are_published(loaded: Table) -> None:
    pages = loaded.client.get_paginator("scan").paginate(TableName=loaded.name)
    assert not [one for page in pages for one in page["Items"] if one["PK"]["S"].startswith(OUTBOX_PREFIX)]


def test_documented_ids_are_correct() -> None:
    text = Path("docs/demo-data.md").read_text("utf-8")
    all_applications = list(applications(POSTED, NOW))
    assert all_applications[-1].proposal.id == LAST
    ids = [id_ for one in all_applications for id_ in (one.proposal.id, one.proposal.job_id)]
    for id_ in (*ids, *(invitation.id for invitation, _ in invitations(PRIVATE, NOW))):
        assert f"`{id_}`" in text


def test_ids_follow_the_order_of_creation() -> None:
    """Lists in the order of creation go by id."""
    created = [application.proposal.created for application in applications(POSTED, NOW)]
    assert created == sorted(created)
    posted = [job.created for job in sorted(POSTED, key=lambda job: int(job.id))]
    assert posted == sorted(posted)


def test_nobody_applies_before_the_posting() -> None:
    published = {job.id: job.published for job in POSTED}
    for application in applications(POSTED, NOW):
        posted = published[application.proposal.job_id]
        assert posted is not None
        assert application.proposal.created > posted
