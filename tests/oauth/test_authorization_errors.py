"""Errors of the authorization endpoint. Each case names the rule of the specification.

If the client or the redirect URI is not certain, the browser is not redirected.
"""

# ruff: noqa: E501 - a case is a line

from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

import pytest

from souk.authentication.records import KeyState
from souk.authentication.scopes import Scope
from souk.oauth.authorization import AuthorizationRequest, RejectedRequest
from tests.oauth.harness import (
    APP,
    BACK,
    CHALLENGE,
    COMPANY,
    HERE,
    MESSAGES,
    PAGE,
    ROBOT,
    SHOP,
    USER,
    VERIFIER,
    OAuthHarness,
    parse_redirect,
)

WRONG_PLACES = {
    "prefix": f"{BACK}ward",
    "shorter": "https://shop.test/bac",
    "nothing but the origin": "https://shop.test",
    "path below": f"{BACK}/more",
    "path traversal": "https://shop.test/x/../back",
    "encoded path traversal": "https://shop.test/x/%2e%2e/back",
    "encoded letter": "https://shop.test/%62ack",
    "slash at the end": f"{BACK}/",
    "subdomain": "https://evil.shop.test/back",
    "longer domain": "https://shop.test.evil.test/back",
    "domain glued on": "https://evilshop.test/back",
    "user information": "https://shop.test@evil.test/back",
    "user information of ours": "https://evil.test@shop.test/back",
    "password": "https://shop.test:443@evil.test/back",
    "backslash": "https://evil.test\\@shop.test/back",
    "fragment": f"{BACK}#fragment",
    "extra query": f"{BACK}?next=https://evil.test",
    "empty query": f"{BACK}?",
    "upper-case path": "https://shop.test/Back",
    "port": "https://shop.test:8443/back",
    "dot after the host": "https://shop.test./back",
    "plain http": "http://shop.test/back",
    "scheme of a script": "javascript:alert(1)//shop.test/back",
    "data": "data:text/html,<script>alert(1)</script>",
    "without a scheme": "//shop.test/back",
    "a path": "/back",
    "of another client": "https://rival.test/back",
    "space in front": f" {BACK}",
    "line break behind": f"{BACK}\n",
    "header behind": f"{BACK}\r\nSet-Cookie: a=b",
    "nul behind": f"{BACK}\0",
    "letters of another alphabet": "https://\u0455hop.test/back",
    "endless": f"{BACK}{'k' * 100_000}",
}


@pytest.mark.parametrize("uri", [pytest.param(uri, id=name) for name, uri in WRONG_PLACES.items()])
@pytest.mark.parametrize("name", ["redirect_uri", "redirect_url"])
def test_unregistered_redirect_uri_is_rejected(shared_oauth: OAuthHarness, name: str, uri: str) -> None:
    """RFC 9700, section 4.1.3: exact match."""
    asked = shared_oauth.authorize({"response_type": "code", "client_id": SHOP, name: uri})
    assert isinstance(asked, RejectedRequest)
    assert "evil" not in asked.message


LOOPBACK_WRONG = {
    "another host with it in front": "http://127.0.0.1:80@evil.test/back",
    "another host behind it": "http://127.0.0.1.evil.test/back",
    "another name of it": "http://localhost/back",
    "another path": "http://127.0.0.1:8000/other",
    "a port that is none": "http://127.0.0.1:123456/back",
    "letters as port": "http://127.0.0.1:evil/back",
    "digits of another alphabet as port": "http://127.0.0.1:٨٠/back",
    "another scheme": "https://127.0.0.1/back",
    "the rest of the net": "http://127.0.0.2/back",
    "backslash": "http://127.0.0.1\\.evil.test/back",
}


@pytest.mark.parametrize("uri", [pytest.param(uri, id=name) for name, uri in LOOPBACK_WRONG.items()])
def test_loopback_redirect_uri_allows_any_port(shared_oauth: OAuthHarness, uri: str) -> None:
    """RFC 8252, section 7.3."""
    query = {"response_type": "code", "client_id": APP, "redirect_uri": uri}
    assert isinstance(
        shared_oauth.authorize(query | {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}), RejectedRequest
    )


UNKNOWN = {
    "6749 4.1.1 no client": f"response_type=code&redirect_uri={quote(BACK)}",
    "6749 4.1.2.1 unknown client": f"response_type=code&client_id=nobody&redirect_uri={quote(BACK)}",
    "6749 3.1 client twice": "response_type=code&client_id=shop&client_id=shop",
    "6749 3.1 redirect twice": f"response_type=code&client_id=shop&redirect_uri={quote(BACK)}&redirect_uri={quote(BACK)}",
    "both names of the redirect": f"response_type=code&client_id=shop&redirect_uri={quote(BACK)}&redirect_url=https://evil.test",
    "6749 3.1.2.3 which redirect": "response_type=code&client_id=rival",
    "6749 A.1 nul in the client": "response_type=code&client_id=shop%00",
    "6749 A.1 no UTF-8": "response_type=code&client_id=%ff",
    "endless client": f"response_type=code&client_id={'k' * 5_000}",
    "unknown response and client": "response_type=banana&client_id=nobody",
    "nothing": "",
}


@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in UNKNOWN.items()])
def test_ambiguous_client_or_uri_is_rejected(shared_oauth: OAuthHarness, query: str) -> None:
    assert isinstance(shared_oauth.authorize(query), RejectedRequest)


@pytest.mark.parametrize("state", [state for state in KeyState if state is not KeyState.ACTIVE])
def test_inactive_key_is_rejected(oauth: OAuthHarness, state: KeyState) -> None:
    code, refresh_token = oauth.code(), oauth.tokens()["refresh_token"]
    oauth.change_key(SHOP, state=state)
    assert isinstance(oauth.authorize({"response_type": "code", "client_id": SHOP}), RejectedRequest)
    assert oauth.redeem(code).error == "invalid_client"
    assert oauth.refresh(refresh_token).error == "invalid_client"
    assert oauth.revoke(refresh_token).error == "invalid_client"


def test_plain_http_request_is_rejected(shared_oauth: OAuthHarness) -> None:
    """RFC 6749, section 3.1."""
    request = shared_oauth.request("GET", "/oauth2/authorize", query=f"response_type=code&client_id={SHOP}")
    assert isinstance(
        shared_oauth.server.read_authorization_request(replace(request, base_url="http://souk.test")), RejectedRequest
    )
    assert isinstance(
        shared_oauth.server.read_authorization_request(replace(request, base_url="http://127.0.0.1:8000")),
        AuthorizationRequest,
    )


class InvalidRequest(NamedTuple):
    """An invalid request of a known client."""

    rule: str
    name: str
    query: str
    error: str
    state: str | None = "s"


S256 = f"code_challenge={CHALLENGE}&code_challenge_method=S256"
INVALID_REQUESTS = [
    InvalidRequest("6749 4.1.2.1", "no response_type", "", "invalid_request"),
    InvalidRequest("6749 3.1.1", "unknown response_type", "response_type=banana", "unsupported_response_type"),
    InvalidRequest("6749 3.1.1", "response_type that breaks out", "response_type=%22%5C%3Cb%3E", "unsupported_response_type"),
    InvalidRequest("6749 3.1.1", "several response types", "response_type=code+token", "unsupported_response_type"),
    InvalidRequest("6749 4.2", "implicit is off", "response_type=token", "unsupported_response_type"),
    InvalidRequest("6749 3.1", "response_type twice", "response_type=code&response_type=code", "invalid_request"),
    InvalidRequest("6749 3.1", "state twice", "response_type=code&state=t", "invalid_request", state=None),
    InvalidRequest("6749 3.1", "scope twice", "response_type=code&scope=a&scope=a", "invalid_request"),
    InvalidRequest("6749 3.3", "a scope the key does not have", f"response_type=code&scope={MESSAGES.id}", "invalid_scope"),
    InvalidRequest("6749 3.3", "a scope by its name", "response_type=code&scope=Job+Postings", "invalid_scope"),
    InvalidRequest("6749 3.3", "one scope too many", f"response_type=code&scope=job-postings-read+{MESSAGES.id}", "invalid_scope"),
    InvalidRequest("6749 A.4", "line break in the scope", "response_type=code&scope=job-postings-read%0Aa", "invalid_request"),
    InvalidRequest("6749 A.4", "endless scope", f"response_type=code&scope={'a+' * 2_000}", "invalid_request"),
    InvalidRequest("7636 4.3", "plain challenge", f"response_type=code&code_challenge={VERIFIER}&code_challenge_method=plain", "invalid_request"),
    InvalidRequest("7636 4.3", "challenge that would be plain", f"response_type=code&code_challenge={CHALLENGE}", "invalid_request"),
    InvalidRequest("7636 4.3", "method without challenge", "response_type=code&code_challenge_method=S256", "invalid_request"),
    InvalidRequest("7636 4.2", "short challenge", "response_type=code&code_challenge=abc&code_challenge_method=S256", "invalid_request"),
    InvalidRequest("7636 4.3", "lower-case method", f"response_type=code&code_challenge={CHALLENGE}&code_challenge_method=s256", "invalid_request"),
    InvalidRequest("6749 3.1", "challenge twice", f"response_type=code&{S256}&code_challenge={CHALLENGE}", "invalid_request"),
]  # fmt: skip


@pytest.mark.parametrize("case", INVALID_REQUESTS, ids=lambda case: f"{case.rule} {case.name}")
def test_request_error_is_redirected_to_client(shared_oauth: OAuthHarness, case: InvalidRequest) -> None:
    back = parse_redirect(shared_oauth.authorize(f"client_id={SHOP}&state=s&{case.query}"))
    assert (back.target, back.in_fragment) == (BACK, False)
    assert back.answer["error"] == case.error
    assert back.answer.get("state") == case.state
    assert back.answer["iss"] == HERE
    assert set(back.answer) <= {"error", "error_description", "state", "iss"}


@pytest.mark.parametrize(
    "state", ["a%0Ab", "a%00", "%ff", "a" * 3_000], ids=["line break", "nul", "no UTF-8", "endless"]
)
def test_invalid_state_is_not_returned(shared_oauth: OAuthHarness, state: str) -> None:
    """RFC 6749, appendix A.5."""
    back = parse_redirect(shared_oauth.authorize(f"client_id={SHOP}&response_type=code&state={state}"))
    assert back.answer["error"] == "invalid_request"
    assert "state" not in back.answer


@pytest.mark.parametrize(
    ("client", "query", "error"),
    [
        pytest.param(APP, "response_type=code", "invalid_request", id="9700 2.1.1 no secret and no challenge"),
        pytest.param(ROBOT, "response_type=code", "unauthorized_client", id="a service account with codes"),
        pytest.param(PAGE, "response_type=code", "unauthorized_client", id="6749 4.1.2.1 no grant for codes"),
    ],
)
def test_response_type_must_match_grants(shared_oauth: OAuthHarness, client: str, query: str, error: str) -> None:
    assert parse_redirect(shared_oauth.authorize(f"client_id={client}&{query}")).answer["error"] == error


@pytest.mark.parametrize("client", [SHOP, ROBOT])
def test_implicit_requires_grant_of_key(implicit_oauth: OAuthHarness, client: str) -> None:
    """RFC 6749, section 4.2.2.1."""
    back = parse_redirect(implicit_oauth.authorize(f"client_id={client}&response_type=token"))
    assert (back.answer["error"], back.in_fragment) == ("unauthorized_client", True)


def test_key_without_scopes_is_rejected(oauth: OAuthHarness) -> None:
    oauth.change_key(SHOP, scopes=())
    assert oauth.pending().scopes == ()
    back = parse_redirect(oauth.authorize(f"client_id={SHOP}&response_type=code&scope={Scope.JOB_POSTINGS_READ.id}"))
    assert back.answer["error"] == "invalid_scope"
    assert oauth.server.grant(oauth.pending(), USER, COMPANY).status == 302
