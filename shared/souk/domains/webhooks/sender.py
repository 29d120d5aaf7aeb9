"""Posts to an address that a stranger has named: to public hosts only, for so long and no longer, and nowhere else.

Where a function runs, there is more than the internet: AWS's runtime interface is on its own loopback. So a host's name
is looked up here, every address that it has must be public, and the connection goes to the address that was looked at:
a name that leads elsewhere the next moment (DNS rebinding) gains nothing. Redirects are not followed, and of the answer
only the status is read.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

import httpcore

SECONDS: Final = 10.0
"""How long an address may take, from the connection to the answer's headers."""
_FAILURES: Final = (
    httpcore.ConnectError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    ValueError,  # UnicodeError is one
)
_LATE: Final = (httpcore.TimeoutException, TimeoutError)
_OK: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""Addresses that hold an IPv4 address in their last 32 bits, to which a gateway translates them (RFC 6052)."""

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a post."""

    status: int | None
    """The HTTP status that came back; None where none did."""
    error: str | None
    """What went wrong, for the subscriber to read; None where nothing did. It holds nothing of address or answer."""
    milliseconds: int


class NotPublic(OSError):
    """A host has an address that is not on the public internet."""


_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (NotPublic, "the host's name leads into a private network"),
    (socket.gaierror, "the host's name leads nowhere"),
    (ssl.SSLError, "no TLS connection could be made"),
    (ConnectionRefusedError, "the connection was refused"),
    (httpcore.ConnectError, "no connection could be made"),
    (httpcore.ProtocolError, "the answer is no complete HTTP"),
    (httpcore.NetworkError, "the connection was lost"),
)
"""What is said of a failure, or of what caused it; the first that fits."""


class Postman:
    """Posts; one serves all threads of a process."""

    def __init__(self, *, anywhere: bool, seconds: float = SECONDS) -> None:
        """`anywhere` posts within this machine and its network, too."""
        self._anywhere = anywhere
        self._seconds = seconds
        self._tls = httpcore.default_ssl_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post a body of JSON, and say what became of it. Whatever the address does, nothing is raised."""
        begun = time.monotonic()
        status, error = None, None
        try:
            status = self._exchange(url, body, headers, begun + self._seconds)
        except _FAILURES as failure:
            error = self._reason(failure)
        if status is not None and status not in _OK:
            error = f"the address answered {status}" + ("; redirects are not followed" * (status in _REDIRECTS))
        return Outcome(status, error, round((time.monotonic() - begun) * 1000))

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> int:
        sent = {
            "user-agent": "Souk-Webhooks",
            "content-type": "application/json",
            "connection": "close",
            **headers,
        }
        backend = _Guarded(deadline, anywhere=self._anywhere)
        with (
            httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
            pool.stream("POST", url.encode("ascii"), headers=list(sent.items()), content=body) as response,
        ):
            return response.status

    def _reason(self, failure: BaseException) -> str:
        cause = failure.__cause__ or failure.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not good: {cause.verify_message}"
        if isinstance(failure, _LATE):
            return f"no answer within {self._seconds:g} seconds"
        known = (says for kind, says in _REASONS if isinstance(failure, kind) or isinstance(cause, kind))
        return next(known, "the address cannot be used")


def is_public(address: Address) -> bool:
    """Say whether an address is one of the public internet, and leads to one there where it stands for another."""
    if isinstance(address, IPv6Address):
        if held := _held_by(address):
            return all(is_public(one) for one in held)
        if address.is_site_local:  # given up by RFC 3879, and `is_global` for Python
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _held_by(address: IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address stands for."""
    translated = IPv4Address(int(address) & 0xFFFF_FFFF) if address in _TRANSLATED else None
    held = (address.ipv4_mapped, address.sixtofour, translated, *(address.teredo or ()))
    return [one for one in held if one]


class _Guarded(httpcore.NetworkBackend):
    """Connects to what has been looked at, and gives all of an exchange one deadline."""

    def __init__(self, deadline: float, *, anywhere: bool) -> None:
        self._deadline = deadline
        self._anywhere = anywhere
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - there is one for all
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of a host's addresses that takes the connection."""
        addresses = self._look_up(host, port)
        failure: Exception | None = None
        for number, address in enumerate(addresses):
            # One that is silent must not take up the time of those after it: IPv6 often leads nowhere.
            patience = self.left(httpcore.ConnectTimeout) / (len(addresses) - number)
            try:
                stream = self._plain.connect_tcp(address, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as one:
                failure = one
                continue
            return _Hurried(stream, self)
        raise failure or httpcore.ConnectError

    def _look_up(self, host: str, port: int) -> list[str]:
        """Return a host's addresses. The resolver takes its own time: it cannot be told when to stop."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._anywhere and not all(is_public(ip_address(one)) for one in addresses):
            raise NotPublic
        return addresses

    def left(self, late: type[Exception]) -> float:
        """Return the seconds that are left; raises `late` where there are none."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise late
        return seconds


class _Hurried(httpcore.NetworkStream):
    """A connection of which every step has what is left of the time of all: who sends a byte now and then is late."""

    def __init__(self, stream: httpcore.NetworkStream, clock: _Guarded) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - there is one for all
        return self._stream.read(max_bytes, self._clock.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - there is one for all
        self._stream.write(buffer, self._clock.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - there is one for all
    ) -> httpcore.NetworkStream:
        left = self._clock.left(httpcore.ConnectTimeout)
        return _Hurried(self._stream.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
