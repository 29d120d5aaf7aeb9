"""An operator's words: each has to be a word of the record, or the beginning of one.

They have no syntax, because addresses and ids have signs that mean something in the search language of other lists.
Records with the whole words come before those with beginnings. Scores of the engine would not do: thousands of
beginnings have the same one, and only columns can be sorted quickly.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from souk.search import ID, And, AnyOf, Not, Or, Page, Phrase, Prefix, Query, Range, Search, SearchReader
from souk.search import text as texts

_MAX_DIGITS: Final = 20
"""Of a 64-bit id."""
_ID: Final = re.compile(rf"(?:01)?([1-9][0-9]{{0,{_MAX_DIGITS - 1}}})")
"""An id, also as in the contract's `ciphertext` (`souk.values.ids`). The words of an expression have no `~`."""


@dataclass(frozen=True)
class Expression:
    """The words of an operator, and the text fields that they are looked up in."""

    fields: tuple[str, ...]
    text: str

    @property
    def pieces(self) -> list[tuple[str, ...]]:
        """The pieces between white space: an address is a piece of several words."""
        return texts.units(self.text)

    @property
    def whole(self) -> Query:
        """Each piece, as it stands."""
        return And(tuple(self._whole(piece) for piece in self.pieces)) if self.pieces else Or(())

    @property
    def begun(self) -> Query:
        """Each piece, whose last word may be a beginning. Signs alone find nothing."""
        return And(tuple(self._begun(piece) for piece in self.pieces)) if self.pieces else Or(())

    def _whole(self, piece: tuple[str, ...]) -> Query:
        phrase, digits = self._phrase(piece), _digits(piece)
        return Or((phrase, AnyOf(ID, (digits,)))) if digits else phrase

    def _begun(self, piece: tuple[str, ...]) -> Query:
        *first, last = piece
        begun = Prefix(self.fields, last)
        if first:  # of a piece that stands as it is, the last word is the beginning of one, too
            return And((self._phrase(first), begun))
        digits = _digits(piece)
        return Or((begun, *_ids_with(digits))) if digits else begun

    def _phrase(self, words: Sequence[str]) -> Query:
        return Phrase(self.fields, " ".join(words))


def _digits(piece: tuple[str, ...]) -> str | None:
    """Return the digits of an id, or of its beginning, in any form: `136...`, `~01136...`, `01136...`."""
    found = _ID.fullmatch(piece[0]) if len(piece) == 1 else None
    return found[1] if found else None


def _ids_with(beginning: str) -> Iterator[Query]:
    """Yield the ranges of ids that begin with some digits. Ranges are quicker than the words of all ids."""
    for more in range(_MAX_DIGITS - len(beginning) + 1):
        first = int(beginning) * 10**more
        yield Range(ID, first, first + 10**more - 1)


class WholeWordsFirst(SearchReader):
    """An index in which results with whole words come first. Both parts have the order of the search."""

    def __init__(self, index: SearchReader, whole: Query) -> None:
        self.schema = index.schema
        self._index = index
        self._whole = whole

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`."""
        whole = self._index.search(replace(search, where=And((search.where, self._whole))))
        left = search.limit - len(whole.hits)
        rest = replace(search, where=And((search.where, Not(self._whole))), limit=left)
        others = self._index.search(replace(rest, offset=max(0, search.offset - whole.total)))
        return Page(whole.total + others.total, whole.hits + others.hits)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._index.fingerprints(ids)
