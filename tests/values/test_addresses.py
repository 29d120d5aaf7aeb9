"""The normal form of web addresses, and that it cannot be used to reach another host than the one that was checked."""

import string
from urllib.parse import unquote, urlsplit

import httpcore
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from souk.values.addresses import normalized, normalized_origin, problem

PIECES = (
    *(
        "https://",
        "HTTP://",
        "https:",
        "//",
        "example.com",
        "EXAMPLE",
        "bücher",
        "xn--bcher-kva",
        "。",
        "\uff0f",
        "℀",
        "ß",
    ),
    *(
        ":443",
        ":80",
        ":",
        "@",
        "\\",
        "/",
        "..",
        ".",
        "%2E",
        "%2f",
        "%7e",
        "%",
        "%37e",
        "%%37e",
        "?",
        "#",
        "[::1]",
        "[",
        "]",
    ),
    *(" ", "\t", "\n", "\0", "\ud800", "\u200d", "\u202e", "127.1", "0x7f", "localhost"),
)
ADDRESSES = (
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
    | st.builds("https://{}".format, st.text(max_size=40))
    | st.text(string.printable, max_size=40)
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.com/cb", "https://example.com/cb"),
        ("HTTPS://Example.COM/Cb", "https://example.com/Cb"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:443/", "https://example.com/"),
        ("https://example.com:/", "https://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("http://127.0.0.1:80/?a", "http://127.0.0.1/?a"),
        ("http://[0:0:0:0:0:0:0:1]:9000/", "http://[::1]:9000/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("https://bu\u0308cher.example/", "https://xn--bcher-kva.example/"),
        ("https://XN--Bcher-KVA.example/", "https://xn--bcher-kva.example/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://r3---sn.bücher.example/", "https://r3---sn.xn--bcher-kva.example/"),
        ("https://example.com/%7ea/%c3%bc?%7E=%2f", "https://example.com/~a/%C3%BC?~=%2F"),
        ("https://example.com/a/./b/../c/", "https://example.com/a/c/"),
        ("https://example.com/a/%2E%2e/b/..", "https://example.com/"),
        ("https://example.com/a%2Fb?c=a%20b", "https://example.com/a%2Fb?c=a%20b"),
    ],
)
def test_equal_addresses_have_one_normal_form(address: str, expected: str) -> None:
    assert normalized(address) == expected
    assert normalized(expected) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.com",
        "https://℀.example/",
        "https://user\uff0fx.example/",
        "https://a..ü/",
        "https://-ü.example/",
        "https://ü_.example/",
        "https://" + "ü" * 300 + ".example/",
        "https://ü@Example.com/",
        "https://example.com\\@evil.test/",
        "https://ex%61mple.com/",
        "https://example.com/%",
        "https://example.com/%%37e",
    ],
)
def test_what_is_no_address_stays_and_is_refused(address: str) -> None:
    assert normalized(address) == address
    assert problem(normalized(address))


def test_invalid_international_host_has_its_own_message() -> None:
    assert problem("https://℀.example/") == "the host name is not a valid internationalized domain name."
    assert problem("https://example.com/ü") == "the URL contains a character that must be written as %XX."


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("HTTPS://Example.com:443/A/../%7e?B#c", "https://example.com/A/../%7e?B#c"),
        ("https://example.com", "https://example.com"),
        ("Com.Example.App:/Cb", "com.example.app:/Cb"),
        ("com.example.app://Host:80/Cb", "com.example.app://host:80/Cb"),
    ],
)
def test_normal_origin_leaves_path_and_query(uri: str, expected: str) -> None:
    assert normalized_origin(uri) == expected


@given(ADDRESSES)
@example("https://example.com/%%37e")
@example("https://example.com:443:443/")
@example("https:https://")
def test_normal_form_is_final(address: str) -> None:
    for normal in (normalized, normalized_origin):
        once = normal(address)
        assert normal(once) == once


@given(ADDRESSES)
def test_valid_address_leads_all_programs_to_the_same_host(address: str) -> None:
    normal = normalized(address)
    if problem(normal, loopback=True) is None:
        assert normal.isascii()
        assert normal.isprintable()
        host = httpcore.URL(normal).host.decode()
        assert urlsplit(normal).hostname == host.strip("[]") == host.strip("[]").lower()
        assert "@" not in urlsplit(normal).netloc
        assert unquote(urlsplit(normal).query) == unquote(urlsplit(normalized_origin(address)).query)


@given(st.text(max_size=60), st.text(max_size=20))
def test_path_and_query_of_redirect_uris_are_untouched(path: str, query: str) -> None:
    assert normalized_origin(f"HTTPS://Shop.TEST:443/{path}?{query}") == f"https://shop.test/{path}?{query}"
