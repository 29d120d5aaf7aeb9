"""Requests of freelancers to join a cloud: asked, withdrawn and answered."""

from collections.abc import Callable

from souk.domains.clouds.commands.access import NO_CLOUD, led
from souk.domains.clouds.commands.clouds import announce
from souk.domains.clouds.commands.members import join, standing
from souk.domains.clouds.commands.people import Freelancer, freelancers
from souk.domains.clouds.inputs import NewRequest, RequestAnswer
from souk.domains.clouds.model import Cloud, CloudEvent, JoinRequest, RequestState
from souk.domains.clouds.rules import requests as rules
from souk.domains.clouds.rules.access import require_active
from souk.domains.clouds.store import REQUESTS
from souk.domains.identity.store import USERS
from souk.domains.mails import commands as mails
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.rules import quote
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.graph import Context
from souk.storage import Transaction
from souk.values import texts
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

Outcome = tuple[JoinRequest, Cloud]


def ask(ctx: Context, wanted: NewRequest) -> Outcome:
    """Ask to join a cloud, or join it at once where requests are approved automatically.

    Repeated while it is pending, it returns the same request. Raises NotFound for an archived cloud, too.
    """
    problems, user_id, now = Problems("input"), ctx.principal.user_id, stamp(ctx.now)
    message = texts.optional_text(problems, "message", wanted.message)
    problems.raise_if_any()
    caller = _caller(ctx)

    def attempt(tx: Transaction) -> Outcome:
        found = standing(ctx.table, wanted.talent_cloud_id, user_id)
        cloud, before = found.cloud, found.request
        if cloud is None or not cloud.active:
            raise NotFound(NO_CLOUD)
        caller.require_stranger(cloud)
        if found.member:
            raise Conflict("You are a member of this talent cloud already.")
        if before and before.state is RequestState.PENDING:
            return before, cloud
        mailed = rules.mail_due(before, ctx.now)
        asked = JoinRequest(
            cloud_id=cloud.id,
            user_id=user_id,
            message=message,
            created=now,
            mailed=now if mailed else before and before.mailed,
            version=before.version if before else 0,
        )
        if cloud.auto_approved:
            asked = asked.model_copy(update={"state": RequestState.APPROVED, "answered": now})
        stored = tx.update(REQUESTS, asked) if before else tx.create(REQUESTS, asked)
        announce(tx, cloud, CloudEvent.REQUEST, caller.organizations)
        if cloud.auto_approved:
            join(ctx, tx, cloud, caller, added_by_id="")
        else:
            added = Conflict("You were added to this talent cloud in the meantime.")
            tx.check_absent(RELATIONS, RelationKind.CLOUD, cloud.id, user_id, refused=added)
        if mailed:
            _queue_mails(ctx, tx, cloud, caller, stored)
        return stored, cloud

    return _retry(ctx, attempt)


def withdraw(ctx: Context, cloud_id: str) -> Outcome:
    """Withdraw the caller's pending request. Repeated, it changes nothing."""

    def attempt(tx: Transaction) -> Outcome:
        found = standing(ctx.table, cloud_id, ctx.principal.user_id)
        if found.cloud is None or found.request is None:
            raise NotFound("You have not asked to join this talent cloud.")
        if found.request.state is RequestState.WITHDRAWN:
            return found.request, found.cloud
        if found.request.state is not RequestState.PENDING:
            raise Conflict(f"This request is {found.request.state}, so it cannot be withdrawn.")
        withdrawn = found.request.model_copy(update={"state": RequestState.WITHDRAWN})
        return tx.update(REQUESTS, withdrawn), found.cloud

    return _retry(ctx, attempt)


def answer(ctx: Context, wanted: RequestAnswer) -> Outcome:
    """Approve or reject a pending request. The same answer again changes nothing; the other one raises Conflict."""
    problems = Problems("input")
    note = texts.optional_text(problems, "note", wanted.note)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> Outcome:
        led(ctx, wanted.talent_cloud_id)
        found = standing(ctx.table, wanted.talent_cloud_id, wanted.user_id)
        cloud, request = found.cloud, found.request
        if cloud is None or request is None:
            raise NotFound("This person has not asked to join this talent cloud.")
        state = rules.answer(request, approve=wanted.approve)
        if state is None:
            return request, cloud
        require_active(cloud)
        changes = {"state": state, "note": note, "answered": stamp(ctx.now), "answered_by_id": ctx.principal.user_id}
        stored = tx.update(REQUESTS, request.model_copy(update=changes))
        freelancer = freelancers(ctx.table, [request.user_id]).get(request.user_id)
        if state is RequestState.REJECTED:
            announce(tx, cloud, CloudEvent.REJECT, freelancer.organizations if freelancer else ())
        elif freelancer is None:
            raise Conflict("This person is no freelancer any more.")
        else:
            join(ctx, tx, cloud, freelancer, added_by_id=ctx.principal.user_id)
        return stored, cloud

    return _retry(ctx, attempt)


def _retry(ctx: Context, attempt: Callable[[Transaction], Outcome]) -> Outcome:
    result = ctx.table.retry_until_committed(attempt)
    ctx.clear_cache()
    return result


def _caller(ctx: Context) -> Freelancer:
    user_id = ctx.principal.user_id
    found = freelancers(ctx.table, [user_id]).get(user_id)
    if found is None:
        raise Forbidden("Only freelancers can ask to join a talent cloud.")
    return found


def _queue_mails(ctx: Context, tx: Transaction, cloud: Cloud, caller: Freelancer, request: JoinRequest) -> None:
    """Add the mails about a request to a transaction, for people who still belong to the client's company."""
    joined = request.state is RequestState.APPROVED
    items = ctx.table.batch_get([USERS.key(one) for one in cloud.notify_user_ids])
    for user in map(USERS.decode, items.values()):
        if cloud.company_id in user.company_ids:
            mails.queue(
                tx,
                MailTemplate.TALENT_CLOUD_REQUEST,
                user.id,
                ctx.now,
                freelancer=caller.user.name,
                joined="yes" if joined else "",
                cloud=cloud.name,
                message=quote(request.message) if request.message else "",
            )
