"""Copies of a snapshot share no randomness, time or connection, as none is made before the first request."""

import os
import subprocess
import sys

import pytest

from infra.layer import ROOT
from souk.app import FUNCTIONS
from souk.runtime import snapshot
from souk.runtime.settings import Settings

LOAD = """
import random, runpy, secrets, socket, sys, types, uuid

hooks = types.ModuleType("snapshot_restore_py")
hooks.before, hooks.after = [], []
hooks.register_before_snapshot, hooks.register_after_restore = hooks.before.append, hooks.after.append
sys.modules["snapshot_restore_py"] = hooks

def refuse(*_, **__):
    raise AssertionError("made before the snapshot")

socket.socket.connect = refuse
import os, tempfile, souk.values.clock
souk.values.clock.Clock.real = souk.values.clock.Clock.market = refuse
tempfile.mkdtemp = uuid.uuid4 = secrets.token_bytes = secrets.token_hex = secrets.token_urlsafe = refuse
drawn = random.getstate()
for name in sys.argv[1:]:
    os.environ["SOUK_FUNCTION"] = name
    runpy.run_path(f"functions/{name}/handler.py")
assert hooks.before
for work in list(hooks.before):
    work()
assert random.getstate() == drawn
for work in hooks.after:
    work()
assert random.getstate() != drawn, "copies draw other numbers"
assert "souk.domains.talent.resolvers" in sys.modules
"""


def test_nothing_that_copies_must_not_share_is_in_the_snapshot() -> None:
    own = {"address_limit": "", "max_cost": "10000", "test_clock": "off"}
    settings = {f"SOUK_{name.upper()}": own.get(name, "test") for name in Settings._fields}
    environment = {
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "PATH": os.environ["PATH"],
        **settings,
    }
    called = [name for name, spec in FUNCTIONS.items() if spec.kind in ("api", "pages", "sockets")]
    handlers = {(ROOT / "functions" / name / "handler.py").read_text().partition('"""\n')[2]: name for name in called}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *handlers.values()], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_functions_without_snapshots_do_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    done: list[str] = []
    snapshot.before(lambda: done.append("before"))
    snapshot.after(lambda: done.append("after"))
    assert done == []
