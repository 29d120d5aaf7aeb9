"""The ontology that holds in this process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import orjson

from souk.domains.reference.model import Entry
from souk.domains.reference.ontology import own, shipped
from souk.domains.reference.ontology.overlay import put, settle
from souk.domains.reference.ontology.tree import Ontology
from souk.runtime import bundle
from souk.runtime.cold_start import gc_paused
from souk.storage import Table
from souk.storage.served import served

_LOOK_AGAIN: Final = 1.0
"""Seconds until it is looked whether another generation holds. The item that says so is kept for a minute."""


@dataclass(frozen=True, slots=True)
class _Held:
    table: Table | None
    generation: str | None
    ontology: Ontology
    until: float


_held: _Held | None = None
_ask: Callable[[], Sequence[Entry]] | None = None


def ask_for_entries(read: Callable[[], Sequence[Entry]] | None) -> None:
    """Have `of_deployment` read the entries so: for commands, which work on a deployment and are no part of it."""
    global _ask, _held
    _ask, _held = read, None
    of_deployment.cache_clear()
    _base.cache_clear()


def ontology() -> Ontology:
    """Return the whole ontology, with the marketplace's own entries as they were at most a minute ago."""
    global _held  # noqa: PLW0603 - there is one for a process
    table, now = served(), time.monotonic()
    if _held and _held.table is table and now < _held.until:
        return _held.ontology
    generation = table.get_cached(own.GENERATIONS) if table else None
    if generation is None or table is None:
        found, held = _base(), None
    elif _held and _held.table is table and _held.generation == generation.id:
        found, held = _held.ontology, generation.id
    else:
        stored, entries = own.read(table, generation)
        found, held = with_entries(entries), stored.id if stored else None
    _held = _Held(table, held, found, now + _LOOK_AGAIN)
    return found


def keep(generation: own.Generation) -> None:
    """Have this process use a generation that it has just written, at once."""
    global _held  # noqa: PLW0603 - as above
    if table := served():
        table.keep(own.GENERATIONS.key(), own.GENERATIONS.encode(generation))
        _held = None


@gc_paused()
def with_entries(entries: Sequence[Entry] = ()) -> Ontology:
    """Return the ontology with a marketplace's own entries over that of the deployment, made anew."""
    found = draft(entries)
    settle(found)
    return found


def draft(entries: Sequence[Entry] = ()) -> Ontology:
    """Return the same before it is settled (`overlay.settle`): what each entry says of itself."""
    found = shipped.load()
    for one in (*of_deployment(), *entries):
        put(found, one)
    return found


@lru_cache(1)
def _base() -> Ontology:
    return with_entries()


@lru_cache(1)
def of_deployment() -> tuple[Entry, ...]:
    """Return the entries that the deployment brings along (the option `ontology` of the CDK app)."""
    if _ask:
        return tuple(_ask())
    files = bundle.folder()
    path = files / bundle.ONTOLOGY if files else None
    return tuple(map(own.entry_of_row, orjson.loads(path.read_bytes()))) if path and path.is_file() else ()
