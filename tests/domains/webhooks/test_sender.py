"""The sender: misbehaving peers, and addresses that it refuses."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from souk.domains.webhooks import hosts
from souk.domains.webhooks.hosts import HostAddress, is_public, resolve
from souk.domains.webhooks.sender import WebhookSender
from souk.values.addresses import problem
from tests.support.clock import CLOCK
from tests.support.receiver import receiving

Peer = Callable[[socket.socket], None]
BODY = b'{"entity":"JP","action":"NEW","id":"1"}'
LOCAL_SENDER = WebhookSender(allow_private=True, seconds=5)
IMPATIENT_SENDER = WebhookSender(allow_private=True, seconds=0.3)
PUBLIC_SENDER = WebhookSender(allow_private=False, seconds=0.3)


@contextmanager
def serving(peer: Peer) -> Iterator[str]:
    """Serve on the loopback. The peer handles each connection after the first bytes of the request."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65_536)
                        peer(connection)
                        connection.shutdown(socket.SHUT_WR)
                        waits(connection)  # a reset would discard the response
                    except OSError:  # the sender has closed the connection
                        continue

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/hook?key=secret"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def responds(response: bytes) -> Peer:
    return lambda connection: connection.sendall(response)


def sends_slowly(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"x" * 1_000:
        connection.sendall(bytes([byte]))
        connection.settimeout(0.05)
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


def sends_endless_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x-more: " + b"y" * 1_000 + b"\r\n")


def continues_endlessly(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def waits(connection: socket.socket) -> None:
    while connection.recv(1_000):
        pass


def test_request_has_body_and_headers() -> None:
    with receiving() as receiver:
        outcome = LOCAL_SENDER.post(f"{receiver.url}/a?b=c", BODY, {"webhook-id": "7"})
        (request,) = receiver.requests
    assert (outcome.status, outcome.error) == (204, None)
    assert outcome.milliseconds >= 0
    assert (request.path, request.body) == ("/a?b=c", BODY)
    headers = request.headers
    assert headers["webhook-id"] == "7"
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(BODY))
    assert headers["user-agent"] == "Souk-Webhooks"
    assert headers["host"] == receiver.url.removeprefix("http://")
    assert "cookie" not in headers
    assert "transfer-encoding" not in headers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_status_is_a_success(status: int) -> None:
    with serving(responds(f"HTTP/1.1 {status} Well\r\n\r\n".encode())) as url:
        assert LOCAL_SENDER.post(url, BODY, {}).error is None


@pytest.mark.parametrize("status", [304, 400, 401, 410, 429, 500, 503, 599])
def test_other_status_is_an_error(status: int) -> None:
    with serving(responds(f"HTTP/1.1 {status} No\r\n\r\n".encode())) as url:
        outcome = LOCAL_SENDER.post(url, BODY, {})
    assert outcome.status == status
    assert outcome.error is not None
    assert str(status) in outcome.error


def test_redirects_are_not_followed() -> None:
    with (
        receiving() as other,
        serving(responds(f"HTTP/1.1 307 There\r\nlocation: {other.url}\r\n\r\n".encode())) as url,
    ):
        outcome = LOCAL_SENDER.post(url, BODY, {})
        assert (outcome.status, other.requests) == (307, [])
    assert outcome.error == "the address answered 307; redirects are not followed"


@pytest.mark.parametrize(
    ("peer", "error"),
    [
        (waits, "no response within 0.3 seconds"),
        (sends_slowly, "no response within 0.3 seconds"),
        (continues_endlessly, "no response within 0.3 seconds"),
        (sends_endless_headers, "the response is not valid HTTP"),
        (responds(b""), "the response is not valid HTTP"),
        (responds(b"220 mail.example.com ESMTP\r\n"), "the response is not valid HTTP"),
        (responds(b"HTTP/1.1 OK\r\n\r\n"), "the response is not valid HTTP"),
        (responds(b"\x16\x03\x01\x00\xff" * 100), "the response is not valid HTTP"),
    ],
    ids=["silent", "drips", "continues", "endless", "closes", "mail", "no status", "binary"],
)
def test_invalid_or_missing_response_is_an_error(peer: Peer, error: str) -> None:
    with serving(peer) as url:
        outcome = IMPATIENT_SENDER.post(url, BODY, {})
    assert (outcome.status, outcome.error) == (None, error)


def test_response_body_is_not_read() -> None:
    def huge(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
        waits(connection)

    with serving(huge) as url:
        assert LOCAL_SENDER.post(url, BODY, {}).error is None


def test_closed_port_is_an_error() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/?key=secret"
    assert LOCAL_SENDER.post(url, BODY, {}).error == "the connection was refused"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "ftp://a.test/",
        "https://",
        "https://[::1",
        "http://ä..test/",
        "https://a.test:port/",
        "https://a\n.b/",
    ],
)
def test_invalid_address_is_an_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    outcome = LOCAL_SENDER.post(url, BODY, {})
    assert outcome.status is None
    assert outcome.error


def no_such_host(*_: object, **__: object) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "no such host")


@given(st.text(max_size=60))
def test_any_address_returns_an_outcome(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", no_such_host)
        for url in (text, f"https://{text}", f"https://hooks.test/{text}"):
            outcome = PUBLIC_SENDER.post(url, BODY, {})
            assert outcome.status is None
            assert outcome.error


@given(st.from_regex(r"[a-z]{3,6}://[a-zA-Z0-9.:@\[\]#?/%\\-]{0,30}", fullmatch=True) | st.text(max_size=40))
def test_valid_addresses_are_https_with_a_named_host(text: str) -> None:
    for address in (text, f"https://{text}"):
        if problem(address) is None:
            assert address.startswith("https://")
            assert "@" not in address.partition("//")[2].partition("/")[0].partition("?")[0]
            host = httpcore.URL(address).host.decode()
            assert "." in host
            assert not host.rpartition(".")[2][0].isdigit()


# Private addresses


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Resolve every host to these addresses. Returns the list of addresses that are connected to."""
    connected: list[str] = []

    def look_up(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    class Plain(httpcore.SyncBackend):
        def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
            connected.append(host)
            raise httpcore.ConnectTimeout

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore, "SyncBackend", Plain)
    return connected


PRIVATE = (
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to resolve to
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2001:0:7f00:1::f5ff:fffe",
)
PUBLIC = ("1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:80f::200e", "64:ff9b::101:101")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = resolve_to(monkeypatch, address)
    outcome = PUBLIC_SENDER.post("https://hooks.acme.test/", BODY, {})
    assert (outcome.status, outcome.error) == (None, "the host resolves to a private address")
    resolve_to(monkeypatch, PUBLIC[0], address)
    assert PUBLIC_SENDER.post("https://hooks.acme.test/", BODY, {}).error == outcome.error, (
        "one private address is enough"
    )
    assert connected == []


@pytest.mark.parametrize("address", PUBLIC)
def test_connection_uses_the_checked_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = resolve_to(monkeypatch, address)
    assert PUBLIC_SENDER.post("https://hooks.acme.test/", BODY, {}).error == "no response within 0.3 seconds"
    assert connected == [address]
    assert is_public(ip_address(address))


def test_all_addresses_of_a_host_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = resolve_to(monkeypatch, *PUBLIC, PUBLIC[0])
    PUBLIC_SENDER.post("https://hooks.acme.test/", BODY, {})
    assert connected == list(PUBLIC)


def test_operator_sees_what_deliveries_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, PUBLIC[0], "10.0.0.1", PUBLIC[0], "::1")
    found = resolve("hooks.acme.test", allow_private=False)
    assert (found.name, found.problem) == ("hooks.acme.test", None)
    assert found.addresses == (HostAddress(PUBLIC[0], False), HostAddress("10.0.0.1", True), HostAddress("::1", True))
    assert not any(one.refused for one in resolve("hooks.acme.test", allow_private=True).addresses)

    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    assert resolve("no.such.test", allow_private=False) == hosts.Host("no.such.test", (), "The host does not resolve.")
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer.wait(60) and no_such_host())
    silent = resolve("silent.test", allow_private=False, seconds=0.01)
    answer.set()
    assert silent.addresses == ()
    assert silent.problem == "The name server has not answered within 0.01 seconds."


def test_loopback_needs_allow_private() -> None:
    with receiving() as receiver:
        assert PUBLIC_SENDER.post(receiver.url, BODY, {}).error == "the host resolves to a private address"
        assert receiver.requests == []
        assert LOCAL_SENDER.post(receiver.url, BODY, {}).error is None


def test_unknown_host_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    assert PUBLIC_SENDER.post("https://no.such.test/", BODY, {}).error == "the host does not resolve"


def test_self_signed_certificate_is_an_error(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))

    def answers(connection: socket.socket) -> None:
        raise AssertionError(connection)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            connection, _ = server.accept()
            with connection, pytest.raises(ssl.SSLError), context.wrap_socket(connection, server_side=True) as tls:
                answers(tls)

        thread = threading.Thread(target=take)
        thread.start()
        outcome = LOCAL_SENDER.post(f"https://localhost:{server.getsockname()[1]}/", BODY, {})
        thread.join()
    assert (outcome.status, outcome.error) == (None, "the certificate is not valid: self-signed certificate")


def test_plain_http_on_an_https_address_is_an_error() -> None:
    with serving(responds(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        assert LOCAL_SENDER.post(url.replace("http:", "https:"), BODY, {}).error == "the TLS connection failed"


def self_signed(folder: Path) -> Path:
    """Write a key and a self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = CLOCK.market()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = folder / "both.pem"
    written.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return written
