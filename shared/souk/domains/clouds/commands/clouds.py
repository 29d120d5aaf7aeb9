"""Making, changing, archiving and restoring clouds."""

from typing import Final

from souk.deadlines.model import schedule
from souk.domains.clouds.commands.access import administered
from souk.domains.clouds.inputs import CloudChange, CloudTexts, NewCloud
from souk.domains.clouds.model import TALENT_CLOUD, Cloud, CloudEvent, CloudTasks, Logo
from souk.domains.clouds.rules import texts
from souk.domains.clouds.rules.access import require_administrator
from souk.domains.clouds.store import CLOUDS, TASKS, create_cloud, idempotency_guard, logo_guard, update_cloud
from souk.domains.files.model import File, Picture, PictureState
from souk.domains.files.store import FILES, PICTURES
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, Forbidden
from souk.values.problems import Problems
from souk.values.times import stamp

UPLOAD: Final = "clouds.file"
"""The purpose of the files of clouds: logos, and files of sections."""
_NOT_YOURS: Final = "input.organizationId: must be the organization of this request's context, or one of its teams."


def create(ctx: Context, request: NewCloud) -> Cloud:
    """Make a cloud. A repeated idempotency key returns the cloud of the first request."""
    principal, problems = ctx.principal, Problems("input")
    key = idempotency.key(problems, request.idempotency_key)
    problems.raise_if_any()
    guard = idempotency_guard(principal.user_id, principal.organization_id, key) if key else None
    fingerprint = idempotency.fingerprint(request) if guard else None
    if guard and (first := _first(ctx.table, guard, fingerprint)):
        return first
    team = _client(ctx, request.organization_id or principal.organization_id)
    now = stamp(ctx.now)
    blank = Cloud(
        id=ctx.table.new_id(),
        organization_id=team.id,
        company_id=team.company_id,
        creator_id=principal.user_id,
        name=texts.name(problems, request.name),
        request_key=guard,
        fingerprint=fingerprint,
        created=now,
        modified=now,
    )
    require_administrator(blank, principal)
    tx = ctx.table.transaction()
    cloud = _changed(ctx, tx, problems, request, blank)
    stored = create_cloud(tx, cloud)
    tx.create(TASKS, CloudTasks(cloud_id=cloud.id))
    if guard:
        tx.reserve(guard, cloud.id, _key_used())
    announce(tx, stored, CloudEvent.CREATE)
    try:
        tx.commit()
    except Conflict:  # another request with this key was first
        if guard and (first := _first(ctx.table, guard, fingerprint)):
            return first
        raise
    return stored


def update(ctx: Context, request: CloudChange) -> Cloud:
    """Change what a request names. A change that changes nothing is no event."""

    def attempt(tx: Transaction) -> Cloud:
        before, problems = administered(ctx, request.id), Problems("input")
        named = before
        if "name" in request.model_fields_set:
            named = before.model_copy(update={"name": texts.name(problems, request.name)})
        after = _changed(ctx, tx, problems, request, named)
        return _save(ctx, tx, before, after, CloudEvent.UPDATE)

    return ctx.table.retry_until_committed(attempt)


def archive(ctx: Context, cloud_id: str) -> Cloud:
    """Archive a cloud: its postings are for the client and invited people only. Repeated, it changes nothing."""
    return _switch(ctx, cloud_id, active=False, event=CloudEvent.ARCHIVE)


def restore(ctx: Context, cloud_id: str) -> Cloud:
    """Bring an archived cloud back as it was. Raises Conflict if another one has its name now."""
    return _switch(ctx, cloud_id, active=True, event=CloudEvent.RESTORE)


def announce(tx: Transaction, cloud: Cloud, event: CloudEvent, freelancer: tuple[str, ...] = ()) -> None:
    """Add an event of a cloud to a transaction, for its client and the organizations of a freelancer."""
    tx.emit(TALENT_CLOUD, event, cloud.id, to=dict.fromkeys((*cloud.client, *freelancer)))


def _switch(ctx: Context, cloud_id: str, *, active: bool, event: CloudEvent) -> Cloud:
    def attempt(tx: Transaction) -> Cloud:
        before = administered(ctx, cloud_id)
        return _save(ctx, tx, before, before.model_copy(update={"active": active}), event)

    return ctx.table.retry_until_committed(attempt)


def _save(ctx: Context, tx: Transaction, before: Cloud, after: Cloud, event: CloudEvent) -> Cloud:
    if after == before:
        tx.clear()
        return before
    stored = update_cloud(tx, before, after.model_copy(update={"modified": stamp(ctx.now)}))
    announce(tx, stored, event)
    return stored


def _first(table: Table, guard: str, fingerprint: str | None) -> Cloud | None:
    """Return the cloud that a request with the same idempotency key has made. Raises Conflict for another input."""
    cloud_id = table.holder(guard)
    cloud = table.get(CLOUDS, cloud_id, consistent=True) if cloud_id else None
    if cloud and cloud.fingerprint != fingerprint:
        raise _key_used()
    return cloud


def _key_used() -> Conflict:
    return Conflict("This idempotency key was used for a different input.")


def _client(ctx: Context, organization_id: str) -> Organization:
    """Return the organization that a cloud is made for. Raises Forbidden for others, also unknown ones."""
    team = ctx.load(ORGANIZATIONS, organization_id)
    if team is None or not ctx.principal.acts_in(team.id, team.company_id):
        raise Forbidden(_NOT_YOURS)
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not (team.active and company.can_hire):
        raise Forbidden("Only active client organizations can have talent clouds.")
    return team


def _changed(ctx: Context, tx: Transaction, problems: Problems, request: CloudTexts, before: Cloud) -> Cloud:
    """Return a cloud after a request, and add what its logo needs. Raises Unprocessable."""
    after = texts.changed(problems, request, before, stamp(ctx.now))
    if "join_request_notify_user_ids" in request.model_fields_set:
        notified = _notified(ctx, problems, request.join_request_notify_user_ids or (), before.company_id)
        after = after.model_copy(update={"notify_user_ids": notified})
    if "logo_file_id" in request.model_fields_set:
        after = after.model_copy(update={"logo": _logo(ctx, tx, problems, request.logo_file_id, before)})
    problems.raise_if_any()
    return after


def _notified(ctx: Context, problems: Problems, ids: tuple[str, ...], company_id: str) -> tuple[str, ...]:
    path, wanted = "joinRequestNotifyUserIds", tuple(dict.fromkeys(ids))
    if len(wanted) > texts.MAX_NOTIFIED:
        problems.add(path, f"at most {texts.MAX_NOTIFIED} people are allowed.")
        return ()
    for at, user in enumerate(ctx.load_many(USERS, list(wanted))):
        if user is None or user.service or company_id not in user.company_ids:
            problems.add(f"{path}.{at}", f"your company has nobody with the id {wanted[at][:40]!r}.")
    return wanted


def _logo(ctx: Context, tx: Transaction, problems: Problems, file_id: str | None, cloud: Cloud) -> Logo | None:
    """Return the logo that a request names, which is that of one cloud only. The previous file is deleted."""
    before = cloud.logo
    if before and before.file_id == file_id:
        return before
    if before:
        tx.release(logo_guard(before.file_id), cloud.id)
        schedule(tx, "files.remove", before.file_id, ctx.now)
    if file_id is None:
        return None
    file, picture = read_picture(ctx.table, file_id)
    if file is None or file.company_id != cloud.company_id or not _usable(file):
        problems.add("logoFileId", f"your organization has no confirmed picture {file_id[:40]!r} for this.")
        return None
    if picture and picture.state is PictureState.REFUSED:
        problems.add("logoFileId", picture.problem or "this picture cannot be used.")
    tx.check(FILES, file)  # it may be removed meanwhile
    tx.reserve(
        logo_guard(file_id), cloud.id, Conflict("This picture is the logo of another talent cloud. Upload it again.")
    )
    return Logo(file_id=file.id, file_name=file.file_name, created=file.created)


def _usable(file: File) -> bool:
    return file.purpose == UPLOAD and file.confirmed and file.picture is not None and not file.discarded


def read_picture(table: Table, file_id: str) -> tuple[File | None, Picture | None]:
    """Return an uploaded picture and the result of its processing, read consistently in one round trip."""
    keys = FILES.key(file_id), PICTURES.key(file_id)
    items = table.batch_get(keys, consistent=True)
    file, picture = (items.get(key) for key in keys)
    return FILES.decode(file) if file else None, PICTURES.decode(picture) if picture else None
