"""Downloads GraphiQL's files once from npm, so that the page works offline."""

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
"""The packages, their integrity (https://www.w3.org/TR/SRI/) and the files to take from each."""


def folder(say: Say) -> Path:
    """Return the folder of GraphiQL's files, downloaded if they are missing.

    Raises Problem if npm cannot fetch a package, or the package is not the expected one.
    """
    target = CACHE / f"graphiql-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not target.exists():
        say("Fetching GraphiQL (once)")
        partial = CACHE / f"{target.name}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for package, spec in json.loads(LOCK.read_text()).items():
            _fetch(package, spec["integrity"], spec["files"], partial)
        try:
            partial.rename(target)
        except OSError:  # another run was faster
            shutil.rmtree(partial)
    return target


def _fetch(package: str, integrity: str, files: list[str], target: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Problem("Souk needs npm, which comes with Node.js (https://nodejs.org); it is not on the PATH.")
    result = subprocess.run(
        [npm, "pack", package, "--json", "--ignore-scripts"],
        cwd=target,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Problem(f"npm could not fetch {package}: {result.stderr.strip()[-500:]}")
    archive = target / json.loads(result.stdout)[0]["filename"]
    check(archive.read_bytes(), integrity, package)
    with tarfile.open(archive) as content:
        for file in files:
            member = content.extractfile(f"package/{file}")
            if member is None:
                raise Problem(f"{package} does not contain {file}.")
            (target / Path(file).name).write_bytes(member.read())
    archive.unlink()


def check(content: bytes, integrity: str, name: str) -> None:
    """Raise Problem unless the content matches the integrity string."""
    algorithm, _, expected = integrity.partition("-")
    if base64.b64encode(hashlib.new(algorithm, content).digest()).decode() != expected:
        raise Problem(f"The package {name} from npm does not match its checksum in graphiql.json.")
