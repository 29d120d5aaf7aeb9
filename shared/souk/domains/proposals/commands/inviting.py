"""Commands on invitations: invite a freelancer, accept, decline."""

from souk.authentication.standing import require_standing
from souk.domains.agreements.commands import active_vendors, is_colleague, require_parties
from souk.domains.agreements.model import Vendor
from souk.domains.identity.store import ORGANIZATIONS, USERS, memberships_of
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.states import require_manager
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.store import JOBS
from souk.domains.mails import commands as mails
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.rules import quote
from souk.domains.market.model import OpenOffer, Relation, RelationKind
from souk.domains.market.store import ACTIVITY, OPEN_OFFERS, RELATIONS, activity_key, check_open_offer
from souk.domains.offers.model import Offer
from souk.domains.offers.store import OFFERS, PERSON_OFFERS, link_proposal
from souk.domains.proposals.commands import access
from souk.domains.proposals.commands.applying import accept_invitation, add_proposal
from souk.domains.proposals.inputs import AcceptInvitation, DeclineInvitation, InviteRequest
from souk.domains.proposals.model import ClientStatus, InvitationState, JobInvitation, Proposal
from souk.domains.proposals.rules import applying, notes
from souk.domains.proposals.rules.inviting import MAIL_PERIOD, acceptance_action, current_offer, may_mail
from souk.domains.proposals.rules.states import STEPS, VENDOR_STATUS
from souk.domains.proposals.store import INVITATIONS, answer_invitation, create_invitation, recent_invitations
from souk.domains.talent.commands.activity import note_activity
from souk.graph import Context
from souk.storage import Transaction, View
from souk.values import texts
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp


def invite(ctx: Context, request: InviteRequest) -> JobInvitation:
    """Invite a freelancer to apply. With the invitation they can see a private job."""
    job = ctx.load(JOBS, request.job_posting_id)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound(access.NO_JOB)
    require_manager(ctx.principal.role)
    access.require_hiring_client(ctx, job)
    access.require_open(job)
    problems = Problems("clientJobInvitationCreateRequest")
    letter = texts.optional_text(problems, "invitationLetter", request.invitation_letter)
    problems.raise_if_any()
    vendors = _vendors(ctx, request.freelancer_id, job)
    freelancer_id = request.freelancer_id
    has_applied = Conflict("This freelancer has already applied to this job.")
    if access.application(ctx, job.id, freelancer_id) is not None:
        raise has_applied
    now = stamp(ctx.now)
    invitation = JobInvitation(
        id=ctx.table.new_id(),
        job_id=job.id,
        client_team_id=job.organization_id,
        client_company_id=job.company_id,
        inviter_id=ctx.principal.user_id,
        user_id=freelancer_id,
        letter=letter,
        created=now,
        modified=now,
    )
    invited = Relation(kind=RelationKind.INVITATION, user_id=freelancer_id, target_id=job.id, record_id=invitation.id)
    tx = ctx.table.transaction()
    require_standing(tx, job.company_id, user_id=freelancer_id)
    tx.check(JOBS, job)
    tx.check_absent(RELATIONS, RelationKind.APPLICATION, job.id, freelancer_id, refused=has_applied)
    tx.create(RELATIONS, invited, refused=Conflict("This freelancer has already been invited to this job."))
    stored = create_invitation(tx, invitation)
    tx.tally(ACTIVITY, activity_key(job.id), invites_sent=1, invites_unanswered=1)
    invited_to = [id_ for one in vendors for id_ in (one.team.id, one.company.id)]
    tx.emit("JOB_INVITATION", "CREATE", invitation.id, to=dict.fromkeys((*invitation.client, *invited_to)))
    if may_mail(recent_invitations(ctx.table, freelancer_id, job.company_id, ctx.now - MAIL_PERIOD)):
        _queue_mail(ctx, tx, job, invitation)
    tx.commit()
    return stored


def accept(ctx: Context, request: AcceptInvitation) -> Proposal:
    """Accept an invitation by applying. If the client has made an offer in the meantime, the proposal gets it."""
    invitation = _open_invitation(ctx, request.invitation_id)
    vendor = access.vendor(ctx, None)
    job = ctx.load(JOBS, invitation.job_id)
    if job is None:
        raise NotFound(access.NO_JOB)
    access.require_outsider(ctx, job, ctx.principal.user_id)
    access.require_open(job)
    access.require_location(ctx, job)
    problems = Problems("input")
    price = applying.charge(problems, request.charged_amount, job, job.currency)
    letter = texts.optional_text(problems, "coverLetter", request.cover_letter)
    problems.raise_if_any()
    if access.application(ctx, job.id, ctx.principal.user_id) is not None:
        raise Conflict("You already have a proposal to this job.")
    open_offer = ctx.load(OPEN_OFFERS, job.id, ctx.principal.user_id)
    offer = _offer(ctx, job, open_offer)
    action = acceptance_action(offer)
    status = STEPS[action].to or ClientStatus.ACTIVATED
    now = stamp(ctx.now)
    proposal = Proposal(
        id=ctx.table.new_id(),
        job_id=job.id,
        parties=access.parties_of(job, vendor),
        hourly=applying.is_hourly(job),
        amount=price,
        currency=job.currency,
        cover_letter=letter,
        vendor_status=VENDOR_STATUS[status],
        client_status=status,
        resumes=ClientStatus.ACTIVATED,
        interviewed=True,
        invitation_id=invitation.id,
        offer_id=offer.id if offer else None,
        created=now,
        modified=now,
        created_by_id=ctx.principal.user_id,
        modified_by_id=ctx.principal.user_id,
    )
    tx = ctx.table.transaction()
    require_parties(tx, proposal.parties)
    tx.check(JOBS, job)
    check_open_offer(tx, job.id, ctx.principal.user_id, open_offer)
    accept_invitation(tx, invitation, proposal.id, proposal.parties, now)
    stored = add_proposal(tx, proposal, action)
    if offer:
        link_proposal(tx, offer, proposal.id)
    tx.commit()
    note_activity(ctx)
    return stored


def decline(ctx: Context, request: DeclineInvitation) -> None:
    """Decline an invitation."""
    invitation = _open_invitation(ctx, request.invitation_id)
    problems = Problems("input")
    note = notes.read_note(problems, "PROPOSAL_DECLINE", ("reasonId", request.reason_id), message=request.message)
    problems.raise_if_any()
    declined = {"state": InvitationState.DECLINED, "note": note, "modified": stamp(ctx.now)}
    tx = ctx.table.transaction()
    answer_invitation(tx, invitation, invitation.model_copy(update=declined))
    tx.tally(ACTIVITY, activity_key(invitation.job_id), invites_unanswered=-1)
    tx.emit(
        "JOB_INVITATION",
        "DECLINE",
        invitation.id,
        to=dict.fromkeys((*invitation.client, ctx.principal.organization_id, ctx.principal.company_id)),
    )
    tx.commit()


def _queue_mail(ctx: Context, tx: Transaction, job: Job, invitation: JobInvitation) -> None:
    """Add the mail to the invited freelancer to a transaction."""
    company, inviter = ctx.load(ORGANIZATIONS, job.company_id), ctx.load(USERS, invitation.inviter_id)
    if company is None or inviter is None:
        raise NotFound(access.NO_JOB)
    mails.queue(
        tx,
        MailTemplate.JOB_INVITATION,
        invitation.user_id,
        ctx.now,
        company=company.name,
        inviter=inviter.name,
        title=job.info.title or "",
        letter=quote(invitation.letter),
        invitation=invitation.id,
    )


def _vendors(ctx: Context, user_id: str, job: Job) -> list[Vendor]:
    """Return a freelancer who can be invited, with each organization that they work for.

    Raises the same Unprocessable for an unknown id and for a user who is not a freelancer.
    """
    user = ctx.load(USERS, user_id)
    memberships = memberships_of(ctx.table, user_id, consistent=True) if user else []
    if is_colleague(job.company_id, memberships):
        raise Unprocessable("clientJobInvitationCreateRequest.freelancerId: must not be a member of your own company.")
    vendors = active_vendors(ctx, user_id, memberships)
    if user is None or user.service or not vendors:
        raise Unprocessable("clientJobInvitationCreateRequest.freelancerId: must be the id of a freelancer.")
    if unmet := access.unmet_location(ctx, job, user_id):
        raise Unprocessable(
            f"clientJobInvitationCreateRequest.freelancerId: must live in one of these {unmet}. To invite this "
            "freelancer, change the places of the job or its locationCheckRequired."
        )
    return vendors


def _open_invitation(ctx: Context, invitation_id: str) -> JobInvitation:
    """Return an unanswered invitation of the caller. Raises NotFound for other people's."""
    invitation = ctx.load(INVITATIONS, invitation_id)
    if invitation is None or invitation.user_id != ctx.principal.user_id:
        raise NotFound("This invitation does not exist, or you cannot see it.")
    if invitation.state is not InvitationState.SENT:
        raise Conflict(f"You have already answered this invitation: it is {invitation.state}.")
    return invitation


def _offer(ctx: Context, job: Job, open_offer: OpenOffer | None) -> Offer | None:
    """Return the caller's open or accepted offer for a job.

    The index lists the offers, but can lag behind, so `open_offer` adds the newest one. Their states are read from the
    table. Raises Conflict if the offer is to another organization of the caller.
    """
    for_job: View[Offer, Offer] = View([lambda one: one.job_id == job.id], among={"job": {job.id}})
    ids = {one.id for one in PERSON_OFFERS.of(ctx.table, ctx.principal.user_id).all(for_job)}
    if open_offer is not None:
        ids.add(open_offer.offer_id)
    offer = current_offer(filter(None, ctx.load_many(OFFERS, sorted(ids))), ctx.now)
    if offer is not None and not offer.parties.vendor_is(ctx.principal):
        raise Conflict(
            "Your offer for this job is to another of your organizations; accept the invitation in its context."
        )
    return offer
