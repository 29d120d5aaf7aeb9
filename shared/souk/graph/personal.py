"""What a domain declares about people's data: its part of a copy, of an erasure, and what stands in the way (ADR 52).

Every domain has a `personal.py` with a `PERSONAL`; `souk.domains.personal_data` finds them. A domain that erases names
it in its `resolvers` too (`Domain.personal`), so that the work runs in the function that owns the domain's keys.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

from souk.storage import Entity, StoredList, Table, Transaction, View
from souk.storage.collection import E
from souk.storage.lists import Position

PAGE: Final = 500
"""Rows that a copy reads at once."""

_BATCH: Final = 25
"""Entities that an erasure changes in one transaction."""

T = TypeVar("T")
Row = dict[str, Any]
"""A line of a copy, as JSON."""
Erase = Callable[[Table, str, datetime], Iterator[None]]
"""Erases a domain's data of a person: `(table, user_id, now)`. It yields after each piece that is stored, where it may
be stopped. Called again it goes on with what is left, and does nothing if nothing is."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way of an erasure."""

    code: str
    """For programs, such as `OPEN_CONTRACT`."""
    message: str
    """For the person: what it is, and what they can do."""
    id: str | None = None
    """The entity, if it is about one."""


Obstacles = Callable[[Table, str, datetime], Iterable[Obstacle]]
"""Yields what stands in the way of the erasure of a person: `(table, user_id, now)`."""


@dataclass(frozen=True, slots=True)
class PersonalPage:
    """A page of a file of a copy."""

    rows: Sequence[Row]
    end: Position | None
    """Where the next page begins, as JSON; None after the last one."""


Pages = Callable[[Table, str, Position | None], Iterator[PersonalPage]]
"""Yields the pages of a file of a copy from a position on: `(table, user_id, start)`. `start` is a page's `end`."""


@dataclass(frozen=True, slots=True)
class PersonalFile:
    """A file of a copy, with a JSON object on each line. Its name is `<name>.jsonl`."""

    name: str
    about: str
    """A sentence for the copy's README."""
    pages: Pages


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A domain's declaration. Without `erase` nothing of it is erased, and `stays` says why."""

    stays: str
    """What stays after an erasure, and why; or why there is no personal data. Sentences of `docs/privacy.md`."""
    files: tuple[PersonalFile, ...] = ()
    erase: Erase | None = None
    obstacles: Obstacles | None = None


def rows_of(read: Callable[[Table, str], Iterable[Row]]) -> Pages:
    """Return a file of a bounded number of rows, which are read at once."""

    def pages(table: Table, user_id: str, _start: Position | None) -> Iterator[PersonalPage]:
        yield PersonalPage(list(read(table, user_id)), None)

    return pages


def listed(
    stored: StoredList[E],
    *without: str,
    owners: Callable[[Table, str], Iterable[tuple[str, ...]]] | None = None,
    about: Callable[[E, str], bool] | None = None,
    rows: Callable[[Table, Sequence[E], str], Iterable[Row]] | None = None,
    size: int = PAGE,
) -> Pages:
    """Return a file of the rows of stored lists, page by page, without some fields.

    `owners` returns the ids of the lists' owners (`StoredList.partition`); the person without it. `about` tells which
    entities concern the person. `rows` returns the rows of the entities of a page that differ from theirs.
    """
    every: View[E, E] = View()

    def pages(table: Table, user_id: str, start: Position | None) -> Iterator[PersonalPage]:
        first, after = (tuple(start[0]), start[1]) if start else ((), None)
        left = sorted(one for one in set(owners(table, user_id) if owners else [(user_id,)]) if one >= first)
        for at, ids in enumerate(left):
            end = after if ids == first else None
            while True:
                found = stored.of(table, *ids).page(every, size, after=end)
                end = found.end if found.more else None
                kept = [one for one in found.rows if about is None or about(one, user_id)]
                shown = list(rows(table, kept, user_id)) if rows else [row_of(one, *without) for one in kept]
                then = [list(ids), end] if end else [list(left[at + 1]), None] if at + 1 < len(left) else None
                yield PersonalPage(shown, then)
                if end is None:
                    break

    return pages


def row_of(entity: Entity, *without: str) -> Row:
    """Return an entity as a row, with the contract's names, and without some of its fields."""
    return entity.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"version", *without})


def in_batches(
    table: Table, items: Iterable[T], change: Callable[[Transaction, T], object], size: int = _BATCH
) -> Iterator[None]:
    """Change items in transactions of some, and yield after each. Raises Conflict if another writer was first.

    The deadline of an erasure is then repeated, so `items` should leave out what is done.
    """
    left = iter(items)
    while batch := list(islice(left, size)):
        tx = table.transaction()
        for one in batch:
            change(tx, one)
        tx.commit()
        yield
