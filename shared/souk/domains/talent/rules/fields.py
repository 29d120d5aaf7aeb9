"""Reads the text fields of inputs by tables: one for each kind of record. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from souk.values import addresses, texts
from souk.values.naming import to_contract
from souk.values.problems import Problems

CANNOT_BE_NULL = "cannot be null. Leave it out to keep it."


@dataclass(frozen=True, slots=True)
class Text:
    """A text field: its greatest length in characters, and whether it must not be empty."""

    most: int
    required: bool = False
    lines: bool = False
    """Whether it may have several lines."""


def read_texts(problems: Problems, request: BaseModel, table: Mapping[str, Text]) -> dict[str, str | None]:
    """Return the given fields of a request as they are stored; an empty optional text is None."""
    return {
        name: _read(problems, to_contract(name), getattr(request, name), text)
        for name, text in table.items()
        if name in request.model_fields_set
    }


def _read(problems: Problems, path: str, given: str | None, text: Text) -> str | None:
    if given is None:
        if text.required:
            problems.add(path, CANNOT_BE_NULL)
        return None
    read = texts.paragraphs if text.lines else texts.line
    return read(problems, path, given, 1 if text.required else 0, text.most) or None


def read_url(problems: Problems, path: str, given: str | None) -> str | None:
    """Return a URL in its normal form; None if it is empty."""
    if given is None or not given.strip():
        return None
    url = addresses.normalized(given.strip())
    if problem := addresses.problem(url):
        problems.add(path, problem)
    return url


def given_values(problems: Problems, request: BaseModel, *names: str) -> dict[str, Any]:
    """Return the given fields that have no rule but that they cannot be null."""
    found = {name: getattr(request, name) for name in names if name in request.model_fields_set}
    for name, value in found.items():
        if value is None:
            problems.add(to_contract(name), CANNOT_BE_NULL)
    return found
