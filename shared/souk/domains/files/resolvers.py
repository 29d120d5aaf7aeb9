"""Upload links to the bucket, and the confirmation of uploads."""

from typing import Any

from souk.domains.files import rules
from souk.domains.files.model import Attachment, File, UploadLinkInput
from souk.domains.files.store import FILES, download_link, upload_form, uploaded_size
from souk.graph import Context, Domain, Scope
from souk.values.errors import NotFound, Unprocessable

domain = Domain("files", function="jobs")


@domain.mutation("createDirectUploadLinkForJobPosting", scopes=[Scope.JOB_POSTINGS_WRITE])
@domain.mutation("createDirectUploadLinkForJAClientProposal", scopes=[Scope.CLIENT_PROPOSALS])
def create_upload_link(ctx: Context, input: UploadLinkInput) -> dict[str, Any]:
    """Create a file's record and the form for its upload. An unconfirmed file cannot be attached."""
    seconds = rules.upload_seconds(input, ctx.table.clock.real())
    file = rules.new_file(ctx.table.new_id(), input, ctx.principal, ctx.now)
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
    """Confirm that files are in the bucket and within their declared size. Return whether all are confirmed now.

    Raises NotFound for missing files if `skip_missing` is False, and Unprocessable for a file that is too large or for
    too many files.
    """
    ids = list(dict.fromkeys(file_ids))
    if len(ids) > rules.MAX_FILES:
        raise Unprocessable(f"At most {rules.MAX_FILES} files can be confirmed at once; got {len(ids)}.")
    own = {file.id: file for file in ctx.load_many(FILES, ids) if file and rules.may_use(file, ctx.principal)}
    sizes = {file.id: uploaded_size(file) for file in own.values() if not file.confirmed}
    missing = [file_id for file_id in ids if file_id not in own or sizes.get(file_id, 0) is None]
    if missing and skip_missing is False:
        raise NotFound(f"These files were not uploaded: {', '.join(missing)}.")
    tx = ctx.table.transaction()
    uploaded = [(own[file_id], size) for file_id, size in sizes.items() if size is not None]
    for file, size in uploaded:
        tx.update(FILES, _confirm(file, size))
    if uploaded:
        tx.commit()
    return not missing


@domain.field("AttachedFile.link")
def link(source: Attachment, ctx: Context) -> str:
    """Return a download link that expires."""
    return download_link(source.key, source.file_name)


def _confirm(file: File, size: int) -> File:
    if size > file.max_size:
        raise Unprocessable(f"The file {file.id} has {size} bytes; its declared limit is {file.max_size} bytes.")
    return file.model_copy(update={"size": size})
