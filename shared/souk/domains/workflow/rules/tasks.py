"""The steps of tasks, and what follows from them for other tasks and for the workflow. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from souk.domains.workflow.inputs import PatchedLabel, TaskDetails
from souk.domains.workflow.model import (
    Status,
    Task,
    TaskChange,
    TaskComment,
    TaskLabel,
    TaskLog,
    TaskStatus,
    Workflow,
)
from souk.domains.workflow.rules.standing import Standing
from souk.values import texts
from souk.values.errors import Conflict, Forbidden
from souk.values.moments import due_date
from souk.values.problems import Problems

MAX_TASKS: Final = 40
"""The tasks of a workflow, inactive ones too."""
MAX_COMMENTS: Final = 100
"""The comments on a task."""
MAX_CHANGES: Final = 200
"""The changes of a task that are kept: the newest."""
_MAX_DELAY: Final = 500
_COMMENTS_BYTES: Final = 250_000
_CHANGES_BYTES: Final = 100_000
"""DynamoDB's limit for an item is 400 KB, and the log of a task is one."""

S = TaskStatus
_STEPS: Final[Mapping[TaskStatus, frozenset[TaskStatus]]] = {
    S.NOT_OPEN: frozenset(),  # opens by itself
    S.OPEN: frozenset({S.IN_PROGRESS, S.COMPLETED, S.WAIVED}),
    S.IN_PROGRESS: frozenset({S.OPEN, S.PAUSED, S.PENDING, S.COMPLETED, S.WAIVED}),
    S.PAUSED: frozenset({S.IN_PROGRESS, S.COMPLETED, S.WAIVED}),
    S.PENDING: frozenset({S.IN_PROGRESS, S.COMPLETED, S.WAIVED}),
    S.COMPLETED: frozenset({S.IN_PROGRESS}),
    S.WAIVED: frozenset(),
}
"""The steps that people take."""


def require_open(workflow: Workflow) -> None:
    """Raise Conflict for a workflow whose tasks cannot change any more."""
    if workflow.status.closed:
        raise Conflict(f"This workflow is {workflow.status}; its tasks do not change any more.")


def with_details(task: Task, details: TaskDetails, standing: Standing, now: str) -> Task:
    """Return a task as a request changes it. What the request leaves out stays.

    Raises Forbidden for what only the client changes, Conflict for a status that cannot follow, and Unprocessable.
    """
    given, problems = details.model_fields_set, Problems("updateWorkflowTaskDetailsInput")
    if not standing.client and given & {"due_date", "active"}:
        raise Forbidden("Only the client changes dueDate and active.")
    changed: dict[str, object] = {}
    if "due_date" in given:
        changed["due"] = due_date(problems, "dueDate", details.due_date)
    if details.active is not None:
        changed["active"] = details.active
    if "delay_reasons" in given:
        reasons = texts.optional_text(problems, "delayReasons", details.delay_reasons, _MAX_DELAY)
        changed["delay_reasons"] = reasons
    for at, label in enumerate(details.labels or ()):
        changed |= _label(problems, f"labels.{at}", label)
    problems.raise_if_any()
    after = task.model_copy(update=changed)
    return after if details.status is None else with_status(after, details.status, standing, now)


def _label(problems: Problems, path: str, given: PatchedLabel) -> dict[str, bool]:
    if given.label is None or given.enabled is None:
        problems.add(path, "give a label, and whether it is enabled.")
    elif given.label is TaskLabel.OVERDUE:
        problems.add(f"{path}.label", "OVERDUE follows from dueDate and cannot be switched.")
    else:
        return {"flagged": given.enabled}
    return {}


def with_status(task: Task, status: TaskStatus, standing: Standing, now: str) -> Task:
    """Return a task with the status that a person gives it. Raises Conflict and Forbidden."""
    if status is task.status:
        return task
    if not task.active:
        raise Conflict("This task is inactive.")
    if status not in _STEPS[task.status]:
        waiting = " It opens when what it depends on is finished." if task.status is S.NOT_OPEN else ""
        raise Conflict(f"A task that is {task.status} cannot become {status}.{waiting}")
    if status is S.WAIVED and task.required and not standing.administers:
        raise Forbidden("Only owners and admins of the client waive a task that is required.")
    return task.model_copy(update={"status": status, "finished": now if status.finished else None})


def waived(tasks: Iterable[Task], now: str) -> tuple[Task, ...]:
    """Return tasks with all unfinished active ones waived."""
    update = {"status": S.WAIVED, "finished": now}
    return tuple(one.model_copy(update=update) if one.active and not one.status.finished else one for one in tasks)


def settled(tasks: Sequence[Task], now: str) -> tuple[Task, ...]:
    """Return tasks with what follows from their dependencies.

    A task opens when all that it depends on is finished or inactive. An open one that nobody has touched is closed
    again if this no longer holds.
    """
    done = {one.id for one in tasks if one.status.finished or not one.active}

    def follow(task: Task) -> Task:
        ready = done.issuperset(task.depends_on)
        if not task.active or (task.status, ready) not in ((S.NOT_OPEN, True), (S.OPEN, False)):
            return task
        if task.status is S.OPEN and task.touched:
            return task
        return task.model_copy(update={"status": S.OPEN if ready else S.NOT_OPEN, "touched": False, "modified": now})

    return tuple(map(follow, tasks))


def touched(before: Sequence[Task], after: Sequence[Task], user_id: str, now: str) -> tuple[Task, ...]:
    """Return tasks with the person and time of their changes. Tasks that were not there before are left as they are."""
    earlier = {one.id: one for one in before}
    mark = {"touched": True, "modified": now, "modified_by_id": user_id}
    return tuple(one if earlier.get(one.id, one) == one else one.model_copy(update=mark) for one in after)


def changes(before: Sequence[Task], after: Sequence[Task], by: str | None, now: str) -> dict[str, list[TaskChange]]:
    """Return the changed values of tasks, by the tasks' ids. `by` is a person; None for the marketplace."""
    earlier = {one.id: _values(one) for one in before}
    found: dict[str, list[TaskChange]] = {}
    for task in after:
        was = earlier.get(task.id)
        for name, new in _values(task).items() if was else ():
            if was and was[name] != new:
                change = TaskChange(changed=now, changed_by_id=by, field=name, old=was[name], new=new)
                found.setdefault(task.id, []).append(change)
    return found


def _values(task: Task) -> dict[str, str | None]:
    """Return the recorded values of a task, by the names of WorkflowTaskChange.field."""
    return {
        "status": task.status,
        "dueDate": task.due,
        "active": str(task.active).lower(),
        "assignee": task.assignee_id,
        "labels": TaskLabel.FLAGGED if task.flagged else None,
        "delayReasons": task.delay_reasons,
    }


def status_of(tasks: Sequence[Task]) -> Status:
    """Return the status that follows from the tasks. A workflow without active tasks has not started."""
    active = [one for one in tasks if one.active]
    needed = [one for one in active if one.required] or active
    if needed and all(one.status.finished for one in needed):
        return Status.COMPLETED
    return Status.NOT_STARTED if all(one.status.unstarted for one in active) else Status.IN_PROGRESS


def advanced(workflow: Workflow, status: Status, user_id: str, now: str) -> Workflow:
    """Return a workflow after a person has changed it, with a status."""
    started = workflow.started or (None if status in (Status.NOT_STARTED, Status.WITHDRAWN) else now)
    return workflow.model_copy(
        update={
            "status": status,
            "started": started,
            "completed": (workflow.completed or now) if status is Status.COMPLETED else None,
            "modified": now,
            "modified_by_id": user_id,
        }
    )


def with_changes(log: TaskLog, new: Iterable[TaskChange]) -> TaskLog:
    """Return a log with further changes. The oldest are forgotten where there is no room for them."""
    kept: list[TaskChange] = []
    room = _CHANGES_BYTES
    for one in reversed([*log.changes, *new]):
        room -= _size(one)
        if room < 0 or len(kept) == MAX_CHANGES:
            break
        kept.append(one)
    return log.model_copy(update={"changes": tuple(reversed(kept))})


def require_room(log: TaskLog) -> TaskLog:
    """Return a log. Raises Conflict if it has more comments than there is room for."""
    if len(log.comments) > MAX_COMMENTS or sum(map(_size, log.comments)) > _COMMENTS_BYTES:
        raise Conflict(f"This task has no room for this comment; at most {MAX_COMMENTS} are kept.")
    return log


def _size(part: TaskChange | TaskComment) -> int:
    return len(part.model_dump_json(by_alias=True, exclude_none=True).encode())
