import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from souk.local.home import Home, Running
from souk.operations.problem import Problem

RUNNING = Running(os.getpid(), "http://127.0.0.1:8000", "http://127.0.0.1:4566", {"ApiId": "a"}, "secret")


def saved(home: Home, name: str, text: str) -> Path:
    home.state.mkdir(parents=True, exist_ok=True)
    file = home.state / name
    file.write_text(text)
    return file


def test_home_is_read_from_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOUK_HOME", str(tmp_path))
    assert Home.from_environment().path == tmp_path
    monkeypatch.setenv("SOUK_HOME", "")
    assert Home.from_environment().path.name == ".souk"


def test_active_run_is_known(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.running() is None
    with home.claim():
        home.announce(RUNNING)
        assert home.running() == RUNNING
    assert home.running() is None


def test_second_run_raises_with_url_of_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.claim():
        home.announce(RUNNING)
        with pytest.raises(Problem, match=f"already running at {RUNNING.url} .process {RUNNING.pid}"), home.claim():
            pass


def test_run_file_of_dead_run_is_ignored(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.announce(RUNNING)
    assert home.running() is None


def test_run_waits_for_child_of_killed_run(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.claim() as hold:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"], pass_fds=[hold])
    assert home.is_claimed()
    with home.claim():
        assert child.wait(5) == 0


def test_unwritable_home_raises(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Problem, match="cannot be used as SOUK_HOME"), Home(file / "home").claim():
        pass


def test_interrupted_save_is_rolled_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    saved(home, "dynamodb.json", "old").parent.rename(home.state_before)
    saved(home, "dynamodb.json", "new")
    home.recover()
    assert (home.state / "dynamodb.json").read_text() == "old"
    assert not home.state_before.exists()


def test_complete_save_is_kept_with_its_objects(tmp_path: Path) -> None:
    home = Home(tmp_path)
    saved(home, "dynamodb.json", "new")
    (home.buckets / "bucket").mkdir(parents=True)
    home.recover()
    assert (home.state / "dynamodb.json").read_text() == "new"
    assert (home.buckets / "bucket").exists()


def test_objects_of_incomplete_first_run_are_deleted(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (home.buckets / "bucket").mkdir(parents=True)
    home.recover()
    assert list(home.buckets.iterdir()) == []


def test_reset_keeps_other_files(tmp_path: Path) -> None:
    home = Home(tmp_path)
    saved(home, "dynamodb.json", "data")
    (tmp_path / "notes.txt").write_text("mine")
    home.remember_port(4567)
    home.reset()
    assert not home.state.exists()
    assert home.remembered_port() is None
    assert (tmp_path / "notes.txt").exists()


def test_reset_during_run_raises(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.claim():
        file = saved(home, "dynamodb.json", "data")
        with pytest.raises(Problem, match="stop it first"):
            home.reset()
        assert file.exists()


def test_invalid_port_file_is_ignored(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "emulator.port").write_text("")
    assert home.remembered_port() is None
    home.remember_port(4567)
    assert home.remembered_port() == 4567


def test_run_file_is_json(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.announce(RUNNING)
    assert json.loads((tmp_path / "run.json").read_text())["endpoint"] == RUNNING.endpoint
