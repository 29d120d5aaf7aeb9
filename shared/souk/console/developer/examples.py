"""The examples of the API explorer: `souk/domains/<domain>/examples/<name>.gql`.

A file is a document that begins with comments: a title, what a mutation changes, and the variables as JSON after
`# variables:`. They are values of the demo data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

import souk
from souk.web.translations import Text

FOLDER: Final = Path(souk.__file__).parent / "domains"
MENUS: Final[Mapping[str, str]] = {
    "jobs": Text("Jobs"),
    "proposals": Text("Proposals"),
    "offers": Text("Offers"),
    "contracts": Text("Contracts"),
    "milestones": Text("Milestones and payments"),
    "time": Text("Time"),
    "gigs": Text("Gigs"),
    "talent": Text("Talent"),
    "messages": Text("Messages"),
    "identity": Text("Identity"),
    "webhooks": Text("Webhooks"),
    "reference": Text("Reference data"),
}
"""The titles of the menus, by the domain that has the files."""
_VARIABLES: Final = "# variables:"


@dataclass(frozen=True, slots=True)
class Example:
    """An operation to try."""

    domain: str
    name: str
    title: str
    document: str
    """With its comments, but without the line of variables."""
    variables: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The name in addresses, such as `jobs.search`."""
        return f"{self.domain}.{self.name}"

    @property
    def variables_text(self) -> str:
        """The variables as indented JSON; "" without any."""
        return orjson.dumps(self.variables, option=orjson.OPT_INDENT_2).decode() if self.variables else ""


@cache
def examples() -> tuple[Example, ...]:
    """Return all examples, in the order of the menus."""
    return tuple(
        _read(domain, path) for domain in MENUS for path in sorted((FOLDER / domain / "examples").glob("*.gql"))
    )


def _read(domain: str, path: Path) -> Example:
    lines = path.read_text("utf-8").splitlines()
    title = lines[0].removeprefix("# ").rstrip(".")
    given = [line.removeprefix(_VARIABLES) for line in lines if line.startswith(_VARIABLES)]
    document = "\n".join(line for line in lines if not line.startswith(_VARIABLES))
    return Example(domain, path.stem, title, document, orjson.loads(given[0]) if given else {})
