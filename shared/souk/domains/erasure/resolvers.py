"""Resolvers of the erasure of one's own account."""

from typing import Any

from souk.domains.erasure.commands import deciding, running
from souk.domains.erasure.inputs import RequestDeletion
from souk.domains.erasure.store import BEGIN
from souk.domains.identity.resolvers.account import shown_account
from souk.graph import Context, Domain, Scope
from souk.graph.domain import ERASED

domain = Domain("erasure", function="operator", joins=("mails",), joins_keys=("USER#",))
domain.due(BEGIN)(running.begin)
domain.due(ERASED)(running.step)


@domain.mutation("requestAccountDeletion", scopes=[Scope.ACCOUNT])
def request_account_deletion(ctx: Context, input: RequestDeletion) -> dict[str, Any]:
    """Schedule the erasure of the caller's account."""
    return shown_account(deciding.request(ctx, input), ctx)


@domain.mutation("cancelAccountDeletion", scopes=[Scope.ACCOUNT])
def cancel_account_deletion(ctx: Context) -> dict[str, Any]:
    """Keep the caller's account."""
    return shown_account(deciding.cancel(ctx), ctx)
