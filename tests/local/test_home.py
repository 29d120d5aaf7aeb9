import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session

from souk.local.home import OWNER_ONLY, Home, Running
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


def test_root_key_is_random_and_kept(tmp_path: Path) -> None:
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    for one in (home, other):
        one.path.mkdir()
    key = home.root_key()
    assert home.root_key() == key
    assert key.id != other.root_key().id
    assert key.secret != other.root_key().secret
    assert len(key.secret) == 40
    assert key.secret not in repr(key)
    home.reset()
    assert home.root_key() != key


def test_aws_tools_read_root_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = Home(tmp_path).root_key()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(Home(tmp_path).credentials))
    read: Any = get_session().get_credentials()
    assert (read.access_key, read.secret_key) == (key.id, key.secret)


@pytest.mark.parametrize("text", ["", "[default]\naws_access_key_id = x\n", "no ini file"])
def test_unreadable_root_key_raises(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path)
    home.credentials.write_text(text)
    with pytest.raises(Problem, match="holds no access key"):
        home.root_key()


def test_secrets_are_for_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "run.json.partial").touch(mode=0o644)  # left by a run that was killed
    home.announce(RUNNING)
    home.root_key()
    for file in (home.credentials, tmp_path / "run.json"):
        assert file.stat().st_mode & OWNER_ONLY == 0
    assert "secret" not in repr(RUNNING).replace("emulator_secret", "")


def test_folders_of_older_release_are_closed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.state.mkdir(mode=0o755)
    home.recover()
    for folder in (home.state, home.buckets, home.layers, home.scratch):
        assert folder.stat().st_mode & OWNER_ONLY == 0


def test_run_file_is_json(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.announce(RUNNING)
    assert json.loads((tmp_path / "run.json").read_text())["endpoint"] == RUNNING.endpoint
