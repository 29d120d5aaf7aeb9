"""A local HTTP server that records requests and responds as configured, like a subscriber's program."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass(frozen=True)
class ReceivedRequest:
    """A request that the server received."""

    path: str
    headers: dict[str, str]
    """Keys are lower-case names."""
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """The state of the server. A path responds with 204 at once, unless configured otherwise."""

    url: str = ""
    requests: list[ReceivedRequest] = field(default_factory=list)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    """The next statuses of a path."""
    held: dict[str, threading.Event] = field(default_factory=dict)
    """The event that a path waits for before it responds."""

    def at(self, path: str) -> list[Any]:
        """Return the decoded bodies of the requests to a path, oldest first."""
        return [one.json for one in self.requests if one.path == path]

    def handle(self, request: ReceivedRequest) -> int:
        """Record a request and return the status of the response."""
        self.requests.append(request)
        if request.path in self.held:
            self.held[request.path].wait(60)
        statuses = self.statuses.get(request.path)
        return statuses.pop(0) if statuses else 204


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve on a free port of the loopback."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.handle(ReceivedRequest(self.path, headers, body)))
            self.end_headers()

        def log_message(self, *_: Any) -> None:  # no output
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
