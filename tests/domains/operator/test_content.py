"""Reports of content, the reviews of them, and takedowns of job postings."""

from typing import Any

import pytest

from souk.domains.audit.store import ACTIONS
from souk.domains.jobs.search import index
from souk.domains.mails.store import MAILS
from souk.domains.moderation.store import REPORTS
from souk.domains.operator.commands import reporting
from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from souk.runtime import mail, operator_log
from tests.domains.operator.conftest import ADA, HOUSE
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, DESIGN, fixed_price
from tests.support.worlds.proposals import ProposalsWorld

REPORT = """mutation ($input: ReportContentInput!) { reportContent(input: $input) {
  id kind contentId reason details state content reporter { id } } }"""
RESOLVE = """mutation ($input: ResolveContentReportInput!) { resolveContentReport(input: $input) {
  id state content } }"""
TAKE_DOWN = """mutation ($id: ID!) { takeDownContent(input: {
  kind: JOB_POSTING, id: $id, reason: "A scam", note: "Seen before", notify: true}) { status takenDown reports } }"""
RESTORE = """mutation ($id: ID!) { restoreContent(kind: JOB_POSTING, id: $id, reason: "A mistake") {
  status takenDown } }"""
ITEMS = """query ($filter: ModerationFilter!, $page: Pagination) { moderationItems(filter: $filter, pagination: $page) {
  totalCount pageInfo { hasNextPage endCursor } edges { node { id title takenDown reports owner { id } } } } }"""
REVIEWS = """query ($filter: OperatorReviewFilter) { operatorReviews(filter: $filter) {
  totalCount edges { node { id kind state title note organization { id } requestedBy { id } decidedBy { id }
    contentReport { id content details reporter { id } } apiKey { id } profileUser { id } } } } }"""
POSTING = "query ($id: ID!) { jobPosting(jobPostingId: $id) { info { status reasonName } content { title } } }"
ON_MARKET = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id content { title description } } }"


class Moderation(ProposalsWorld):
    """A marketplace with a client, freelancers and an operator."""

    def __init__(self, souk: Souk) -> None:
        super().__init__(souk)
        founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
        bootstrap(self.souk.table, founder, "A test", CLOCK.market())
        self.operator = person(souk, ADA, HOUSE)

    def report(self, who: Person, id_: str, **given: Any) -> Answer:
        """Report a posting."""
        return who.call(REPORT, {"input": {"kind": "JOB_POSTING", "contentId": id_, "reason": "FRAUD", **given}})

    def resolve(self, report_id: str, who: Person | None = None, *, take_down: bool, note: str = "A scam") -> Answer:
        """Decide a report."""
        given = {"id": report_id, "takeDown": take_down, "note": note, "notifyReporter": True}
        return (who or self.operator).call(RESOLVE, {"input": given})

    def items(self, kind: str = "JOB_POSTING", **conditions: Any) -> Any:
        """Return the content that the operator finds."""
        found = self.operator.call(ITEMS, {"filter": {"kind_eq": kind, **conditions}}).data["moderationItems"]
        return [edge["node"] for edge in found["edges"]]

    def reviews(self, **conditions: Any) -> Any:
        """Return the reviews that the operator finds."""
        found = self.operator.call(REVIEWS, {"filter": conditions}).data["operatorReviews"]
        assert found["totalCount"] == len(found["edges"])
        return [edge["node"] for edge in found["edges"]]

    def mails(self) -> list[tuple[str, str]]:
        """Return the templates and recipients of waiting mails."""
        found = [MAILS.decode(item) for item in self._all() if item["PK"]["S"].startswith("MAIL#")]
        return sorted((one.template.value, one.user_id) for one in found)

    def actions(self) -> list[str]:
        """Return the names of the operator's actions."""
        found = [ACTIONS.decode(item) for item in self._all() if item["PK"]["S"].startswith("AUDIT#")]
        return [one.action for one in sorted(found, key=lambda one: one.id) if one.operator_id]

    def all_events(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return the events that concern operators, with their audiences."""
        return [(one.entity, one.action, one.audience) for one in self._events() if one.entity in {"CONTENT", "REVIEW"}]

    def _all(self) -> list[dict[str, Any]]:
        return self.souk.table.client.scan(TableName=self.souk.table.name)["Items"]


@pytest.fixture
def world(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> Moderation:
    monkeypatch.setattr(mail, "is_enabled", lambda: False)
    made = Moderation(souk)
    monkeypatch.setattr(index, "reader", lambda: made.index)
    return made


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what operators have read, which is added when they do."""
    recorded: list[str] = []
    monkeypatch.setattr(operator_log, "record_reads", lambda _operator, ids, _request: recorded.extend(ids))
    return recorded


def test_posting_is_taken_down_and_comes_back_as_draft(world: Moderation) -> None:
    job_id, other = world.post(), world.post(organization_id=DESIGN)
    proposal_id = world.apply(world.sofia, job_id, "900")
    invitation_id = world.invite(job_id, world.noah)
    assert world.act_on(world.olivia, "message", job_id, proposal_id, message="Hello").data
    room = "query ($id: ID!) { room(id: $id) { roomName } }"
    called = world.sofia.call(room, {"id": proposal_id}).data["room"]["roomName"]
    world.refresh()
    found = world.operator.call(TAKE_DOWN, {"id": job_id}).data["takeDownContent"]
    assert found == {"status": "CANCELLED", "takenDown": True, "reports": 0}
    assert world.operator.call(TAKE_DOWN, {"id": job_id}).data, "a repetition changes nothing"
    assert world.actions() == ["takeDownContent"]
    assert world.events()[-1] == ("CLOSE", job_id)
    assert world.all_events() == [("CONTENT", "TAKEDOWN", (HOUSE, ACME))]
    assert ("takedown", world.olivia.user_id) in world.mails()

    shown = world.olivia.call(POSTING, {"id": job_id}).data["jobPosting"]
    assert shown["info"] == {"status": "CANCELLED", "reasonName": "A scam"}
    assert world.olivia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]["id"] == job_id
    assert world.sofia.call(ON_MARKET, {"id": job_id}).code == "NOT_FOUND"
    assert world.search(world.sofia) == [other], "the search has not heard of it"
    title = {"title": "Removed job posting"}
    assert world.vendor_proposal(world.sofia, proposal_id)["marketplaceJobPosting"]["content"] == title
    invited = "query ($id: ID!) { vendorJobInvitation(id: $id) { marketplaceJobPosting { id } } }"
    assert world.noah.call(invited, {"id": invitation_id}).data["vendorJobInvitation"] == {
        "marketplaceJobPosting": None
    }
    assert world.accept_invitation(world.noah, invitation_id).code == "CONFLICT"
    refused = world.change(job_id, jobPostingInfo={"title": "Another one"})
    assert (refused.code, "A scam" in refused.error["message"]) == ("CONFLICT", True)
    assert world.close_job(job_id).code == "CONFLICT"
    world.souk.run_due()
    assert world.client_proposal(world.olivia, proposal_id)["status"]["status"] == "Archived"
    assert world.sofia.call(room, {"id": proposal_id}).data == {"room": {"roomName": "Removed job posting"}}

    back = world.operator.call(RESTORE, {"id": job_id}).data["restoreContent"]
    assert back == {"status": "DRAFT", "takenDown": False}
    assert world.sofia.call(ON_MARKET, {"id": job_id}).code == "NOT_FOUND", "it is a draft of its client"
    world.souk.run_due()
    assert world.sofia.call(room, {"id": proposal_id}).data == {"room": {"roomName": called}}
    assert world.change(job_id, jobPostingInfo={"status": "REQUESTED"}).data
    assert world.sofia.call(ON_MARKET, {"id": job_id}).data["marketplaceJobPosting"]["id"] == job_id
    world.refresh()
    assert set(world.search(world.sofia)) == {job_id, other}
    assert world.close_job(other).data
    world.operator.call(TAKE_DOWN, {"id": other})
    assert world.operator.call(RESTORE, {"id": other}).data["restoreContent"]["status"] == "CANCELLED"


def test_report_is_decided_once(world: Moderation, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = world.post(jobPostingInfo=fixed_price(description="Pay me first. " * 200))
    private = world.post_private()
    assert world.report(world.sofia, private).code == "NOT_FOUND"
    assert world.report(world.liam, job_id).data["reportContent"]["content"] is None, "a team does not own all of it"
    assert world.report(world.olivia, job_id).code == "FORBIDDEN"
    first = world.report(world.sofia, job_id, details="Asks for money", idempotencyKey="once").data["reportContent"]
    again = world.report(world.sofia, job_id, details="Asks for money", idempotencyKey="once").data["reportContent"]
    assert (first, first["reporter"]) == (again, {"id": world.sofia.user_id})
    assert world.report(world.sofia, job_id, idempotencyKey="once").code == "CONFLICT"
    (kept,) = [one for one in world.reviews(state_eq="OPEN") if one["contentReport"]["id"] == first["id"]]
    assert (kept["organization"], kept["requestedBy"]) == ({"id": ACME}, {"id": world.sofia.user_id})
    words = kept["contentReport"]["content"]
    assert (len(words), words.startswith(kept["title"])) == (reporting.MAX_CONTENT, True)
    assert set(reads) >= {first["id"]}
    assert world.items(id_any=[job_id])[0]["reports"] == 2

    other = meanwhile(monkeypatch, lambda: world.resolve(first["id"], take_down=False, note="Fine"))
    late = world.resolve(first["id"], take_down=True)
    assert other[0].data["resolveContentReport"]["state"] == "REJECTED"
    assert late.code == "CONFLICT"
    assert late.error["message"].startswith("Ada Lovelace rejected this at 20")
    assert world.sofia.call(ON_MARKET, {"id": job_id}).data
    second = world.report(world.noah, job_id).data["reportContent"]["id"]
    assert world.resolve(second, take_down=True).data["resolveContentReport"]["state"] == "RESOLVED"
    assert world.sofia.call(ON_MARKET, {"id": job_id}).code == "NOT_FOUND"
    assert world.actions() == ["resolveContentReport"] * 2
    assert world.mails() == [
        ("report_dismissed", world.sofia.user_id),
        ("report_resolved", world.noah.user_id),
        ("takedown", world.olivia.user_id),
    ]
    named = [(entity, action) for entity, action, audience in world.all_events() if HOUSE in audience]
    assert named.count(("CONTENT", "REPORT")) == named.count(("REVIEW", "OPEN")) == 3
    assert named.count(("REVIEW", "DECIDE")) == 2
    every = world.reviews()
    assert [one["state"] for one in every] == ["OPEN", "RESOLVED", "REJECTED"], "open first, then the latest decision"
    assert every[1]["decidedBy"] == {"id": ADA}
    assert world.reviews(state_eq="RESOLVED", kind_eq="CONTENT_REPORT", organizationId_eq=ACME) == [every[1]]
    one = world.operator.call("query ($id: ID!) { operatorReview(id: $id) { id note } }", {"id": every[1]["id"]})
    assert one.data["operatorReview"] == {"id": every[1]["id"], "note": "A scam"}
    (stored,) = [REPORTS.decode(item) for item in world._all() if item["PK"]["S"] == f"REPORT#{second}"]  # noqa: SLF001
    assert stored.title == every[1]["title"]


def test_reports_of_a_day_are_limited(world: Moderation, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = world.post()
    monkeypatch.setattr(reporting, "MAX_REPORTS", 2)
    codes = [world.report(world.sofia, job_id) for _ in range(3)]
    assert ["errors" in one.json for one in codes] == [False, False, True]
    assert codes[2].code == "LIMIT_EXCEEDED"
    assert world.items(id_any=[job_id])[0]["reports"] == 2


def test_content_is_listed_for_operators(world: Moderation) -> None:
    first = world.post(jobPostingInfo=fixed_price(title="A scam about gold"))
    second, draft = world.post(), world.post(jobPostingInfo=fixed_price(status="DRAFT"))
    world.refresh()
    world.operator.call(TAKE_DOWN, {"id": first})
    world.refresh()
    assert [one["id"] for one in world.items()] == [second]
    assert [one["id"] for one in world.items(takenDown_eq=True)] == [first]
    assert world.items(takenDown_eq=True, searchExpression_eq="silver") == []
    assert [one["id"] for one in world.items(takenDown_eq=True, searchExpression_eq="gold")] == [first]
    assert [one["id"] for one in world.items(organizationId_eq=ACME)] == [draft, second, first]
    assert [one["id"] for one in world.items(organizationId_eq=ACME, takenDown_eq=False)] == [draft, second]
    assert [one["id"] for one in world.items(id_any=[first, second, "77"], takenDown_eq=True)] == [first]
    assert world.items("GIG", organizationId_eq=world.sofia.organization_id) == []
    assert world.items("FREELANCER_PROFILE", organizationId_eq=world.sofia.organization_id) == []
    world.operator.call(RESTORE, {"id": first})
    assert world.items(takenDown_eq=True) == []
    one = """query ($id: ID!) { moderationItem(kind: JOB_POSTING, id: $id) { status owner { id } writer { id } } }"""
    shown = world.operator.call(one, {"id": first}).data["moderationItem"]
    assert shown == {"status": "DRAFT", "owner": {"id": ACME}, "writer": {"id": world.olivia.user_id}}
    assert world.operator.call(one, {"id": "77"}).data == {"moderationItem": None}
