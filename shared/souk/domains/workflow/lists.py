"""Workflows by their id, of an entity, and of the organization of a request."""

from collections.abc import Callable
from typing import Any

from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.workflow.commands.access import Seen
from souk.domains.workflow.inputs import WorkflowFilter
from souk.domains.workflow.model import EntityType, Workflow, WorkflowRef
from souk.domains.workflow.rules.making import entity_type
from souk.domains.workflow.rules.standing import Standing
from souk.domains.workflow.store import (
    CLIENT_WORKFLOWS,
    ENTITY_WORKFLOWS,
    VENDOR_WORKFLOWS,
    wholes,
    workflow_by_id,
    workflows_by_id,
)
from souk.domains.workflow.views import Logs, WorkflowView
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection
from souk.storage import OwnedList, View
from souk.values.errors import Unprocessable

Condition = Callable[[Workflow], bool]


def by_id(ctx: Context, workflow_id: str) -> WorkflowView | None:
    """Return a workflow; None for one that the caller is no party to."""
    whole = workflow_by_id(ctx.table, workflow_id, consistent=False)
    standing = Standing.of(whole.workflow.parties, ctx.principal) if whole else None
    return WorkflowView.of(Seen(whole, standing), ctx) if whole and standing and standing.party else None


def newest(ctx: Context, given_type: str, entity_id: str) -> WorkflowView | None:
    """Return the newest workflow of an entity that the caller may see; None without one."""
    listed, view = _of_entity(ctx, entity_type("entityType", given_type), entity_id, [])
    page = listed.page(view, 1)
    return next(iter(_shown(ctx, page.rows)), None)


def workflows(ctx: Context, given: WorkflowFilter, pagination: Pagination | None) -> Connection:
    """Return a page of workflows that the caller may see, the newest first. Raises Unprocessable for half an entity."""
    conditions: list[Condition] = []
    if given.type_eq:
        conditions.append(lambda one: one.type is given.type_eq)
    if given.status_eq:
        conditions.append(lambda one: one.shown_status is given.status_eq)
    named = (given.entity_type_eq, given.entity_id_eq)
    if given.entity_type_eq is not None and given.entity_id_eq is not None:
        kind = entity_type("filter.entityType_eq", given.entity_type_eq)
        listed, view = _of_entity(ctx, kind, given.entity_id_eq, conditions)
        named = (kind, given.entity_id_eq)
    elif any(named):
        raise Unprocessable("filter: give entityType_eq and entityId_eq together.")
    else:
        listed, view = _of_organization(ctx, conditions)
    principal = ctx.principal
    return connection(
        ctx.cursors,
        listed,
        view,
        pagination,
        bound_to=[principal.user_id, principal.organization_id, *named, given.type_eq, given.status_eq],
        nodes=lambda rows: _shown(ctx, rows),
    )


def _of_organization(ctx: Context, conditions: list[Condition]) -> tuple[OwnedList[Any], View[Any, Any]]:
    """Return the workflows of the organization of the request."""
    stored = VENDOR_WORKFLOWS if _works(ctx) else CLIENT_WORKFLOWS
    return stored.of(ctx.table, ctx.principal.company_id), View(conditions=[_seen_by(ctx), *conditions])


def _of_entity(
    ctx: Context, kind: EntityType, entity_id: str, conditions: list[Condition]
) -> tuple[OwnedList[Any], View[Any, Any]]:
    """Return the workflows of an entity.

    A talent cloud has those of many freelancers, so a freelancer's are found among the freelancer's own.
    """
    if kind is EntityType.TALENT_CLOUD and _works(ctx):
        return _of_organization(ctx, [lambda one: one.has(kind, entity_id), *conditions])
    wanted = [_seen_by(ctx), *conditions]

    def read(refs: list[WorkflowRef]) -> list[Workflow | None]:
        return workflows_by_id(ctx.table, [one.workflow_id for one in refs])

    view: View[WorkflowRef, Workflow | None] = View(
        rows=read, row_conditions=[lambda one: one is not None and all(holds(one) for holds in wanted)]
    )
    return ENTITY_WORKFLOWS.of(ctx.table, kind, entity_id), view


def _works(ctx: Context) -> bool:
    """Return whether the organization of the request is a freelancer's or an agency."""
    company = ctx.load(ORGANIZATIONS, ctx.principal.company_id)
    return company is not None and company.legacy_type is OrganizationLegacyType.VENDOR


def _seen_by(ctx: Context) -> Condition:
    return lambda one: Standing.of(one.parties, ctx.principal).party


def _shown(ctx: Context, rows: list[Workflow]) -> list[WorkflowView | None]:
    """Return the views of workflows, whose tasks are read together."""
    found = wholes(ctx.table, [one.id for one in rows], consistent=ctx.consistent) if rows else {}
    logs = Logs()
    return [
        WorkflowView.of(Seen(found[one.id], Standing.of(one.parties, ctx.principal)), ctx, logs)
        if one.id in found
        else None
        for one in rows
    ]
