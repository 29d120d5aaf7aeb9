"""Making offers."""

from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.files.attachments import attachments
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.store import create_milestone
from souk.domains.offers.commands.parties import hiring_client
from souk.domains.offers.commands.sources import Basis, basis
from souk.domains.offers.inputs import CreationOffer
from souk.domains.offers.model import Offer, SourceType
from souk.domains.offers.rules import creating, terms
from souk.domains.offers.rules.states import OFFER, STEPS, Action
from souk.domains.offers.store import create_offer, made_by, note_open
from souk.domains.proposals.store import PROPOSALS, count_without_proposal, move
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency, texts
from souk.values.errors import Conflict
from souk.values.problems import Problems
from souk.values.times import stamp


def create(ctx: Context, request: CreationOffer) -> Offer:
    """Make an offer. The same idempotency key again gets the offer that it made, whatever has become of it."""
    client = hiring_client(ctx, request.client_team_id, "offerInput.clientTeamId")
    problems = Problems("offerInput")
    key, asked = idempotency.key(problems, request.idempotency_key), idempotency.fingerprint(request)
    problems.raise_if_any()
    if key is not None and (made := made_by(ctx.table, client.company.id, key, asked)):
        return made
    found = basis(ctx, request, client)
    offer, milestones = _offer(ctx, request, found, problems, key)
    try:
        return _store(ctx, offer, milestones, found)
    except Conflict:
        # Perhaps the same request was first, with the same key; then what it made is the answer.
        if key is None or (made := made_by(ctx.table, client.company.id, key, asked)) is None:
            raise
        return made


def _offer(
    ctx: Context, request: CreationOffer, found: Basis, problems: Problems, key: str | None
) -> tuple[Offer, list[Milestone]]:
    """Return an offer and its milestones, not stored yet. Raises Unprocessable that names all that is wrong."""
    now, offer_id = stamp(ctx.now), ctx.table.new_id()
    creating.check_kind(problems, request, found.company)
    agreed = terms.read(problems, request, found.currency)
    starts, ends = creating.period(problems, request, ctx.now)
    source = request.metadata
    title = creating.title(problems, request)
    planned = agreed.milestones if agreed else ()
    milestones = [
        Milestone(
            id=ctx.table.new_id(),
            offer_id=offer_id,
            currency=found.currency,
            state=MilestoneState.IN_OFFER,
            sequence=at + 1,
            description=one.description,
            instructions=one.instructions,
            due=one.due,
            deposit=one.deposit,
            attachments=attachments(
                ctx,
                problems,
                f"milestoneTerms.milestoneList.{at}.attachments",
                one.attachment_ids,
                found.company.id,
            ),
            created_by_id=ctx.principal.user_id,
            created=now,
            modified=now,
        )
        for at, one in enumerate(planned)
    ]
    description = texts.optional_text(problems, "description", request.description, creating.MAX_DESCRIPTION)
    attached = attachments(ctx, problems, "attachments", request.attachments, found.company.id)
    rate_increase = terms.rate_increase(problems, request, agreed, found.currency)
    place = creating.place(problems, request.offer_location)
    payroll = creating.payroll(problems, request.offer_payroll)
    custom_fields = creating.custom_fields(problems, request.custom_fields)
    data = creating.data(problems, request)
    checkout_id = creating.identifier(problems, "metadata.checkoutId", source.checkout_id)
    problems.raise_if_any()
    if agreed is None:
        raise Conflict("This offer says nothing of how it is paid.")
    upon = found.proposal
    offer = Offer(
        id=offer_id,
        kind=request.kind,
        parties=found.parties,
        source_type=source.source_type,
        source_id=source.source_id,
        job_id=found.job.id if found.job else None,
        proposal_id=upon.id if upon else None,
        occupation_id=source.occupation_id if source.source_type is SourceType.DIRECT else None,
        data=data,
        checkout_id=checkout_id,
        title=title,
        description=description,
        attachments=attached,
        currency=found.currency,
        pay=agreed.pay,
        hourly=agreed.hourly,
        stipend=agreed.stipend,
        budget=agreed.budget,
        milestone_ids=tuple(one.id for one in milestones),
        starts=starts,
        ends=ends,
        expires=creating.expires(ctx.now, ends),
        close_on_accept=bool(request.close_on_accept) and found.job is not None,
        rate_increase=rate_increase,
        place=place,
        payroll=payroll,
        custom_fields=custom_fields,
        idempotency_key=key,
        fingerprint=idempotency.fingerprint(request) if key else None,
        created=now,
        modified=now,
    )
    return offer, milestones


def _store(ctx: Context, offer: Offer, milestones: list[Milestone], found: Basis) -> Offer:
    step = STEPS[Action.CREATE]
    tx = ctx.table.transaction()
    stored = create_offer(tx, offer)
    note_open(tx, offer)
    if found.job is not None:
        tx.check(JOBS, found.job)
    if found.proposal is not None:
        move(tx, found.proposal, step.proposal, ctx.principal.user_id, ctx.now, offer_id=offer.id)
    elif found.job is not None:
        count_without_proposal(tx, found.job.id, step.proposal)
        _keep_without_proposal(tx, found.job.id, found)
    for milestone in milestones:
        create_milestone(tx, milestone, offer.parties)
    tx.emit(OFFER, step.event, offer.id, to=offer.parties.both)
    schedule(tx, "offers.expiry", offer.id, datetime.fromisoformat(offer.expires))
    tx.commit()
    return stored


def _keep_without_proposal(tx: Transaction, job_id: str, found: Basis) -> None:
    """Note in a transaction that it depends on there being no standing proposal, which the offer would be made upon."""
    applies = Conflict("The freelancer is applying for this job at this moment; try again.")
    if found.applied is not None:
        tx.check(PROPOSALS, found.applied, applies)
    else:
        user_id = found.parties.vendor_user_id
        tx.check_absent(RELATIONS, RelationKind.APPLICATION, job_id, user_id, refused=applies)
