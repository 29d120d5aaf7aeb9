"""Exporting the marketplace's data to files on the caller's machine, with the caller's rights on the table.

An interrupted export goes on where it stopped: the manifest says how far each file is.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson

from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import record
from souk.domains.dataexports.commands.market import EVERYTHING, MESSAGES_FILE, ExportFile
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.storage import Table
from souk.values.times import stamp

MANIFEST: Final = "manifest.json"
_BLOCK: Final = 2**20


def run_export(
    deployment: Deployment, directory: Path, *, messages: bool = False, say: Callable[[str], object] = print
) -> dict[str, Any]:
    """Export everything to a directory, which is new, empty, or that of an interrupted export. Returns its manifest.

    The manifest has the rows, bytes and SHA-256 of each file. Raises Problem if the directory has something else.
    """
    directory.mkdir(parents=True, exist_ok=True)
    manifest = _begun(directory)
    if manifest.get("finished"):
        raise Problem(f"{directory} has a complete export already. Choose another directory.")
    table = open_table(deployment)
    if not manifest:
        manifest = {"begun": stamp(table.clock.market()), "messages": messages, "files": {}}
        tx = table.transaction()
        subject = Subject(
            type="DataExport", id=table.new_id(), title="EVERYTHING, messages" if messages else "EVERYTHING"
        )
        record(tx, Actor(), "requestMarketplaceExport", subject, reason=deployment.reason("souk admin export"))
        tx.commit()
        _save(directory, manifest)
    if messages != manifest["messages"]:
        raise Problem("This export was begun with another choice of --messages. Repeat it with the same one.")
    for file in (*EVERYTHING, *([MESSAGES_FILE] if messages else [])):
        _write(table, directory, manifest, file)
        say(f"{file.name}: {manifest['files'][file.name]['rows']} rows")
    manifest["finished"] = stamp(table.clock.market())
    _save(directory, manifest)
    return manifest


def _begun(directory: Path) -> dict[str, Any]:
    """Return the manifest of an interrupted export; empty for a new one."""
    path = directory / MANIFEST
    if path.exists():
        found: dict[str, Any] = orjson.loads(path.read_bytes())
        return found
    if any(directory.iterdir()):
        raise Problem(f"{directory} is not empty. Choose another directory.")
    return {}


def _write(table: Table, directory: Path, manifest: dict[str, Any], file: ExportFile) -> None:
    """Write the rest of a file. What was written after the last manifest is written again."""
    path, state = directory / file.name, manifest["files"].setdefault(file.name, {"rows": 0, "bytes": 0})
    if "sha256" in state:
        return
    path.touch(mode=0o600)
    with path.open("r+b") as out:
        out.truncate(state["bytes"])
        out.seek(state["bytes"])
        for page in file.pages(table, state.get("position")):
            out.write(page.content)
            out.flush()
            state |= {
                "rows": state["rows"] + page.rows,
                "bytes": state["bytes"] + len(page.content),
                "position": page.end,
            }
            _save(directory, manifest)
    state.pop("position", None)
    state["sha256"] = _digest(path)
    _save(directory, manifest)


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _save(directory: Path, manifest: dict[str, Any]) -> None:
    """Store the manifest, so that a reader sees the old one or the new one."""
    new = directory / f"{MANIFEST}.new"
    new.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    new.replace(directory / MANIFEST)
