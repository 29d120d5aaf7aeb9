"""The whole list of a cloud's sections and tasks, checked and compared with the stored one. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from souk.domains.clouds.inputs import NewAttribute, NewPermission, NewSection, NewTask, WholeTasks
from souk.domains.clouds.model import Attribute, CloudTasks, Section, Task, TaskPermission, TaskRole
from souk.values import texts
from souk.values.problems import Problems

MAX_TASKS: Final = 40
"""The active tasks of a cloud: an acceptance copies them into a workflow."""
MAX_SECTIONS: Final = 20
"""The active sections of a cloud."""
MAX_BYTES: Final = 120_000
"""The size of all active sections and tasks together, as JSON."""
MAX_ATTACHMENTS: Final = 20
"""The files of a section."""
_MAX_STORED_BYTES: Final = 250_000
"""With inactive ones: DynamoDB's limit is 400 KB for an item."""
MAX_NAME: Final = 200
"""Characters of the name of a section or task."""
_MAX_KEY: Final = 100
MAX_TEXT: Final = 2_000
"""Characters of a description."""
_MAX_ATTRIBUTES: Final = 20
_MAX_VALUE: Final = 500
_MAX_DAYS: Final = 3_650
_SHOWN: Final = 40
"""Characters of a wrong key in a message."""

Kept = TypeVar("Kept", Section, Task)


def replaced(problems: Problems, before: CloudTasks, request: WholeTasks, new_id: Callable[[], str]) -> CloudTasks:
    """Return the sections and tasks after a request, which names all active ones.

    What keeps its key keeps its id, also after it was inactive. What is left out becomes inactive; the oldest of these
    are forgotten.
    """
    section_ids = _ids(problems, "sections", [one.key for one in request.sections], before.sections, new_id)
    task_ids = _ids(problems, "tasks", [one.key for one in request.tasks], before.tasks, new_id)
    _check_number(problems, "sections", request.sections, MAX_SECTIONS)
    _check_number(problems, "tasks", request.tasks, MAX_TASKS)
    problems.raise_if_any()
    sections = tuple(
        _section(problems.below(f"sections.{at}"), one, section_ids[_key(one.key)])
        for at, one in enumerate(request.sections)
    )
    tasks = tuple(
        _task(problems.below(f"tasks.{at}"), one, section_ids, task_ids) for at, one in enumerate(request.tasks)
    )
    problems.raise_if_any()
    for at, task in enumerate(tasks):
        if leads_to(task, {one.id: one for one in tasks}):
            problems.add(f"tasks.{at}.dependsOnKeys", "this task would depend on itself.")
    size = _size([*sections, *tasks])
    if size > MAX_BYTES:
        problems.add("", f"the sections and tasks take {size} bytes; at most {MAX_BYTES} are allowed.")
    problems.raise_if_any()
    return _with_inactive(before, sections, tasks)


def _check_number(problems: Problems, path: str, given: Sequence[object], most: int) -> None:
    if len(given) > most:
        problems.add(path, f"at most {most} are allowed; got {len(given)}.")


def _ids(
    problems: Problems, path: str, keys: Iterable[str], stored: Iterable[Section | Task], new_id: Callable[[], str]
) -> dict[str, str]:
    """Return the ids by key, and report keys that are empty, too long or repeated."""
    known = {one.key: one.id for one in stored}
    found: dict[str, str] = {}
    for at, given in enumerate(keys):
        key = texts.line(problems, f"{path}.{at}.key", given, 1, _MAX_KEY)
        if key in found:
            problems.add(f"{path}.{at}.key", f"{key[:_SHOWN]!r} is there twice.")
        found[key] = known.get(key) or new_id()
    return found


def _key(given: str) -> str:
    """Return a key as it is stored."""
    return texts.line(Problems(""), "", given, 1, _MAX_KEY)


def _section(problems: Problems, given: NewSection, id_: str) -> Section:
    files = given.attachment_ids or ()
    if len(files) > MAX_ATTACHMENTS or len(set(files)) != len(files):
        problems.add("attachmentIds", f"must be at most {MAX_ATTACHMENTS} different files.")
        files = ()
    return Section(
        id=id_,
        key=_key(given.key),
        name=texts.line(problems, "name", given.name, 1, MAX_NAME),
        description=texts.optional_text(problems, "description", given.description, MAX_TEXT),
        type=given.type,
        attachment_ids=files,
    )


def _task(problems: Problems, given: NewTask, section_ids: Mapping[str, str], task_ids: Mapping[str, str]) -> Task:
    if not given.section_keys:
        problems.add("sectionKeys", "name at least one section.")
    if given.due_in_days is not None and not 0 <= given.due_in_days <= _MAX_DAYS:
        problems.add("dueInDays", f"must be 0 to {_MAX_DAYS}.")
    return Task(
        id=task_ids[_key(given.key)],
        key=_key(given.key),
        section_ids=_referred(problems, "sectionKeys", given.section_keys, section_ids),
        name=texts.line(problems, "name", given.name, 1, MAX_NAME),
        description=texts.optional_text(problems, "description", given.description, MAX_TEXT),
        type=short(problems, "type", given.type),
        required=given.completion_required is not False,
        owner=given.primary_task_owner or TaskRole.FREELANCER,
        permissions=permissions(problems, given.permissions or ()),
        depends_on=_referred(problems, "dependsOnKeys", given.depends_on_keys or (), task_ids),
        due_in_days=given.due_in_days,
        external_id=short(problems, "externalTaskId", given.external_task_id),
        attributes=attributes(problems, given.custom_attributes or ()),
    )


def _referred(problems: Problems, path: str, keys: Collection[str], ids: Mapping[str, str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for at, given in enumerate(keys):
        id_ = ids.get(_key(given))
        if id_ is None:
            problems.add(f"{path}.{at}", f"nothing in this list has the key {given[:_SHOWN]!r}.")
        elif id_ in found:
            problems.add(f"{path}.{at}", f"{given[:_SHOWN]!r} is there twice.")
        else:
            found[id_] = None
    return tuple(found)


def permissions(problems: Problems, given: Iterable[NewPermission]) -> dict[TaskRole, TaskPermission]:
    """Return the permissions of a request. A role that is there twice is reported."""
    found: dict[TaskRole, TaskPermission] = {}
    for at, one in enumerate(given):
        if one.role in found:
            problems.add(f"permissions.{at}.role", f"{one.role} is there twice.")
        found[one.role] = one.permission
    return found


def attributes(problems: Problems, given: Sequence[NewAttribute]) -> tuple[Attribute, ...]:
    """Return the custom attributes of a request."""
    path = "customAttributes"
    if len(given) > _MAX_ATTRIBUTES:
        problems.add(path, f"at most {_MAX_ATTRIBUTES} are allowed.")
        return ()
    return tuple(
        Attribute(
            key=texts.line(problems, f"{path}.{at}.key", one.key or "", 1, _MAX_KEY),
            value=texts.paragraphs(problems, f"{path}.{at}.value", one.value or "", 0, _MAX_VALUE),
        )
        for at, one in enumerate(given)
    )


def short(problems: Problems, path: str, given: str | None) -> str | None:
    """Return an optional line of at most 100 characters; None if it is missing or empty."""
    return (texts.line(problems, path, given, 0, _MAX_KEY) or None) if given is not None else None


def leads_to(task: Task, by_id: Mapping[str, Task]) -> bool:
    """Return whether a task depends on itself, directly or through others."""
    seen: set[str] = set()
    waiting = list(task.depends_on)
    while waiting:
        id_ = waiting.pop()
        if id_ == task.id:
            return True
        if id_ in by_id and id_ not in seen:
            seen.add(id_)
            waiting += by_id[id_].depends_on
    return False


def _with_inactive(before: CloudTasks, sections: tuple[Section, ...], tasks: tuple[Task, ...]) -> CloudTasks:
    """Return new sections and tasks, and those that are left out: the newest of them, as far as there is room."""
    room = _MAX_STORED_BYTES - _size([*sections, *tasks])
    old_sections, room = _left_out(before.sections, sections, MAX_SECTIONS, room)
    old_tasks, _ = _left_out(before.tasks, tasks, MAX_TASKS, room)
    return before.model_copy(update={"sections": (*sections, *old_sections), "tasks": (*tasks, *old_tasks)})


def _left_out(before: Iterable[Kept], now: Iterable[Kept], most: int, room: int) -> tuple[list[Kept], int]:
    current = {one.id for one in now}
    kept: list[Kept] = []
    for one in before:
        if one.id in current or len(kept) == most:
            continue
        room -= _size([one])
        if room < 0:
            break
        kept.append(one.model_copy(update={"active": False}))
    return kept, room


def _size(parts: Iterable[Section | Task]) -> int:
    return sum(len(one.model_dump_json(by_alias=True, exclude_none=True).encode()) for one in parts)
