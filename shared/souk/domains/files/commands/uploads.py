"""Creating upload links, confirming uploads, and removing files."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final

from souk.deadlines.model import schedule
from souk.domains import load
from souk.domains.files import rules
from souk.domains.files.model import File, UploadLinkInput
from souk.domains.files.store import FILES, PICTURES, Uploaded, delete_objects, keep, upload_form, uploaded
from souk.graph import Context
from souk.graph.domain import Upload
from souk.runtime.settings import time_settings
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, NotFound, Unprocessable

_AT_ONCE: Final = 10  # requests to S3
_IDS_OF_A_DEADLINE: Final = 40  # in its sort key, which has at most 1024 bytes
_AND: Final = ","


def create_upload_link(ctx: Context, purpose: str, request: UploadLinkInput, *subject: str) -> dict[str, Any]:
    """Create a file's record and the form for its upload. `subject` is the entity that it is for, if it is for one.

    Raises Forbidden if the rule of the purpose does not allow it. An upload that is not confirmed within a day expires.
    """
    rule = upload_rule(purpose)
    rule.check(ctx, *subject)
    real = ctx.table.clock.real()
    seconds = rules.upload_seconds(request, real)
    file = rules.new_file(
        ctx.table.new_id(),
        request,
        ctx.principal,
        ctx.now,
        expires=rules.expiry(rule.picture, real, time_settings().archive_days),
        purpose=purpose,
        picture=rule.picture,
        documents=rule.documents,
        personal=rule.personal,
        subject_id=next(iter(subject), None),
    )
    form = upload_form(file, seconds)
    tx = ctx.table.transaction()
    tx.create(FILES, file)
    tx.commit()
    return {
        "id": file.id,
        "uploadUrl": form["url"],
        "formKeyValues": [{"key": name, "value": value} for name, value in form["fields"].items()],
    }


def upload_rule(purpose: str) -> Upload:
    """Return the rule that a domain declares for a purpose, such as `identity.logo`."""
    return load(purpose.partition(".")[0]).uploads[purpose]


def confirm(ctx: Context, file_ids: Sequence[str], *, strict: bool) -> bool:
    """Confirm that files were uploaded, within their declared size. Return whether all are confirmed now.

    Private pictures need no confirmation, and count as confirmed. A confirmed file is a copy of the upload, which the
    upload form cannot replace. Raises NotFound for missing files if `strict`, Unprocessable for a file that is too
    large or for too many files, and Conflict if an upload changes meanwhile.
    """
    ids = list(dict.fromkeys(file_ids))
    if len(ids) > rules.MAX_FILES:
        raise Unprocessable(f"At most {rules.MAX_FILES} files can be confirmed at once; got {len(ids)}.")
    real = ctx.table.clock.real()
    own = {
        file.id: file
        for file in ctx.load_many(FILES, ids)
        if file and rules.may_use(file, ctx.principal) and not rules.expired(file, real)
    }
    waiting = [file for file in own.values() if not (file.confirmed or file.private)]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = zip(waiting, pool.map(uploaded, waiting), strict=True)
        present = [(file, upload) for file, upload in found if upload is not None]
        confirmed = own.keys() - {file.id for file in waiting} | {file.id for file, _ in present}
        missing = [file_id for file_id in ids if file_id not in confirmed]
        if missing and strict:
            raise NotFound(f"These files were not uploaded: {', '.join(missing)}.")
        for file, upload in present:
            _check_size(file, upload)
        kept = list(pool.map(lambda pair: _keep(*pair), present))
    tx = ctx.table.transaction()
    for file in kept:
        tx.update(FILES, file)
    if kept:
        tx.commit()
    return not missing


def _check_size(file: File, upload: Uploaded) -> None:
    if upload.size > file.max_size:
        raise Unprocessable(f"The file {file.id} has {upload.size} bytes; its declared limit is {file.max_size} bytes.")


def _keep(file: File, upload: Uploaded) -> File:
    key = keep(file, upload)
    if key is None:
        raise Conflict(f"The file {file.id} was uploaded again at the same time. Confirm it again.")
    return file.model_copy(update={"size": upload.size, "kept_key": key})


def discard(tx: Transaction, file: File, now: datetime) -> None:
    """Have a file deleted that nothing holds any more. From now on it cannot be attached again."""
    tx.update(FILES, file.model_copy(update={"discarded": True}))
    schedule(tx, "files.remove", file.id, now)


def remove_later(tx: Transaction, file_ids: Iterable[str], now: datetime) -> None:
    """Have files deleted that nothing holds any more, in as few deadlines as their keys allow."""
    ids = sorted(set(file_ids))
    for at in range(0, len(ids), _IDS_OF_A_DEADLINE):
        schedule(tx, "files.remove", _AND.join(ids[at : at + _IDS_OF_A_DEADLINE]), now)


def remove(table: Table, file_ids: str, _now: datetime) -> None:
    """Delete files with their objects: the work of the deadline `files.remove`, which other domains schedule."""
    for file_id in file_ids.split(_AND):
        _remove(table, file_id)


def _remove(table: Table, file_id: str) -> None:
    file = table.get(FILES, file_id, consistent=True)
    if file is None:
        return
    delete_objects(file)
    tx = table.transaction()
    tx.delete(FILES, file)
    if picture := table.get(PICTURES, file_id, consistent=True):
        tx.delete(PICTURES, picture)
    tx.commit()
