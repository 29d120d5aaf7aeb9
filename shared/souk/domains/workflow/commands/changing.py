"""Changing, assigning and commenting tasks, and waiving whole workflows."""

from collections.abc import Callable

from souk.domains.files.attachments import attachments
from souk.domains.workflow.commands.access import Once, Seen, led, seen, standings
from souk.domains.workflow.commands.saving import announce, change, new_log, save_log
from souk.domains.workflow.inputs import Assignment, NewComment, TaskDetails
from souk.domains.workflow.model import Status, Task, TaskComment, Whole, WorkflowEvent
from souk.domains.workflow.rules import tasks as rules
from souk.domains.workflow.store import WORKFLOWS, logs_of
from souk.graph import Context
from souk.storage import Transaction
from souk.values import texts
from souk.values.errors import Conflict, Forbidden, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

_MAX_REASON = 1_000


def update(ctx: Context, workflow_id: str, task_id: str, details: TaskDetails) -> Seen:
    """Change a task. What changes nothing writes nothing, and is no event."""

    def attempt(tx: Transaction) -> Seen:
        found = seen(ctx, workflow_id)
        task = found.standing.require_writable(found.whole.tasks, task_id)
        now = stamp(ctx.now)
        after = rules.with_details(task, details, found.standing, now)
        return _replaced(ctx, tx, found, task, after)

    return _commit(ctx, attempt)


def assign(ctx: Context, request: Assignment) -> Seen:
    """Assign a task to a person whose role may write it, or to nobody."""

    def attempt(tx: Transaction) -> Seen:
        found = seen(ctx, request.workflow_id)
        task = found.standing.require_writable(found.whole.tasks, request.task_id)
        user_id = request.user_id
        if user_id is not None and user_id != task.assignee_id:
            known = standings(ctx.table, found.whole.workflow.parties, [user_id])
            if not known[user_id].writes(task):
                raise Unprocessable("input.userId: must be a person whose role may write the task.")
        return _replaced(ctx, tx, found, task, task.model_copy(update={"assignee_id": user_id}))

    return _commit(ctx, attempt)


def comment(ctx: Context, request: NewComment) -> Seen:
    """Comment on a task that the caller may view. A repeated idempotency key comments once."""
    problems, principal = Problems("input"), ctx.principal
    once = Once.of(ctx, problems, "commentWorkflowTask", request, request.idempotency_key)
    message = texts.paragraphs(problems, "message", request.message, 1, texts.MAX_MESSAGE)
    attached = attachments(ctx, problems, "attachmentIds", request.attachment_ids, principal.company_id)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> Seen:
        found = seen(ctx, request.workflow_id)
        if once.made(ctx.table):
            return found
        whole, standing = found.whole, found.standing
        task = standing.require_seen(whole.tasks, request.task_id)
        rules.require_open(whole.workflow)
        to_all = request.visible_to_client is not False
        if not to_all and not standing.vendor:
            raise Forbidden("Only the freelancer's side writes comments that the client does not see.")
        new = TaskComment(
            id=ctx.table.new_id(),
            message=message,
            created=stamp(ctx.now),
            created_by_id=principal.user_id,
            visible_to_client=to_all,
            attachments=attached,
        )
        log = logs_of(ctx.table, whole.id, [task.id]).get(task.id) or new_log(whole.id, task.id)
        save_log(tx, rules.require_room(log.model_copy(update={"comments": (*log.comments, new)})))
        tx.check(WORKFLOWS, whole.workflow)
        once.reserve(tx, whole.id, task.id)
        announce(tx, whole, WorkflowEvent.TASK, [task], to_client=to_all)
        return found

    return _commit(ctx, attempt)


def waive(ctx: Context, workflow_id: str, reason: str | None) -> Seen:
    """Waive a workflow and its unfinished tasks. Repeated, it changes nothing. Raises Conflict for one that ended."""
    problems = Problems("reason")
    text = texts.optional_text(problems, "", reason, _MAX_REASON) or ""
    problems.raise_if_any()

    def attempt(tx: Transaction) -> Seen:
        found = led(ctx, workflow_id)
        whole, now = found.whole, stamp(ctx.now)
        if whole.workflow.status is Status.WAIVED:
            return found
        if not whole.workflow.status.running:
            raise Conflict(f"This workflow is {whole.workflow.status}.")
        after = rules.waived(whole.tasks, now)
        return Seen(
            change(tx, ctx.table, whole, after, user_id=ctx.principal.user_id, now=now, waived=text), found.standing
        )

    return _commit(ctx, attempt)


def _replaced(ctx: Context, tx: Transaction, found: Seen, before: Task, after: Task) -> Seen:
    """Add a changed task to a transaction. An unchanged one is no conflict with the end of the workflow."""
    whole: Whole = found.whole
    if after == before:
        return found
    rules.require_open(whole.workflow)
    chosen = [after if one is before else one for one in whole.tasks]
    return Seen(change(tx, ctx.table, whole, chosen, user_id=ctx.principal.user_id, now=stamp(ctx.now)), found.standing)


def _commit(ctx: Context, attempt: Callable[[Transaction], Seen]) -> Seen:
    result = ctx.table.retry_until_committed(attempt)
    ctx.clear_cache()
    return result
