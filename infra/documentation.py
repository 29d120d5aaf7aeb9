"""Builds the documentation site into `build/docs`: `make docs`.

mkdocs has an environment of its own (`requirements/docs.txt`). It gets the guides of `docs/`, and reference pages that
are made from the schema (`infra.reference`). A link that leads nowhere fails the build.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra import reference
from infra.assets import DOCS
from infra.layer import BUILD, ROOT
from souk.values.brand import ACCENT, favicon

LOCK: Final = ROOT / "requirements" / "docs.txt"
SOURCE: Final = BUILD / "docs-source"
CONFIG: Final = "mkdocs.yml"
LARGEST: Final = 15_000_000
"""Bytes of the whole site."""
SERVED: Final = frozenset({".css", ".html", ".js", ".json", ".svg", ".xml"})
"""Other files are removed: source maps, and pictures that the theme does not show."""
HOME: Final = """# Souk

Souk is a freelance-marketplace backend with one GraphQL API. Begin with the [quick tour](tour.md): a run on your
machine, a token, a query, a change and an event.
"""
_ITEM: Final = re.compile(r"[-*+] |\d+\. ")
_FENCE: Final = re.compile(r"```|~~~")
_ENTRY: Final = re.compile(r"^- \[([^]]+)\]\(([^)]+\.md)\)", re.MULTILINE)


def main() -> None:
    """Build the site, whole or not at all."""
    _write_source()
    unfinished = BUILD / "docs.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    built = subprocess.run(  # quietly, a broken link would be no failure
        [_environment() / "bin" / "mkdocs", "build", "--strict", "--config-file", SOURCE / CONFIG, "-d", unfinished],
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},  # advertises another program
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if built.returncode:
        sys.exit(built.stderr)
    for path in [path for path in unfinished.rglob("*") if path.is_file() and path.suffix not in SERVED]:
        path.unlink()
    size = sum(path.stat().st_size for path in unfinished.rglob("*") if path.is_file())
    if size > LARGEST:
        sys.exit(f"The documentation has {size:,} bytes, more than {LARGEST:,}.")
    shutil.rmtree(DOCS, ignore_errors=True)
    unfinished.rename(DOCS)


def sections() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the groups of guides that README.md lists, with the titles and paths of their pages below the site."""
    listed = (ROOT / "README.md").read_text("utf-8").partition("## Documentation\n")[2]
    for group in re.split(r"^(?=To )", listed, flags=re.MULTILINE)[1:]:
        title = group.partition(":")[0]
        yield title, [(name, _on_site(path)) for name, path in _ENTRY.findall(group)]


def portable(text: str) -> str:
    """Return Markdown as mkdocs reads it: an empty line before lists, and four spaces before what is in an item."""
    lines: list[str] = []
    shift, fenced, listed = 0, False, False
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        content = line[indent:]
        if fenced:
            lines.append(" " * shift + line if line else line)
            fenced = not _FENCE.match(content)
            continue
        if content and not indent:
            starts = _ITEM.match(content) is not None
            if starts and not listed and lines and lines[-1]:
                lines.append("")
            listed = starts or (listed and bool(lines and lines[-1]))
        shift = 4 * ((indent + 2) // 4) - indent if listed and indent else 0
        fenced = _FENCE.match(content) is not None
        lines.append(" " * (indent + shift) + content)
    return "\n".join(lines) + "\n"


def _on_site(path: str) -> str:
    return "changelog.md" if path == "CHANGELOG.md" else path.removeprefix("docs/")


def _write_source() -> None:
    """Write the pages and the configuration of mkdocs."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    pages = SOURCE / "pages"
    shutil.copytree(ROOT / "docs", pages, ignore=shutil.ignore_patterns("*.dot"))
    for path in pages.rglob("*.md"):
        path.write_text(portable(path.read_text("utf-8")), "utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8").replace("](docs/", "](")
    (pages / "changelog.md").write_text(portable(changes), "utf-8")
    (pages / "favicon.svg").write_text(favicon(ACCENT), "utf-8")
    written = reference.pages()
    (pages / "reference").mkdir()
    for page in written:
        (pages / "reference" / f"{page.name}.md").write_text(page.text, "utf-8")
    groups = [*sections(), ("Reference", [(page.title, f"reference/{page.name}.md") for page in written])]
    (pages / "index.md").write_text(HOME + "".join(_listing(*group) for group in groups), "utf-8")
    nav = "".join(_entries(*group) for group in groups)
    config = (ROOT / CONFIG).read_text("utf-8")
    (SOURCE / CONFIG).write_text(f"{config}docs_dir: pages\nnav:\n  - Home: index.md\n{nav}", "utf-8")


def _listing(title: str, entries: list[tuple[str, str]]) -> str:
    return f"\n## {title}\n\n" + "".join(f"- [{name}]({path})\n" for name, path in entries)


def _entries(title: str, entries: list[tuple[str, str]]) -> str:
    return f'  - "{title}":\n' + "".join(f'      - "{name}": {path}\n' for name, path in entries)


def _environment() -> Path:
    """Return the environment of mkdocs, installed if it is missing or outdated."""
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    target = BUILD / f"docs-environment-{key}"
    if not target.exists():
        uv = Path(sys.prefix, "bin", "uv")
        unfinished = target.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # Relocatable, because it is moved when it is whole.
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, "--relocatable", unfinished], check=True)
        subprocess.run(
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", unfinished / "bin" / "python", LOCK],
            check=True,
        )
        unfinished.rename(target)
    return target


if __name__ == "__main__":
    main()
