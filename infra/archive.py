"""Reproducible zip archives: the same files give the same bytes and the same asset hash."""

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date a zip can hold
_FILE, _LIBRARY = 0o100644 << 16, 0o100755 << 16


def source_files(directory: Path) -> list[Path]:
    """Return the files below `directory` in order, without bytecode."""
    return sorted(path for path in directory.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def fingerprint(files: Iterable[Path], *facts: str, root: Path) -> str:
    """Return a hash over the files' paths below `root`, their contents, and further facts: 32 hexadecimal digits."""
    return _hash(((path.relative_to(root).as_posix(), path) for path in files), facts)


def content_hash(files: Mapping[str, Path]) -> str:
    """Return a hash over the names that files have in an archive, and their contents: 32 hexadecimal digits."""
    return _hash(sorted(files.items()), ())


def _hash(named: Iterable[tuple[str, Path]], facts: Iterable[str]) -> str:
    digest = hashlib.sha256("\0".join(facts).encode())
    for name, path in named:
        digest.update(f"\0{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def pack(archive: Path, files: Mapping[str, Path]) -> None:
    """Write the files, by their names in the archive, whole or not at all."""
    unfinished = archive.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _LIBRARY if path.suffix == ".so" else _FILE
            target.writestr(entry, path.read_bytes())
    unfinished.replace(archive)
