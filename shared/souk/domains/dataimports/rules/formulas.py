"""Cells that a spreadsheet would run as formulas (CSV injection). Pure.

Exports write them with a leading apostrophe, and imports read them without it.
"""

import re
from typing import Final

_DANGEROUS: Final = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALIZED: Final = re.compile(r"'+[=+\-@\t\r]")


def neutralized(cell: str) -> str:
    """Return a cell as exports write it."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def restored(cell: str) -> str:
    """Return a cell as it was before `neutralized`. Other cells stay as they are."""
    return cell[1:] if _NEUTRALIZED.match(cell) else cell
