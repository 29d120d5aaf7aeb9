"""Where gigs are kept.

GIG#<id>             GIG       a gig        GSI1 GIGS#<owner> / GIG#<id>: a person's; deleted ones are at GONE#<id>
GIG#NUMBER#<number>  NUMBER    which gig has a number: what the search index finds are numbers
GIG#OF#<owner>       OWNED     how many gigs a person has, without those that are deleted
UNIQ#slug#<slug>     UNIQ      a slug, and whose it is. None is ever given back: not by a new title, not by deletion
"""

from typing import Final

from souk.domains.gigs.model import Gig, GigNumber, Status
from souk.storage import Collection, Key, Table, Transaction
from souk.values.errors import Conflict, Unprocessable

WRITES: Final = ("GIG#", "UNIQ#slug#")
"""The beginnings of the partition keys that only the owner of this domain writes."""
MOST_OWNED: Final = 100
"""How many gigs a person may have at once."""


class SlugTaken(Conflict):
    """Another gig has, or had, this slug."""


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
    """Keep deleted gigs, of which there may be any number, out of what others look through."""
    return Key(f"GIGS#{gig.owner_id}", f"{'GONE' if gig.status is Status.DELETED else 'GIG'}#{gig.id}")


GIGS: Collection[Gig] = Collection(
    name="Gig",
    model=Gig,
    key=gig_key,
    key_of=lambda gig: gig_key(gig.id),
    indexes={"GSI1": _by_owner},
)
NUMBERS: Collection[GigNumber] = Collection(
    name="GigNumber", model=GigNumber, key=number_key, key_of=lambda one: number_key(one.number)
)


def put(tx: Transaction, gig: Gig) -> Gig:
    """Store a new gig with its number and its slugs; returns it with its version. It is to be counted, too."""
    stored = tx.create(GIGS, gig)
    tx.create(NUMBERS, GigNumber(number=gig.number, gig_id=gig.id))
    for slug in (*gig.former_slugs, *filter(None, [gig.slug])):
        take_slug(tx, slug, gig.id)
    return stored


def count(tx: Transaction, owner_id: str, by: int) -> None:
    """Count more or fewer gigs of a person's, those that are not deleted."""
    too_many = Unprocessable(f"A person may have {MOST_OWNED} gigs at once; delete one that is not needed any more.")
    if by > 0:
        tx.count(owned_key(owner_id), by, at_most=MOST_OWNED, refused=too_many)
    elif by < 0:
        tx.count(owned_key(owner_id), by)


def take_slug(tx: Transaction, slug: str, gig_id: str) -> None:
    """Make a slug lead to a gig from now on; SlugTaken is raised where it leads to another."""
    tx.reserve(_slug_guard(slug), gig_id, SlugTaken("Another gig has this slug."))


def gig_id_of(table: Table, slug: str) -> str | None:
    """Return the id of the gig that a slug leads to."""
    return table.holder(_slug_guard(slug))


def gigs_of(table: Table, owner_id: str, *, deleted: bool = False) -> list[Gig]:
    """Return the gigs of a person, the newest first; with those that are deleted if told so."""
    found = table.query_all(GIGS, f"GIGS#{owner_id}", index="GSI1", prefix="" if deleted else "GIG#")
    return sorted(found, key=lambda gig: int(gig.number), reverse=True)


def _slug_guard(slug: str) -> str:
    return f"UNIQ#slug#{slug}"
