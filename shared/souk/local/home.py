"""The data folder of a local run (SOUK_HOME), its lock, and the project's paths."""

import configparser
import fcntl
import io
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from souk.operations.problem import Problem

PROJECT = Path(__file__).resolve().parents[3]
"""The checkout. The local run needs one, because it synthesizes the CDK app."""

CACHE = PROJECT / "build" / "run"
"""Files built from the checkout: environments, assemblies, GraphiQL. Shared by every SOUK_HOME."""

TOKEN_PATH = "/_local/token"  # noqa: S105 - a path
"""The path of the local server for `souk token`."""
SHUTDOWN_SECONDS = 10.0
"""How long the embedded AWS of a killed run may still be saving."""
OWNER_ONLY = 0o077
"""The umask of the run and of the embedded AWS: their files hold passwords, keys and people's data."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An AWS access key."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Running:
    """The process, URLs and outputs of an active run, for other commands."""

    pid: int
    url: str
    """The URL of the local server."""
    endpoint: str
    """The embedded AWS."""
    outputs: dict[str, str]
    """The stack's outputs."""
    secret: str = field(default="", repr=False)
    """Authenticates processes that can read this file to the local server."""
    emulator_secret: str = field(default="", repr=False)
    """Authenticates them to the embedded AWS. Empty for the AWS at AWS_ENDPOINT_URL."""

    @property
    def embedded(self) -> bool:
        """Whether the AWS is the embedded one."""
        return bool(self.emulator_secret)


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder of one local deployment."""

    path: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """Return the home at SOUK_HOME, by default `.souk/` in the checkout."""
        return cls(Path(os.environ.get("SOUK_HOME") or PROJECT / ".souk").resolve())

    @property
    def state(self) -> Path:
        """The embedded AWS's state, except objects in buckets."""
        return self.path / "state"

    @property
    def state_before(self) -> Path:
        """A copy of `state` that exists only while a new one is being written."""
        return self.path / "state.before"

    @property
    def buckets(self) -> Path:
        """The objects of all buckets."""
        return self.path / "s3"

    @property
    def layers(self) -> Path:
        """Unpacked Lambda layers."""
        return self.path / "layers"

    @property
    def log(self) -> Path:
        """The log of the embedded AWS and the functions."""
        return self.path / "emulator.log"

    @property
    def scratch(self) -> Path:
        """The functions' /tmp, emptied at each start."""
        return self.path / "tmp"

    @property
    def credentials(self) -> Path:
        """The access key of the embedded AWS's root user, as a shared credentials file of AWS tools."""
        return self.path / "credentials"

    @property
    def _lock(self) -> Path:
        return self.path / "lock"

    @property
    def _run(self) -> Path:
        return self.path / "run.json"

    @property
    def _port(self) -> Path:
        return self.path / "emulator.port"

    @contextmanager
    def claim(self) -> Iterator[int]:
        """Lock this home for one run and yield the lock's file descriptor, for a child process that shares the lock.

        The kernel releases the lock when its last holder ends, so this waits for the child of a killed run.
        Raises Problem if another run holds the lock, or if the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = self._lock.open("a")
        except OSError as error:
            raise Problem(f"{self.path} cannot be used as SOUK_HOME: {error.strerror}.") from error
        with lock:
            deadline = time.monotonic() + SHUTDOWN_SECONDS
            while not _locked(lock):
                running = self._announced()
                if running and _process_exists(running.pid):
                    raise Problem(
                        f"Souk is already running at {running.url} (process {running.pid}) with the data in "
                        f"{self.path}; stop it, or choose another SOUK_HOME and PORT."
                    )
                if time.monotonic() > deadline:
                    raise Problem(f"Another run is starting or stopping in {self.path}; try again in a moment.")
                time.sleep(0.1)
            try:
                yield lock.fileno()
            finally:
                self._run.unlink(missing_ok=True)

    def is_claimed(self) -> bool:
        """Return whether a run holds the lock."""
        if not self._lock.exists():
            return False
        with self._lock.open("a") as lock:
            return not _locked(lock)

    def announce(self, running: Running) -> None:
        """Record the run for other commands."""
        _write(self._run, json.dumps(asdict(running), indent=2))

    def running(self) -> Running | None:
        """Return the active run, if there is one."""
        return self._announced() if self.is_claimed() else None

    def _announced(self) -> Running | None:
        try:
            return Running(**json.loads(self._run.read_text()))
        except FileNotFoundError:
            return None

    def remembered_port(self) -> int | None:
        """Return the embedded AWS's last port. With it, the URLs of the last run keep working."""
        try:
            return int(self._port.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def remember_port(self, port: int) -> None:
        """Store the embedded AWS's port for the next run."""
        _write(self._port, str(port))

    def root_key(self) -> AccessKey:
        """Return the access key of the embedded AWS's root user. It is random, and made at the first use.

        Raises Problem if the file exists and holds no key.
        """
        if not self.credentials.exists():
            self._make_root_key()
        file = configparser.RawConfigParser()
        try:
            file.read_string(self.credentials.read_text())
            profile = file["default"]
            return AccessKey(profile["aws_access_key_id"], profile["aws_secret_access_key"])
        except (configparser.Error, KeyError) as error:
            raise Problem(
                f"{self.credentials} holds no access key. Delete it, and the next start makes one."
            ) from error

    def _make_root_key(self) -> None:
        file = configparser.RawConfigParser()
        file["default"] = {
            "aws_access_key_id": f"SOUK{secrets.token_hex(8).upper()}",
            "aws_secret_access_key": secrets.token_urlsafe(30),
        }
        text = io.StringIO()
        file.write(text)
        _write(self.credentials, text.getvalue())

    def recover(self) -> None:
        """Clean up after a killed run, and create the folders. The caller must hold the lock.

        If the state was being replaced, the previous one is restored. Objects without a state are deleted: they belong
        to a first run that did not finish starting.
        """
        if self.state_before.exists():
            shutil.rmtree(self.state, ignore_errors=True)
            self.state_before.rename(self.state)
        if not any(self.state.glob("*.json")):
            shutil.rmtree(self.buckets, ignore_errors=True)
        shutil.rmtree(self.scratch, ignore_errors=True)
        for folder in (self.state, self.buckets, self.layers, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)  # also where an older release made it for everybody

    def reset(self) -> None:
        """Delete the data permanently. Raises Problem during a run."""
        if self.is_claimed():
            raise Problem(f"Souk is running with the data in {self.path}; stop it first (Ctrl-C in its terminal).")
        for folder in (self.state, self.state_before, self.buckets, self.layers, self.scratch):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.log, self.credentials, self._run, self._port):
            file.unlink(missing_ok=True)


def _locked(file: IO[str]) -> bool:
    """Try to lock the file. Returns whether that succeeded."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _write(file: Path, text: str) -> None:
    """Write a file atomically."""
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)  # as it contains a secret
    partial.write_text(text)
    partial.replace(file)
