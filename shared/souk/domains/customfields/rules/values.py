"""The values of answers, by the type of the field. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from souk.domains.customfields.model import FieldType
from souk.domains.reference.world import currencies
from souk.values import texts
from souk.values.money import digits_of
from souk.values.problems import Problems

MAX_LINE: Final = 255
"""Characters of a TEXT_FIELD."""
MAX_AREA: Final = 5_000
"""Characters of a TEXT_AREA."""
MAX_NUMBER: Final = 100
"""Characters of a PO_NUMBER."""
_NUMERIC: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_CURRENCY: Final = re.compile(r"-?[0-9]{1,12}(?:\.([0-9]{1,4}))? ([A-Z]{3})", re.ASCII)
_BOOLEANS: Final = ("true", "false")


def read(problems: Problems, path: str, type_: FieldType, text: str) -> str:
    """Return the stored value of an answer to a field without options. Reports a value that the type does not have."""
    return _READERS[type_](problems, path, text)


def _line(problems: Problems, path: str, text: str) -> str:
    return texts.line(problems, path, text, 1, MAX_LINE)


def _area(problems: Problems, path: str, text: str) -> str:
    return texts.paragraphs(problems, path, text, 1, MAX_AREA)


def _po_number(problems: Problems, path: str, text: str) -> str:
    return texts.line(problems, path, text, 1, MAX_NUMBER)


def _numeric(problems: Problems, path: str, text: str) -> str:
    if not _NUMERIC.fullmatch(text):
        problems.add(path, "must be a decimal number, such as -12.5, with at most 30 digits on each side of the dot.")
    return text


def _boolean(problems: Problems, path: str, text: str) -> str:
    if text not in _BOOLEANS:
        problems.add(path, "must be true or false.")
    return text


def _currency(problems: Problems, path: str, text: str) -> str:
    match = _CURRENCY.fullmatch(text)
    if match is None:
        problems.add(path, "must be an amount and a currency, such as 12.50 USD.")
    elif match[2] not in currencies():
        problems.add(path, f"{match[2]} is not a currency of ISO 4217.")
    elif len(match[1] or "") > (digits := digits_of(match[2])):
        problems.add(path, f"has too many digits after the dot; {match[2]} has {digits}.")
    return text


_READERS: Final[Mapping[FieldType, Callable[[Problems, str, str], str]]] = {
    FieldType.TEXT_FIELD: _line,
    FieldType.TEXT_AREA: _area,
    FieldType.PO_NUMBER: _po_number,
    FieldType.NUMERIC: _numeric,
    FieldType.BOOLEAN: _boolean,
    FieldType.CURRENCY: _currency,
}
