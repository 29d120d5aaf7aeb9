"""The gettext catalogs of pages: what is to be translated, and what is not translated yet.

    python -m tests.web.catalogs

updates `shared/souk/locale/<language>/souk.po` with the texts of the pages, and prints those that a language lacks. To
begin a language, make its folder first.
"""

import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

import souk
from souk.authentication.principal import Permission, Role
from souk.authentication.scopes import Scope, ScopeGroup
from souk.domains.dataexports.model import ExportState
from souk.domains.marketplace.model import DESCRIPTION, TAGLINE
from souk.web.translations import CATALOGS, FILE

PACKAGE: Final = Path(souk.__file__).parent
_PAGES: Final = ("console", "console/account", "console/developer", "console/front")
_TEMPLATES: Final = ("web/templates", "accounts/templates", "domains/payments/web/templates", *_PAGES)
_MODULES: Final = ("web", "accounts", "domains/payments/web", *_PAGES)
_OPTIONS: Final = {"trimmed": "true", "newstyle_gettext": "true"}


def texts() -> dict[str, str]:
    """Return all texts of pages, in the order of their files, with the file that has each."""
    found: dict[str, str] = {}
    for folder in _TEMPLATES:
        for path in sorted((PACKAGE / folder).glob("*.html")):
            file = BytesIO(path.read_bytes())
            for _, _, message, _ in babel_extract(file, ("_", "gettext"), (), _OPTIONS):
                found.setdefault(_text(message), str(path.relative_to(PACKAGE)))
    for folder in _MODULES:
        for path in sorted((PACKAGE / folder).glob("*.py")):
            for _, message, _, _ in extract("python", BytesIO(path.read_bytes()), {"Text": None}):
                found.setdefault(_text(message), str(path.relative_to(PACKAGE)))
    for scope in Scope:
        found.setdefault(scope.description, "authentication/scopes.py")
        found.setdefault(scope.tag, "authentication/scopes.py")
    for group in ScopeGroup:
        found.setdefault(group.value, "authentication/scopes.py")
    for text in (TAGLINE, DESCRIPTION):
        found.setdefault(text, "domains/marketplace/model.py")
    for title in ("Documentation", "Terms", "Privacy", "Support"):
        found.setdefault(title, "values/brand.py")
    for kind in (Role, Permission, ExportState):
        for one in kind:  # as `Formats.words` shows it
            found.setdefault(one.value.replace("_", " ").capitalize(), f"{kind.__module__.replace('.', '/')}.py"[5:])
    found.pop("", None)
    return found


def _text(message: str | tuple[str | None, ...] | None) -> str:
    """Return an extracted text. Where it has values, the extractor returns them after it."""
    return (message if isinstance(message, str) else message[0] if message else None) or ""


def languages() -> list[str]:
    """Return the languages that have a catalog."""
    return sorted(path.parent.name for path in CATALOGS.glob(f"*/{FILE}"))


def catalog(language: str) -> Catalog:
    """Return the catalog of a language."""
    with (CATALOGS / language / FILE).open("rb") as file:
        return read_po(file)


def untranslated(language: str) -> list[str]:
    """Return the texts that a language lacks."""
    known = {message.id for message in catalog(language) if message.string and not message.fuzzy}
    return [text for text in texts() if text not in known]


def obsolete(language: str) -> list[str]:
    """Return the texts of a catalog that no page has any more."""
    current = texts()
    return [str(message.id) for message in catalog(language) if message.id and message.id not in current]


def update(language: str) -> None:
    """Write the texts of pages to a catalog. Translations are kept, and texts that are gone are removed."""
    path = CATALOGS / language / FILE
    before = {message.id: message.string for message in catalog(language)} if path.exists() else {}
    after = Catalog(locale=language.replace("-", "_"), fuzzy=False)
    for text, file in texts().items():
        after.add(text, before.get(text, ""), locations=[(file, 0)])
    written = BytesIO()
    write_po(written, after, width=110, omit_header=True, include_lineno=False)
    header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(header + written.getvalue().decode())


if __name__ == "__main__":
    for folder in sorted(path for path in CATALOGS.iterdir() if path.is_dir()):
        update(folder.name)
        lacking = untranslated(folder.name)
        sys.stdout.write(f"{folder.name}: {len(lacking)} of {len(texts())} texts are not translated\n")
        sys.stdout.writelines(f"  {text}\n" for text in lacking)
