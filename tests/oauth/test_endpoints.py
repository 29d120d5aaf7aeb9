"""Revocation, introspection and metadata."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from authlib.oauth2 import rfc8414, rfc9207

from souk.authentication.records import KeyState
from souk.authentication.scopes import Scope
from souk.values.errors import Unauthorized
from souk.web import Router
from tests.oauth.concurrency import run_concurrently
from tests.oauth.harness import (
    APP,
    CHALLENGE,
    COMPANY,
    DESK,
    HERE,
    RIVAL,
    ROBOT,
    ROBOT_USER,
    SECRETS,
    SHOP,
    USER,
    VERIFIER,
    OAuthHarness,
    basic,
)
from tests.support.api import proxy_event
from tests.support.clock import CLOCK


def works(oauth: OAuthHarness, token: str) -> bool:
    try:
        oauth.authenticate(token)
    except Unauthorized:
        return False
    return True


# ------------------------------------------------------------------ revocation (RFC 7009)


def test_revoke_access_token_keeps_grant(oauth: OAuthHarness) -> None:
    tokens = oauth.tokens()
    other = oauth.refresh(tokens["refresh_token"]).tokens
    answer = oauth.revoke(tokens["access_token"])
    assert (answer.status, answer.json) == (200, {})
    assert not works(oauth, tokens["access_token"])
    assert works(oauth, other["access_token"])
    assert oauth.refresh(other["refresh_token"]).tokens


@pytest.mark.parametrize("which", ["newest", "used"])
def test_revoke_refresh_token_revokes_grant(oauth: OAuthHarness, which: str) -> None:
    """Section 2.1. A used token works too, because the response with its successor may have been lost."""
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).tokens
    elsewhere = oauth.tokens()
    assert oauth.revoke((second if which == "newest" else first)["refresh_token"]).status == 200
    for tokens in (first, second):
        assert not works(oauth, tokens["access_token"])
        assert oauth.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert works(oauth, elsewhere["access_token"])


@pytest.mark.parametrize("token", ["unknown", "oauth2v2_abc", "oauth2v2_" + "a" * 600, "é"])
def test_revoke_unknown_token_succeeds(oauth: OAuthHarness, token: str) -> None:
    """Section 2.2."""
    expected = (400, {"error"}) if token == "é" else (200, set())
    answer = oauth.revoke(token)
    assert (answer.status, set(answer.json) - {"error_description"}) == expected


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoke_twice_succeeds(oauth: OAuthHarness, which: str) -> None:
    token = oauth.tokens()[which]
    assert oauth.revoke(token).status == oauth.revoke(token).status == 200


def test_concurrent_revocations_succeed(oauth: OAuthHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    token = oauth.tokens()["access_token"]
    answers = run_concurrently(monkeypatch, 5, lambda: oauth.revoke(token))
    assert {answer.status for answer in answers} == {200}
    assert not works(oauth, token)


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "banana"])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_token_type_hint_is_ignored(oauth: OAuthHarness, which: str, hint: str) -> None:
    token = oauth.tokens()[which]
    assert oauth.revoke(token, token_type_hint=hint).status == 200
    assert not oauth.introspect(token)["active"]


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoke_token_of_another_client_fails(oauth: OAuthHarness, which: str) -> None:
    tokens = oauth.tokens()
    assert oauth.revoke(tokens[which], RIVAL).error == "invalid_grant"
    assert works(oauth, tokens["access_token"])


def test_public_client_revokes_own_token(oauth: OAuthHarness) -> None:
    code = oauth.code(client_id=APP, code_challenge=CHALLENGE, code_challenge_method="S256")
    tokens = oauth.redeem(code, APP, code_verifier=VERIFIER).tokens
    form = {"token": tokens["refresh_token"], "client_id": APP}
    assert oauth.post("revoke", urlencode(form)).status == 200
    assert not works(oauth, tokens["access_token"])


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
@pytest.mark.parametrize(
    ("body", "authorization", "error"),
    [
        pytest.param("", basic(SHOP), "invalid_request", id="no token"),
        pytest.param("token=", basic(SHOP), "invalid_request", id="empty token"),
        pytest.param("token=a&token=b", basic(SHOP), "invalid_request", id="two tokens"),
        pytest.param("token=a", "", "invalid_client", id="no client"),
        pytest.param("token=a&client_id=shop", "", "invalid_client", id="no secret"),
        pytest.param("token=a", basic(SHOP, "wrong"), "invalid_client", id="wrong secret"),
        pytest.param("token=a&client_id=rival", basic(SHOP), "invalid_request", id="two clients"),
    ],
)
def test_endpoints_require_client_authentication(
    oauth: OAuthHarness, endpoint: str, body: str, authorization: str, error: str
) -> None:
    assert oauth.post(endpoint, body, authorization=authorization).error == error


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
def test_token_in_url_is_rejected(oauth: OAuthHarness, endpoint: str) -> None:
    token = oauth.tokens()["access_token"]
    answer = oauth.post(endpoint, "", query=urlencode({"token": token}), authorization=basic(SHOP))
    assert answer.error == "invalid_request"
    assert works(oauth, token)


# ------------------------------------------------------------------ introspection (RFC 7662)


def test_introspect_access_token(oauth: OAuthHarness) -> None:
    now = int(CLOCK.real().timestamp())
    token = oauth.tokens(scope="job-postings-read")["access_token"]
    CLOCK.wait(hours=1)
    assert oauth.introspect(token) == {
        "active": True,
        "scope": "job-postings-read",
        "client_id": SHOP,
        "sub": USER,
        "organization_id": COMPANY,
        "token_type": "Bearer",
        "iat": now,
        "exp": now + 86_400,
    }


def test_introspect_refresh_token(oauth: OAuthHarness) -> None:
    now = int(CLOCK.real().timestamp())
    tokens = oauth.tokens()
    assert oauth.introspect(tokens["refresh_token"]) == {
        "active": True,
        "scope": "common-entities-read job-postings-read",
        "client_id": SHOP,
        "sub": USER,
        "organization_id": COMPANY,
        "iat": now,
        "exp": now + 14 * 86_400,
    }
    oauth.refresh(tokens["refresh_token"])
    assert oauth.introspect(tokens["refresh_token"]) == {"active": False}


def test_introspect_service_account_token(oauth: OAuthHarness) -> None:
    token = oauth.token(ROBOT, grant_type="client_credentials").tokens["access_token"]
    assert oauth.introspect(token, ROBOT)["sub"] == ROBOT_USER


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_introspect_foreign_token_is_inactive(oauth: OAuthHarness, which: str) -> None:
    assert oauth.introspect(oauth.tokens()[which], RIVAL) == {"active": False}


@pytest.mark.parametrize("token", ["unknown", "oauth2v2_abc", "oauth2v2_" + "a" * 600])
def test_introspect_unknown_token_is_inactive(oauth: OAuthHarness, token: str) -> None:
    assert oauth.introspect(token) == {"active": False}


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("end", ["revoked", "grant revoked", "expired", "scopes changed"])
def test_introspect_ended_token_is_inactive(oauth: OAuthHarness, which: str, end: str) -> None:
    tokens = oauth.tokens()
    if end == "revoked":
        oauth.revoke(tokens[which])
    elif end == "grant revoked":
        oauth.revoke(tokens["refresh_token"])
    elif end == "expired":
        CLOCK.wait(days=1 if which == "access_token" else 14)
    else:
        oauth.change_key(SHOP, generation=2)
    assert oauth.introspect(tokens[which]) == {"active": False}


@pytest.mark.parametrize("client", [APP, DESK])
def test_introspect_requires_secret(oauth: OAuthHarness, client: str) -> None:
    """Section 2.1: prevents token scanning."""
    code = oauth.code(client_id=client, code_challenge=CHALLENGE, code_challenge_method="S256")
    tokens = oauth.redeem(code, client, code_verifier=VERIFIER).tokens
    form = {"token": tokens["access_token"], "client_id": client}
    assert oauth.post("introspect", urlencode(form)).error == "invalid_client"


def test_introspect_with_inactive_key_fails(oauth: OAuthHarness) -> None:
    token = oauth.tokens()["access_token"]
    oauth.change_key(SHOP, state=KeyState.REVOKED)
    form = {"token": token, "client_id": SHOP, "client_secret": SECRETS[SHOP]}
    assert oauth.post("introspect", urlencode(form)).error == "invalid_client"


# ------------------------------------------------------------------ metadata (RFC 8414)


def described(oauth: OAuthHarness) -> dict[str, Any]:
    response = oauth.server.metadata(oauth.request("GET", "/.well-known/oauth-authorization-server"))
    assert ("Access-Control-Allow-Origin", "*") in response.headers
    found: dict[str, Any] = orjson.loads(response.body)
    return found


def test_metadata_matches_server(oauth: OAuthHarness) -> None:
    found = described(oauth)
    rfc8414.AuthorizationServerMetadata(found).validate(metadata_classes=[rfc9207.AuthorizationServerMetadata])
    assert found["issuer"] == HERE
    assert found["authorization_endpoint"] == f"{HERE}/oauth2/authorize"
    assert found["token_endpoint"] == f"{HERE}/oauth2/token"
    assert found["revocation_endpoint"] == f"{HERE}/oauth2/revoke"
    assert found["introspection_endpoint"] == f"{HERE}/oauth2/introspect"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["response_types_supported"] == ["code"]
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert len(found["scopes_supported"]) == len(Scope)
    assert all(" " not in scope for scope in found["scopes_supported"])


def test_metadata_names_implicit_if_enabled(implicit_oauth: OAuthHarness) -> None:
    found = described(implicit_oauth)
    assert found["response_types_supported"] == ["code", "token"]
    assert "implicit" in found["grant_types_supported"]
    assert "fragment" in found["response_modes_supported"]


# ------------------------------------------------------------------ methods


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_endpoints_accept_only_post(oauth: OAuthHarness, method: str) -> None:
    """RFC 6749, section 3.2; RFC 7009, section 2.1."""
    router = Router(CLOCK, behind_proxy=False)
    router.add("POST", "/oauth2/token", oauth.server.token)
    event = proxy_event("", {"content-type": "application/x-www-form-urlencoded"}, "/oauth2/token")
    answer = router(event | {"httpMethod": method}, SimpleNamespace(aws_request_id="a"))
    assert (answer["statusCode"], answer["multiValueHeaders"]["Allow"]) == (405, ["POST"])
    assert router(event, SimpleNamespace(aws_request_id="a"))["statusCode"] == 400


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_url_parameters_are_ignored_for_other_methods(oauth: OAuthHarness, method: str) -> None:
    query = urlencode({"grant_type": "client_credentials", "client_id": ROBOT, "client_secret": SECRETS[ROBOT]})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert oauth.server.token(oauth.request(method, "/oauth2/token", query=query, headers=headers)).status == 400
