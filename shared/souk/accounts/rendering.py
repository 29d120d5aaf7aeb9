"""Making pages: Jinja templates that escape whatever they show, and one style sheet. No page runs a script."""

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
    """Return what changes with the style sheet, to stand in its address."""
    return hashlib.sha256(style_sheet().encode()).hexdigest()[:12]


@cache
def _templates(*more: Path) -> "Environment":
    # A seventh of a cold start, which programs that ask for tokens can do without.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=FileSystemLoader([*more, _FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, values: dict[str, Any], *more: Path) -> str:
    """Return a page; a value that it needs and is not given raises UndefinedError. `more` are folders of templates."""
    return _templates(*more).get_template(template).render(values)
