"""What files have of a person: the files that they uploaded."""

from collections.abc import Iterator
from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.files.model import File
from souk.domains.files.store import FILES, FILES_OF_PERSON
from souk.graph.personal import PersonalData, PersonalFile, in_batches, listed
from souk.storage import Table, Transaction, View


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """Delete the files that only the person has: portraits, files of the portfolio, and what was never confirmed.

    Files of records that others have too stay with these.
    """
    own: View[File, File] = View([lambda one: one.personal or not (one.confirmed or one.private)])

    def remove(tx: Transaction, file: File) -> None:
        tx.update(FILES, file.model_copy(update={"discarded": True}))
        schedule(tx, "files.remove", file.id, now)

    for chunk in FILES_OF_PERSON.of(table, user_id).chunks(own):
        yield from in_batches(table, chunk, remove)


PERSONAL = PersonalData(
    stays=(
        "Files that are attached to records which others have too: postings, proposals, messages, work. Screenshots of "
        "tracked time, until they expire."
    ),
    files=(PersonalFile("files", "The files that you uploaded: names, sizes and times.", listed(FILES_OF_PERSON)),),
    erase=erase,
)
