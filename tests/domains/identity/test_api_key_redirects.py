"""Validation of redirect URIs."""

import string
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from souk.domains.identity.rules.api_key_redirects import LOOPBACK, MAX_LENGTH, all_native, problem

_LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
_DOMAINS = st.lists(_LABELS, min_size=1, max_size=4).map(".".join)
_PORTS = st.one_of(st.just(""), st.integers(1, 65_535).map(lambda port: f":{port}"))
_PATHS = st.from_regex(
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@-]{0,8}|/%[0-9A-F]{2}){0,4}(\?[A-Za-z0-9/?=&]{0,12})?", fullmatch=True
)
_ADDRESSES = st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(lambda ip: f"[{ip}]"))
_HTTPS = st.builds("https://{}{}{}".format, st.one_of(_DOMAINS, _ADDRESSES), _PORTS, _PATHS)
_LOOPBACKS = st.builds("http://{}{}{}".format, st.sampled_from(sorted(LOOPBACK)), _PORTS, _PATHS)
_PRIVATE = st.builds(
    "{}.{}:{}".format, _LABELS, _DOMAINS, st.one_of(st.just("/cb"), st.just("//cb"), _PATHS.filter(bool))
)
_SOUND = st.one_of(_HTTPS, _LOOPBACKS, _PRIVATE)
_UNSAFE = st.one_of(st.sampled_from(' \t\r\n\0\\#"<>^`{|}\x7f'), st.characters(min_codepoint=0x80))


@given(_SOUND)
@example("https://example.com")
@example("https://example.com/cb?app=1")
@example("https://xn--bcher-kva.example/cb")
@example("https://intranet/cb")
@example("https://[2001:db8::1]:8443/cb")
@example("http://[::1]:51004/cb")
@example("com.example.app:/oauth2redirect/example-provider")
def test_valid_redirect_uris_are_accepted(uri: str) -> None:
    assert problem(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "//example.com/cb",
        "example.com/cb",
        "https:",
        "https:/example.com/cb",
        "https://",
        "https:///cb",
        "https://:443/cb",
        "https://example.com/#",
        "https://example.com/cb#token",
        "com.example.app:/cb#x",
        "http://example.com/cb",
        "http://127.0.0.1.example.com/cb",
        "http://localhost.example.com/cb",
        "http://127.0.0.2/cb",
        "http://127.1/cb",
        "http://2130706433/cb",
        "http://[::]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://localhost@example.com/cb",
        "http://localhost:80@example.com/cb",
        "https://user:pass@example.com/cb",
        "https://example.com\\@evil.test/cb",
        "https://example.com%40evil.test/cb",
        "https://example.com%00.evil.test/cb",
        "https://*.example.com/cb",
        "https://exa_mple.com/cb",
        "https://-example.com/cb",
        "https://example-.com/cb",
        "https://example..com/cb",
        "https://example.com./cb",
        "https://EXAMPLE.com/cb",
        "HTTPS://example.com/cb",
        "https://bücher.example/cb",
        "https://example.com。evil.test/cb",
        "https://1.2.3/cb",
        "https://0x7f.0.0.1/cb",
        "https://256.1.1.1/cb",
        "https://01.1.1.1/cb",
        "https://example.123/cb",
        "https://[::1%25eth0]/cb",
        "https://[::1/cb",
        "https://::1/cb",
        "https://[v1.fe]/cb",
        "https://[::1]x/cb",
        "https://example.com:/cb",
        "https://example.com:0/cb",
        "https://example.com:080/cb",
        "https://example.com:65536/cb",
        "https://example.com:99999999999/cb",
        "https://example.com:8o/cb",
        "https://example.com:٨٠/cb",
        "https://example.com/c b",
        "https://example.com/cb\n",
        "\nhttps://example.com/cb",
        " https://example.com/cb",
        "https://example.com/\r\nLocation: https://evil.test/",
        "https://example.com/%",
        "https://example.com/%zz",
        "https://example.com/[cb]",
        'https://example.com/"><script>',
        "javascript:alert(1)",
        "data:text/html,hi",
        "file:///etc/passwd",
        "vbscript:x",
        "blob:https://example.com/1",
        "about:blank",
        "myapp:/cb",
        "myapp://cb",
        "urn:ietf:wg:oauth:2.0:oob",
        "oob",
        "com.example.app:",
        "com.example.app://user@host/cb",
        ".com:/cb",
        "1com.example:/cb",
        "https://" + "a" * 64 + ".example/cb",
        "https://" + "a." * 130 + "example/cb",
        "https://example.com/" + "a" * MAX_LENGTH,
    ],
)
def test_invalid_redirect_uris_are_rejected(uri: str) -> None:
    assert problem(uri)


@given(_SOUND, st.data())
def test_unsafe_character_is_rejected(uri: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(uri)))
    assert problem(uri[:at] + data.draw(_UNSAFE) + uri[at:])


@given(
    st.one_of(
        st.text(), st.text(string.printable), st.builds("{}://{}".format, st.sampled_from(["http", "https"]), st.text())
    )
)
def test_accepted_uri_parses_unambiguously(uri: str) -> None:
    if problem(uri) is None:
        parts = urlsplit(uri)
        assert uri.isascii()
        assert parts.scheme in {"http", "https"} or "." in parts.scheme
        assert (parts.username, parts.fragment) == (None, "")
        if parts.scheme == "http":
            host = parts.hostname or ""
            assert host == "localhost" or ip_address(host).is_loopback


@given(_HTTPS, st.lists(st.one_of(_LOOPBACKS, _PRIVATE)))
def test_web_uri_makes_key_not_native(web: str, native: list[str]) -> None:
    assert all_native(native) == bool(native)
    assert not all_native([*native, web])
