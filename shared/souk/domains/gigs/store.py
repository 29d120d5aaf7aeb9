"""The table's items of gigs.

GIG#<id>             GIG       a gig        GSI1 GIGS#<owner> / GIG#<id>: of a person; deleted gigs have
                                            DELETED#<number>, those that Souk 0.1.0 deleted GONE#<id>
                                            GSI3 TAKENDOWN#GIG / <time>#<id>: while it is taken down
GIG#NUMBER#<number>  NUMBER    the gig with this number, for the search index
GIG#OF#<owner>       OWNED     counter: a person's gigs, without deleted ones
UNIQ#slug#<slug>     UNIQ      held by a gig until its owner is erased: also after a new title or its deletion
"""

from collections.abc import Iterable
from typing import Final

from souk.domains.gigs.model import Gig, GigNumber, Status
from souk.domains.moderation.model import ContentKind
from souk.domains.moderation.store import taken_down, taken_down_key
from souk.storage import Collection, Key, StoredList, Table, Transaction, View
from souk.values.errors import Conflict, Unprocessable

WRITES: Final = ("GIG#", "UNIQ#slug#")
"""The prefixes of the partition keys that this domain owns."""
MAX_GIGS: Final = 100
"""The limit of gigs per person, without deleted ones."""
MAX_DELETED: Final = 100
"""Deleted gigs in a list: the newest ones."""


class SlugTaken(Conflict):
    """Another gig has or had this slug."""


def gig_key(gig_id: str) -> Key:
    """Return the key of a gig."""
    return Key(f"GIG#{gig_id}", "GIG")


def number_key(number: str) -> Key:
    """Return the key of a gig's number."""
    return Key(f"GIG#NUMBER#{number}", "NUMBER")


def owned_key(owner_id: str) -> Key:
    """Return the key of the counter of a person's gigs."""
    return Key(f"GIG#OF#{owner_id}", "OWNED")


def _by_owner(gig: Gig) -> Key:
    """Return the index key of a gig. Deleted gigs have another sort key, by age, because their number has no limit."""
    sort = f"DELETED#{gig.number}" if gig.status is Status.DELETED else f"GIG#{gig.id}"
    return Key(f"GIGS#{gig.owner_id}", sort)


GIGS: Collection[Gig] = Collection(
    name="Gig",
    model=Gig,
    key=gig_key,
    key_of=lambda gig: gig_key(gig.id),
    indexes={
        "GSI1": _by_owner,
        "GSI3": lambda gig: taken_down_key(ContentKind.GIG, gig.takedown, gig.id),
    },
)
NUMBERS: Collection[GigNumber] = Collection(
    name="GigNumber", model=GigNumber, key=number_key, key_of=lambda one: number_key(one.number)
)


DELETED_GIGS: Final = StoredList("deletedGigs", GIGS, "GIGS#{}".format, index="GSI1", prefix="DELETED#")
"""The deleted gigs of a person."""
TAKEN_DOWN_GIGS: Final = StoredList("takenDownGigs", GIGS, lambda: taken_down(ContentKind.GIG), index="GSI3")
"""The gigs that are taken down, the latest takedown first."""
LISTS: Final = (DELETED_GIGS, TAKEN_DOWN_GIGS)


def put(tx: Transaction, gig: Gig) -> Gig:
    """Add a new gig to a transaction, with its number and slugs. The caller must `count` it, too."""
    stored = tx.create(GIGS, gig)
    tx.create(NUMBERS, GigNumber(number=gig.number, gig_id=gig.id))
    for slug in (*gig.former_slugs, *filter(None, [gig.slug])):
        take_slug(tx, slug, gig.id)
    return stored


def count(tx: Transaction, owner_id: str, by: int) -> None:
    """Add a change of the number of a person's gigs to a transaction."""
    too_many = Unprocessable(f"You can have at most {MAX_GIGS} gigs. Delete one that you no longer need.")
    if by > 0:
        tx.count(owned_key(owner_id), by, at_most=MAX_GIGS, refused=too_many)
    elif by < 0:
        tx.count(owned_key(owner_id), by)


def take_slug(tx: Transaction, slug: str, gig_id: str) -> None:
    """Reserve a slug for a gig in a transaction. It fails with SlugTaken if another gig holds it."""
    tx.reserve(_slug_guard(slug), gig_id, SlugTaken("Another gig has this slug."))


def release_slugs(tx: Transaction, gig: Gig) -> None:
    """Add to a transaction that other gigs can have the slugs of a gig."""
    for slug in dict.fromkeys((*gig.former_slugs, *filter(None, [gig.slug]))):
        tx.release(_slug_guard(slug), gig.id)


def gig_id_of(table: Table, slug: str) -> str | None:
    """Return the id of the gig that holds a slug."""
    return table.holder(_slug_guard(slug))


def gigs_of(table: Table, owner_id: str, *, deleted: bool = False) -> list[Gig]:
    """Return the gigs of a person, newest first: at most `MAX_GIGS`.

    `deleted` includes the newest `MAX_DELETED` deleted gigs.
    """
    partition = f"GIGS#{owner_id}"

    def kept(table: Table) -> list[Gig]:
        return table.query_bounded(GIGS, partition, index="GSI1", prefix="GIG#", most=MAX_GIGS)

    def deleted_now(table: Table) -> list[Gig]:
        return DELETED_GIGS.of(table, owner_id).page(View[Gig, Gig](), MAX_DELETED).rows

    def deleted_earlier(table: Table) -> list[Gig]:
        """Until `souk lists rewrite`."""
        return table.query(GIGS, partition, index="GSI1", prefix="GONE#", limit=MAX_DELETED).items

    def by_age(gigs: Iterable[Gig]) -> list[Gig]:
        return sorted(gigs, key=lambda gig: int(gig.number), reverse=True)

    if not deleted:
        return by_age(kept(table))
    found, *gone = table.concurrently([kept, deleted_now, deleted_earlier])
    return by_age([*found, *by_age(gig for gigs in gone for gig in gigs)[:MAX_DELETED]])


def _slug_guard(slug: str) -> str:
    return f"UNIQ#slug#{slug}"
