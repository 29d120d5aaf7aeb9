"""Inviting freelancers to a job, and answering invitations."""

from souk.domains.identity.model import OrganizationLegacyType, User
from souk.domains.identity.store import ORGANIZATIONS, USERS, memberships_of
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.states import require_manager
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import OpenOffer, Relation, RelationKind
from souk.domains.market.store import ACTIVITY, OPEN_OFFERS, RELATIONS, activity_key, keep_open
from souk.domains.offers.model import Offer
from souk.domains.offers.store import OFFERS, offers_to_person, take_up
from souk.domains.proposals.commands import parties
from souk.domains.proposals.commands.applying import answered, begin
from souk.domains.proposals.inputs import AcceptInvitation, DeclineInvitation, InviteRequest
from souk.domains.proposals.model import ClientStatus, InvitationState, JobInvitation, Proposal
from souk.domains.proposals.rules import applying, enums
from souk.domains.proposals.rules.inviting import acceptance, offer_that_counts
from souk.domains.proposals.rules.states import STEPS, TO_VENDOR
from souk.domains.proposals.store import INVITATIONS
from souk.graph import Context
from souk.values import texts
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp


def invite(ctx: Context, request: InviteRequest) -> JobInvitation:
    """Invite a freelancer to apply: from now on they see the job, private or not."""
    job = ctx.load(JOBS, request.job_posting_id)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound(parties.NO_JOB)
    require_manager(ctx.principal.role)
    parties.require_open(job)
    problems = Problems("clientJobInvitationCreateRequest")
    letter = texts.said(problems, "invitationLetter", request.invitation_letter)
    problems.raise_if_any()
    freelancer = _freelancer(ctx, request.freelancer_id, job)
    applied = Conflict("This freelancer has applied to this job already.")
    if parties.application(ctx, job.id, freelancer.id) is not None:
        raise applied
    now = stamp(ctx.now)
    invitation = JobInvitation(
        id=ctx.table.new_id(),
        job_id=job.id,
        client_team_id=job.organization_id,
        client_company_id=job.company_id,
        inviter_id=ctx.principal.user_id,
        user_id=freelancer.id,
        letter=letter,
        created=now,
        modified=now,
    )
    invited = Relation(kind=RelationKind.INVITATION, user_id=freelancer.id, target_id=job.id, record_id=invitation.id)
    tx = ctx.table.transaction()
    tx.check(JOBS, job)
    tx.check_absent(RELATIONS, RelationKind.APPLICATION, job.id, freelancer.id, refused=applied)
    tx.create(RELATIONS, invited, refused=Conflict("This freelancer has been invited to this job already."))
    stored = tx.create(INVITATIONS, invitation)
    tx.tally(ACTIVITY, activity_key(job.id), invites_sent=1, invites_unanswered=1)
    tx.commit()
    return stored


def accept(ctx: Context, request: AcceptInvitation) -> Proposal:
    """Accept an invitation by applying. Where an offer came before the answer, the proposal begins with it."""
    invitation = _open_invitation(ctx, request.invitation_id)
    vendor = parties.vendor(ctx, None)
    job = ctx.load(JOBS, invitation.job_id)
    if job is None:
        raise NotFound(parties.NO_JOB)
    parties.require_outsider(ctx, job, ctx.principal.user_id)
    parties.require_open(job)
    problems = Problems("input")
    price = applying.charge(problems, request.charged_amount, job.currency)
    letter = texts.said(problems, "coverLetter", request.cover_letter)
    problems.raise_if_any()
    if parties.application(ctx, job.id, ctx.principal.user_id) is not None:
        raise Conflict("You have a proposal to this job already.")
    noted = ctx.load(OPEN_OFFERS, job.id, ctx.principal.user_id)
    offer = _offer(ctx, job, noted)
    action = acceptance(offer)
    status = STEPS[action].to or ClientStatus.ACTIVATED
    now = stamp(ctx.now)
    proposal = Proposal(
        id=ctx.table.new_id(),
        job_id=job.id,
        parties=parties.parties_of(job, vendor),
        hourly=applying.is_hourly(job),
        amount=price,
        currency=job.currency,
        cover_letter=letter,
        vendor_status=TO_VENDOR[status],
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
    tx.check(JOBS, job)
    keep_open(tx, job.id, ctx.principal.user_id, noted)
    answered(tx, invitation, proposal.id, now)
    stored = begin(tx, proposal, action)
    if offer:
        take_up(tx, offer, proposal.id)
    tx.commit()
    return stored


def decline(ctx: Context, request: DeclineInvitation) -> None:
    """Decline an invitation."""
    invitation = _open_invitation(ctx, request.invitation_id)
    problems = Problems("input")
    why = enums.note(problems, "PROPOSAL_DECLINE", ("reasonId", request.reason_id), word=request.message)
    problems.raise_if_any()
    declined = {"state": InvitationState.DECLINED, "note": why, "modified": stamp(ctx.now)}
    tx = ctx.table.transaction()
    tx.update(INVITATIONS, invitation.model_copy(update=declined))
    tx.tally(ACTIVITY, activity_key(invitation.job_id), invites_unanswered=-1)
    tx.commit()


def _freelancer(ctx: Context, user_id: str, job: Job) -> User:
    """Return a freelancer who can be invited. The answer is the same for nobody and for who is none."""
    found = ctx.load(USERS, user_id)
    held = memberships_of(ctx.table, user_id, consistent=True) if found else []
    homes = ctx.load_many(ORGANIZATIONS, [one.organization_id for one in held])
    if any(one.company_id == job.company_id for one in held):
        raise Unprocessable("clientJobInvitationCreateRequest.freelancerId: one's own people are not invited.")
    vendors = [one for one in homes if one and one.active and one.legacy_type is OrganizationLegacyType.VENDOR]
    if found is None or found.service or not vendors:
        raise Unprocessable("clientJobInvitationCreateRequest.freelancerId: the id of a freelancer.")
    return found


def _open_invitation(ctx: Context, invitation_id: str) -> JobInvitation:
    """Return an invitation of the caller's that they have not answered. Raises NotFound for any other's."""
    found = ctx.load(INVITATIONS, invitation_id)
    if found is None or found.user_id != ctx.principal.user_id:
        raise NotFound("There is no such invitation, or it is not yours.")
    if found.state is not InvitationState.SENT:
        raise Conflict(f"You have answered this invitation: it is {found.state}.")
    return found


def _offer(ctx: Context, job: Job, noted: OpenOffer | None) -> Offer | None:
    """Return the offer for a job that the caller has, open or accepted.

    The index tells which there are, but for one of a moment ago, which is noted; where each of them stands is read from
    the table itself. Raises Conflict where the one that counts is to another organization of theirs.
    """
    listed = {one.id for one in offers_to_person(ctx.table, ctx.principal.user_id) if one.job_id == job.id}
    if noted is not None:
        listed.add(noted.offer_id)
    offer = offer_that_counts(filter(None, ctx.load_many(OFFERS, sorted(listed))), ctx.now)
    if offer is not None and not offer.parties.vendor_is(ctx.principal):
        raise Conflict("Your offer for this job is to another organization of yours; answer the invitation there.")
    return offer
