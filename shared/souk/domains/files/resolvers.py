"""Uploading files: a link straight into the bucket, and the confirmation that the file is there."""

from typing import Any

from souk.domains.files import rules
from souk.domains.files.model import File, UploadLinkInput
from souk.domains.files.store import FILES, WRITES, upload_form, uploaded_size
from souk.graph import Context, Domain, Scope
from souk.values.errors import NotFound, Unprocessable

domain = Domain("files", function="jobs", writes=WRITES)


@domain.mutation("createDirectUploadLinkForJobPosting", scopes=[Scope.JOB_POSTINGS_WRITE])
@domain.mutation("createDirectUploadLinkForJAClientProposal", scopes=[Scope.CLIENT_PROPOSALS])
def create_upload_link(ctx: Context, input: UploadLinkInput) -> dict[str, Any]:
    """Make the record of a file and a form that uploads it. What is never confirmed can never be attached."""
    seconds = rules.upload_seconds(input, ctx.table.clock.real())
    file = rules.new(ctx.table.new_id(), input, ctx.principal, ctx.now)
    form = upload_form(file, seconds)
    tx = ctx.table.transaction()
    tx.create(FILES, file)
    tx.commit()
    return {
        "id": file.id,
        "uploadUrl": form["url"],
        "formKeyValues": [{"key": name, "value": value} for name, value in form["fields"].items()],
    }


@domain.mutation("confirmFiles", scopes=[Scope.COMMON_FUNCTIONS])
def confirm_files(ctx: Context, file_ids: list[str], skip_missing: bool | None = None) -> bool:
    """Confirm that files are in the bucket, with at most the size that was declared.

    Returns whether all of them are confirmed now. Raises NotFound for those that are missing, if told not to skip
    them, and Unprocessable for one that is too large or for too many at once.
    """
    ids = list(dict.fromkeys(file_ids))
    if len(ids) > rules.MAX_FILES:
        raise Unprocessable(f"{rules.MAX_FILES} files can be confirmed at once; these are {len(ids)}.")
    own = {file.id: file for file in ctx.load_many(FILES, ids) if file and rules.may_use(file, ctx.principal)}
    sizes = {file.id: uploaded_size(file) for file in own.values() if not file.confirmed}
    missing = [file_id for file_id in ids if file_id not in own or sizes.get(file_id, 0) is None]
    if missing and skip_missing is False:
        raise NotFound(f"These files were not uploaded: {', '.join(missing)}.")
    tx = ctx.table.transaction()
    found = [(own[file_id], size) for file_id, size in sizes.items() if size is not None]
    for file, size in found:
        tx.update(FILES, _confirmed(file, size))
    if found:
        tx.commit()
    return not missing


def _confirmed(file: File, size: int) -> File:
    if size > file.max_size:
        raise Unprocessable(f"The file {file.id} has {size} bytes, and {file.max_size} were declared at the most.")
    return file.model_copy(update={"size": size})
