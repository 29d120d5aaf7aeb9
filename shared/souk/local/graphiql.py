"""GraphiQL's files, fetched once from npm and served from this machine: the page works offline and calls nobody."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from souk.local.emulator import Say
from souk.local.home import CACHE
from souk.operations.problem import Problem

LOCK = Path(__file__).with_name("graphiql.json")
"""The packages, their integrity (https://www.w3.org/TR/SRI/) and the files wanted of each."""


def folder(say: Say) -> Path:
    """Return the folder of GraphiQL's files, filled now if it is not there yet.

    Raises Problem when npm cannot fetch a package, or the package is not the one expected.
    """
    target = CACHE / f"graphiql-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not target.exists():
        say("Fetching GraphiQL (once)")
        partial = CACHE / f"{target.name}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for package, wanted in json.loads(LOCK.read_text()).items():
            _fetch(package, wanted["integrity"], wanted["files"], partial)
        try:
            partial.rename(target)
        except OSError:  # another run was first
            shutil.rmtree(partial)
    return target


def _fetch(package: str, integrity: str, files: list[str], target: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Problem("Souk needs npm, which comes with Node.js (https://nodejs.org); it is not on the PATH.")
    done = subprocess.run(
        [npm, "pack", package, "--json", "--ignore-scripts"],
        cwd=target,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem(f"npm could not fetch {package}: {done.stderr.strip()[-500:]}")
    archive = target / json.loads(done.stdout)[0]["filename"]
    check(archive.read_bytes(), integrity, package)
    with tarfile.open(archive) as content:
        for file in files:
            member = content.extractfile(f"package/{file}")
            if member is None:
                raise Problem(f"{package} holds no {file}.")
            (target / Path(file).name).write_bytes(member.read())
    archive.unlink()


def check(content: bytes, integrity: str, name: str) -> None:
    """Raise Problem unless the content is the one that the integrity string stands for."""
    algorithm, _, expected = integrity.partition("-")
    if base64.b64encode(hashlib.new(algorithm, content).digest()).decode() != expected:
        raise Problem(f"{name}, as npm gave it, is not the package that Souk was made with.")
