"""Writes CSV for spreadsheets: RFC 4180, with formulas made harmless."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

Cell = str | int | Decimal | None
"""A text, a number, or nothing."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a text begins that spreadsheets may take for a formula, also in full width. Source: OWASP, "CSV Injection"."""
_AS_TEXT: Final = "'"


def csv_of(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV, with lines that end in CR LF.

    A text that looks like a formula begins with an apostrophe, so that no spreadsheet runs what somebody wrote. Numbers
    stay numbers, also negative ones.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in header])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    text = cell.replace("\0", "")
    return f"{_AS_TEXT}{text}" if text.lstrip(" ").startswith(_FORMULA) else text
