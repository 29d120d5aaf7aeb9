"""Hosts ministack for `souk.local.emulator`. Runs in ministack's own environment, never in Souk's.

Standard input is the line to the parent: `keep` saves the state and goes on saving it; the end of input (the parent
stopped, or died) saves a last time and stops. Before the first `keep` nothing is saved, so a deployment that was cut
off leaves the state on disk as it was before.

ministack is pinned to one version, and this module changes six things in it, each for a reason:

- it saves on exit only: here on a timer too, when the table has changed or mail was sent (as it is when somebody signs
  up, who is not in the table yet), so that a crash costs seconds of work;
- it forgets a table's stream records when it stops, and with them the events that nobody has read yet: they are kept;
- it keeps every log line of every function for ever: log groups are kept, their lines are not;
- it unpacks a function's layers anew for each process: here once for each layer, shared by path;
- it runs functions on its own interpreter, beside its own packages: here on the one given, which has none;
- it waits 50 ms for log lines after each call of a function that wrote none: here 5 ms.
"""

# ruff: noqa: SLF001 - ministack has no public names for what is changed here
# mypy: disable-error-code="attr-defined"

import asyncio
import copy
import hashlib
import io
import os
import resource
import shutil
import sys
import threading
import zipfile
from collections.abc import Callable
from functools import cache, partialmethod
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as gateway
from ministack.core import lambda_runtime, persistence
from ministack.services import cloudwatch_logs, cognito, dynamodb, lambda_svc, ses

SAVE_EVERY = 10.0
"""Seconds between two looks at whether there is anything to save."""

DATA = frozenset({"cognito", "dynamodb", "s3", "scheduler", "secretsmanager", "sqs"})
"""What changes while Souk runs. The rest changes with a deployment, after which everything is saved."""

STREAMS = "souk_streams"
"""The name of the file, beside ministack's own, that keeps the streams."""

LOG_WAIT = 0.005
"""Seconds to wait for the first log line of a call that has already answered."""

OK = 200

LAYERS_KEPT = 3
"""Unpacked layers that stay on disk: the newest, and those that a function may still be running on."""

UNREADABLE = 3
"""The exit code that says that the saved state cannot be read."""


class Keeper:
    """Keeps the emulator's state: restores it at start, saves it once told to, and then whenever it changed."""

    def __init__(self) -> None:
        self.keeping = False
        self._saved_at = (-1, -1)
        self._load: Callable[[], None] = gateway._load_persisted_state
        gateway._load_persisted_state = self.load
        gateway.load_state = _load_or_stop
        gateway.save_all = lambda _services: self.save()

    def load(self) -> None:
        """Restore what was saved. Streams come first: the pollers start with the functions that read them."""
        streams = _load_or_stop(STREAMS)
        if streams:
            dynamodb._stream_records.update(streams["records"])
            dynamodb._stream_trimmed.update(streams["trimmed"])
        self._load()
        if streams:
            with lambda_svc._dynamodb_stream_positions_lock:
                lambda_svc._dynamodb_stream_positions.update(streams["positions"])

    def save(self) -> None:
        """Write the state of every service. Cut off half-way, `Home.recover` goes back to the one before."""
        if not self.keeping:
            return
        state = Path(persistence.STATE_DIR)
        before, copying = state.with_name(f"{state.name}.before"), state.with_name(f"{state.name}.copying")
        shutil.rmtree(copying, ignore_errors=True)
        shutil.copytree(state, copying, copy_function=os.link)
        copying.rename(before)
        self._save(frozenset(gateway._state_map))
        before.rename(copying)
        shutil.rmtree(copying)

    def save_data_if_changed(self) -> None:
        """Write the data if the table has changed, or mail was sent, since the last time."""
        if self.keeping and _progress() != self._saved_at:
            self._save(DATA)

    def _save(self, names: frozenset[str]) -> None:
        self._saved_at = _progress()
        services = gateway._build_persistence_save_dict()
        services["cloudwatch_logs"] = _log_groups
        # Streams last: an event whose write was not saved is harmless, a write without its event is not.
        wanted = [name for name in services if name in names]
        persistence.save_all({name: services[name] for name in wanted} | {STREAMS: _unread_streams})


def _progress() -> tuple[int, int]:
    """Return how many changes the table has seen and how many mails were sent: it differs when there is news."""
    mails = sum(len(sent) for sent in ses._sent_emails._data.values())
    return dynamodb._stream_seq_counter, mails


def _load_or_stop(name: str) -> Any:
    """Read a saved state. One that is there and cannot be read ends the process: ministack would go on without it."""
    state = persistence.load_state(name)
    file = Path(persistence.STATE_DIR, f"{name}.json")
    if state is None and file.exists():
        print(file, file=sys.stderr, flush=True)  # noqa: T201 - for whoever reads the log
        os._exit(UNREADABLE)
    return state


def _unread_streams() -> dict[str, Any]:
    """Return what some consumer of a table's stream has not read yet, and how far each has read."""
    with lambda_svc._dynamodb_stream_positions_lock:
        positions = copy.deepcopy(lambda_svc._dynamodb_stream_positions)
    records, trimmed = copy.copy(dynamodb._stream_records), copy.copy(dynamodb._stream_trimmed)
    records._data, trimmed._data = {}, dict(trimmed._data)
    for key, live in dynamodb._stream_records._data.items():
        table = f":table/{key[-1]}/stream/"
        read = [
            positions._data.get(mapping, 0)
            for mapping, esm in lambda_svc._esms._data.items()
            if table in esm.get("EventSourceArn", "")
        ]
        gone = trimmed._data.get(key, 0)
        unread = max(0, min(read) - gone) if read else 0
        records._data[key] = copy.deepcopy(live[unread:])
        trimmed._data[key] = gone + unread
    return {"positions": positions, "records": records, "trimmed": trimmed}


def _log_groups() -> dict[str, Any]:
    """Return the log groups without their lines."""
    state: dict[str, Any] = cloudwatch_logs.get_state()
    for group in state["log_groups"]._data.values():
        group["streams"] = {}
    state["log_records"]._data.clear()
    return state


def share_layers(folder: Path) -> None:
    """Unpack each layer once into `folder`; a function's process gets a layer that only points there."""
    resolve = lambda_svc._resolve_layer_zip

    def measure(attachment: Any) -> int:
        return int(lambda_svc._unzipped_size(resolve(attachment)))

    def pointer(attachment: Any) -> bytes | None:
        layer = resolve(attachment)
        return _pointer(layer, folder) if layer else None

    lambda_svc._resolve_layer_zip = pointer
    lambda_svc._layer_unzipped_size = measure


_unpacking = threading.Lock()


def _pointer(layer: bytes, folder: Path) -> bytes:
    """Return a layer of one `.pth` file (https://docs.python.org/3/library/site.html) that leads to the real one."""
    with _unpacking:
        unpacked = _unpack(layer, folder)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("python/lib/shared/site-packages/layer.pth", f"{unpacked / 'python'}\n")
    return buffer.getvalue()


@cache
def _unpack(layer: bytes, folder: Path) -> Path:
    target = folder / hashlib.sha256(layer).hexdigest()[:16]
    if not target.exists():
        partial = target.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(layer)) as archive:
            archive.extractall(partial)
        partial.rename(target)
        for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-LAYERS_KEPT]:
            shutil.rmtree(old)
    return target


def verify_addresses() -> None:
    """Note, as Cognito does, that who confirms a sign-up with the code that was mailed has a verified address."""
    confirm = cognito._confirm_sign_up

    def confirm_and_verify(data: dict[str, Any]) -> Any:
        answer = confirm(data)
        if answer[0] == OK:
            pool, _ = cognito._pool_for_client(data["ClientId"])
            user, _ = cognito._resolve_user(pool, data["Username"])
            verified = [{"Name": "email_verified", "Value": "true"}]
            user["Attributes"] = cognito._merge_attributes(user["Attributes"], verified)
        return answer

    cognito._confirm_sign_up = confirm_and_verify


async def main(bind: str, python: str, layers: str) -> None:
    """Serve at `bind` (host:port) until the parent closes standard input."""
    keeper = Keeper()
    share_layers(Path(layers))
    verify_addresses()
    sys.executable = python  # what ministack starts functions with; it starts nothing else
    lambda_runtime.Worker._drain_stderr_bounded = partialmethod(
        lambda_runtime.Worker._drain_stderr_bounded, first_line_wait=LOG_WAIT
    )
    # Each function's process holds three pipes, and a burst of requests starts many.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def keep() -> None:
        keeper.keeping = True
        keeper.save()

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "keep":
                loop.call_soon_threadsafe(keep)
        loop.call_soon_threadsafe(stop.set)

    async def tick() -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            keeper.save_data_if_changed()

    threading.Thread(target=listen, daemon=True).start()
    ticking = asyncio.create_task(tick())
    config = Config()
    config.bind = [bind]
    config.keep_alive_timeout = 75
    await serve(gateway.app, config, shutdown_trigger=stop.wait)
    ticking.cancel()
    lambda_runtime.reset()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
