"""Resolvers of the erasure of one's own account."""

from typing import Any

from souk.domains.erasure.commands import deciding, running
from souk.domains.erasure.inputs import RequestDeletion
from souk.domains.erasure.store import BEGIN
from souk.domains.erasure.views import REMAINING
from souk.domains.identity.resolvers.account import shown_account
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.graph import Context, Domain, Scope
from souk.graph.context import Source
from souk.graph.domain import ERASED
from souk.graph.personal import Obstacle
from souk.storage import Key
from souk.values.times import stamp

domain = Domain("erasure", function="operator", joins=("mails",), joins_keys=("USER#",))
domain.due(BEGIN)(running.begin)
domain.due(ERASED)(running.step)


def _preview(ctx: Context) -> dict[Key, Source]:
    user_id = ctx.principal.user_id
    return {USERS.key(user_id): USERS, REMAINING.key(user_id): REMAINING}


@domain.query("accountDeletionPreview", scopes=[Scope.ACCOUNT], needs=_preview)
def account_deletion_preview(ctx: Context) -> dict[str, Any]:
    """Return what the erasure of the caller's account would do."""
    user_id = ctx.principal.user_id
    user = ctx.load(USERS, user_id)
    return {
        "deletionDateTime": (user and user.deletion) or stamp(ctx.now + deciding.DELAY),
        "remainingBalances": ctx.entities[REMAINING.key(user_id)],
    }


@domain.connection("AccountDeletionPreview.obstacles")
def account_deletion_obstacles(source: dict[str, Any], ctx: Context) -> list[Obstacle]:
    """Return what stands in the way of the erasure of the caller's account."""
    return deciding.obstacles(ctx.table, ctx.principal.user_id, ctx.now)


domain.link("RemainingBalance.organization", to=ORGANIZATIONS, by="organization_id")


@domain.mutation("requestAccountDeletion", scopes=[Scope.ACCOUNT])
def request_account_deletion(ctx: Context, input: RequestDeletion) -> dict[str, Any]:
    """Schedule the erasure of the caller's account."""
    return shown_account(deciding.request(ctx, input), ctx)


@domain.mutation("cancelAccountDeletion", scopes=[Scope.ACCOUNT])
def cancel_account_deletion(ctx: Context) -> dict[str, Any]:
    """Keep the caller's account."""
    return shown_account(deciding.cancel(ctx), ctx)
