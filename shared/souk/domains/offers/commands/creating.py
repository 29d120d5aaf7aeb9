"""Making offers."""

from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.agreements.commands import require_parties
from souk.domains.clouds.commands.naming import for_offer
from souk.domains.clouds.model import Cloud
from souk.domains.clouds.store import CLOUDS
from souk.domains.customfields.commands import answering
from souk.domains.customfields.commands.answering import Answers
from souk.domains.customfields.model import AnswerSheet, Owner
from souk.domains.files.attachments import attachments
from souk.domains.jobs.rules import answers as posting_answers
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS, record_contact
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.store import create_milestone
from souk.domains.offers.commands.parties import hiring_client
from souk.domains.offers.commands.sources import OfferSource, read_source
from souk.domains.offers.inputs import CreationOffer
from souk.domains.offers.model import Offer
from souk.domains.offers.rules import answers, creating, terms
from souk.domains.offers.rules.states import OFFER, STEPS, Action
from souk.domains.offers.store import create_offer, mark_open, offer_by_key
from souk.domains.proposals.store import PROPOSALS, count_without_proposal, move
from souk.domains.rooms.commands import Actor, Subject, open_room
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency, texts
from souk.values.errors import Conflict
from souk.values.problems import Problems
from souk.values.times import stamp


def create(ctx: Context, request: CreationOffer) -> Offer:
    """Make an offer. A repeated idempotency key returns the offer of the first request, in any state."""
    client = hiring_client(ctx, request.client_team_id, "offerInput.clientTeamId")
    problems = Problems("offerInput")
    key, fingerprint = idempotency.key(problems, request.idempotency_key), idempotency.fingerprint(request)
    problems.raise_if_any()
    if key is not None and (existing := offer_by_key(ctx.table, client.company.id, key, fingerprint)):
        return existing
    source = read_source(ctx, request, client)
    cloud = _cloud(ctx, request, source, problems)
    offer, milestones, custom_fields = _offer(ctx, request, source, problems, key)
    try:
        return _store(ctx, offer, milestones, custom_fields, source, cloud)
    except Conflict:
        # A concurrent request with the same key may have made the offer.
        if key is None or (existing := offer_by_key(ctx.table, client.company.id, key, fingerprint)) is None:
            raise
        return existing


def _cloud(
    ctx: Context, request: CreationOffer, source: OfferSource, problems: Problems
) -> tuple[Cloud, Relation] | None:
    """Return the talent cloud that a request names, and the freelancer's membership in it. Adds errors to `problems`.

    The error is the same for clouds that do not exist, of other clients, and without the freelancer.
    """
    named = creating.named_cloud(problems, request)
    if named is None:
        return None
    path, cloud_id = named
    found = for_offer(ctx, cloud_id, source.parties)
    if found is None:
        problems.add(
            path, "use the id of an active, selectable talent cloud of the client whose member the freelancer is."
        )
    return found


def _offer(
    ctx: Context, request: CreationOffer, source: OfferSource, problems: Problems, key: str | None
) -> tuple[Offer, list[Milestone], Answers]:
    """Return a new offer with its milestones and answers. They are not stored.

    Raises Unprocessable with all problems.
    """
    now, offer_id = stamp(ctx.now), ctx.table.new_id()
    creating.check_kind(problems, request, source.company)
    agreed = terms.read(problems, request, source.currency)
    terms.check_unit(problems, agreed, source.currency, source.quoted)
    starts, ends = creating.period(problems, request, ctx.now)
    metadata = request.metadata
    title = creating.title(problems, request)
    planned = agreed.milestones if agreed else ()
    milestones = [
        Milestone(
            id=ctx.table.new_id(),
            offer_id=offer_id,
            currency=source.currency,
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
                source.company.id,
            ),
            created_by_id=ctx.principal.user_id,
            created=now,
            modified=now,
        )
        for at, one in enumerate(planned)
    ]
    description = texts.optional_text(problems, "description", request.description, creating.MAX_DESCRIPTION)
    attached = attachments(ctx, problems, "attachments", request.attachments, source.company.id)
    rate_increase = terms.rate_increase(problems, request, agreed, source.currency)
    place = creating.place(problems, request.offer_location)
    payroll = creating.payroll(problems, request.offer_payroll)
    data = creating.data(problems, request)
    creating.check_source(problems, request, from_posting=source.job is not None)
    custom_fields = answering.of_offer(
        ctx,
        problems.below("customFields"),
        AnswerSheet(owner=Owner.OFFER, owner_id=offer_id, company_id=source.company.id, created=now),
        answers.given(request.custom_fields),
        posting_answers.sheet(source.job) if source.job else None,
    )
    problems.raise_if_any()
    if agreed is None:
        raise Conflict("This offer has no terms of payment.")
    proposal = source.proposal
    offer = Offer(
        id=offer_id,
        kind=request.kind,
        parties=source.parties,
        source_type=metadata.source_type,
        source_id=metadata.source_id,
        job_id=source.job.id if source.job else None,
        proposal_id=proposal.id if proposal else None,
        occupation_id=metadata.occupation_id,
        data=data,
        title=title,
        description=description,
        attachments=attached,
        currency=source.currency,
        pay=agreed.pay,
        hourly=agreed.hourly,
        stipend=agreed.stipend,
        budget=agreed.budget,
        milestone_ids=tuple(one.id for one in milestones),
        starts=starts,
        ends=ends,
        expires=creating.expires(ctx.now, ends),
        close_on_accept=bool(request.close_on_accept),
        rate_increase=rate_increase,
        place=place,
        payroll=payroll,
        talent_cloud_id=request.talent_cloud_id or None,
        idempotency_key=key,
        fingerprint=idempotency.fingerprint(request) if key else None,
        created=now,
        modified=now,
    )
    return offer, milestones, custom_fields


def _store(
    ctx: Context,
    offer: Offer,
    milestones: list[Milestone],
    custom_fields: Answers,
    source: OfferSource,
    cloud: tuple[Cloud, Relation] | None,
) -> Offer:
    step = STEPS[Action.CREATE]
    tx = ctx.table.transaction()
    require_parties(tx, offer.parties)
    stored = create_offer(tx, offer)
    custom_fields.save(tx)
    mark_open(tx, offer)
    record_contact(tx, offer.parties)
    if cloud is not None:
        tx.check(CLOUDS, cloud[0])
        tx.check(RELATIONS, cloud[1])
    if source.job is not None:
        tx.check(JOBS, source.job)
    if source.proposal is not None:
        move(tx, source.proposal, step.proposal, ctx.principal.user_id, ctx.now, offer_id=offer.id)
    elif source.job is not None:
        count_without_proposal(tx, source.job.id, step.proposal)
        _require_no_proposal(tx, source.job.id, source)
    for milestone in milestones:
        create_milestone(tx, milestone, offer.parties)
    tx.emit(OFFER, step.event, offer.id, to=offer.parties.both)
    open_room(Actor.of(ctx), tx, room_subject(offer, source))
    schedule(tx, "offers.expiry", offer.id, datetime.fromisoformat(offer.expires))
    tx.commit()
    return stored


def room_subject(offer: Offer, source: OfferSource) -> Subject:
    """Return what the room of a new offer is about: the proposal that it answers, if there is one."""
    if source.proposal is None or source.job is None:
        return Subject(offer.parties, offer.created, lambda: offer.title, offer_ids=(offer.id,))
    proposal, title = source.proposal, source.job.info.title
    return Subject(proposal.parties, proposal.created, lambda: title, proposal.id, (offer.id,))


def _require_no_proposal(tx: Transaction, job_id: str, source: OfferSource) -> None:
    """Add a check to a transaction: it fails if the freelancer makes a proposal, which the offer would be linked to."""
    applying = Conflict("The freelancer is applying for this job right now. Try again.")
    if source.application is not None:
        tx.check(PROPOSALS, source.application, applying)
    else:
        user_id = source.parties.vendor_user_id
        tx.check_absent(RELATIONS, RelationKind.APPLICATION, job_id, user_id, refused=applying)
