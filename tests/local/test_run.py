import gc
import signal
import socket
import sys
from typing import cast

import pytest

from souk.domains import search_indexes
from souk.local import demo, emulator, run
from souk.operations import search
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from tests.support.running import request_of


def test_welcome_has_url_then_curl_then_graphiql() -> None:
    text = "\n".join(run.welcome("http://127.0.0.1:8000", "oauth2v2_x"))
    ready, call, look = (text.index(part) for part in ("Souk is ready at http", "curl http", "GraphiQL at http"))
    assert ready < call < look


def test_welcome_has_login() -> None:
    (line,) = [line for line in run.welcome("http://127.0.0.1:8000", "oauth2v2_x") if "Log in" in line]
    assert "http://127.0.0.1:8000/account" in line
    assert demo.CLIENT in line
    assert demo.PASSWORD in line


def test_curl_line_sends_query_with_token() -> None:
    (line,) = [line for line in run.welcome("http://127.0.0.1:8000", "oauth2v2_x") if "curl " in line]
    request = request_of(line[line.index("curl ") :])
    assert request.url == "http://127.0.0.1:8000/graphql"
    assert request.headers["authorization"] == "Bearer oauth2v2_x"
    assert run.FIRST_QUERY.split()[1].encode() in request.read()


def test_welcome_of_an_empty_run_says_how_to_become_its_operator() -> None:
    hint = ["Nobody runs this marketplace yet. Make yourself its operator:", "souk admin bootstrap --email"]
    empty, founded = ("\n".join(run.welcome_empty("http://127.0.0.1:8000", founded=one)) for one in (False, True))
    assert [part in empty for part in hint] == [True, True]
    assert [part in founded for part in hint] == [False, False]
    for text in (empty, founded):
        assert "Souk is ready at http://127.0.0.1:8000" in text
        assert demo.CLIENT not in text
        assert "Stop:" in text


def test_port_in_use_raises_before_any_work() -> None:
    with run.listening(0) as door:
        port = door.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {port} cannot be used .* PORT=8001 make run"), run.listening(port):
            pass


def test_invalid_port_raises() -> None:
    with pytest.raises(Problem, match="Port 70000 cannot be used"), run.listening(70_000):
        pass


def test_last_port_is_reused_if_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert emulator.free_port(taken) != taken
    assert emulator.free_port(taken) == taken


def test_outdated_indexes_are_rebuilt_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, lines, rebuilt = Deployment({}, dict, ""), list[str](), list[object]()
    monkeypatch.setattr(search, "rebuild", lambda _, chosen: rebuilt.extend(chosen))
    run.rebuild(deployment, [], lines.append)
    assert (rebuilt, lines) == ([], [])
    run.rebuild(deployment, search_indexes()[:1], lines.append)
    assert rebuilt == [search_indexes()[0]]
    assert lines[-1] == "The search indexes have been rebuilt"


def test_failed_rebuild_at_the_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Problem("A rebuild is already running.")

    lines: list[str] = []
    monkeypatch.setattr(search, "rebuild", fail)
    run.rebuild(Deployment({}, dict, ""), search_indexes(), lines.append)
    assert "already running. Try `souk search rebuild`." in lines[-1]


def test_run_stops_also_if_a_callback_loses_the_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python drops exceptions in callbacks, also the KeyboardInterrupt of a signal that comes meanwhile."""
    stop = run.Stop()

    class Forgotten:
        def __del__(self) -> None:
            stop.interrupt(signal.SIGTERM, None)

    lost: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: lost.append(dropped.exc_type))
    Forgotten()
    gc.collect()
    assert lost == [KeyboardInterrupt]
    with pytest.raises(KeyboardInterrupt):
        run.watch(cast("emulator.Cloud", None), stop)


def test_run_ends_when_the_local_aws_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.local.run.time.sleep", lambda _seconds: None)

    class Ended:
        def failure(self) -> str:
            return "The embedded AWS stopped."

    with pytest.raises(Problem, match="embedded AWS stopped"):
        run.watch(cast("emulator.Cloud", Ended()), run.Stop())
