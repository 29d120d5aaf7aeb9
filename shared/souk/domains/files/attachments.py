"""Attachments of postings, proposals, offers and milestones."""

from collections.abc import Sequence

from souk.domains.files.model import Attachment
from souk.domains.files.rules import may_attach
from souk.domains.files.store import FILES
from souk.graph import Context
from souk.values.problems import Problems

MAX_ATTACHMENTS = 20


def attachments(
    ctx: Context, problems: Problems, path: str, ids: Sequence[str] | None, company_id: str
) -> tuple[Attachment, ...]:
    """Return the attachments for the file ids of a request, and add errors to `problems`.

    Missing, unconfirmed and other companies' files get the same error.
    """
    if not ids:
        return ()
    if len(ids) > MAX_ATTACHMENTS or len(set(ids)) != len(ids):
        problems.add(path, f"must be at most {MAX_ATTACHMENTS} different files.")
        return ()
    found = []
    for at, (file_id, file) in enumerate(zip(ids, ctx.load_many(FILES, list(ids)), strict=True)):
        if file is None or file.size is None or not may_attach(file, company_id):
            problems.add(f"{path}.{at}", f"your organization has no confirmed file {file_id[:40]!r}.")
            continue
        found.append(
            Attachment(
                id=file.id,
                file_name=file.file_name,
                key=file.key,
                content_length=file.size,
                content_type=file.content_type,
                created_date_time=file.created,
                meta_data=file.meta_data,
            )
        )
    return tuple(found)
