"""Runs ministack for `souk.local.emulator`, in ministack's own environment instead of Souk's.

The parent controls it through standard input. `keep` saves the state now and from now on. At the end of the input, when
the parent has stopped or died, it saves once more and stops. Nothing is saved before the first `keep`, so that an
interrupted deployment does not change the state on disk.

ministack is pinned to one version. `identities.py` makes its checks of credentials strict, `guard.py` refuses requests
of web pages, `handshakes.py` refuses sockets as API Gateway does, `emails.py` verifies addresses as Cognito does, and
this module changes eight things in it:

- It saves only on exit. Here it also saves on a timer, when the table has changed or mail was sent, so that a crash
  loses only seconds; with much data, a minute or two. (A sign-up sends mail before anything is in the table.)
- It writes JSON with `json.dump`, which does not use the encoder in C. Here it does, which takes a third of the time.
- It loses a table's stream records when it stops, with the unread events among them. Here they are saved.
- It keeps all log lines of all functions forever. Here only log groups are saved, without their lines.
- It unpacks a function's layers for each process. Here each layer is unpacked once and shared by path.
- It runs functions on its own interpreter, with its own packages. Here they run on the given one, which has none.
- It waits 50 ms for log lines after each call of a function that wrote none. Here it waits 5 ms.
- It asks the user pool's function for the texts of invitations alone. Here it asks for those of all mails with codes.
"""

# ruff: noqa: SLF001 - the changed parts of ministack have no public names
# mypy: disable-error-code="attr-defined"

import asyncio
import copy
import hashlib
import io
import json
import os
import resource
import shutil
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from functools import cache, partialmethod
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as gateway
from ministack.core import lambda_runtime, persistence
from ministack.services import cloudwatch_logs, cognito, dynamodb, lambda_svc, ses

from souk.local.emails import verify_addresses
from souk.local.guard import Guard
from souk.local.handshakes import refuse_with_status
from souk.local.home import OWNER_ONLY
from souk.local.identities import is_for_browsers, require_credentials

SAVE_EVERY = 10.0
"""Seconds between checks for changes to save."""

PAUSE_FOR_SAVE = 20
"""The least pause after a save, as a multiple of its time: nothing else runs meanwhile."""

DATA = frozenset({"cognito", "dynamodb", "s3", "scheduler", "secretsmanager", "sqs"})
"""The services whose state changes while Souk runs. The others change with a deployment, which saves all of them."""

STREAMS = "souk_streams"
"""The name of the file with the streams, next to ministack's own files."""

LOG_WAIT = 0.005
"""Seconds to wait for the first log line of a call that has already returned."""

LAYERS_KEPT = 3
"""The number of unpacked layers on disk: the newest, and older ones that a function may still use."""

UNREADABLE = 3
"""The exit code for a saved state that cannot be read."""


class StateStore:
    """Restores the emulator's state at start. After the first `keep` it saves the state whenever it has changed."""

    def __init__(self) -> None:
        self.keeping = False
        self._saved_at = (-1, -1)
        self._load: Callable[[], None] = gateway._load_persisted_state
        gateway._load_persisted_state = self.load
        gateway.load_state = _load_or_stop
        gateway.save_all = lambda _services: self.save()
        persistence.json = SimpleNamespace(dump=_dump, load=json.load, JSONDecodeError=json.JSONDecodeError)

    def load(self) -> None:
        """Restore the saved state. Streams come first, because loading functions starts their pollers."""
        streams = _load_or_stop(STREAMS)
        if streams:
            dynamodb._stream_records.update(streams["records"])
            dynamodb._stream_trimmed.update(streams["trimmed"])
        self._load()
        if streams:
            with lambda_svc._dynamodb_stream_positions_lock:
                lambda_svc._dynamodb_stream_positions.update(streams["positions"])

    def save(self) -> None:
        """Save the state of every service. If this is interrupted, `Home.recover` restores the previous state."""
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
        """Save the data if the table has changed or mail was sent since the last time."""
        if self.keeping and _progress() != self._saved_at:
            self._save(DATA)

    def _save(self, names: frozenset[str]) -> None:
        self._saved_at = _progress()
        services = gateway._build_persistence_save_dict()
        services["cloudwatch_logs"] = _log_groups
        # Save streams last: an event without its write is harmless, but a write without its event is lost work.
        selected = [name for name in services if name in names]
        persistence.save_all({name: services[name] for name in selected} | {STREAMS: _unread_streams})


def _dump(value: Any, file: IO[str], default: Callable[[Any], Any]) -> None:
    file.write(json.dumps(value, default=default))


def _progress() -> tuple[int, int]:
    """Return the number of changes to the table and the number of mails. They increase with every change."""
    mails = sum(len(sent) for sent in ses._sent_emails._data.values())
    return dynamodb._stream_seq_counter, mails


def _load_or_stop(name: str) -> Any:
    """Return a saved state. Ends the process if it cannot be read, as ministack would continue without it."""
    state = persistence.load_state(name)
    file = Path(persistence.STATE_DIR, f"{name}.json")
    if state is None and file.exists():
        print(file, file=sys.stderr, flush=True)  # noqa: T201 - goes to the log
        os._exit(UNREADABLE)
    return state


def _unread_streams() -> dict[str, Any]:
    """Return the stream records that a consumer has not read yet, and the position of each consumer."""
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
        dropped = trimmed._data.get(key, 0)
        read_by_all = max(0, min(read) - dropped) if read else 0
        records._data[key] = copy.deepcopy(live[read_by_all:])
        trimmed._data[key] = dropped + read_by_all
    return {"positions": positions, "records": records, "trimmed": trimmed}


def _log_groups() -> dict[str, Any]:
    """Return the log groups without their lines."""
    state: dict[str, Any] = cloudwatch_logs.get_state()
    for group in state["log_groups"]._data.values():
        group["streams"] = {}
    state["log_records"]._data.clear()
    return state


def share_layers(folder: Path) -> None:
    """Unpack each layer once into `folder`, and give function processes a small layer that points there."""
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
    """Return a layer with only a `.pth` file (https://docs.python.org/3/library/site.html) for the unpacked one."""
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


def write_code_mails() -> None:
    """Ask the user pool's function for the mails with codes, as Cognito does. The pool's own text is the default."""
    send = cognito._send_verification_email

    def send_written(pool: Any, username: str, attributes: Any, code: str, attribute_name: str = "email") -> Any:
        trigger = "CustomMessage_ForgotPassword" if attribute_name == "password" else "CustomMessage_SignUp"
        written = cognito._apply_custom_message_trigger(pool, trigger, username, attributes)
        own = pool.get("VerificationMessageTemplate") or {}
        texts = {name[0].upper() + name[1:]: text for name, text in written.items() if text}
        written_pool = {**pool, "VerificationMessageTemplate": own | texts}
        return send(written_pool, username, attributes, code, attribute_name=attribute_name)

    cognito._send_verification_email = send_written


async def main(bind: str, python: str, layers: str) -> None:
    """Serve at `bind` (host:port) until the parent closes standard input."""
    os.umask(OWNER_ONLY)
    secret = os.environ.pop("SOUK_EMULATOR_SECRET")
    del os.environ["PYTHONPATH"]  # functions inherit the environment, and import from their layer only
    require_credentials()
    state = StateStore()
    share_layers(Path(layers))
    verify_addresses()
    write_code_mails()
    refuse_with_status()
    sys.executable = python  # ministack starts only functions with it
    lambda_runtime.Worker._drain_stderr_bounded = partialmethod(
        lambda_runtime.Worker._drain_stderr_bounded, first_line_wait=LOG_WAIT
    )
    # Each function process has three pipes, and a burst of requests starts many processes.
    _, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))

    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def keep() -> None:
        state.keeping = True
        state.save()

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "keep":
                loop.call_soon_threadsafe(keep)
        loop.call_soon_threadsafe(stop.set)

    async def tick() -> None:
        pause = SAVE_EVERY
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            state.save_data_if_changed()
            pause = max(SAVE_EVERY, (time.monotonic() - began) * PAUSE_FOR_SAVE)

    threading.Thread(target=listen, daemon=True).start()
    ticking = asyncio.create_task(tick())
    config = Config()
    config.bind = [bind]
    config.keep_alive_timeout = 75
    await serve(Guard(gateway.app, secret, is_for_browsers), config, shutdown_trigger=stop.wait)
    ticking.cancel()
    lambda_runtime.reset()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
