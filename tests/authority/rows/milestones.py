"""Milestones: the client plans, funds and pays them, the freelancer submits work, and nobody else sees them."""

from tests.authority.milestones import ACTIVE, PAID, PLANNED, SENT, SUBMISSION
from tests.authority.row import Row, refused, sees
from tests.authority.world import INVITED

_SHOWN = """{ id description state depositAmount { rawValue } createdBy { id name email } messages { message }
  checkout { id url reason state } submissionEvents { submission { id } submissionMessage { message } } }"""


def _row(field: str, kind: str, shows: str, shown: str = _SHOWN, about: str = "", **given: object) -> Row:
    return Row(
        field=f"Mutation.{field}",
        about=about,
        document=f"mutation ($input: {kind}) {{ {field}(input: $input) {shown} }}",
        variables={"input": given},
        shows=shows,
        strangers=refused("NOT_FOUND"),
        owner=INVITED if field == "submitMilestone" else Row.owner,
    )


ROWS = (
    Row(
        field="Query.milestone",
        document=f"query ($id: ID!) {{ milestone(id: $id) {_SHOWN} }}",
        variables={"id": PLANNED},
        shows="canary-milestone-note-planned",
        strangers=sees(None),
    ),
    _row(
        "createMilestoneV2",
        "CreateMilestoneInput!",
        '"state":"NotFunded"',
        contractId=PAID,
        description="The rest of it",
        depositAmount="100",
    ),
    _row("editMilestone", "EditMilestoneInput", "canary-checkout-reason", id=PLANNED, description="A sketch"),
    _row("deleteMilestone", "DeleteMilestoneInput", '"deleteMilestone":true', "", id=PLANNED),
    _row("activateMilestone", "ActivateMilestoneInput", "canary-milestone-planned", id=PLANNED),
    _row("submitMilestone", "SubmitMilestoneInput!", "canary-milestone-active", id=ACTIVE, message="Here it is"),
    _row("approveMilestone", "ApproveMilestoneInput!", "canary-submission", id=SENT, paidAmount="2500000"),
    _row(
        "approveMilestone",
        "ApproveMilestoneInput!",
        "canary-milestone-active",
        about="early",
        id=ACTIVE,
        paidAmount="2500000",
        bonusAmount="1",
    ),
    _row(
        "rejectSubmittedMilestone", "RejectMilestoneSubmissionInput", '"response":true', "{ response }", id=SUBMISSION
    ),
)
