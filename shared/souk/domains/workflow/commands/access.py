"""Finding a workflow and the standing of the caller. Unknown and foreign workflows get the same words."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from pydantic import BaseModel

from souk.domains.agreements.model import Parties
from souk.domains.agreements.rules import require_client_lead
from souk.domains.identity.store import memberships_of
from souk.domains.workflow.model import Task, Whole
from souk.domains.workflow.rules.standing import Standing
from souk.domains.workflow.store import idempotency_guard, workflow_by_id
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, NotFound
from souk.values.problems import Problems

NO_WORKFLOW: Final = "This workflow does not exist, or you cannot see it."
_KEY_USED: Final = "This idempotency key was used for another request."


@dataclass(frozen=True, slots=True)
class Seen:
    """A workflow with the standing of the caller."""

    whole: Whole
    standing: Standing


def seen(ctx: Context, workflow_id: str) -> Seen:
    """Return the current version of a workflow that the caller is a party to. Raises NotFound."""
    whole = workflow_by_id(ctx.table, workflow_id)
    if whole is not None:
        standing = Standing.of(whole.workflow.parties, ctx.principal)
        if standing.party:
            return Seen(whole, standing)
    raise NotFound(NO_WORKFLOW)


def led(ctx: Context, workflow_id: str) -> Seen:
    """Return a workflow that the caller may extend and waive. Raises NotFound, and Forbidden for other parties."""
    found = seen(ctx, workflow_id)
    require_client_lead(found.whole.workflow.parties, ctx.principal)
    return found


def standings(table: Table, parties: Parties, user_ids: Iterable[str]) -> dict[str, Standing]:
    """Return the standings of other people, by their ids. The reads take as long as one."""
    ids = list(dict.fromkeys(user_ids))
    if not ids:
        return {}
    reads = [partial(memberships_of, user_id=one, consistent=True) for one in ids]
    return {one: Standing.of(parties, *found) for one, found in zip(ids, table.concurrently(reads), strict=True)}


def check_assignees(table: Table, problems: Problems, parties: Parties, tasks: Iterable[Task], path: str) -> None:
    """Report tasks that are assigned to people whose role may not write them. `path` is formatted with the index."""
    assigned = [(at, one, one.assignee_id) for at, one in enumerate(tasks) if one.assignee_id is not None]
    known = standings(table, parties, [user_id for _, _, user_id in assigned])
    for at, task, user_id in assigned:
        if not known[user_id].writes(task):
            problems.add(path.format(at), "must be a person whose role may write the task.")


@dataclass(frozen=True, slots=True)
class Once:
    """A request with an idempotency key, which is answered once; one without a key is always new."""

    guard: str | None
    fingerprint: str

    @classmethod
    def of(cls, ctx: Context, problems: Problems, mutation: str, request: BaseModel, key: str | None) -> "Once":
        """Return the guard of a request."""
        checked = idempotency.key(problems, key)
        principal = ctx.principal
        guard = checked and idempotency_guard(principal.user_id, principal.organization_id, mutation, checked)
        return cls(guard, idempotency.fingerprint(request))

    def made(self, table: Table) -> list[str] | None:
        """Return the ids that the first request has made; None for a new one. Raises Conflict for another request."""
        holder = table.holder(self.guard) if self.guard else None
        if holder is None:
            return None
        fingerprint, *ids = holder.split("/")
        if fingerprint != self.fingerprint:
            raise Conflict(_KEY_USED)
        return ids

    def reserve(self, tx: Transaction, *ids: str) -> None:
        """Have a transaction remember what the request makes."""
        if self.guard:
            tx.reserve(self.guard, "/".join((self.fingerprint, *ids)), Conflict(_KEY_USED))
