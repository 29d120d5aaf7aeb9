"""Files that functions bring along: the changelog, the documentation site, and the scripts of the API explorer."""

import sys
from pathlib import Path

from infra.archive import source_files
from infra.layer import BUILD, ROOT
from souk.console.developer import releases
from souk.local import graphiql

DOCS = BUILD / "docs"
"""Made by `make docs`."""


def files(name: str) -> dict[str, Path]:
    """Return the files of an asset, `changelog`, `docs` or `explorer`, by their paths in a function's archive.

    There are none of the documentation where it was not built. Raises Problem if npm has not got the explorer.
    """
    if name == "changelog":
        return {releases.FILE: ROOT / "CHANGELOG.md"}
    folder = DOCS if name == "docs" else graphiql.folder(_say)
    return {f"{name}/{path.relative_to(folder).as_posix()}": path for path in source_files(folder)}


def _say(progress: str) -> None:
    print(progress, file=sys.stderr)  # noqa: T201 - this is a command's work
