"""What gigs have of a person: the gigs that they offer."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.files.commands.uploads import remove_later
from souk.domains.gigs.model import Gig, Packages, Status
from souk.domains.gigs.rules.visibility import event_audience
from souk.domains.gigs.store import DELETED_GIGS, GIGS, count, gigs_of, release_slugs
from souk.graph.personal import PersonalData, PersonalFile, in_batches, row_of, rows_of
from souk.storage import Table, Transaction, View
from souk.values.times import stamp


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """Delete all gigs with their words, files and addresses. Orders keep the title that they were made with."""
    left: View[Gig, Gig] = View([lambda one: _emptied(one, one.modified_date_time) != one])

    def empty(tx: Transaction, gig: Gig) -> None:
        if gig.status is not Status.DELETED:
            count(tx, gig.owner_id, -1)
            tx.emit("GIG", "DELETE", gig.id, to=event_audience(gig))
        remove_later(tx, (one.file_id for one in gig.attachments if one.file_id), now)
        release_slugs(tx, gig)
        tx.update(GIGS, _emptied(gig, stamp(now)))

    yield from in_batches(table, gigs_of(table, user_id), empty, size=1)
    for chunk in DELETED_GIGS.of(table, user_id).chunks(left):
        yield from in_batches(table, chunk, empty, size=1)


def _emptied(gig: Gig, at: str) -> Gig:
    """Return what is left of a gig: its ids and times."""
    nothing = ("title", "slug", "category_id", "subcategory_id", "description")
    lists = ("former_slugs", "tags", "faq", "attachments")
    left = {"status": Status.DELETED, "modified_date_time": at, "set_packages": Packages()}
    return gig.model_copy(update={**dict.fromkeys(nothing), **dict.fromkeys(lists, ()), **left})


PERSONAL = PersonalData(
    stays="The ids of the gigs. Contracts that came from orders have the title of their time.",
    files=(
        PersonalFile(
            "gigs",
            "Your gigs, with the last deleted ones.",
            rows_of(lambda table, user_id: (row_of(one) for one in gigs_of(table, user_id, deleted=True))),
        ),
    ),
    erase=erase,
)
