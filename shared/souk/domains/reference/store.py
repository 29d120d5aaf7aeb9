"""Writes a marketplace's own entries of the ontology. `ontology.own` has the layout of the items, and reads them."""

from collections.abc import Sequence
from typing import Final

from souk.domains.reference.model import Entry
from souk.domains.reference.ontology import own
from souk.domains.reference.ontology.own import GENERATIONS, PARTS, Generation, Part
from souk.storage import Table, Transaction
from souk.values.errors import Unprocessable

WRITES: Final = (own.PREFIX,)
"""The key prefix that only this domain writes."""
MAX_TEXT: Final = 1_700_000
"""Characters of the compressed entries. A transaction has at most 4 MB, with those that it deletes."""


def own_entries(table: Table) -> tuple[Generation | None, list[Entry]]:
    """Return the generation that holds now, and its entries, in the order in which they were added."""
    generation, entries = own.read(table, table.get(GENERATIONS, consistent=True))
    return generation, list(entries)


def replace(tx: Transaction, table: Table, before: Generation | None, entries: Sequence[Entry]) -> Generation:
    """Add to a transaction that these entries hold from now on. Raises Unprocessable if they are too many."""
    text = own.packed(entries)
    if len(text) > MAX_TEXT:
        raise Unprocessable(
            "The marketplace's own part of the ontology is full. Shorten definitions, or leave some out."
        )
    chunks = [text[at : at + own.PART] for at in range(0, len(text), own.PART)]
    new = table.new_id()
    for number, chunk in enumerate(chunks):
        tx.create(PARTS, Part(generation=new, number=number, text=chunk))
    if before:
        for number in range(before.parts):  # a part never changes
            tx.delete(PARTS, Part(generation=before.id, number=number, text="", version=1))
    after = Generation(id=new, parts=len(chunks))
    if before is None:
        return tx.create(GENERATIONS, after)
    return tx.update(GENERATIONS, after.model_copy(update={"version": before.version}))
