"""Creates, changes, orders and deletes the portfolio projects of the caller.

Each write of a project also writes the profile, at the version that was read. So the number and the order of projects
and what specialized profiles name of them are always right, whoever writes at the same time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from souk.deadlines.model import schedule
from souk.domains import load
from souk.domains.files.commands.uploads import discard
from souk.domains.files.model import File, Picture, PictureState
from souk.domains.files.store import FILES, PICTURES
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.talent.commands.editing import announce, read, request_key, retry, store
from souk.domains.talent.model import Profile, ProfileEvent
from souk.domains.talent.portfolio import Project
from souk.domains.talent.portfolio_inputs import NewProject, ProjectChange
from souk.domains.talent.rules import portfolio as rules
from souk.domains.talent.store import MAX_PROJECTS, PROFILES, PROJECTS, projects_of
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

RELEASE: Final = "talent.release"
"""The deadline that deletes a file which has left the portfolio, unless another project holds it."""
_DAY: Final = len("2026-01-01")
_UNKNOWN: Final = "Your portfolio has no project with this id."

Known = dict[str, tuple[File | None, Picture | None]]


def create(ctx: Context, request: NewProject) -> tuple[Profile, Project]:
    """Create a project, which comes first. A repeated idempotency key returns the project of the first request."""
    problems = Problems("input")
    keyed = request_key(ctx, idempotency.key(problems, request.idempotency_key))
    problems.raise_if_any()
    fingerprint = idempotency.fingerprint(request) if keyed else None
    project_id, now = ctx.table.new_id(), stamp(ctx.now)

    def attempt(tx: Transaction) -> tuple[Profile, Project]:
        user, profile = read(ctx.table, ctx.principal.user_id)
        if keyed and (first := _created_with(ctx.table, profile, keyed, fingerprint)):
            return profile, first
        if len(profile.project_ids) >= MAX_PROJECTS:
            raise Conflict(f"A portfolio has at most {MAX_PROJECTS} projects.")
        empty = Project(id=project_id, user_id=user.id, title="", created=now, updated=now)
        after, project = _changed(ctx, tx, profile, empty, request)
        project = project.model_copy(update={"request_key": keyed, "fingerprint": fingerprint})
        after = after.model_copy(update={"project_ids": (project.id, *after.project_ids)})
        stored = tx.create(PROJECTS, project)
        return _store(ctx, tx, user, profile, after, seen=project.public), stored

    return retry(ctx, attempt)


def change(ctx: Context, request: ProjectChange) -> tuple[Profile, Project]:
    """Change a project. Fields that are left out stay."""

    def attempt(tx: Transaction) -> tuple[Profile, Project]:
        user, profile = read(ctx.table, ctx.principal.user_id)
        before = _own(ctx, profile, request.id)
        after, project = _changed(ctx, tx, profile, before, request)
        if project == before and after == profile:
            tx.clear()
            return profile, before
        stored = tx.update(PROJECTS, project.model_copy(update={"updated": stamp(ctx.now)}))
        return _store(ctx, tx, user, profile, after, seen=project.public or before.public), stored

    return retry(ctx, attempt)


def delete(ctx: Context, project_id: str) -> bool:
    """Delete a project. Its files are deleted too, unless another project holds them."""

    def attempt(tx: Transaction) -> bool:
        user, profile = read(ctx.table, ctx.principal.user_id)
        project = _own(ctx, profile, project_id)
        after = rules.specialized_with(Problems("id"), profile, project.id, ())
        kept = tuple(one for one in profile.project_ids if one != project.id)
        tx.delete(PROJECTS, project)
        _release(tx, project.file_ids, ctx.now)
        _store(ctx, tx, user, profile, after.model_copy(update={"project_ids": kept}), seen=project.public)
        return True

    return retry(ctx, attempt)


def reorder(ctx: Context, ids: Sequence[str]) -> tuple[Profile, list[Project]]:
    """Put the projects into a new order. Raises Unprocessable unless every one is named once."""

    def attempt(tx: Transaction) -> tuple[Profile, list[Project]]:
        user, before = read(ctx.table, ctx.principal.user_id)
        if sorted(ids) != sorted(before.project_ids):
            raise Unprocessable("ids: name each project of your portfolio exactly once.")
        after = before.model_copy(update={"project_ids": tuple(ids)})
        projects = projects_of(ctx.table, after, consistent=True)
        if after != before:
            after = _store(ctx, tx, user, before, after, seen=any(one.public for one in projects))
        return after, projects

    return retry(ctx, attempt)


def show_picture(table: Table, file_id: str, now: datetime) -> None:
    """Show a processed picture in the projects that have it, or remove a refused one from them."""
    file, picture = _read_files(table, [file_id])[file_id]
    if file is None or picture is None or (profile := table.get(PROFILES, file.user_id, consistent=True)) is None:
        return
    for project in projects_of(table, profile, consistent=True):
        if file_id in project.file_ids:
            _show_in(table, project, picture, now)


def release(table: Table, file_id: str, now: datetime) -> None:
    """Have a file deleted that has left a project, unless another one holds it."""

    def attempt(tx: Transaction) -> None:
        file = table.get(FILES, file_id, consistent=True)
        if file is None or file.discarded:
            return
        profile = table.get(PROFILES, file.user_id, consistent=True)
        if profile is not None:
            if any(file_id in one.file_ids for one in projects_of(table, profile, consistent=True)):
                return
            tx.check(PROFILES, profile)
        discard(tx, file, now)

    table.retry_until_committed(attempt)


def _changed(
    ctx: Context, tx: Transaction, profile: Profile, before: Project, request: NewProject | ProjectChange
) -> tuple[Profile, Project]:
    """Return the profile and the project after a request, and add what its files need. Raises Unprocessable."""
    problems, given, now = Problems("input"), request.model_fields_set, stamp(ctx.now)
    fields: dict[str, Any] = rules.read_fields(problems, request, before, now[:_DAY])
    if "contract_id" in given:
        fields["contract_id"] = _contract(ctx, problems, request.contract_id)
    known: Known = {}
    if "attachments" in given:
        wanted = request.attachments or ()
        named = [one.file_id for one in wanted[: rules.MAX_ATTACHMENTS] if one.file_id]
        known = _read_files(ctx.table, named)
        fields["attachments"] = rules.attachments(problems, wanted, known, before, now=now, new_id=ctx.table.new_id)
    if "primary_image_id" in given:
        fields["primary_image_id"] = request.primary_image_id
    project = before.model_copy(update=fields)
    primary = rules.check_primary_image(problems, project, given="primary_image_id" in given)
    project = project.model_copy(update={"primary_image_id": primary})
    after = rules.specialized_with(problems, profile, project.id, request.specialized_profile_ids)
    problems.raise_if_any()
    for file_id in sorted(project.file_ids - before.file_ids):
        if file := known[file_id][0]:
            tx.check(FILES, file)  # it may be removed meanwhile
    for one in project.attachments:
        if one.file and one.file.picture and not one.file.picture_name:
            schedule(tx, rules.PORTFOLIO_UPLOAD, one.file.id, ctx.now)
    _release(tx, before.file_ids - project.file_ids, ctx.now)
    return after, project


def _store(ctx: Context, tx: Transaction, user: User, before: Profile, after: Profile, *, seen: bool) -> Profile:
    """Add the profile to the transaction of a project. `seen` says whether others see the change."""
    active = after.model_copy(update={"last_active": stamp(ctx.now)})
    return store(ctx, tx, user, before, active, events=(ProfileEvent.UPDATE,) if seen else None)


def _own(ctx: Context, profile: Profile, project_id: str) -> Project:
    known = project_id in profile.project_ids
    project = ctx.table.get(PROJECTS, profile.user_id, project_id, consistent=True) if known else None
    if project is None:
        raise NotFound(_UNKNOWN)
    return project


def _created_with(table: Table, profile: Profile, keyed: str, fingerprint: str | None) -> Project | None:
    for project in projects_of(table, profile, consistent=True):
        if project.request_key == keyed:
            if project.fingerprint != fingerprint:
                raise Conflict("This idempotency key was used for a different input.")
            return project
    return None


def _contract(ctx: Context, problems: Problems, contract_id: str | None) -> str | None:
    """Return the id of a contract of the caller. Unknown and other people's contracts get the same error."""
    if not contract_id:
        return None
    freelancer = load("contracts").facts["contracts.freelancer"](ctx.table, contract_id)
    if freelancer != ctx.principal.user_id:
        problems.add("contractId", f"you have no contract {contract_id[:40]!r} as a freelancer.")
        return None
    return contract_id


def _read_files(table: Table, ids: Sequence[str]) -> Known:
    items = table.batch_get([at(one) for one in ids for at in (FILES.key, PICTURES.key)], consistent=True)
    return {
        one: (
            FILES.decode(items[FILES.key(one)]) if FILES.key(one) in items else None,
            PICTURES.decode(items[PICTURES.key(one)]) if PICTURES.key(one) in items else None,
        )
        for one in ids
    }


def _release(tx: Transaction, file_ids: Iterable[str], now: datetime) -> None:
    for file_id in sorted(file_ids):
        schedule(tx, RELEASE, file_id, now)


def _show_in(table: Table, project: Project, picture: Picture, now: datetime) -> None:
    def attempt(tx: Transaction) -> None:
        user = table.get(USERS, project.user_id, consistent=True)
        profile = table.get(PROFILES, project.user_id, consistent=True)
        before = table.get(PROJECTS, project.user_id, project.id, consistent=True)
        if user is None or profile is None or before is None:
            return
        after = _with_outcome(before, picture)
        if after == before:
            return
        _release(tx, before.file_ids - after.file_ids, now)
        tx.update(PROJECTS, after)
        tx.update(PROFILES, profile.model_copy(update={"updated": stamp(now)}))
        if after.public:
            announce(table, tx, user, ProfileEvent.UPDATE)

    table.retry_until_committed(attempt)


def _with_outcome(project: Project, picture: Picture) -> Project:
    """Return a project that shows a processed picture, or lacks a refused one."""
    attachments = []
    for one in project.attachments:
        if one.file and one.file.id == picture.file_id:
            if picture.state is PictureState.REFUSED:
                continue
            file = one.file.model_copy(update={"picture_name": picture.name})
            attachments.append(one.model_copy(update={"file": file}))
        else:
            attachments.append(one)
    changed = project.model_copy(update={"attachments": tuple(attachments)})
    return changed.model_copy(
        update={"primary_image_id": rules.check_primary_image(Problems(""), changed, given=False)}
    )
