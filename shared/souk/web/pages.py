"""Rendering pages: Jinja templates with automatic escaping, one layout and one style sheet. Pages have no scripts."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from souk.values import brand as colors
from souk.values.brand import Brand
from souk.web.translations import ENGLISH, shown, translations

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"
STYLE: Final = "/account/style.css"
BRAND_STYLE: Final = "/brand.css"
FAVICON: Final = "/favicon.svg"
"""The paths of what every page links to. Each address has a version, so it is kept for good."""


@cache
def style_sheet() -> str:
    """Return the style sheet of all pages."""
    return (_FOLDER / "style.css").read_text("utf-8")


@cache
def style_version() -> str:
    """Return a hash of the style sheet, for its URL."""
    return hashlib.sha256(style_sheet().encode()).hexdigest()[:12]


def frame(brand: Brand, url: Callable[[str], str]) -> dict[str, Any]:
    """Return what the layout needs of the marketplace. `url` returns the full URL of a path."""
    version = colors.version(brand.accent)
    return {
        "brand": brand,
        "style": f"{url(STYLE)}?v={style_version()}",
        "brand_style": f"{url(BRAND_STYLE)}?v={version}",
        "favicon": f"{url(FAVICON)}?v={version}",
    }


def image_policy(brand: Brand) -> dict[str, str]:
    """Return the directive of the Content-Security-Policy for pages with the logo (`souk.web.page`)."""
    return {"img-src": f"'self' data: {brand.logo_origin}".strip()}


@cache
def _templates(folder: Path, language: str) -> "Environment":
    # The import takes a seventh of a cold start; the token endpoint does not need it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader([folder, _FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    texts = translations(language)
    environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined] # of the extension
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters["shown"] = lambda text: shown(texts, text)
    return environment


def render(folder: Path, template: str, values: dict[str, Any], language: str = ENGLISH) -> str:
    """Return a page from a folder of templates that extend `base.html`. Raises UndefinedError if a value is missing."""
    common = {"language": language}
    return _templates(folder, language).get_template(template).render(common | values)
