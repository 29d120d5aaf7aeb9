"""Ids as programs send them."""

import re
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from souk.values.errors import Unprocessable

_MAX_ID: Final = 2**64 - 1
_SHOWN: Final = 40
"""Characters of a wrong value in a message."""


_WEB_ADDRESS: Final = re.compile(r"~0\d(\d+)|0[12](\d{19})", re.ASCII)


def plain_id(text: str) -> str:
    """Return an id as it is stored, from the form that web addresses use; any other text unchanged.

    That form is the contract's `ciphertext` and `profileKey`: `~01` and the id of a person, `~02` and the id of a job
    posting. The `~` may be missing.
    """
    found = _WEB_ADDRESS.fullmatch(text)
    return found[1] or found[2] if found else text


IdText = Annotated[str, BeforeValidator(lambda given: plain_id(given) if isinstance(given, str) else given)]
"""An id of a person or posting in an input field that the contract declares as String."""


def is_id(text: str) -> bool:
    """Return whether a text can be an id: a 64-bit unsigned number in decimal."""
    return text.isascii() and text.isdecimal() and len(text) <= len(str(_MAX_ID)) and int(text) <= _MAX_ID


def check(path: str, values: Sequence[str] | None, noun: str, hint: str = "") -> None:
    """Raise Unprocessable for a value that cannot be an id. Otherwise it would find nothing, without a reason.

    `path` is the field, and `noun` what its ids are of, such as "teams". `hint` says where to find the right ones.
    """
    for value in values or ():
        if not is_id(value):
            raise wrong_id(path, f"takes ids of {noun}, which are numbers, not {value[:_SHOWN]!r}.", hint)


def wrong_id(path: str, message: str, hint: str = "") -> Unprocessable:
    """Return the error of a value that is no id of the right kind."""
    full = f"{message} {hint}".rstrip()
    return Unprocessable(f"{path}: {full}", fields=[{"path": path, "message": full}])


def _require_id(text: str) -> str:
    if not is_id(text):
        raise PydanticCustomError("id", "takes an id, which is a number, not {shown}.", {"shown": repr(text[:_SHOWN])})
    return text


Id = Annotated[str, AfterValidator(_require_id)]
"""An id in an input that selects by it. Other texts are an error: they would find nothing, without a reason."""
