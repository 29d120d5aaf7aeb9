"""Files that the function brings along (`FunctionSpec.assets`): their addresses, and the responses that send them.

All are text: API Gateway compresses it, and sends bytes only where every request of the API arrives in base64
(docs/adr/0054-explorer-and-documentation.md).
"""

from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from souk.web import Response

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".graphql": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
"""The media types of the files that are served. Others are not."""
FOR_GOOD: Final = ("Cache-Control", "public, max-age=31536000, immutable")
SHORT: Final = ("Cache-Control", "public, max-age=300")
_HASH: Final = 16


def find(folder: Path, name: str) -> Path | None:
    """Return a file below a folder by its path from there; None if there is none, or it is not served."""
    parts = name.split("/")
    if not all(parts) or any(part.startswith(".") or "\0" in part for part in parts):
        return None
    path = folder.joinpath(*parts)
    return path if path.suffix in TYPES and path.is_file() else None


def send(path: Path, cached: tuple[str, str]) -> Response:
    """Return the response with a file. `cached` is the header that says for how long."""
    return Response(200, path.read_text("utf-8"), (("Content-Type", TYPES[path.suffix]), cached))


class Assets:
    """Scripts and style sheets of pages. The address of each has a hash of its content, so it is kept for good."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Files that are missing have no address."""
        self._paths = tuple(paths)

    @cached_property
    def _files(self) -> dict[str, tuple[str, Path]]:
        found = (path for path in self._paths if path.is_file())
        return {path.name: (sha256(path.read_bytes()).hexdigest()[:_HASH], path) for path in found}

    def path_of(self, name: str) -> str | None:
        """Return the address of a file below the deployment's; None if it is missing."""
        found = self._files.get(name)
        return f"/assets/{found[0]}/{name}" if found else None

    def find(self, version: str, name: str) -> Path | None:
        """Return the file with this hash and name; None if there is none."""
        found = self._files.get(name)
        return found[1] if found and found[0] == version else None


SHARED: Final = Assets([Path(__file__).with_name("copy.js")])
"""The scripts of several pages."""
