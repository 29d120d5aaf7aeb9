"""The names of an index's files in S3.

The engine names the files of a segment by a random id, which no other writer uses. Only the deletes of a segment are
named by the number of changes so far (`<segment>.<number>.del`). Two writers that begin with the same state can make
different files with the same name, of which only one is published. So in S3 their names also have a hash of the content
(`<segment>.<number>.<hash>.del`).
"""

import hashlib
from pathlib import Path

_DELETES = ".del"
_PARTS_WITH_HASH = 4


def published_name(path: Path) -> str:
    """Return the name in S3 of a file on disk."""
    if path.suffix != _DELETES:
        return path.name
    content = hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()
    return f"{path.stem}.{content}{_DELETES}"


def local_name(published: str) -> str:
    """Return the engine's name of a file in S3. Earlier versions published all files with these names."""
    parts = published.split(".")
    if published.endswith(_DELETES) and len(parts) == _PARTS_WITH_HASH:
        return ".".join((*parts[:2], parts[-1]))
    return published
