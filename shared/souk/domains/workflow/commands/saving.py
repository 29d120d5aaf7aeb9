"""Storing new and changed workflows, with the record of changes and the events."""

from collections.abc import Iterable, Mapping, Sequence

from souk.domains.workflow.model import (
    WORKFLOW,
    Reference,
    Status,
    Task,
    TaskChange,
    TaskLog,
    Whole,
    Workflow,
    WorkflowEvent,
    WorkflowRef,
    WorkflowTasks,
)
from souk.domains.workflow.rules import tasks as rules
from souk.domains.workflow.rules.standing import freelancer_sees
from souk.domains.workflow.store import LOGS, REFS, TASKS, WORKFLOWS, logs_of
from souk.storage import Table, Transaction


def begin(tx: Transaction, workflow: Workflow, tasks: Sequence[Task]) -> Whole:
    """Add a new workflow to a transaction: two items, one for each entity, and its event."""
    stored = tx.create(WORKFLOWS, workflow)
    whole = Whole(stored, tx.create(TASKS, WorkflowTasks(workflow_id=workflow.id, tasks=tuple(tasks))))
    for reference in workflow.references:
        list_for(tx, workflow.id, reference)
    announce(tx, whole, WorkflowEvent.CREATE, tasks)
    return whole


def list_for(tx: Transaction, workflow_id: str, reference: Reference) -> None:
    """Add a workflow to the list of an entity, in a transaction."""
    tx.create(REFS, WorkflowRef(**reference.model_dump(), workflow_id=workflow_id))


def change(
    tx: Transaction,
    table: Table,
    before: Whole,
    chosen: Sequence[Task],
    *,
    user_id: str,
    now: str,
    waived: str | None = None,
) -> Whole:
    """Add what a person has changed to a transaction, with what follows from it. Nothing changed adds nothing.

    `chosen` are the tasks as the person wants them. With `waived`, the reason or "", the workflow is waived.
    """
    by_person = rules.touched(before.tasks, chosen, user_id, now)
    after = rules.settled(by_person, now)
    if after == before.tasks and waived is None:
        return before
    status = rules.status_of(after) if waived is None else Status.WAIVED
    workflow = rules.advanced(before.workflow, status, user_id, now)
    if waived:
        workflow = workflow.model_copy(update={"waive_reason": waived})
    stored = Whole(tx.update(WORKFLOWS, workflow), tx.update(TASKS, before.stored.model_copy(update={"tasks": after})))
    _record(
        tx,
        table,
        before.id,
        rules.changes(before.tasks, by_person, user_id, now),
        rules.changes(by_person, after, None, now),
    )
    changed = [one for one in after if one not in before.tasks]
    if changed:
        announce(tx, stored, WorkflowEvent.TASK, changed)
    if status is Status.COMPLETED and before.workflow.status is not status:
        announce(tx, stored, WorkflowEvent.COMPLETE, after)
    return stored


def withdraw(tx: Transaction, workflow: Workflow, user_id: str | None, now: str) -> None:
    """Add to a transaction that a workflow is withdrawn, with its offer or contract."""
    by = user_id or workflow.modified_by_id
    tx.update(WORKFLOWS, rules.advanced(workflow, Status.WITHDRAWN, by, now))


def announce(
    tx: Transaction, whole: Whole, event: WorkflowEvent, tasks: Iterable[Task], *, to_client: bool = True
) -> None:
    """Add an event to a transaction: to the client, and to the freelancer's side if it sees one of the tasks.

    All know when a workflow is complete.
    """
    parties = whole.workflow.parties
    audience: tuple[str, ...] = parties.client if to_client else ()
    if event is WorkflowEvent.COMPLETE or any(map(freelancer_sees, tasks)):
        audience += (parties.vendor_team_id, parties.vendor_company_id)
    tx.emit(WORKFLOW, event, whole.id, to=dict.fromkeys(audience))


def _record(tx: Transaction, table: Table, workflow_id: str, *found: Mapping[str, list[TaskChange]]) -> None:
    """Add changes of tasks to their logs, which are read together."""
    ids = list(dict.fromkeys(task_id for changes in found for task_id in changes))
    known = logs_of(table, workflow_id, ids) if ids else {}
    for task_id in ids:
        new = [one for changes in found for one in changes.get(task_id, ())]
        save_log(tx, rules.with_changes(known.get(task_id) or new_log(workflow_id, task_id), new))


def new_log(workflow_id: str, task_id: str) -> TaskLog:
    """Return the log of a task that has none."""
    return TaskLog(workflow_id=workflow_id, task_id=task_id)


def save_log(tx: Transaction, log: TaskLog) -> None:
    """Add a new or changed log to a transaction."""
    (tx.update if log.version else tx.create)(LOGS, log)
