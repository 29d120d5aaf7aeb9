"""Resolvers of workflows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from souk.domains.files.rules import require_member
from souk.domains.workflow import lists
from souk.domains.workflow.commands import changing, hiring, making
from souk.domains.workflow.commands.access import Seen
from souk.domains.workflow.inputs import AddedTask, Assignment, NewComment, NewWorkflow, TaskDetails, WorkflowFilter
from souk.domains.workflow.model import Task, TaskChange
from souk.domains.workflow.store import CLIENT_WORKFLOWS, WORKED
from souk.domains.workflow.views import TaskView, WorkflowView
from souk.graph import Context, Domain, Scope
from souk.graph.lists import Connection, Pagination
from souk.storage import Table
from souk.values.errors import Unprocessable

# A new workflow makes a new version of its offer or contract.
domain = Domain("workflow", function="offers", joins=("contracts", "offers"))

SCOPES: Final = (Scope.JOB_POSTINGS_WRITE,)
_UPDATE: Final = "updateWorkflowTaskDetailsInput"


@domain.upload("workflow.comment")
def may_upload(ctx: Context) -> None:
    """Allow members of an organization to upload files for their comments."""
    require_member(ctx.principal)


@domain.due(WORKED)
def worked(table: Table, contract_id: str, now: datetime) -> None:
    """Note that work was done under a contract."""
    hiring.mark_worked(table, contract_id, now)


# Queries


@domain.query("workflowView", scopes=SCOPES)
def workflow_view(ctx: Context, entity_type: str, entity_id: str) -> WorkflowView | None:
    """Return the newest workflow of an entity."""
    return lists.newest(ctx, entity_type, entity_id)


@domain.query("workflow", scopes=SCOPES)
def workflow(ctx: Context, id: str) -> WorkflowView | None:
    """Return a workflow."""
    return lists.by_id(ctx, id)


@domain.query("workflows", scopes=SCOPES, size=CLIENT_WORKFLOWS)
def workflows(ctx: Context, filter: WorkflowFilter, pagination: Pagination | None = None) -> Connection:
    """Return a page of workflows."""
    return lists.workflows(ctx, filter, pagination)


# Mutations


def _result(ctx: Context, seen: Seen, task_id: str) -> dict[str, Any]:
    view = WorkflowView.of(seen, ctx)
    return {"workflowId": view.id, "updatedTaskView": view.task(task_id)}


@domain.mutation("createWorkflow", scopes=SCOPES)
def create_workflow(ctx: Context, input: NewWorkflow) -> WorkflowView:
    """Make a workflow."""
    return WorkflowView.of(making.create(ctx, input), ctx)


@domain.mutation("addWorkflowTask", scopes=SCOPES)
def add_workflow_task(ctx: Context, input: AddedTask) -> dict[str, Any]:
    """Add a task."""
    seen, task_id = making.add_task(ctx, input)
    return _result(ctx, seen, task_id)


@domain.mutation("updateWorkflowTask", scopes=SCOPES)
def update_workflow_task(
    ctx: Context,
    workflow_id: str | None = None,
    task_id: str | None = None,
    update_workflow_task_details_input: TaskDetails | None = None,
) -> dict[str, Any]:
    """Change a task. The contract's arguments are nullable, and all needed."""
    if workflow_id is None:
        raise Unprocessable("workflowId: is required.")
    if task_id is None:
        raise Unprocessable("taskId: is required.")
    if update_workflow_task_details_input is None:
        raise Unprocessable(f"{_UPDATE}: is required.")
    return _result(ctx, changing.update(ctx, workflow_id, task_id, update_workflow_task_details_input), task_id)


@domain.mutation("assignWorkflowTask", scopes=SCOPES)
def assign_workflow_task(ctx: Context, input: Assignment) -> dict[str, Any]:
    """Assign a task."""
    return _result(ctx, changing.assign(ctx, input), input.task_id)


@domain.mutation("commentWorkflowTask", scopes=SCOPES)
def comment_workflow_task(ctx: Context, input: NewComment) -> dict[str, Any]:
    """Comment on a task."""
    return _result(ctx, changing.comment(ctx, input), input.task_id)


@domain.mutation("waiveWorkflow", scopes=SCOPES)
def waive_workflow(ctx: Context, workflow_id: str, reason: str | None = None) -> WorkflowView:
    """Waive a workflow."""
    return WorkflowView.of(changing.waive(ctx, workflow_id, reason), ctx)


# Fields of tasks

_OF_TASK: Final[dict[str, Callable[[Task], Any]]] = {
    "type": lambda task: task.type,
    "title": lambda task: task.title,
    "description": lambda task: task.description,
    "createdDateTime": lambda task: task.created,
    "finishedDateTime": lambda task: task.finished,
    "dueDate": lambda task: task.due,
    "modifiedDateTime": lambda task: task.modified,
    "createdBy": lambda task: task.created_by_id,
    "modifiedBy": lambda task: task.modified_by_id,
    "active": lambda task: task.active,
    "notRequired": lambda task: not task.required,
    "externalTaskId": lambda task: task.external_id,
    "delayReasons": lambda task: task.delay_reasons,
    "customAttributes": lambda task: [{"key": one.key, "value": one.value} for one in task.attributes],
}


def _field(read: Callable[[Task], Any]) -> Callable[[TaskView, Context], Any]:
    return lambda source, ctx: read(source.task)


for _name, _read in _OF_TASK.items():
    domain.field(f"WorkflowTaskView.{_name}")(_field(_read))


@domain.field("WorkflowTaskView.canEdit")
def can_edit(source: TaskView, ctx: Context) -> bool:
    """Return whether the caller may change the task now."""
    return source.view.standing.writes(source.task) and not source.view.whole.workflow.status.closed


@domain.field("WorkflowTaskView.owner")
def owner(source: TaskView, ctx: Context) -> bool:
    """Return whether the task is the caller's own."""
    return source.view.standing.owns(source.task)


@domain.field("WorkflowTaskView.comments")
def comments(source: TaskView, ctx: Context) -> list[dict[str, Any]]:
    """Return the comments that the caller may read."""
    return source.comments(source.log(ctx))


@domain.field("WorkflowTaskView.changes")
def changes(source: TaskView, ctx: Context) -> list[TaskChange]:
    """Return the changed values, oldest first."""
    return list(source.log(ctx).changes)


_OF_CHANGE: Final[dict[str, Callable[[TaskChange], Any]]] = {
    "changedDateTime": lambda one: one.changed,
    "changedBy": lambda one: one.changed_by_id,
    "oldValue": lambda one: one.old,
    "newValue": lambda one: one.new,
}


def _of_change(read: Callable[[TaskChange], Any]) -> Callable[[TaskChange, Context], Any]:
    return lambda source, ctx: read(source)


for _name, _of in _OF_CHANGE.items():
    domain.field(f"WorkflowTaskChange.{_name}")(_of_change(_of))
