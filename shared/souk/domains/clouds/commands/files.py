"""Files of sections, and logos that turn out to be no pictures."""

from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.clouds.commands.clouds import UPLOAD, read_picture
from souk.domains.clouds.model import CloudTasks
from souk.domains.files.model import File, PictureState
from souk.domains.files.rules import may_attach
from souk.domains.files.store import FILES
from souk.graph import Context
from souk.storage import Table
from souk.values.problems import Problems


def check_attachments(ctx: Context, problems: Problems, before: CloudTasks, after: CloudTasks, company_id: str) -> None:
    """Report files of active sections that the company has not, unless the section held them before.

    Missing, unconfirmed and other companies' files get the same error. Takes one round trip.
    """
    held = {section.id: set(section.attachment_ids) for section in before.sections}
    active = [(at, section) for at, section in enumerate(after.sections) if section.active]
    new = [
        (f"sections.{at}.attachmentIds.{place}", file_id)
        for at, section in active
        for place, file_id in enumerate(section.attachment_ids)
        if file_id not in held.get(section.id, ())
    ]
    for (path, file_id), file in zip(new, ctx.load_many(FILES, [one for _, one in new]), strict=True):
        if file is None or not _usable(file, company_id):
            problems.add(path, f"your organization has no confirmed file {file_id[:40]!r}.")


def _usable(file: File, company_id: str) -> bool:
    own_picture = file.purpose == UPLOAD and file.confirmed and file.company_id == company_id
    return not file.discarded and (own_picture or may_attach(file, company_id))


def forget_refused(table: Table, file_id: str, now: datetime) -> None:
    """Delete an uploaded picture that is none. Nothing shows it."""
    picture = read_picture(table, file_id)[1]
    if picture and picture.state is PictureState.REFUSED:
        tx = table.transaction()
        schedule(tx, "files.remove", file_id, now)
        tx.commit()
