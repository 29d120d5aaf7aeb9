"""A subscriber's program: takes what is posted to it on this machine, and answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass(frozen=True)
class Arrived:
    """A request that was posted."""

    path: str
    headers: dict[str, str]
    """By their names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        """What it says."""
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """All paths of one server. A path answers 204 unless told otherwise, and at once unless it is held."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    """The statuses that a path answers with, one after the other."""
    held: dict[str, threading.Event] = field(default_factory=dict)
    """What a path waits for before it answers."""

    def at(self, path: str) -> list[Any]:
        """Return what was posted to a path, in the order that it came."""
        return [one.json for one in self.arrived if one.path == path]

    def take(self, arrived: Arrived) -> int:
        """Note what came, and return the status to answer with."""
        self.arrived.append(arrived)
        if arrived.path in self.held:
            self.held[arrived.path].wait(60)
        answers = self.answers.get(arrived.path)
        return answers.pop(0) if answers else 204


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve on a free port of the loopback."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(Arrived(self.path, headers, body)))
            self.end_headers()

        def log_message(self, *_: Any) -> None:  # it says nothing
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        for event in receiver.held.values():
            event.set()
        server.shutdown()
        thread.join()
        server.server_close()
