"""Applying to jobs by the API: what a proposal shows, who may make one, and that there is one for each job."""

from typing import Any

import boto3
import pytest

from souk.domains.market.model import RelationKind
from tests.support.api import person
from tests.support.worlds.jobs import ACME, SOFIA, STUDIO, fixed_price
from tests.support.worlds.proposals import ADA, AGENCY, CREW, IVY, Board


def test_a_proposal_by_the_hour(board: Board) -> None:
    job = board.hourly("When?", "How?")
    answers = [{"questionId": "2", "answer": "Carefully"}, {"questionId": "1", "answer": "Soon"}]
    made = board.ask_apply(
        board.sofia, job, "41.5", coverLetter="  Hello\r\nthere ", estimatedDurationId="3", answers=answers
    ).data["createJobProposal"]
    assert made["status"] == "Accepted"
    seen = board.own(board.sofia, made["newProposalId"])
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
    assert seen["marketplaceJobPosting"]["id"] == job
    got = board.received(board.olivia, seen["id"])
    assert got["status"] == {"status": "Created", "reason": None}
    assert got["job"]["id"] == job
    assert got["coverLetter"] == "Hello\nthere"
    assert got["answers"] == seen["answers"]
    assert [(one["question"], one["answer"]) for one in seen["answers"]] == [("When?", "Soon"), ("How?", "Carefully")]
    assert board.told_both(seen["id"]) == (
        ["VendorInitiate", "VendorCreate", "SystemAccept"],
        ["VendorCreate", "SystemPublish"],
    )
    assert board.counted(job) == {"proposals": 1, "bids": 1, "bid_total": 4150}


def test_each_side_sees_its_own_face_alone(board: Board) -> None:
    proposal = board.apply(board.sofia, board.fixed())
    assert board.received(board.sofia, proposal) is None
    for stranger in (board.olivia, board.omar, board.ivy, board.ada):
        assert board.own(stranger, proposal) is None
    for stranger in (board.omar, board.ivy, board.ada, board.liam):  # who is of another team than the job
        assert board.received(stranger, proposal) is None
    assert board.own(board.sofia, "no such") is None
    assert board.received(board.olivia, "x" * 5000) is None


def test_a_plan_of_milestones(board: Board) -> None:
    job = board.fixed(jobPostingInfo=fixed_price(freelancerMilestonesAllowed=True))
    parts = [_part("Basket", "600.25", "2027-03-01T12:00:00Z"), _part("Cards", "399.75")]
    proposal = board.apply(board.sofia, job, "1000", milestones=parts)
    seen = board.received(board.olivia, proposal)
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


def test_questions_are_named_by_their_ids_too(board: Board) -> None:
    job = board.hourly("When?")
    query = """query ($id: ID!) { marketplaceJobPosting(id: $id) {
      contractorSelection { proposalRequirement { screeningQuestions { id question sequenceNumber } } } } }"""
    shown = board.sofia.call(query, {"id": job}).data["marketplaceJobPosting"]
    (question,) = shown["contractorSelection"]["proposalRequirement"]["screeningQuestions"]
    assert question["sequenceNumber"] == 1
    proposal = board.apply(board.sofia, job, answers=[{"questionId": question["id"], "answer": "Now"}])
    assert board.stored(proposal).answers[0].question_id == question["id"]


def test_one_proposal_for_each_person_and_job(board: Board) -> None:
    job = board.fixed()
    first = board.apply(board.sofia, job)
    again = board.ask_apply(board.sofia, job)
    assert again.code == "CONFLICT"
    assert first in again.error["message"]
    other = board.apply(board.ivy, job)
    assert other != first
    assert board.activity(job).proposals == 2
    assert board.ask_apply(board.ivy_of_agency, job).code == "CONFLICT"  # in whosever name, it is the same person


def test_for_an_agency(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.ivy_of_agency, job)
    stored = board.stored(proposal)
    assert (stored.parties.vendor_user_id, stored.parties.vendor_team_id) == (IVY, CREW)
    assert stored.parties.vendor_company_id == AGENCY
    assert stored.parties.agency
    assert board.own(board.ada, proposal)["user"] == {"id": IVY}  # who leads the agency
    assert board.own(board.ivy, proposal) is None  # in the name of her own organization she has nothing to do with it
    assert board.change_own(board.ada, proposal, coverLetter="We are many.").data
    assert board.stored(proposal).modified_by_id == ADA
    by_owner = board.apply(board.ada, job, organizationId=CREW)
    assert board.stored(by_owner).parties.vendor_team_id == CREW


def test_who_may_not_apply(board: Board) -> None:
    job = board.fixed()
    for who, code in ((board.omar, "FORBIDDEN"), (board.olivia, "FORBIDDEN")):
        assert board.ask_apply(who, job).code == code
    assert board.ask_apply(board.sofia, job, organizationId=AGENCY).code == "FORBIDDEN"
    assert board.ask_apply(board.sofia, job, organizationId=ACME).code == "FORBIDDEN"
    board.relate(RelationKind.CLOUD, "cloud", SOFIA)
    assert board.ask_apply(board.sofia, board.private()).code == "NOT_FOUND"
    assert board.ask_apply(board.sofia, "no#such\u0000job").code == "NOT_FOUND"
    draft = board.post(jobPostingInfo=fixed_price(status="DRAFT"))
    assert board.ask_apply(board.sofia, draft).code == "NOT_FOUND"


def test_own_people_do_not_apply(board: Board) -> None:
    job = board.fixed()
    freelance = person(board.souk, board.olivia.user_id, STUDIO)
    assert board.ask_apply(freelance, job).code == "FORBIDDEN"


def test_a_closed_job_takes_none(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.ivy, job)
    board.close(job)
    assert board.ask_apply(board.sofia, job).code == "CONFLICT"
    assert board.change_own(board.ivy, proposal, coverLetter="Still?").code == "CONFLICT"


def test_withdrawn_and_sent_again(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job, "900", coverLetter="First")
    board.act(board.olivia, "message", job, proposal, message="When?")
    gone = board.withdraw(board.sofia, proposal, reasonId="1102", message="Sorry").data["withdrawJobProposal"]
    assert gone["status"] == {
        "status": "Withdrawn",
        "reason": {"id": "1102", "reason": "rate-mistaken", "description": "I offered the wrong rate"},
    }
    assert board.received(board.olivia, proposal)["status"]["status"] == "Withdrawn"
    counted = board.counted(job)
    assert counted == {"messaged": 1, "interviewed": 1, "withdrawn": 1}  # nothing is left of the bid
    assert board.withdraw(board.sofia, proposal).code == "CONFLICT"
    again = board.apply(board.sofia, job, "800")
    assert again == proposal
    seen = board.own(board.sofia, proposal)
    assert seen["status"] == {"status": "Accepted", "reason": None}
    assert (seen["coverLetter"], seen["terms"]["chargeRate"]["rawValue"]) == (None, "800.00")
    assert board.activity(job).bid_total == 80_000
    vendor, client = board.told_both(proposal)
    assert vendor[-3:] == ["VendorWithdraw", "VendorReapply", "SystemAccept"]
    assert client[-2:] == ["VendorWithdraw", "SystemPublish"]
    board.act(board.olivia, "message", job, proposal, message="And now?")
    around = board.activity(job)
    assert (around.messaged, around.interviewed, around.interviewed_bid_total) == (1, 1, 80_000)  # one freelancer


def test_changes(board: Board) -> None:
    job = board.fixed()
    proposal = board.apply(board.sofia, job, "900", coverLetter="First")
    before = board.told_both(proposal)
    version = board.stored(proposal).version
    assert board.change_own(board.sofia, proposal, coverLetter="First").data
    assert board.stored(proposal).version == version
    changed = board.change_own(board.sofia, proposal, coverLetter="Second").data["updateJobProposal"]
    assert changed["coverLetter"] == "Second"
    assert board.told_both(proposal) == before
    money = {"amount": "950", "currency": "USD"}
    parts = [_part("One", "450"), _part("Two", "500")]
    board.change_own(board.sofia, proposal, chargedAmount=money, milestones=parts)
    assert [told[-1] for told in board.told_both(proposal)] == ["UpdateTerms", "UpdateTerms"]
    assert board.counted(job) == {"proposals": 1, "bids": 1, "bid_total": 95_000}
    alone = board.change_own(board.sofia, proposal, chargedAmount={"amount": "960", "currency": "USD"})
    assert alone.code == "UNPROCESSABLE_CONTENT"
    cleared = board.change_own(board.sofia, proposal, coverLetter=None, milestones=None).data["updateJobProposal"]
    assert (cleared["coverLetter"], cleared["projectPlan"]) == (None, None)
    for stranger in (board.ivy, board.olivia, board.ada):
        assert board.change_own(stranger, proposal, coverLetter="Mine").code == "NOT_FOUND"
        assert board.withdraw(stranger, proposal).code == "NOT_FOUND"


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
def test_what_a_proposal_may_not_say(board: Board, given: dict[str, Any], path: str) -> None:
    job = board.fixed(jobPostingInfo=fixed_price(coverLetterRequired=True))
    answer = board.ask_apply(board.sofia, job, **{"coverLetter": "Hello", **given})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert path in [one["path"] for one in answer.error["extensions"]["fields"]]
    assert board.counted(job) == {}


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
def test_every_question_is_answered_once(board: Board, answers: list[tuple[str, str]] | None) -> None:
    job = board.hourly("When?", "How?")
    given = None if answers is None else [{"questionId": one, "answer": said} for one, said in answers]
    assert board.ask_apply(board.sofia, job, answers=given).code == "UNPROCESSABLE_CONTENT"


def test_no_plan_where_there_is_none_to_make(board: Board) -> None:
    assert board.ask_apply(board.sofia, board.hourly(), milestones=[_part("One", "40")]).code == "UNPROCESSABLE_CONTENT"
    job = board.fixed(jobPostingInfo=fixed_price(freelancerMilestonesAllowed=False))
    assert board.ask_apply(board.sofia, job, milestones=[_part("One", "40")]).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize("reason_id", ["1109", "1801", "nothing", ""])
def test_reasons_are_those_that_are_offered(board: Board, reason_id: str) -> None:
    proposal = board.apply(board.sofia, board.fixed())
    assert board.withdraw(board.sofia, proposal, reasonId=reason_id).code == "UNPROCESSABLE_CONTENT"


def test_files_go_with_a_proposal(board: Board, bucket: str) -> None:
    job = board.fixed()
    made = board.sofia.call(
        """mutation ($input: CreateDirectUploadLinkInput!) {
          createDirectUploadLinkForJAClientProposal(input: $input) { id } }""",
        {"input": {"fileName": "work.pdf", "contentType": "application/pdf"}},
    ).data["createDirectUploadLinkForJAClientProposal"]
    assert board.ask_apply(board.sofia, job, attachmentIds=[made["id"]]).code == "UNPROCESSABLE_CONTENT"
    boto3.client("s3").put_object(Bucket=bucket, Key=f"attachments/{STUDIO}/{made['id']}", Body=b"works")
    confirm = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }"
    assert board.sofia.call(confirm, {"ids": [made["id"]]}).data == {"confirmFiles": True}
    assert board.ask_apply(board.ivy, job, attachmentIds=[made["id"]]).code == "UNPROCESSABLE_CONTENT"
    proposal = board.apply(board.sofia, job, attachmentIds=[made["id"]])
    (file,) = board.received(board.olivia, proposal)["attachments"]
    assert made["id"] in file.pop("link")
    assert file == {
        "id": made["id"],
        "fileName": "work.pdf",
        "contentLength": 5,
        "contentType": "application/pdf",
    }
