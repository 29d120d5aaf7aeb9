"""Where the local run keeps its data (SOUK_HOME), who is running on it, and where the project lies."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from souk.operations.problem import Problem

PROJECT = Path(__file__).resolve().parents[3]
"""The checkout. The local run synthesizes its CDK app, so it works from a checkout only."""

CACHE = PROJECT / "build" / "run"
"""What can be made again from the checkout: environments, assemblies, GraphiQL. Shared by every SOUK_HOME."""


LAST_WORDS_SECONDS = 10.0
"""How long a run that was killed may still be saving."""


@dataclass(frozen=True, slots=True)
class Running:
    """What other commands need to know about a run that is up."""

    pid: int
    url: str
    """The front door."""
    endpoint: str
    """The embedded AWS."""
    outputs: dict[str, str]
    """The stack's outputs."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds one local deployment's data."""

    path: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """Return the home that SOUK_HOME names, `.souk/` of the checkout by default."""
        return cls(Path(os.environ.get("SOUK_HOME") or PROJECT / ".souk").resolve())

    @property
    def state(self) -> Path:
        """The embedded AWS's state, except objects in buckets."""
        return self.path / "state"

    @property
    def state_before(self) -> Path:
        """A copy of `state`, there only while a new one is being written."""
        return self.path / "state.before"

    @property
    def buckets(self) -> Path:
        """The objects of all buckets."""
        return self.path / "s3"

    @property
    def layers(self) -> Path:
        """Lambda layers, unpacked."""
        return self.path / "layers"

    @property
    def log(self) -> Path:
        """What the embedded AWS and the functions say."""
        return self.path / "emulator.log"

    @property
    def scratch(self) -> Path:
        """The functions' /tmp; emptied at each start."""
        return self.path / "tmp"

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
        """Hold this home for one run; gives the lock's file descriptor, for a child that shares the hold.

        The kernel lets go when the last holder ends, however it ends: what a killed run left is waited for.
        Raises Problem when another run holds it, or when it cannot be written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = self._lock.open("a")
        except OSError as error:
            raise Problem(f"{self.path} cannot be used as SOUK_HOME: {error.strerror}.") from error
        with lock:
            deadline = time.monotonic() + LAST_WORDS_SECONDS
            while not _locked(lock):
                running = self._announced()
                if running and _lives(running.pid):
                    raise Problem(
                        f"Souk is already running at {running.url} (process {running.pid}) on {self.path}; "
                        "stop it, or choose another SOUK_HOME and PORT."
                    )
                if time.monotonic() > deadline:
                    raise Problem(f"Another run is starting or stopping on {self.path}; try again when it has.")
                time.sleep(0.1)
            try:
                yield lock.fileno()
            finally:
                self._run.unlink(missing_ok=True)

    def is_claimed(self) -> bool:
        """Say whether a run holds this home."""
        if not self._lock.exists():
            return False
        with self._lock.open("a") as lock:
            return not _locked(lock)

    def announce(self, running: Running) -> None:
        """Tell other commands about the run."""
        _write(self._run, json.dumps(asdict(running), indent=2))

    def running(self) -> Running | None:
        """Return the run that announced itself and is still up, if there is one."""
        return self._announced() if self.is_claimed() else None

    def _announced(self) -> Running | None:
        try:
            return Running(**json.loads(self._run.read_text()))
        except FileNotFoundError:
            return None

    def remembered_port(self) -> int | None:
        """Return the port that the embedded AWS had the last time: URLs it gave out then work again."""
        try:
            return int(self._port.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def remember_port(self, port: int) -> None:
        """Keep the embedded AWS's port for the next time."""
        _write(self._port, str(port))

    def recover(self) -> None:
        """Put right what a run that was killed left behind; call it while holding the home.

        A state that was being replaced is rolled back to the one before. Objects without any state belong to a first
        run that never got ready: they go.
        """
        if self.state_before.exists():
            shutil.rmtree(self.state, ignore_errors=True)
            self.state_before.rename(self.state)
        if not any(self.state.glob("*.json")):
            shutil.rmtree(self.buckets, ignore_errors=True)
        shutil.rmtree(self.scratch, ignore_errors=True)
        for folder in (self.state, self.buckets, self.layers, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)

    def reset(self) -> None:
        """Remove the data for good. Raises Problem while a run is up."""
        if self.is_claimed():
            raise Problem(f"Souk is running on {self.path}; stop it first (Ctrl-C where it runs).")
        ours = (self.state, self.state_before, self.buckets, self.layers, self.scratch)
        for folder in ours:
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.log, self._run, self._port):
            file.unlink(missing_ok=True)


def _locked(file: IO[str]) -> bool:
    """Lock the file if nobody else has; say whether it is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _write(file: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new, never half of it."""
    partial = file.with_name(f"{file.name}.partial")
    partial.write_text(text)
    partial.replace(file)
