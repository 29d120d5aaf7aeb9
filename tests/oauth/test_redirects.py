"""Redirect URIs are matched exactly."""

import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.oauth.redirects import is_registered, redirect_to_client
from souk.values.addresses import normalized_origin
from tests.oauth.harness import BACK

LOOPBACKS = ["http://127.0.0.1", "http://[::1]", "http://localhost"]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ports = st.integers(0, 65_535)


@given(texts, texts)
def test_redirect_uri_matches_only_itself(registered: str, asked: str) -> None:
    uri = f"https://{registered}"
    assert is_registered([uri], normalized_origin(uri))
    other = normalized_origin(f"https://{asked}")
    assert is_registered([uri], other) == (other == normalized_origin(uri))


@given(texts, texts)
def test_path_and_query_match_exactly(registered: str, asked: str) -> None:
    uri = f"https://shop.test/{registered}"
    assert is_registered([uri], f"https://shop.test/{asked}") == (asked == registered)


@given(
    st.sampled_from(LOOPBACKS), st.sampled_from(LOOPBACKS), ports, ports, st.sampled_from(["", "/", "/back", "?a=b"])
)
def test_loopback_port_may_differ(host: str, other: str, port: int, free: int, rest: str) -> None:
    assert is_registered([f"{host}{rest}"], f"{host}:{port}{rest}")
    assert is_registered([f"{host}:{port}{rest}"], f"{host}:{free}{rest}")
    assert is_registered([f"{host}:{port}{rest}"], f"{other}:{free}{rest}") == (host == other)


@given(st.sampled_from(LOOPBACKS), ports, texts, texts)
def test_loopback_mismatch_is_rejected(host: str, port: int, rest: str, other: str) -> None:
    assert is_registered([f"{host}/{rest}"], f"{host}:{port}/{other}") == (rest == other)


@given(st.sampled_from(LOOPBACKS), ports, texts)
def test_loopback_port_suffix_is_rejected(host: str, port: int, evil: str) -> None:
    """Browsers take the text between `@` and the next slash as the host."""
    assert not is_registered([f"{host}/back"], f"{host}:{port}@{evil}/back")
    assert not is_registered([f"{host}/back"], f"{host}.{evil}/back")
    assert not is_registered([f"{host}.shop.test/back"], f"{host}:{port}.shop.test/back")


@given(
    st.dictionaries(st.sampled_from(["code", "state", "iss"]), texts, min_size=1),
    st.sampled_from([BACK, f"{BACK}?a=b"]),
)
def test_redirect_parameters_round_trip(answer: dict[str, str], uri: str) -> None:
    response = redirect_to_client(uri, answer)
    location = dict(response.headers)["Location"]
    assert location.isascii()
    assert location.isprintable()
    assert location.startswith(uri)
    assert dict(parse_qsl(urlsplit(location).query, keep_blank_values=True)) == answer | (
        {"a": "b"} if "?" in uri else {}
    )
    in_body = re.search(r"url='([^']*)'", str(response.body))
    assert in_body
    assert html.unescape(in_body[1]) == location


@pytest.mark.parametrize("uri", ["https://shop.test/it's", "https://shop.test/a&b", 'https://shop.test/"><script>'])
def test_redirect_body_escapes_url(uri: str) -> None:
    body = str(redirect_to_client(uri, {"code": "c"}).body)
    shown = re.search(r"url='([^']*)'\">", body)
    assert shown
    assert html.unescape(shown[1]) == f"{uri}?code=c".replace("'", "%27")
    assert "<script>" not in body
