"""Adding, changing and archiving activities. Each command reads consistently and writes one transaction."""

from collections.abc import Sequence
from typing import Any

from souk.domains.activities.commands import access
from souk.domains.activities.commands.assigning import assignment, reassign, require_few
from souk.domains.activities.inputs import ActivityChange, NewActivity
from souk.domains.activities.model import Activity, ActivityRef, ActivityStatus
from souk.domains.activities.rules import values
from souk.domains.activities.rules.assignment import requested
from souk.domains.activities.store import ACTIVITIES, activities_at, create_activity
from souk.domains.identity.model import Organization
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict
from souk.values.problems import Problems
from souk.values.times import stamp


def add(ctx: Context, org_id: str, team_id: str | None, request: NewActivity) -> Activity:
    """Add an activity to a team. Raises Conflict if the code is taken."""
    owner = access.managed(ctx, org_id, team_id)
    problems = Problems("request")
    given = values.new_values(problems, request, owner.currency)
    after = requested(problems, request, None)
    problems.raise_if_any()
    user_id, now = ctx.principal.user_id, stamp(ctx.now)
    activity = Activity(
        id=ctx.table.new_id(),
        organization_id=owner.id,
        company_id=owner.company_id,
        currency=owner.currency,
        created=now,
        created_by_id=user_id,
        modified=now,
        changed_by_id=user_id,
        **given,
        **assignment(ctx, owner, request.batch_assignment, after, None),
    )

    def attempt(tx: Transaction) -> Activity:
        if activities_at(ctx.table, [activity.ref]):
            raise Conflict(f"The code {activity.code} is taken in this team.")
        reassign(tx, ctx.table, None, activity)
        return create_activity(tx, activity)

    return ctx.table.retry_until_committed(attempt)


def update(ctx: Context, org_id: str, team_id: str | None, request: ActivityChange) -> None:
    """Change an activity of a team. What is set already changes nothing."""
    owner = access.managed(ctx, org_id, team_id)

    def attempt(tx: Transaction) -> None:
        (before,) = _existing(ctx, owner, [request.code])
        problems = Problems("request")
        given = values.changed_values(problems, request, before)
        after = requested(problems, request, before)
        problems.raise_if_any()
        _save(tx, ctx, before, given | assignment(ctx, owner, request.batch_assignment, after, before))

    ctx.table.retry_until_committed(attempt)


def set_status(ctx: Context, org_id: str, team_id: str | None, codes: Sequence[str], status: ActivityStatus) -> None:
    """Archive or restore activities of a team: all of them, or none. Raises NotFound, which names an unknown code."""
    owner = access.managed(ctx, org_id, team_id)
    require_few("codes", set(codes))

    def attempt(tx: Transaction) -> None:
        for before in _existing(ctx, owner, codes):
            _save(tx, ctx, before, {"status": status})

    ctx.table.retry_until_committed(attempt)


def _existing(ctx: Context, owner: Organization, codes: Sequence[str]) -> list[Activity]:
    """Return activities of a team. Raises NotFound, which names an unknown code."""
    refs = [ActivityRef(organization_id=owner.id, code=one) for one in dict.fromkeys(codes)]
    found = activities_at(ctx.table, refs)
    for ref in refs:
        if ref not in found:
            raise access.no_code(ref.code)
    return list(found.values())


def _save(tx: Transaction, ctx: Context, before: Activity, given: dict[str, Any]) -> None:
    """Add a changed activity to a transaction, if it differs."""
    after = before.model_copy(update=given)
    if after == before:
        return
    reassign(tx, ctx.table, before, after)
    changed = {"modified": stamp(ctx.now), "changed_by_id": ctx.principal.user_id}
    tx.update(ACTIVITIES, after.model_copy(update=changed))
