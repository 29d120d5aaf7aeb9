"""The `souk` command: its imports, and its deployments."""

import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from souk.cli import main
from souk.local.home import Home, Running
from souk.operations.problem import Problem

SLOW = {
    *("babel", "boto3", "botocore", "graphql", "httpx", "jinja2", "moto", "pydantic"),
    *("rich", "souk.app", "souk.domains", "starlette", "stripe", "tantivy"),
}
HELP = "from souk.cli.main import cli; cli(['--help'], standalone_mode=False)"
TOKEN = """
from souk.cli import main
from souk.local.home import Running
from souk.operations.problem import Problem
main._running = lambda: Running(1, "http://127.0.0.1:1", "", {})
try:
    main.cli(["token", "olivia@acme.test"], standalone_mode=False)
except Problem:
    pass  # nobody listens there
"""


def imported(program: str) -> set[str]:
    """Return the modules that a program imports."""
    listed = f"{program}\nimport sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_imports_nothing_slow() -> None:
    modules = imported(HELP)
    assert "souk.cli.main" in modules
    assert not modules & SLOW


def test_token_imports_nothing_slow() -> None:
    modules = imported(TOKEN)
    assert "urllib.request" in modules
    assert not modules & (SLOW | {"souk.storage"})


def test_token_of_killed_run_fails_without_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:  # bound, but nobody listens
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setattr(main, "_running", lambda: Running(1, url, "", {}))
        with pytest.raises(Problem, match=f"{url} does not answer"):
            main.token("olivia@acme.test")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    main.cli(["--version"], standalone_mode=False)
    assert capsys.readouterr().out == f"souk {version('souk')}\n"


@pytest.mark.parametrize("embedded", [True, False])
def test_search_works_on_the_local_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, embedded: bool) -> None:
    for name, value in (("SOUK_HOME", str(tmp_path)), ("AWS_ACCESS_KEY_ID", "own"), ("AWS_SECRET_ACCESS_KEY", "own")):
        monkeypatch.setenv(name, value)
    secret = "s" if embedded else ""
    running = Running(1, "http://127.0.0.1:8000", "http://127.0.0.1:4567", {"TableName": "t"}, emulator_secret=secret)
    monkeypatch.setattr(main, "_running", lambda: running)
    deployment = main._deployment(None)  # noqa: SLF001 - what the commands of `souk search` work on
    client = deployment.client("dynamodb")
    assert client.meta.endpoint_url == "http://127.0.0.1:4567"
    used = client._request_signer._credentials.access_key  # noqa: SLF001 - botocore shows it nowhere else
    assert used == (Home(tmp_path).root_key().id if embedded else "own")
    assert deployment.outputs == {"TableName": "t"}
