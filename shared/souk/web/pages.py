"""Rendering pages: Jinja templates with automatic escaping, one layout and one style sheet. Pages have no scripts."""

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"


@cache
def style_sheet() -> str:
    """Return the style sheet of all pages."""
    return (_FOLDER / "style.css").read_text("utf-8")


@cache
def style_version() -> str:
    """Return a hash of the style sheet, for its URL."""
    return hashlib.sha256(style_sheet().encode()).hexdigest()[:12]


@cache
def _templates(folder: Path) -> "Environment":
    # The import takes a seventh of a cold start; the token endpoint does not need it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=FileSystemLoader([folder, _FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(folder: Path, template: str, values: dict[str, Any]) -> str:
    """Return a page from a folder of templates that extend `base.html`. Raises UndefinedError if a value is missing."""
    return _templates(folder).get_template(template).render(values)
