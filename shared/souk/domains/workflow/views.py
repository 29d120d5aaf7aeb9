"""Workflows and tasks as a caller sees them: without the tasks that their roles may not see."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from souk.domains.workflow.commands.access import Seen
from souk.domains.workflow.model import Status, Task, TaskComment, TaskLabel, TaskLog, TaskStatus, Whole
from souk.domains.workflow.rules.standing import Standing
from souk.domains.workflow.store import LOGS
from souk.graph import Context
from souk.storage import Key

Part = dict[str, Any]


class Logs:
    """The logs of all tasks of an answer, which are read together, once."""

    def __init__(self) -> None:
        self._keys: list[Key] = []

    def add(self, workflow_id: str, tasks: Sequence[Task]) -> None:
        """Add the tasks of a workflow."""
        self._keys += [LOGS.key(workflow_id, one.id) for one in tasks]

    def of(self, ctx: Context, workflow_id: str, task_id: str) -> TaskLog:
        """Return the log of a task."""
        ctx.connection("WorkflowTaskView.changes", self, {}, lambda: ctx.fetch(dict.fromkeys(self._keys, LOGS)))
        return ctx.load(LOGS, workflow_id, task_id) or TaskLog(workflow_id=workflow_id, task_id=task_id)


@dataclass(frozen=True)
class WorkflowView:
    """The contract's WorkflowView. The attributes are its fields."""

    whole: Whole
    standing: Standing
    today: str
    """YYYY-MM-DD, UTC."""
    logs: Logs

    @classmethod
    def of(cls, seen: Seen, ctx: Context, logs: Logs | None = None) -> Self:
        """Return a workflow for the caller of a request. The views of one answer share their logs."""
        view = cls(seen.whole, seen.standing, ctx.now.date().isoformat(), logs or Logs())
        view.logs.add(view.id, view.shown)
        return view

    @property
    def id(self) -> str:
        """The id."""
        return self.whole.id

    @property
    def type(self) -> str:
        """The kind of workflow."""
        return self.whole.workflow.type

    @property
    def onboarded_status(self) -> Status:
        """The status, which is the same for everybody."""
        return self.whole.workflow.shown_status

    @cached_property
    def shown(self) -> list[Task]:
        """The tasks that the caller may know of."""
        return [one for one in self.whole.tasks if self.standing.sees(one)]

    @cached_property
    def _counted(self) -> list[Task]:
        return [one for one in self.shown if one.active]

    @property
    def total_tasks(self) -> int:
        """The number of active tasks."""
        return len(self._counted)

    @property
    def not_started_tasks_count(self) -> int:
        """The number of tasks that nobody has begun."""
        return sum(one.status.unstarted for one in self._counted)

    @property
    def in_progress_tasks_count(self) -> int:
        """The number of tasks that have begun and are not finished."""
        return self.total_tasks - self.not_started_tasks_count - self.completed_tasks_count

    @property
    def completed_tasks_count(self) -> int:
        """The number of completed and waived tasks."""
        return sum(one.status.finished for one in self._counted)

    @property
    def tasks_overdue(self) -> int:
        """The number of tasks past their due date."""
        return sum(one.overdue(self.today) for one in self._counted)

    @property
    def percent_complete(self) -> int:
        """0 to 100; 100 only when all are finished."""
        return 100 * self.completed_tasks_count // self.total_tasks if self.total_tasks else 0

    @property
    def start_date_time(self) -> str | None:
        """When a task was first begun."""
        return self.whole.workflow.started

    @property
    def completion_date_time(self) -> str | None:
        """When it was completed."""
        return self.whole.workflow.completed

    @property
    def waive_reason(self) -> str | None:
        """Why it was waived."""
        return self.whole.workflow.waive_reason

    @property
    def associations(self) -> list[Part]:
        """The entities of the workflow."""
        return [{"entityType": one.entity_type, "entityValue": one.entity_id} for one in self.whole.workflow.references]

    @property
    def tasks(self) -> list["TaskView"]:
        """The tasks, in their order."""
        return [TaskView(self, one, at) for at, one in enumerate(self.shown, 1)]

    def task(self, task_id: str) -> "TaskView":
        """Return a task that the caller may know of."""
        return next(one for one in self.tasks if one.id == task_id)

    @property
    def created_date_time(self) -> str:
        """When it was made."""
        return self.whole.workflow.created

    @property
    def modified_date_time(self) -> str:
        """When it was changed last."""
        return self.whole.workflow.modified

    @property
    def created_by(self) -> str:
        """The id of the person whose step made it."""
        return self.whole.workflow.created_by_id

    @property
    def modified_by(self) -> str:
        """The id of the person who changed it last."""
        return self.whole.workflow.modified_by_id


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task for a caller."""

    view: WorkflowView
    task: Task
    order: int

    @property
    def id(self) -> str:
        """The id."""
        return self.task.id

    @property
    def status(self) -> TaskStatus:
        """The status."""
        return self.task.status

    def log(self, ctx: Context) -> TaskLog:
        """Return the comments and changes. Those of all tasks of an answer are read together."""
        return self.view.logs.of(ctx, self.view.id, self.id)

    @property
    def assignee(self) -> Part | None:
        """The person whom it is assigned to."""
        return {"entityType": "User", "entityId": self.task.assignee_id} if self.task.assignee_id else None

    @property
    def labels(self) -> list[TaskLabel]:
        """The labels, OVERDUE by the due date."""
        overdue = [TaskLabel.OVERDUE] if self.task.overdue(self.view.today) else []
        return [TaskLabel.FLAGGED, *overdue] if self.task.flagged else overdue

    @property
    def depends_on(self) -> str | None:
        """The ids of the tasks that come first, as far as the caller may know of them."""
        shown = {one.id for one in self.view.shown}
        return ",".join(one for one in self.task.depends_on if one in shown) or None

    def comments(self, log: TaskLog) -> list[Part]:
        """Return the comments that the caller may read, oldest first."""
        shown = [one for one in log.comments if one.visible_to_client or self.view.standing.vendor]
        return [_comment(one) for one in shown]


def _comment(comment: TaskComment) -> Part:
    return {
        "id": comment.id,
        "message": comment.message,
        "createdDateTime": comment.created,
        "createdBy": comment.created_by_id,
        "visibleToClient": comment.visible_to_client,
        "attachments": [{"id": one.id, "name": one.file_name, "type": one.content_type} for one in comment.attachments],
    }
