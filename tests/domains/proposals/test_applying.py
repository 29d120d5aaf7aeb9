"""Applying to jobs through the API: content, permissions, updates and withdrawal."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from souk.domains.market.model import RelationKind
from souk.domains.talent.store import PROFILES
from souk.values.times import date_time
from tests.support.api import person
from tests.support.worlds.jobs import ACME, SOFIA, STUDIO, fixed_price
from tests.support.worlds.proposals import ADA, AGENCY, CREW, IVY, ProposalsWorld


def test_hourly_proposal(world: ProposalsWorld) -> None:
    job = world.post_hourly("When?", "How?")
    answers = [{"questionId": "2", "answer": "Carefully"}, {"questionId": "1", "answer": "Soon"}]
    made = world.try_apply(
        world.sofia, job, "41.5", coverLetter="  Hello\r\nthere ", estimatedDurationId="3", answers=answers
    ).data["createJobProposal"]
    assert made["status"] == "Accepted"
    seen = world.vendor_proposal(world.sofia, made["newProposalId"])
    assert made["proposal"] == seen
    assert seen["user"] == {"id": SOFIA}
    assert seen["organization"] == {"id": STUDIO}
    assert seen["coverLetter"] == seen["proposalCoverLetter"] == "Hello\nthere"
    assert seen["terms"] == {
        "chargeRate": {"rawValue": "41.50", "currency": "USD"},
        "estimatedDuration": {"id": "3", "label": "1 to 3 months"},
        "upfrontPaymentPercent": None,
    }
    assert (seen["projectPlan"], seen["annotations"]) == (None, [])
    assert seen["status"] == {"status": "Accepted", "reason": None}
    assert seen["auditDetails"]["createdByUser"] == seen["auditDetails"]["modifiedByUser"] == {"id": SOFIA}
    created = world.stored_proposal(seen["id"]).created
    assert seen["auditDetails"]["createdDateTime"] == date_time(created)
    raw = int(seen["auditDetails"]["createdDateTime"]["rawValue"])
    assert datetime.fromtimestamp(raw / 1000, UTC) == datetime.fromisoformat(created)
    assert seen["marketplaceJobPosting"]["id"] == job
    got = world.client_proposal(world.olivia, seen["id"])
    assert got["status"] == {"status": "Created", "reason": None}
    assert got["job"]["id"] == job
    assert got["coverLetter"] == "Hello\nthere"
    assert got["answers"] == seen["answers"]
    assert [(one["question"], one["answer"]) for one in seen["answers"]] == [("When?", "Soon"), ("How?", "Carefully")]
    assert world.event_names_of_both_sides(seen["id"]) == (
        ["VendorInitiate", "VendorCreate", "SystemAccept"],
        ["VendorCreate", "SystemPublish"],
    )
    assert world.activity_counts(job) == {"proposals": 1, "bids": 1, "bid_total": 4150}


def test_each_side_reads_its_own_view_only(world: ProposalsWorld) -> None:
    proposal = world.apply(world.sofia, world.post_fixed_price())
    assert world.client_proposal(world.sofia, proposal) is None
    for stranger in (world.olivia, world.omar, world.ivy, world.ada):
        assert world.vendor_proposal(stranger, proposal) is None
    for stranger in (world.omar, world.ivy, world.ada, world.liam):  # who is of another team than the job
        assert world.client_proposal(stranger, proposal) is None
    assert world.vendor_proposal(world.sofia, "no such") is None
    assert world.client_proposal(world.olivia, "x" * 5000) is None


def test_milestone_plan(world: ProposalsWorld) -> None:
    job = world.post_fixed_price(jobPostingInfo=fixed_price(freelancerMilestonesAllowed=True))
    parts = [_part("Basket", "600.25", "2027-03-01T12:00:00Z"), _part("Cards", "399.75")]
    proposal = world.apply(world.sofia, job, "1000", milestones=parts)
    seen = world.client_proposal(world.olivia, proposal)
    assert seen["terms"]["upfrontPaymentPercent"] == 0.0
    assert seen["projectPlan"] == {
        "id": proposal,
        "milestones": [
            {"description": "Basket", "dueDate": "2027-03-01", "amount": "600.25"},
            {"description": "Cards", "dueDate": "", "amount": "399.75"},
        ],
    }


def _part(description: str, amount: str, due: str | None = None, currency: str = "USD") -> dict[str, Any]:
    return {"description": description, "amount": {"amount": amount, "currency": currency}, "dueDate": due}


def test_questions_can_be_answered_by_id(world: ProposalsWorld) -> None:
    job = world.post_hourly("When?")
    query = """query ($id: ID!) { marketplaceJobPosting(id: $id) {
      contractorSelection { proposalRequirement { screeningQuestions { id question sequenceNumber } } } } }"""
    shown = world.sofia.call(query, {"id": job}).data["marketplaceJobPosting"]
    (question,) = shown["contractorSelection"]["proposalRequirement"]["screeningQuestions"]
    assert question["sequenceNumber"] == 1
    proposal = world.apply(world.sofia, job, answers=[{"questionId": question["id"], "answer": "Now"}])
    assert world.stored_proposal(proposal).answers[0].question_id == question["id"]


def test_one_proposal_per_person_and_job(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    first = world.apply(world.sofia, job)
    again = world.try_apply(world.sofia, job)
    assert again.code == "CONFLICT"
    assert first in again.error["message"]
    other = world.apply(world.ivy, job)
    assert other != first
    assert world.activity(job).proposals == 2
    assert world.try_apply(world.ivy_of_agency, job).code == "CONFLICT"  # in whosever name, it is the same person


def test_apply_for_agency(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.ivy_of_agency, job)
    stored = world.stored_proposal(proposal)
    assert (stored.parties.vendor_user_id, stored.parties.vendor_team_id) == (IVY, CREW)
    assert stored.parties.vendor_company_id == AGENCY
    assert stored.parties.agency
    assert world.vendor_proposal(world.ada, proposal)["user"] == {"id": IVY}  # who leads the agency
    assert (
        world.vendor_proposal(world.ivy, proposal) is None
    )  # in the name of her own organization she has nothing to do with it
    assert world.update_proposal(world.ada, proposal, coverLetter="We are many.").data
    assert world.stored_proposal(proposal).modified_by_id == ADA
    by_owner = world.apply(world.ada, job, organizationId=CREW)
    assert world.stored_proposal(by_owner).parties.vendor_team_id == CREW


def test_apply_refuses_clients_and_strangers(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    for who, code in ((world.omar, "FORBIDDEN"), (world.olivia, "FORBIDDEN")):
        assert world.try_apply(who, job).code == code
    assert world.try_apply(world.sofia, job, organizationId=AGENCY).code == "FORBIDDEN"
    assert world.try_apply(world.sofia, job, organizationId=ACME).code == "FORBIDDEN"
    world.relate(RelationKind.CLOUD, "cloud", SOFIA)
    assert world.try_apply(world.sofia, world.post_private()).code == "NOT_FOUND"
    assert world.try_apply(world.sofia, "no#such\u0000job").code == "NOT_FOUND"
    draft = world.post(jobPostingInfo=fixed_price(status="DRAFT"))
    assert world.try_apply(world.sofia, draft).code == "NOT_FOUND"


def test_members_of_client_cannot_apply(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    freelance = person(world.souk, world.olivia.user_id, STUDIO)
    assert world.try_apply(freelance, job).code == "FORBIDDEN"


def test_closed_job_takes_no_proposals(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.ivy, job)
    world.close_job(job)
    assert world.try_apply(world.sofia, job).code == "CONFLICT"
    assert world.update_proposal(world.ivy, proposal, coverLetter="Still?").code == "CONFLICT"


def test_withdrawn_proposal_can_be_sent_again(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job, "900", coverLetter="First")
    world.act_on(world.olivia, "message", job, proposal, message="When?")
    gone = world.withdraw(world.sofia, proposal, reasonId="1102", message="Sorry").data["withdrawJobProposal"]
    assert gone["status"] == {
        "status": "Withdrawn",
        "reason": {"id": "1102", "reason": "rate-mistaken", "description": "I offered the wrong rate"},
    }
    assert world.client_proposal(world.olivia, proposal)["status"]["status"] == "Withdrawn"
    counted = world.activity_counts(job)
    assert counted == {"messaged": 1, "interviewed": 1, "withdrawn": 1}  # nothing is left of the bid
    assert world.withdraw(world.sofia, proposal).code == "CONFLICT"
    again = world.apply(world.sofia, job, "800")
    assert again == proposal
    seen = world.vendor_proposal(world.sofia, proposal)
    assert seen["status"] == {"status": "Accepted", "reason": None}
    assert (seen["coverLetter"], seen["terms"]["chargeRate"]["rawValue"]) == (None, "800.00")
    assert world.activity(job).bid_total == 80_000
    vendor, client = world.event_names_of_both_sides(proposal)
    assert vendor[-3:] == ["VendorWithdraw", "VendorReapply", "SystemAccept"]
    assert client[-2:] == ["VendorWithdraw", "SystemPublish"]
    world.act_on(world.olivia, "message", job, proposal, message="And now?")
    around = world.activity(job)
    assert (around.messaged, around.interviewed, around.interviewed_bid_total) == (1, 1, 80_000)  # one freelancer


def test_update_proposal(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job, "900", coverLetter="First")
    before = world.event_names_of_both_sides(proposal)
    version = world.stored_proposal(proposal).version
    assert world.update_proposal(world.sofia, proposal, coverLetter="First").data
    assert world.stored_proposal(proposal).version == version
    changed = world.update_proposal(world.sofia, proposal, coverLetter="Second").data["updateJobProposal"]
    assert changed["coverLetter"] == "Second"
    assert world.event_names_of_both_sides(proposal) == before
    money = {"amount": "950", "currency": "USD"}
    parts = [_part("One", "450"), _part("Two", "500")]
    world.update_proposal(world.sofia, proposal, chargedAmount=money, milestones=parts)
    assert [names[-1] for names in world.event_names_of_both_sides(proposal)] == ["UpdateTerms", "UpdateTerms"]
    assert world.activity_counts(job) == {"proposals": 1, "bids": 1, "bid_total": 95_000}
    alone = world.update_proposal(world.sofia, proposal, chargedAmount={"amount": "960", "currency": "USD"})
    assert alone.code == "UNPROCESSABLE_CONTENT"
    cleared = world.update_proposal(world.sofia, proposal, coverLetter=None, milestones=None).data["updateJobProposal"]
    assert (cleared["coverLetter"], cleared["projectPlan"]) == (None, None)
    for stranger in (world.ivy, world.olivia, world.ada):
        assert world.update_proposal(stranger, proposal, coverLetter="Mine").code == "NOT_FOUND"
        assert world.withdraw(stranger, proposal).code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"currency": "EUR"}, "input.chargedAmount.currency"),
        ({"amount": "0"}, "input.chargedAmount.amount"),
        ({"amount": "-1"}, "input.chargedAmount.amount"),
        ({"amount": "1.234"}, "input.chargedAmount.amount"),
        ({"amount": "9" * 5000}, "input.chargedAmount.amount"),
        ({"amount": "NaN"}, "input.chargedAmount.amount"),
        ({"coverLetter": "x" * 5001}, "input.coverLetter"),
        ({"coverLetter": "a\u0000b"}, "input.coverLetter"),
        ({"coverLetter": "  "}, "input.coverLetter"),
        ({"estimatedDurationId": "9"}, "input.estimatedDurationId"),
        ({"answers": [{"questionId": "1", "answer": "Yes"}]}, "input.answers"),
        ({"milestones": [_part("One", "39")]}, "input.milestones"),
        ({"milestones": [_part("", "40")]}, "input.milestones.0.description"),
        ({"milestones": [_part("One", "40", "someday")]}, "input.milestones.0.dueDate"),
        ({"milestones": [_part("One", "40", currency="EUR")]}, "input.milestones.0.amount.currency"),
        ({"milestones": [_part("One", "1")] * 21}, "input.milestones"),
        ({"attachmentIds": ["nothing#here"]}, "input.attachmentIds.0"),
        ({"attachmentIds": ["1"] * 2}, "input.attachmentIds"),
    ],
)
def test_invalid_proposal_is_refused(world: ProposalsWorld, given: dict[str, Any], path: str) -> None:
    job = world.post_fixed_price(jobPostingInfo=fixed_price(coverLetterRequired=True))
    answer = world.try_apply(world.sofia, job, **{"coverLetter": "Hello", **given})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert path in [one["path"] for one in answer.error["extensions"]["fields"]]
    assert world.activity_counts(job) == {}


@pytest.mark.parametrize(
    "answers",
    [
        None,
        [("1", "Soon")],
        [("1", "Soon"), ("1", "Later")],
        [("1", "Soon"), ("3", "Well")],
        [("1", "Soon"), ("2", " ")],
        [("1", "Soon"), ("2", "Well"), ("2", "Better")],
        [("1", "Soon"), ("2", "x" * 5001)],
    ],
)
def test_each_question_needs_one_answer(world: ProposalsWorld, answers: list[tuple[str, str]] | None) -> None:
    job = world.post_hourly("When?", "How?")
    given = None if answers is None else [{"questionId": one, "answer": text} for one, text in answers]
    assert world.try_apply(world.sofia, job, answers=given).code == "UNPROCESSABLE_CONTENT"


def test_plan_is_refused_where_not_allowed(world: ProposalsWorld) -> None:
    assert (
        world.try_apply(world.sofia, world.post_hourly(), milestones=[_part("One", "40")]).code
        == "UNPROCESSABLE_CONTENT"
    )
    job = world.post_fixed_price(jobPostingInfo=fixed_price(freelancerMilestonesAllowed=False))
    assert world.try_apply(world.sofia, job, milestones=[_part("One", "40")]).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize("reason_id", ["1109", "1801", "nothing", ""])
def test_withdraw_refuses_unknown_reasons(world: ProposalsWorld, reason_id: str) -> None:
    proposal = world.apply(world.sofia, world.post_fixed_price())
    assert world.withdraw(world.sofia, proposal, reasonId=reason_id).code == "UNPROCESSABLE_CONTENT"


def test_proposal_attachments(world: ProposalsWorld, bucket: str) -> None:
    job = world.post_fixed_price()
    made = world.sofia.call(
        """mutation ($input: CreateDirectUploadLinkInput!) {
          createDirectUploadLinkForJAClientProposal(input: $input) { id } }""",
        {"input": {"fileName": "work.pdf", "contentType": "application/pdf"}},
    ).data["createDirectUploadLinkForJAClientProposal"]
    assert world.try_apply(world.sofia, job, attachmentIds=[made["id"]]).code == "UNPROCESSABLE_CONTENT"
    boto3.client("s3").put_object(Bucket=bucket, Key=f"uploads/{STUDIO}/{made['id']}", Body=b"works")
    confirm = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }"
    assert world.sofia.call(confirm, {"ids": [made["id"]]}).data == {"confirmFiles": True}
    assert world.try_apply(world.ivy, job, attachmentIds=[made["id"]]).code == "UNPROCESSABLE_CONTENT"
    proposal = world.apply(world.sofia, job, attachmentIds=[made["id"]])
    (file,) = world.client_proposal(world.olivia, proposal)["attachments"]
    assert made["id"] in file.pop("link")
    assert file == {
        "id": made["id"],
        "fileName": "work.pdf",
        "contentLength": 5,
        "contentType": "application/pdf",
    }


@pytest.mark.parametrize(
    ("fields", "limited"),
    [
        ({"invitePost": True}, True),
        ({"jobPostingAdditionalRequest": {"invitePost": True}}, True),
        ({"invitePost": True, "jobPostingAdditionalRequest": {"invitePost": False}}, False),
    ],
    ids=str,
)
def test_invite_only_job_takes_proposals_of_invited(
    world: ProposalsWorld, fields: dict[str, Any], limited: bool
) -> None:
    job = world.post(**fields)
    assert (world.try_apply(world.sofia, job).json.get("data") is None) is limited
    if limited:
        assert world.try_apply(world.ivy, job).code == "FORBIDDEN"
        world.invite(job, world.ivy)
    assert world.try_apply(world.ivy, job).data


REQUIREMENTS = [
    {"qualifications": {"countries": ["Spain", "US"]}},
    {"qualifications": {"regions": ["Northern Europe"]}},
    {"qualifications": {"countries": ["Portugal"], "states": ["Porto"]}},
    {"qualifications": {"timezones": ["Europe/Berlin"]}},
    {"qualifications": {"countries": ["PT", "ES"], "locations": [{"areaType": "CITY", "name": "Madrid"}]}},
    {"qualifications": {"localMarket": True}},
    {"ptcInfo": {"countries": ["FR"]}},
]


@pytest.mark.parametrize("where", REQUIREMENTS, ids=str)
def test_location_check_refuses_applicants_elsewhere(world: ProposalsWorld, where: dict[str, Any]) -> None:
    """Ivy lives in Lisbon, and the client in Berlin."""
    assert world.try_apply(world.ivy, world.post(**where)).data, "a preference"
    (part,) = where
    checked = {part: where[part] | {"locationCheckRequired": True}}
    job = world.post(**checked)
    answer = world.try_apply(world.ivy, job)
    assert answer.code == "FORBIDDEN"
    assert "who live in one of these" in answer.error["message"]
    assert world.try_invite(world.olivia, job, IVY).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize(
    "qualifications",
    [
        {"countries": ["PT"], "timezones": ["Europe/Lisbon"]},
        {"countries": ["PT"], "locations": [{"areaType": "CITY", "name": "Lisbon"}]},
        {"countries": ["PT"], "locations": [{"areaType": "CITY", "name": "Almada"}]},
        {"regions": ["Southern Europe"]},
        {},
    ],
    ids=str,
)
def test_location_check_admits_applicants_there(world: ProposalsWorld, qualifications: dict[str, Any]) -> None:
    job = world.post(qualifications=qualifications | {"locationCheckRequired": True})
    assert world.invite(job, world.ivy)
    assert world.try_apply(world.ivy, job).data


def test_location_is_checked_when_invitation_is_accepted(world: ProposalsWorld) -> None:
    job = world.post()
    invitation = world.invite(job, world.ivy)
    world.change(job, qualifications={"countries": ["ES"], "locationCheckRequired": True})
    assert world.accept_invitation(world.ivy, invitation).code == "FORBIDDEN"


def test_applying_is_noted_as_activity(world: ProposalsWorld) -> None:
    table = world.souk.table
    assert world.sofia.call('mutation { updateFreelancerProfile(input: {title: "Painter"}) { fullName } }').data
    first = table.get(PROFILES, world.sofia.user_id, consistent=True)
    assert first
    long_ago = first.model_copy(update={"last_active": "2020-01-01T00:00:00.000Z"})
    tx = table.transaction()
    tx.update(PROFILES, long_ago)
    tx.commit()
    world.apply(world.sofia, world.post_fixed_price())
    noted = table.get(PROFILES, world.sofia.user_id, consistent=True)
    assert noted
    assert noted.last_active
    assert noted.last_active > "2020-01-02"
    world.apply(world.sofia, world.post_fixed_price())  # within the hour
    again = table.get(PROFILES, world.sofia.user_id, consistent=True)
    assert again == noted
