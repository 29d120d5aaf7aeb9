"""The resolvers of milestones."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from souk.domains.identity.store import USERS
from souk.domains.milestones import inputs
from souk.domains.milestones.commands import charges, paying, planning, settlement, working
from souk.domains.milestones.commands.access import find_milestone
from souk.domains.milestones.model import Message, Milestone, Submission
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.store import ORDERS
from souk.graph import Context, Domain, Scope
from souk.values.errors import Unprocessable

Request = TypeVar("Request")

domain = Domain(
    "milestones", function="contracts", joins=("contracts", "ledger", "market", "offers", "payments", "rooms")
)

domain.paid(charges.FUND)(settlement.fund)
domain.paid(charges.APPROVE)(settlement.approve)
domain.unpaid(charges.APPROVE)(settlement.unlock)


@domain.query("milestone", scopes=[Scope.OFFERS_READ])
def milestone(ctx: Context, id: str) -> Milestone | None:
    """Return a milestone to the parties of its offer or contract; None for everyone else."""
    return find_milestone(ctx, id)


@domain.mutation("createMilestoneV2", scopes=[Scope.OFFERS_WRITE])
def create_milestone(ctx: Context, input: inputs.CreateMilestone) -> Milestone:
    """Add a milestone to an offer or a contract."""
    return planning.create(ctx, input)


@domain.mutation("editMilestone", scopes=[Scope.OFFERS_WRITE])
def edit_milestone(ctx: Context, input: inputs.EditMilestone | None = None) -> Milestone:
    """Change a milestone."""
    return planning.edit(ctx, _required(input))


@domain.mutation("deleteMilestone", scopes=[Scope.OFFERS_WRITE])
def delete_milestone(ctx: Context, input: inputs.DeleteMilestone | None = None) -> bool:
    """Delete a milestone."""
    return planning.delete(ctx, _required(input))


@domain.mutation("activateMilestone", scopes=[Scope.OFFERS_WRITE])
def activate_milestone(ctx: Context, input: inputs.ActivateMilestone | None = None) -> Milestone:
    """Fund a milestone, directly or by a checkout."""
    return paying.activate(ctx, _required(input))


@domain.mutation("submitMilestone", scopes=[Scope.OFFERS_WRITE])
def submit_milestone(ctx: Context, input: inputs.SubmitMilestone) -> Milestone:
    """Submit work."""
    return working.submit(ctx, input)


@domain.mutation("approveMilestone", scopes=[Scope.OFFERS_WRITE])
def approve_milestone(ctx: Context, input: inputs.ApproveMilestone) -> Milestone:
    """Pay for a milestone."""
    return paying.approve(ctx, input)


@domain.mutation("rejectSubmittedMilestone", scopes=[Scope.OFFERS_WRITE])
def reject_submitted_milestone(
    ctx: Context,
    input: inputs.RejectSubmission | None = None,
) -> dict[str, Any]:
    """Reject submitted work."""
    return {"response": working.reject(ctx, _required(input))}


def _required(request: Request | None) -> Request:
    if request is None:
        raise Unprocessable("input: give the milestone's id.")
    return request


# Fields


domain.link("Milestone.createdBy", to=USERS, by="created_by_id")


def _client_only(order: PaymentOrder, ctx: Context) -> bool:
    deal = order.deal
    return ctx.principal.acts_in(deal.client_team_id, deal.client_company_id)


domain.link("Milestone.checkout", to=ORDERS, by="checkout_id", visible=_client_only)


def _event(milestone: Milestone, submission: Submission) -> dict[str, Any]:
    return {
        "submission": {
            "id": submission.id,
            "createdDateTime": submission.created,
            "modifiedDateTime": submission.modified,
            "amount": milestone.money(submission.amount),
            "sequenceId": submission.sequence,
        },
        "submissionMessage": _message(submission.message),
        "revisionMessage": _message(submission.revision),
    }


def _message(message: Message | None) -> dict[str, Any] | None:
    if message is None:
        return None
    return {"createdDateTime": message.created, "message": message.text, "attachments": message.attachments}


def _messages(milestone: Milestone) -> list[dict[str, Any] | None]:
    earlier = (Message(created=milestone.created, text=milestone.note),) if milestone.note else ()
    return [_message(one) for one in (*earlier, *milestone.messages)]


_PROJECTIONS: Final[Mapping[str, Callable[[Milestone], Any]]] = {
    "dueDateTime": lambda one: f"{one.due}T00:00:00.000Z" if one.due else None,
    "currentEscrowAmount": lambda one: one.money(one.escrow),
    "depositAmount": lambda one: one.money(one.deposit),
    "fundedAmount": lambda one: one.money(one.funded),
    "paid": lambda one: one.money(one.paid),
    "overpayment": lambda one: one.money(one.overpaid),
    "bonus": lambda one: one.money(one.bonus),
    "previousMilestoneUnusedDeposit": lambda one: one.money(0),  # the client gets unused money back
    "submissionCount": lambda one: len(one.submissions),
    "sequenceId": lambda one: one.sequence,
    "payComments": lambda one: one.pay_comment,
    "lastSubmissionCreatedTime": lambda one: one.submissions[-1].created if one.submissions else None,
    "createdDateTime": lambda one: one.created,
    "modifiedDateTime": lambda one: one.modified,
    "messages": _messages,
    "submissionEvents": lambda one: [_event(one, submission) for submission in one.submissions],
}


def _project(name: str, read: Callable[[Milestone], Any]) -> None:
    @domain.field(f"Milestone.{name}")
    def projected(source: Milestone, ctx: Context) -> Any:
        return read(source)


for _name, _read in _PROJECTIONS.items():
    _project(_name, _read)
