"""What changed in the last releases: the changelog, which the function brings along."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from markupsafe import Markup, escape

FILE: Final = "changelog/CHANGELOG.md"
"""The path of the changelog in the function's package."""
_SHOWN: Final = 2
_MOST: Final = 20
"""The entries of a part of a release that are shown."""
_RELEASE: Final = re.compile(r"## (\S+)(?: - (\d{4}-\d\d-\d\d))?\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_PART: Final = re.compile(r"### ([^\n]+)\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
_ENTRY: Final = re.compile(r"^- (.*?)(?=^- |\Z)", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_CODE: Final = re.compile(r"`([^`]*)`")


class Part(NamedTuple):
    """The entries of a kind, such as `Added`."""

    title: str
    entries: tuple[Markup, ...]
    more: int
    """How many more there are."""


class Release(NamedTuple):
    """A release, or what will be in the next one."""

    version: str
    """`Unreleased` for the next one."""
    date: str | None
    parts: tuple[Part, ...]


@cache
def latest(files: Path | None) -> tuple[Release, ...]:
    """Return the newest releases; none without the file. `files` is the folder of what the function brings along."""
    path = files / FILE if files else None
    return tuple(_read(path.read_text("utf-8"))) if path and path.is_file() else ()


def _read(text: str) -> Iterator[Release]:
    for version, date, body in _RELEASE.findall(text)[:_SHOWN]:
        parts = [(title, _ENTRY.findall(entries)) for title, entries in _PART.findall(body)]
        shown = (Part(title, tuple(map(_html, every[:_MOST])), max(len(every) - _MOST, 0)) for title, every in parts)
        yield Release(version, date or None, tuple(shown))


def _html(entry: str) -> Markup:
    """Return an entry without its links, which lead from the file to others beside it."""
    plain = str(escape(" ".join(_LINK.sub(r"\1", entry).split())))
    return Markup(_CODE.sub(r"<code>\1</code>", plain))  # noqa: S704 - escaped above
