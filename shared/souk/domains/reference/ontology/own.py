"""A marketplace's own entries of the ontology, as they are stored.

ONTOLOGY               ONTOLOGY   the generation that holds
ONTOLOGY#<generation>  <number>   a part of the entries of a generation

All entries are one compressed text, in a few items. Functions keep the first item for a minute (`Table.get_cached`),
and read the others when it names another generation. Authentication reads the first item along with the caller's token
(`souk.authentication.terms`), so requests do not wait for it.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

import orjson

from souk.authentication.terms import ONTOLOGY_KEY
from souk.domains.reference.model import Entry, EntryKind
from souk.storage import Collection, Entity, Key, Table
from souk.values.errors import SoukError

PREFIX: Final = "ONTOLOGY"
"""The prefix of the partition keys."""
PART: Final = 350_000
"""Characters of a part."""
_READS: Final = 3
_NAMES: Final = frozenset(one.name for one in fields(Entry))


class Generation(Entity):
    """The generation of the entries that holds."""

    id: str
    parts: int


class Part(Entity):
    """A part of the text of a generation."""

    generation: str
    number: int
    text: str


def part_key(generation: str, number: int) -> Key:
    """Return the key of a part."""
    return Key(f"{PREFIX}#{generation}", f"{number:03}")


GENERATIONS: Final[Collection[Generation]] = Collection(
    name="OntologyGeneration", model=Generation, key=lambda: ONTOLOGY_KEY, key_of=lambda _: ONTOLOGY_KEY
)
PARTS: Final[Collection[Part]] = Collection(
    name="OntologyPart", model=Part, key=part_key, key_of=lambda one: part_key(one.generation, one.number)
)


def packed(entries: Iterable[Entry]) -> str:
    """Return entries as a text."""
    return b64encode(zlib.compress(orjson.dumps([asdict(one) for one in entries]))).decode()


def unpacked(text: str) -> list[Entry]:
    """Return the entries of a text. Fields of a later release are left out."""
    return list(map(entry_of_row, orjson.loads(zlib.decompress(b64decode(text)))))


def entry_of_row(row: dict[str, Any]) -> Entry:
    """Return the entry of a row of JSON."""
    known: dict[str, Any] = {name: value for name, value in row.items() if name in _NAMES}
    known |= {name: tuple(known[name]) for name in ("parents", "synonyms") if name in known}
    known["kind"] = EntryKind(row["kind"])
    return Entry(**known)


def read(table: Table, generation: Generation | None) -> tuple[Generation | None, Sequence[Entry]]:
    """Return the entries of a generation, or of one that has replaced it meanwhile; nothing for None."""
    for _ in range(_READS):
        if generation is None:
            return None, ()
        keys = [part_key(generation.id, number) for number in range(generation.parts)]
        items = table.batch_get(keys, consistent=True)
        if len(items) == len(keys):
            return generation, unpacked("".join(PARTS.decode(items[key]).text for key in keys))
        generation = table.get(GENERATIONS, consistent=True)
    raise SoukError("The ontology is being changed. Please try again.")
