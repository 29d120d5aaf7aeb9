"""Posts to addresses that subscribers choose. Only public hosts can be reached, and only for a limited time.

A function can also reach private hosts: AWS's runtime interface listens on its loopback. So the sender resolves the
host itself and requires all its addresses to be public. It then connects to the address that it checked, which makes
DNS rebinding useless. It does not follow redirects, and reads only the status of the response.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

import httpcore

from souk.domains.webhooks import hosts
from souk.values import addresses

TIMEOUT_SECONDS: Final = 10.0
"""The time limit from the connection to the response headers."""
_FAILURES: Final = (
    httpcore.ConnectError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    ValueError,  # UnicodeError is one
)
_TIMEOUTS: Final = (httpcore.TimeoutException, TimeoutError)
_OK: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a post."""

    status: int | None
    """The HTTP status of the response, or None if there was none."""
    error: str | None
    """An error for the subscriber to read, or None. It contains no part of the address or the response."""
    milliseconds: int


class PrivateAddress(OSError):
    """The host has an address that is not public."""


_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (PrivateAddress, "the host resolves to a private address"),
    (socket.gaierror, "the host does not resolve"),
    (ssl.SSLError, "the TLS connection failed"),
    (ConnectionRefusedError, "the connection was refused"),
    (httpcore.ConnectError, "the connection failed"),
    (httpcore.ProtocolError, "the response is not valid HTTP"),
    (httpcore.NetworkError, "the connection was lost"),
)
"""The error for a failure or its cause. The first match counts."""


class WebhookSender:
    """Posts to addresses. One sender serves all threads of a process."""

    def __init__(self, *, allow_private: bool, seconds: float = TIMEOUT_SECONDS) -> None:
        """`allow_private` also allows addresses of this machine and its network."""
        self._allow_private = allow_private
        self._seconds = seconds
        self._tls = httpcore.default_ssl_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post a JSON body and return the outcome. A failure of the address is an outcome, not an exception.

        The host that is resolved and checked is that of the address's normal form, as it was when it was subscribed.
        """
        begun = time.monotonic()
        status, error = None, None
        try:
            status = self._exchange(addresses.normalized(url), body, headers, begun + self._seconds)
        except _FAILURES as failure:
            error = self._reason(failure)
        if status is not None and status not in _OK:
            error = f"the address answered {status}" + ("; redirects are not followed" * (status in _REDIRECTS))
        return Outcome(status, error, round((time.monotonic() - begun) * 1000))

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> int:
        all_headers = {
            "user-agent": "Souk-Webhooks",
            "content-type": "application/json",
            "connection": "close",
            **headers,
        }
        backend = _GuardedBackend(deadline, allow_private=self._allow_private)
        with (
            httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
            pool.stream("POST", url.encode("ascii"), headers=list(all_headers.items()), content=body) as response,
        ):
            return response.status

    def _reason(self, failure: BaseException) -> str:
        cause = failure.__cause__ or failure.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not valid: {cause.verify_message}"
        if isinstance(failure, _TIMEOUTS):
            return f"no response within {self._seconds:g} seconds"
        reasons = (reason for kind, reason in _REASONS if isinstance(failure, kind) or isinstance(cause, kind))
        return next(reasons, "the address cannot be used")


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects only to addresses that it has checked. One deadline covers the whole exchange."""

    def __init__(self, deadline: float, *, allow_private: bool) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline replaces it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of a host's addresses that accepts the connection."""
        addresses = self._resolve(host, port)
        failure: Exception | None = None
        for number, address in enumerate(addresses):
            # A silent address must leave time for the next ones: IPv6 routes are often broken.
            time_limit = self.remaining(httpcore.ConnectTimeout) / (len(addresses) - number)
            try:
                stream = self._backend.connect_tcp(address, port, time_limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _DeadlineStream(stream, self)
        raise failure or httpcore.ConnectError

    def _resolve(self, host: str, port: int) -> list[str]:
        """Return a host's addresses. Raises PrivateAddress if one of them is not public, and OSError for none."""
        found = hosts.addresses_of(host, port)
        if not self._allow_private and not all(hosts.is_public(ip_address(one)) for one in found):
            raise PrivateAddress
        return found

    def remaining(self, timeout: type[Exception]) -> float:
        """Return the seconds until the deadline. Raises `timeout` if it has passed."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise timeout
        return seconds


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose steps share one deadline, so that a peer cannot stretch it by sending a byte at a time."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline replaces it
        return self._stream.read(max_bytes, self._backend.remaining(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline replaces it
        self._stream.write(buffer, self._backend.remaining(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the deadline replaces it
    ) -> httpcore.NetworkStream:
        remaining = self._backend.remaining(httpcore.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, remaining), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
