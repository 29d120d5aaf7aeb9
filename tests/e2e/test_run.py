"""Starting, using, stopping and restarting a local run."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.running import READY, Run, request_of

CLIENT = "olivia@acme.test"
WHO_AM_I = "{ user { id nid } }"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A separate run that these tests stop, kill and start."""
    run = Run(tmp_path_factory.mktemp("own"))
    run.start()
    yield run
    run.stop()


def place(run: Run, text: str) -> int:
    """Return the index of the first line that contains a text."""
    return next(number for number, line in enumerate(run.lines) if text in line)


def curl_of(run: Run) -> str:
    line = run.lines[place(run, "curl ")]
    return line[line.index("curl ") :]


def test_welcome_has_url_then_curl_then_graphiql(souk: Run) -> None:
    ready, call, look = place(souk, READY), place(souk, "curl "), place(souk, "GraphiQL at")
    assert ready < call < look
    assert souk.lines[ready] == f"{READY}{souk.url}"
    assert souk.lines[look].endswith(f"{souk.url}/graphiql")
    assert ready > 2, "progress is shown first"


def test_curl_line_works(souk: Run) -> None:
    with httpx.Client(timeout=40) as client:
        answer = client.send(request_of(curl_of(souk)))
    assert answer.status_code == 200
    assert "errors" not in answer.json(), answer.json()
    assert answer.json()["data"]


def test_health_reflects_api(souk: Run) -> None:
    answer = httpx.get(f"{souk.url}/healthz", timeout=40)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_graphiql_is_local_and_has_token(souk: Run) -> None:
    page = httpx.get(f"{souk.url}/graphiql").text
    assert "oauth2v2_" in page
    assert "https://" not in page
    scripts = [part.split('"', 1)[0] for part in page.split('src="')[1:]]
    assert len(scripts) == 3
    for script in scripts:
        assert httpx.get(f"{souk.url}{script}").status_code == 200


def test_request_over_ten_megabytes_is_refused(souk: Run) -> None:
    answer = httpx.post(f"{souk.url}/graphql", content=b" " * (10 * 1024 * 1024 + 1), timeout=40)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


def test_souk_token_prints_only_token(souk: Run) -> None:
    result = souk.souk("token", CLIENT)
    assert result.stdout.startswith("oauth2v2_")
    assert result.stdout.count("\n") == 1
    assert souk.post(WHO_AM_I, result.stdout.strip())["data"]["user"]["id"]


def test_souk_token_for_unknown_person_fails(souk: Run) -> None:
    result = souk.souk("token", "nobody@nowhere.test")
    assert (result.returncode, result.stdout) == (1, "")
    assert "nobody@nowhere.test" in result.stderr


def test_port_in_use_is_reported_in_one_sentence(souk: Run, tmp_path: Path) -> None:
    other = Run(tmp_path)
    other.port = souk.port
    result = other.souk("run")
    assert result.returncode == 1
    assert f"Port {souk.port} cannot be used" in result.stderr
    assert "Traceback" not in result.stderr


def test_second_run_on_same_data_is_refused(souk: Run) -> None:
    other = Run(souk.home)
    result = other.souk("run")
    assert result.returncode == 1
    assert "already running" in result.stderr
    assert souk.url in result.stderr
    assert "Traceback" not in result.stderr


def test_reset_during_run_is_refused(souk: Run) -> None:
    result = souk.souk("reset")
    assert result.returncode == 1
    assert "stop it first" in result.stderr
    assert httpx.get(f"{souk.url}/healthz", timeout=40).status_code == 200


def test_restart_keeps_data_and_repeats_no_work(own: Run) -> None:
    token = own.token(CLIENT)
    before = own.post(WHO_AM_I, token)
    assert len(own.processes()) >= 2, "the embedded AWS and a function"
    assert own.souk("clock", "advance", "36h").stdout.endswith("\n1d12h ahead of the real time\n")
    assert own.stop() == 0
    assert own.processes() == {}
    own.start()
    assert "Nothing to synthesize" in own.lines
    assert "Nothing to deploy" in own.lines
    assert not [line for line in own.lines if "Uploading" in line or "demo data" in line]
    assert own.post(WHO_AM_I, token) == before
    assert own.souk("clock", "show").stdout.endswith("\n1d12h ahead of the real time\n")


def test_killed_run_loses_nothing(own: Run) -> None:
    token = own.token(CLIENT)
    own.stop(signal.SIGKILL)
    own.start()
    assert own.post(WHO_AM_I, token)["data"]["user"]["id"]


def test_stopped_embedded_aws_ends_run_with_reason(own: Run) -> None:
    (emulator,) = [pid for pid, command in own.processes().items() if "souk.local.launcher" in command]
    os.kill(emulator, signal.SIGKILL)
    assert own.wait() == 1
    assert [line for line in own.lines if "embedded AWS stopped" in line]
    assert not [line for line in own.lines if "Traceback" in line]
    own.start()


def test_ctrl_c_stops_run_and_unreadable_state_is_reported(own: Run) -> None:
    assert own.stop(signal.SIGINT) == 0
    assert own.processes() == {}
    state = own.home / "state" / "dynamodb.json"
    good = state.read_text()
    state.write_text(good[: len(good) // 2])
    result = own.souk("run")
    assert result.returncode == 1
    assert "make reset" in result.stderr
    assert "Traceback" not in result.stderr
    state.write_text(good)
    own.start()


def test_reset_deletes_data(own: Run) -> None:
    own.stop()
    assert own.souk("reset").returncode == 0
    assert not (own.home / "state").exists()
    assert own.souk("token", CLIENT).returncode == 1
