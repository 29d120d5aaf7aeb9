"""Asking for the erasure of one's account, and keeping it after all."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from souk.deadlines.model import schedule
from souk.domains import personal_data
from souk.domains.erasure.inputs import RequestDeletion
from souk.domains.erasure.model import Erasure, ErasureState
from souk.domains.erasure.store import BEGIN, ERASURES, save
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.graph import Context
from souk.graph.personal import Obstacle, Obstacles
from souk.storage import Table, Transaction
from souk.values import texts
from souk.values.errors import Conflict, Forbidden, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

DELAY: Final = timedelta(days=14)
"""From the request to the erasure."""
_MAX_REASON: Final = 1_000


def request(ctx: Context, wanted: RequestDeletion) -> User:
    """Schedule the erasure of the caller's account. An account that is to be erased stays as it is.

    Raises Unprocessable for another e-mail address than the caller's, Forbidden for a service account, and Conflict
    with the list of what stands in the way.
    """
    problems, user_id = Problems("input"), ctx.principal.user_id
    reason = texts.optional_text(problems, "reason", wanted.reason, _MAX_REASON)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> User:
        user = _user(ctx.table, user_id)
        if user.service:
            raise Forbidden("A service account is deleted with its API key: use revokeApiKey.")
        if wanted.confirm_email.strip().casefold() != user.email.casefold():
            raise Unprocessable("input.confirmEmail: type the e-mail address of your account.")
        if user.deletion:
            return user
        if found := obstacles(ctx.table, user_id, ctx.now):
            raise refusal(found)
        before = ctx.table.get(ERASURES, user_id, consistent=True)
        due = ctx.now + DELAY
        erasure = Erasure(
            user_id=user_id,
            state=ErasureState.WAITING,
            requested=stamp(ctx.now),
            due=stamp(due),
            reason=reason,
            version=before.version if before else 0,
        )
        save(tx, erasure)
        schedule(tx, BEGIN, user_id, due)
        queue(tx, MailTemplate.ACCOUNT_DELETION, user_id, ctx.now, date=stamp(due)[:10])
        return tx.update(USERS, user.model_copy(update={"deletion": stamp(due)}))

    return ctx.table.retry_until_committed(attempt)


def cancel(ctx: Context) -> User:
    """Keep the caller's account. Raises Conflict once the erasure has begun."""
    user_id = ctx.principal.user_id

    def attempt(tx: Transaction) -> User:
        user = _user(ctx.table, user_id)
        if user.deletion is None:
            return user
        erasure = ctx.table.get(ERASURES, user_id, consistent=True)
        if erasure and erasure.state is ErasureState.RUNNING:
            raise Conflict("This account is being erased already.")
        if erasure:
            save(tx, erasure.model_copy(update={"state": ErasureState.CANCELLED, "reason": None}))
        return tx.update(USERS, user.model_copy(update={"deletion": None}))

    return ctx.table.retry_until_committed(attempt)


def obstacles(table: Table, user_id: str, now: datetime) -> list[Obstacle]:
    """Return what stands in the way of the erasure of an account, in all domains. They are asked at the same time."""

    def found(table: Table, declared: Obstacles) -> list[Obstacle]:
        return list(declared(table, user_id, now))

    declared = [data.obstacles for data in personal_data().values() if data.obstacles]
    return [one for part in table.concurrently([partial(found, declared=one) for one in declared]) for one in part]


def refusal(found: list[Obstacle]) -> Conflict:
    """Return the error that lists what stands in the way."""
    listed = [{"code": one.code, "message": one.message, "id": one.id} for one in found]
    words = " ".join(dict.fromkeys(one.message for one in found))
    return Conflict(f"This account cannot be deleted yet. {words}", obstacles=listed)


def _user(table: Table, user_id: str) -> User:
    user = table.get(USERS, user_id, consistent=True)
    if user is None:
        raise NotFound("This account does not exist.")
    return user
