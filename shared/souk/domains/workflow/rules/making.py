"""New tasks: copied from a talent cloud, or from a request. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from souk.domains.clouds.model import SectionType, TaskRole
from souk.domains.clouds.model import Task as CloudTask
from souk.domains.clouds.rules.tasks import MAX_NAME, MAX_TEXT, attributes, leads_to, permissions, short
from souk.domains.workflow.inputs import NewTask
from souk.domains.workflow.model import EntityType, Task, TaskStatus
from souk.domains.workflow.rules.tasks import MAX_TASKS, settled
from souk.values import texts
from souk.values.errors import Unprocessable
from souk.values.moments import due_date
from souk.values.problems import Problems
from souk.values.times import stamp

MAX_BYTES: Final = 200_000
"""The tasks of a workflow together, as JSON, when they are made. The tasks of a talent cloud are smaller."""
_SHOWN: Final = 40
"""Characters of a wrong value in a message."""
_ENTITY_TYPES: Final = {one.value.lower(): one for one in EntityType}


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes tasks, and when."""

    user_id: str
    now: datetime
    new_id: Callable[[], str]


def entity_type(path: str, given: str) -> EntityType:
    """Return the kind of entity that a request names, in any case. Raises Unprocessable."""
    found = _ENTITY_TYPES.get(given.lower())
    if found is None:
        raise Unprocessable(f"{path}: must be Offer, Contract or TalentCloud, not {given[:_SHOWN]!r}.")
    return found


def section_types(*, payroll: bool) -> tuple[SectionType, ...]:
    """Return the sections of a talent cloud whose tasks begin with a contract."""
    return (SectionType.ONBOARDING, SectionType.FOR_PAYROLLED_EMPLOYEES) if payroll else (SectionType.ONBOARDING,)


def copied(tasks: Sequence[CloudTask], author: Author) -> tuple[Task, ...]:
    """Return copies of a cloud's tasks, in their order. Dependencies on tasks that are not copied are dropped."""
    ids = {one.id: author.new_id() for one in tasks}
    today = author.now.date()
    made = [
        _task(
            one.model_copy(update={"id": ids[one.id]}),
            author,
            depends_on=tuple(ids[other] for other in one.depends_on if other in ids),
            due=None if one.due_in_days is None else (today + timedelta(days=one.due_in_days)).isoformat(),
        )
        for one in tasks
    ]
    return settled(made, stamp(author.now))


def by_hand(
    problems: Sequence[Problems], given: Sequence[NewTask], existing: Sequence[Task], author: Author
) -> tuple[Task, ...]:
    """Return the new tasks of a request, which are not settled yet. Each has problems of its own.

    They depend on each other by their keys, and on existing tasks by these tasks' ids. Assignees are not checked.
    """
    ids = [author.new_id() for _ in given]
    known = {one.id: one.id for one in existing}
    for at, one in enumerate(given):
        key = short(problems[at], "key", one.key)
        if key is not None and key in known:
            problems[at].add("key", f"{key[:_SHOWN]!r} is there twice.")
        elif key is not None:
            known[key] = ids[at]
    made = [_new(problems[at], one, ids[at], known) for at, one in enumerate(given)]
    by_id = {one.id: one for one, _ in made}
    for at, (task, _) in enumerate(made):
        if leads_to(task, by_id):
            problems[at].add("dependsOn", "this task would depend on itself.")
    return tuple(
        _task(one, author, depends_on=one.depends_on, due=due, assignee_id=source.assignee_user_id)
        for (one, due), source in zip(made, given, strict=True)
    )


def check_size(problems: Problems, tasks: Sequence[Task]) -> None:
    """Report tasks that do not fit into one item."""
    size = sum(len(one.model_dump_json(by_alias=True, exclude_none=True).encode()) for one in tasks)
    if size > MAX_BYTES:
        problems.add("tasks", f"they take {size} bytes; at most {MAX_BYTES} are allowed.")


def check_number(problems: Problems, given: Sequence[NewTask]) -> None:
    """Report a new workflow without tasks, or with too many."""
    if not 1 <= len(given) <= MAX_TASKS:
        problems.add("tasks", f"must be 1 to {MAX_TASKS}; got {len(given)}.")


def _new(problems: Problems, given: NewTask, id_: str, known: Mapping[str, str]) -> tuple[CloudTask, str | None]:
    """Return a task of a request with its due day. It follows the same rules as the task of a talent cloud."""
    depends_on: dict[str, None] = {}
    for at, name in enumerate(given.depends_on or ()):
        if name not in known:
            problems.add(f"dependsOn.{at}", f"there is no task {name[:_SHOWN]!r} in this workflow.")
        else:
            depends_on[known[name]] = None
    task = CloudTask(
        id=id_,
        key=id_,
        section_ids=(),
        name=texts.line(problems, "title", given.title, 1, MAX_NAME),
        description=texts.optional_text(problems, "description", given.description, MAX_TEXT),
        type=short(problems, "type", given.type),
        required=given.completion_required is not False,
        owner=given.primary_task_owner or TaskRole.FREELANCER,
        permissions=permissions(problems, given.permissions or ()),
        depends_on=tuple(depends_on),
        external_id=short(problems, "externalTaskId", given.external_task_id),
        attributes=attributes(problems, given.custom_attributes or ()),
    )
    return task, due_date(problems, "dueDate", given.due_date)


def _task(
    source: CloudTask,
    author: Author,
    *,
    depends_on: tuple[str, ...],
    due: str | None,
    assignee_id: str | None = None,
) -> Task:
    now = stamp(author.now)
    return Task(
        id=source.id,
        type=source.type,
        title=source.name,
        description=source.description,
        status=TaskStatus.NOT_OPEN,
        required=source.required,
        owner=source.owner,
        permissions={role: source.permission(role) for role in TaskRole},
        depends_on=depends_on,
        due=due,
        assignee_id=assignee_id,
        external_id=source.external_id,
        attributes=source.attributes,
        created=now,
        created_by_id=author.user_id,
        modified=now,
        modified_by_id=author.user_id,
    )
