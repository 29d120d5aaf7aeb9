"""Adding, editing and deleting milestones."""

from souk.domains.agreements.commands import require_parties
from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.files.attachments import attachments
from souk.domains.milestones.commands.access import (
    Agreement,
    cancel_checkout,
    contract_for_client,
    milestone_for_client,
    offer_for_client,
)
from souk.domains.milestones.inputs import CreateMilestone, DeleteMilestone, EditMilestone
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.rules import ordering, requirements, submissions
from souk.domains.milestones.rules.paying import require_settled
from souk.domains.milestones.rules.states import OPEN, Action, move
from souk.domains.milestones.store import change_milestone, create_milestone, delete_milestone, milestones_of
from souk.domains.offers.store import OFFERS
from souk.graph import Context
from souk.storage import Transaction
from souk.values import texts
from souk.values.errors import Conflict, Unprocessable
from souk.values.moments import due_date
from souk.values.problems import Problems
from souk.values.times import stamp


def create(ctx: Context, request: CreateMilestone) -> Milestone:
    """Add a milestone at the end of an offer or a contract."""
    if (request.offer_id is None) == (request.contract_id is None):
        raise Unprocessable("input: give either an offerId or a contractId.")
    if request.contract_id is not None:
        agreement, action = contract_for_client(ctx, request.contract_id), Action.ADD_TO_CONTRACT
    else:
        agreement, action = offer_for_client(ctx, request.offer_id or ""), Action.ADD_TO_OFFER
    agreement.require_open(ctx)
    _require_fixed_price(agreement)
    others = milestones_of(ctx.table, agreement.offer_id)
    requirements.require_room(sum(one.state in OPEN for one in others), len(others))
    problems = Problems("input")
    now = stamp(ctx.now)
    milestone = Milestone(
        id=ctx.table.new_id(),
        offer_id=agreement.offer_id,
        contract_id=request.contract_id,
        currency=agreement.currency,
        state=move(action, None),
        sequence=ordering.next_position(others),
        description=_required_description(problems, request.description),
        instructions=texts.optional_text(problems, "instruction", request.instruction),
        due=due_date(problems, "dueDate", request.due_date),
        deposit=_required_price(problems, request.deposit_amount, agreement.currency),
        attachments=attachments(
            ctx, problems, "attachmentIds", request.attachment_ids, agreement.parties.client_company_id
        ),
        created_by_id=ctx.principal.user_id,
        created=now,
        modified=now,
    )
    problems.raise_if_any()
    tx = ctx.table.transaction()
    require_parties(tx, agreement.parties)
    stored = create_milestone(tx, milestone, agreement.parties)
    _update_list(tx, agreement, [*others, milestone], now)
    tx.commit()
    return stored


def edit(ctx: Context, request: EditMilestone) -> Milestone:
    """Edit a milestone. Missing fields stay unchanged. The price cannot change after funding."""
    milestone, agreement = milestone_for_client(ctx, request.id)
    agreement.require_open(ctx)
    require_settled(milestone)
    move(Action.EDIT, milestone.state)
    changed = _changed(ctx, milestone, agreement, request)
    repriced = changed.deposit != milestone.deposit
    if repriced:
        move(Action.REPRICE, milestone.state)
        changed = changed.model_copy(update={"checkout_id": None})
    others = milestones_of(ctx.table, milestone.offer_id)
    positions: dict[str, int] = {}
    if request.sequence_id is not None and request.sequence_id != milestone.sequence:
        positions = ordering.moved(others, milestone.id, request.sequence_id)
        changed = changed.model_copy(update={"sequence": request.sequence_id})
    tx = ctx.table.transaction()
    stored = change_milestone(tx, changed, agreement.parties)
    others = [changed if one.id == milestone.id else _moved(one, positions) for one in others]
    for one in others:
        if one.id in positions and one.id != milestone.id:
            change_milestone(tx, one, agreement.parties)
    if positions or (repriced and agreement.offer):
        _update_list(tx, agreement, others, stamp(ctx.now))
    else:
        agreement.add_check(tx)
    tx.commit()
    if repriced:
        cancel_checkout(ctx, milestone)
    return stored


def delete(ctx: Context, request: DeleteMilestone) -> bool:
    """Delete a milestone that is not funded."""
    milestone, agreement = milestone_for_client(ctx, request.id)
    agreement.require_open(ctx)
    move(Action.DELETE, milestone.state)
    remaining = [one for one in milestones_of(ctx.table, milestone.offer_id) if one.id != milestone.id]
    if agreement.offer is not None and not remaining:
        raise Conflict("This is the only milestone of its offer. Edit it, or withdraw the offer.")
    tx = ctx.table.transaction()
    delete_milestone(tx, milestone, agreement.parties)
    _update_list(tx, agreement, remaining, stamp(ctx.now))
    tx.commit()
    cancel_checkout(ctx, milestone)
    return True


def _changed(ctx: Context, milestone: Milestone, agreement: Agreement, request: EditMilestone) -> Milestone:
    problems = Problems("input")
    update: dict[str, object] = {"modified": stamp(ctx.now)}
    if request.description is not None:
        update["description"] = _required_description(problems, request.description)
    if request.instructions is not None:
        update["instructions"] = texts.optional_text(problems, "instructions", request.instructions)
    if request.deposit_amount is not None:
        update["deposit"] = _required_price(problems, request.deposit_amount, agreement.currency)
    if request.due_date is not None:
        update["due"] = due_date(problems, "dueDate", request.due_date)
    message = texts.optional_text(problems, "message", request.message)
    if request.attachments is not None:
        update["attachments"] = attachments(
            ctx, problems, "attachments", request.attachments, agreement.parties.client_company_id
        )
    problems.raise_if_any()
    return submissions.with_message(milestone.model_copy(update=update), message, stamp(ctx.now))


def _required_description(problems: Problems, text: str | None) -> str:
    description = texts.optional_text(problems, "description", text, requirements.MAX_DESCRIPTION)
    if description is None:
        problems.add("description", "describe the work.", missing=True)
    return description or ""


def _required_price(problems: Problems, text: str | None, currency: str) -> int:
    if text is None:
        problems.add("depositAmount", "give a price.", missing=True)
        return 0
    return requirements.amount(problems, "depositAmount", text, currency)


def _require_fixed_price(agreement: Agreement) -> None:
    source = agreement.contract or agreement.offer
    if source is not None and source.pay is not PayType.FIXED:
        raise Conflict("Hourly work has no milestones.")
    if agreement.contract is not None and agreement.contract.status is not ContractStatus.ACTIVE:
        raise Conflict(f"This contract is {agreement.contract.status} and must be ACTIVE to add milestones.")


def _moved(milestone: Milestone, positions: dict[str, int]) -> Milestone:
    position = positions.get(milestone.id, milestone.sequence)
    return milestone.model_copy(update={"sequence": position})


def _update_list(tx: Transaction, agreement: Agreement, milestones: list[Milestone], now: str) -> None:
    """Add the new list of milestones to a transaction, in the offer or the contract. An offer's budget is their sum."""
    ordered = sorted(milestones, key=lambda one: (one.sequence, one.id))
    ids = tuple(one.id for one in ordered)
    if agreement.contract is not None:
        tx.update(CONTRACTS, agreement.contract.model_copy(update={"milestone_ids": ids}))
    elif agreement.offer is not None:
        budget = sum(one.deposit for one in ordered)
        changed = agreement.offer.model_copy(update={"milestone_ids": ids, "budget": budget, "modified": now})
        tx.update(OFFERS, changed)
