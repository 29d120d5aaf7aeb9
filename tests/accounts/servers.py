"""HTTP servers on a local port, for a real browser."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

from tests.accounts.browser import Site


@contextmanager
def serve(router: Site) -> Iterator[str]:
    """Serve a router as the local run's proxy does, and yield its URL."""
    one_at_a_time = threading.Lock()  # moto is not safe for threads

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            binary = self.headers.get("Content-Type", "").startswith("multipart/form-data")
            event = {
                "httpMethod": self.command,
                "path": parts.path,
                "headers": {**self.headers, "X-Forwarded-Host": self.headers["Host"]},
                "queryStringParameters": dict(parse_qsl(parts.query, keep_blank_values=True)) or None,
                "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
                "body": base64.b64encode(body).decode() if binary else body.decode(),
                "isBase64Encoded": binary,
            }
            with one_at_a_time:
                answer = router(event, SimpleNamespace(aws_request_id="request"))
            self.send_response(answer["statusCode"])
            for name, values in answer["multiValueHeaders"].items():
                for value in values:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer["body"].encode())

        do_GET = do_POST = _answer  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with _listening(Handler) as address:
        yield address


@contextmanager
def program() -> Iterator[tuple[str, list[str]]]:
    """Run a native app: yield its URL and the list of the paths that it received."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"Thank you")

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with _listening(Handler) as address:
        yield address, asked


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
