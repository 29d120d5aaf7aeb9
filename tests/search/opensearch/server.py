"""A real OpenSearch for tests: one node, started from its Maven artefacts, and shared by the workers of a test run.

Maven keeps the artefacts in its own folder (`~/.m2`). The node ends with the test run.
"""

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import NoReturn

import pytest
import urllib3

PROGRAMS = ("java", "javac", "mvn")  # .ci/opensearch looks for the same
_HERE = Path(__file__).parent
_START_SECONDS = 120.0


def find_opensearch(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """Return the URL of the run's server, and start it if it is not running yet.

    Without Java and Maven, or without their artefacts, the test is skipped; on CI (`CI=true`) it fails.
    """
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        _give_up(f"{' and '.join(missing)} missing (on Debian: apt-get install openjdk-17-jdk-headless maven)")
    is_worker = worker_id != "master"
    shared = tmp_path_factory.getbasetemp().parent if is_worker else tmp_path_factory.getbasetemp()
    address = shared / "opensearch.url"
    with (shared / "opensearch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            address.write_text(start(shared / "opensearch", until=os.getppid() if is_worker else os.getpid()))
        return address.read_text()


def start(home: Path, until: int) -> str:
    """Start a server with its data in a new folder, which ends with the process `until`. Return its URL."""
    classpath = _classpath()
    home.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = home / "log.txt"
    # The server outlives this worker, so no Popen object that waits for it.
    server = os.posix_spawnp(
        "java",
        # The quick compiler alone saves a core where nothing runs long.
        [
            *("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath),
            *("Server", str(home), port, str(until)),
        ],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    end = time.monotonic() + _START_SECONDS
    url = f"http://127.0.0.1:{port}"
    while time.monotonic() < end and os.waitpid(server, os.WNOHANG) == (0, 0):
        try:
            urllib3.request("GET", f"{url}/_cluster/health", timeout=5, retries=False)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
        else:
            return url
    pytest.fail(f"OpenSearch did not start:\n{log.read_text()[-2000:]}", pytrace=False)


def _classpath() -> str:
    """Return the Java class path of the server. It is made once: Maven downloads the artefacts, and Java compiles."""
    pom, source = _HERE / "pom.xml", _HERE / "Server.java"
    version = hashlib.sha256(pom.read_bytes() + source.read_bytes()).hexdigest()[:12]
    kept = Path.home() / ".m2" / f"souk-opensearch-{version}"
    artefacts = kept / "classpath"
    if not artefacts.exists() or not all(map(os.path.exists, artefacts.read_text().split(os.pathsep))):
        kept.mkdir(parents=True, exist_ok=True)
        found = kept / "found"
        _run(
            *("mvn", "--quiet", "--batch-mode", "--file", str(pom), "dependency:build-classpath"),
            *(f"-Dmdep.outputFile={found}", "-Dmdep.includeScope=runtime"),
        )
        _run("javac", "-cp", found.read_text(), "-d", str(kept), str(source))
        found.replace(artefacts)
    return f"{artefacts.read_text()}{os.pathsep}{kept}"


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        _give_up(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-500:]}")


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"Tests of OpenSearch must run on CI: {reason}", pytrace=False)
    pytest.skip(f"no OpenSearch on this machine: {reason}")
