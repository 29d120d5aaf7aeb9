"""Reads the rows of a file from blocks of bytes, so that little of it is in memory, and from any row on. Pure.

CSV is that of RFC 4180, in UTF-8, with a header row. A file whose first character is `{` is JSON Lines.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from souk.domains.dataimports.model import ImportKind, Position, Row
from souk.domains.dataimports.rules.columns import COLUMNS, header_problem
from souk.domains.dataimports.rules.formulas import restored

MAX_ROW: Final = 1_000_000
"""Bytes of a row."""
_MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark that some programs write at the beginning of UTF-8."""
_OTHERS: Final = (b"\xff\xfe", b"\xfe\xff")
_ENCODING: Final = "this row is not UTF-8. Save the file with this encoding."


class UnreadableFile(Exception):
    """The file as a whole cannot be read. The message says why."""


class RowReader:
    """Reads rows. `position` is where the next one begins."""

    def __init__(self, kind: ImportKind, blocks: Iterable[bytes], position: Position) -> None:
        self._kind = kind
        self._blocks = iter(blocks)
        self.position = position

    def rows(self) -> Iterator[Row]:
        """Yield the rows. Raises UnreadableFile if the file is no CSV or JSON Lines of this kind."""
        records = _records(self._blocks, quotes=self.position.header is not None or None)
        for record, is_json in records:
            start = self.position.offset == 0
            text = record.removeprefix(_MARK) if start else record
            if start and record.startswith(_OTHERS):
                raise UnreadableFile("The file is UTF-16. Save it as UTF-8.")
            end = self.position.offset + len(record)
            if not text.strip():
                self.position = self.position.model_copy(update={"offset": end})
                continue
            if not is_json and self.position.header is None:
                self.position = self.position.model_copy(update={"offset": end, "header": self._header(text)})
                continue
            number = self.position.rows + 1
            row = self._json(number, text) if is_json else self._csv(number, text)
            self.position = self.position.model_copy(update={"offset": end, "rows": number})
            yield row

    def _header(self, text: bytes) -> tuple[str, ...]:
        try:
            (cells,) = csv.reader([text.decode("utf-8").rstrip("\r\n")], strict=True)
        except (ValueError, csv.Error):
            raise UnreadableFile("The first line, which names the columns, is not CSV in UTF-8.") from None
        header = tuple(cell.strip().lower() for cell in cells)
        if problem := header_problem(self._kind, header):
            raise UnreadableFile(problem)
        return header

    def _csv(self, number: int, text: bytes) -> Row:
        header = self.position.header or ()
        if len(text) > MAX_ROW:
            return Row(number, {}, f"this row has more than {MAX_ROW} bytes. Is a quotation mark not closed?")
        try:
            cells = next(csv.reader(text.decode("utf-8").splitlines(keepends=True), strict=True))
        except UnicodeDecodeError:
            return Row(number, {}, _ENCODING)
        except csv.Error as error:
            return Row(number, {}, f"this row is not CSV: {error}.")
        if len(cells) != len(header):
            return Row(number, {}, f"this row has {len(cells)} cells; the header has {len(header)}.")
        return Row(number, {name: restored(cell.strip()) or None for name, cell in zip(header, cells, strict=True)})

    def _json(self, number: int, text: bytes) -> Row:
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return Row(number, {}, _ENCODING)
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            return Row(number, {}, "this line is not JSON.")
        if not isinstance(found, dict):
            return Row(number, {}, "this line is not a JSON object.")
        names = COLUMNS[self._kind].names
        if unknown := [name for name in found if name not in names]:
            return Row(number, {}, f"there is no field {unknown[0][:60]!r}. The fields are: {', '.join(names)}.")
        try:
            return Row(number, {name: _text(value) for name, value in found.items()})
        except TypeError:
            return Row(number, {}, "a value is an object. Use texts, numbers, and lists of texts.")


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_text(one) or "" for one in value) or None
    if isinstance(value, dict):
        raise TypeError
    return None if value is None else str(value).strip() or None


def _records(blocks: Iterator[bytes], *, quotes: bool | None) -> Iterator[tuple[bytes, bool]]:
    """Yield the records of a file with their line ends, and whether they are JSON.

    `quotes`: whether it is CSV, where a line break within quotation marks does not end a record; None if the first
    record tells it.
    """
    record, marks = bytearray(), 0
    for line in _lines(blocks):
        if quotes is None and line.removeprefix(_MARK).strip():
            quotes = not line.removeprefix(_MARK).lstrip().startswith(b"{")
        record += line
        marks += line.count(b'"')
        if quotes and marks % 2 and len(record) <= MAX_ROW:
            continue
        yield bytes(record), not quotes and quotes is not None
        record.clear()
        marks = 0
    if record:
        yield bytes(record), not quotes and quotes is not None


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file with their ends."""
    waiting = bytearray()
    for block in blocks:
        waiting += block
        *complete, rest = waiting.split(b"\n")
        for line in complete:
            yield bytes(line) + b"\n"
        waiting = bytearray(rest)
        if len(waiting) > MAX_ROW:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
