"""Starts and stops a real local run, with its own process, data folder and port."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from souk.local import emulator
from souk.local.home import Home, Running

SOUK = Path(sys.prefix, "bin", "souk")
READY = "Souk is ready at "
LAST_LINE = "Stop:"
START_SECONDS = 240
CHOICES = {"SOUK_LOG_LEVEL": "DEBUG", "SOUK_REQUESTS_PER_MINUTE": "1000000"}
"""The settings of an operator who debugs and does not limit this machine's own requests."""


class Run:
    """A local run with its own data folder and port. It can be stopped and started again."""

    def __init__(self, home: Path, **choices: str) -> None:
        """`choices` are additional environment variables."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.home = home
        self.choices = choices
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        """The output lines of the last start."""
        self._process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables for commands on this run."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SOUK_"))}
        return inherited | CHOICES | self.choices | {"SOUK_HOME": str(self.home), "PORT": str(self.port)}

    def start(self) -> None:
        """Start it and wait until it is ready. Fails with its output if it ends before that."""
        self.lines = []
        process = self._process = subprocess.Popen(
            [SOUK, "run"], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        reader = threading.Thread(target=self._read, args=[process])
        reader.start()
        deadline = time.monotonic() + START_SECONDS
        while not any(LAST_LINE in line for line in self.lines):
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                raise AssertionError("The run did not become ready:\n" + "\n".join(self.lines))
            time.sleep(0.05)

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout as output:
            self.lines.extend(line.rstrip("\n") for line in output)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait until it ends, and return the exit code."""
        assert self._process is not None
        self._process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends and return the exit code."""
        assert self._process is not None
        return self._process.wait(60)

    def souk(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a `souk` command on this run."""
        return subprocess.run(
            [SOUK, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )

    def token(self, email: str) -> str:
        """Return an access token of a demo person."""
        result = self.souk("token", email)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def post(self, query: str, token: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """Send an operation over HTTP and return the response's JSON."""
        answer = httpx.post(
            f"{self.url}/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}", **(headers or {})},
            timeout=40,
        )
        body: dict[str, Any] = answer.json()
        return body

    @property
    def running(self) -> Running:
        """The addresses and secrets that it has announced."""
        running = Home(self.home).running()
        assert running is not None
        return running

    def client(self, service: str) -> Any:
        """Return a client of its AWS with all permissions."""
        return emulator.clients_of(Home(self.home), self.running)(service)

    def processes(self) -> dict[int, str]:
        """Return the command lines of the processes that use this data folder, by process id."""
        listing = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True
        ).stdout
        processes = (line.split(maxsplit=1) for line in listing.splitlines() if str(self.home) in line)
        return {int(pid): command for pid, command in processes}


def request_of(curl: str) -> httpx.Request:
    """Return the request that a curl command sends."""
    command, url, *options = shlex.split(curl)
    assert command == "curl"
    pairs = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in pairs if option == "-H")
    (body,) = [value for option, value in pairs if option == "-d"]
    assert {option for option, _ in pairs} <= {"-H", "-d"}
    return httpx.Request("POST", url, headers=headers, content=body)
