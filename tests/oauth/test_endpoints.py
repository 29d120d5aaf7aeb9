"""Revoking tokens, asking about them, and what the server says of itself."""

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
from tests.oauth.racing import at_once
from tests.oauth.shop import (
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
    Shop,
    basic,
)
from tests.support.api import proxy_event
from tests.support.clock import CLOCK


def works(shop: Shop, token: str) -> bool:
    try:
        shop.calls(token)
    except Unauthorized:
        return False
    return True


# ------------------------------------------------------------------ revocation (RFC 7009)


def test_a_revoked_access_token_ends_alone(shop: Shop) -> None:
    tokens = shop.tokens()
    other = shop.refresh(tokens["refresh_token"]).tokens
    answer = shop.revoke(tokens["access_token"])
    assert (answer.status, answer.json) == (200, {})
    assert not works(shop, tokens["access_token"])
    assert works(shop, other["access_token"])
    assert shop.refresh(other["refresh_token"]).tokens


@pytest.mark.parametrize("which", ["newest", "used"])
def test_a_revoked_refresh_token_ends_all_of_its_grant(shop: Shop, which: str) -> None:
    """Section 2.1; also by one that was used since, whose successor may have been lost on the way."""
    first = shop.tokens()
    second = shop.refresh(first["refresh_token"]).tokens
    elsewhere = shop.tokens()
    assert shop.revoke((second if which == "newest" else first)["refresh_token"]).status == 200
    for tokens in (first, second):
        assert not works(shop, tokens["access_token"])
        assert shop.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert works(shop, elsewhere["access_token"])


@pytest.mark.parametrize("token", ["unknown", "oauth2v2_abc", "oauth2v2_" + "a" * 600, "é"])
def test_what_is_no_token_is_revoked_already(shop: Shop, token: str) -> None:
    """Section 2.2."""
    expected = (400, {"error"}) if token == "é" else (200, set())
    answer = shop.revoke(token)
    assert (answer.status, set(answer.json) - {"error_description"}) == expected


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_twice_is_no_error(shop: Shop, which: str) -> None:
    token = shop.tokens()[which]
    assert shop.revoke(token).status == shop.revoke(token).status == 200


def test_of_many_who_revoke_one_token_at_once_all_succeed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    token = shop.tokens()["access_token"]
    answers = at_once(monkeypatch, 5, lambda: shop.revoke(token))
    assert {answer.status for answer in answers} == {200}
    assert not works(shop, token)


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "banana"])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_hint_is_not_needed_and_may_be_wrong(shop: Shop, which: str, hint: str) -> None:
    token = shop.tokens()[which]
    assert shop.revoke(token, token_type_hint=hint).status == 200
    assert not shop.introspect(token)["active"]


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_only_the_client_that_has_it_revokes_a_token(shop: Shop, which: str) -> None:
    tokens = shop.tokens()
    assert shop.revoke(tokens[which], RIVAL).error == "invalid_grant"
    assert works(shop, tokens["access_token"])


def test_a_client_without_a_secret_revokes_its_own(shop: Shop) -> None:
    code = shop.code(client_id=APP, code_challenge=CHALLENGE, code_challenge_method="S256")
    tokens = shop.redeem(code, APP, code_verifier=VERIFIER).tokens
    form = {"token": tokens["refresh_token"], "client_id": APP}
    assert shop.post("revoke", urlencode(form)).status == 200
    assert not works(shop, tokens["access_token"])


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
def test_both_endpoints_are_for_clients_who_prove_it(
    shop: Shop, endpoint: str, body: str, authorization: str, error: str
) -> None:
    assert shop.post(endpoint, body, authorization=authorization).error == error


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
def test_a_token_in_the_address_is_refused(shop: Shop, endpoint: str) -> None:
    token = shop.tokens()["access_token"]
    answer = shop.post(endpoint, "", query=urlencode({"token": token}), authorization=basic(SHOP))
    assert answer.error == "invalid_request"
    assert works(shop, token)


# ------------------------------------------------------------------ introspection (RFC 7662)


def test_what_an_access_token_is_good_for(shop: Shop) -> None:
    now = int(CLOCK.real().timestamp())
    token = shop.tokens(scope="job-postings-read")["access_token"]
    CLOCK.wait(hours=1)
    assert shop.introspect(token) == {
        "active": True,
        "scope": "job-postings-read",
        "client_id": SHOP,
        "sub": USER,
        "organization_id": COMPANY,
        "token_type": "Bearer",
        "iat": now,
        "exp": now + 86_400,
    }


def test_what_a_refresh_token_is_good_for(shop: Shop) -> None:
    now = int(CLOCK.real().timestamp())
    tokens = shop.tokens()
    assert shop.introspect(tokens["refresh_token"]) == {
        "active": True,
        "scope": "common-entities-read job-postings-read",
        "client_id": SHOP,
        "sub": USER,
        "organization_id": COMPANY,
        "iat": now,
        "exp": now + 14 * 86_400,
    }
    shop.refresh(tokens["refresh_token"])
    assert shop.introspect(tokens["refresh_token"]) == {"active": False}


def test_what_a_service_account_acts_as(shop: Shop) -> None:
    token = shop.token(ROBOT, grant_type="client_credentials").tokens["access_token"]
    assert shop.introspect(token, ROBOT)["sub"] == ROBOT_USER


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_client_hears_nothing_of_tokens_of_others(shop: Shop, which: str) -> None:
    assert shop.introspect(shop.tokens()[which], RIVAL) == {"active": False}


@pytest.mark.parametrize("token", ["unknown", "oauth2v2_abc", "oauth2v2_" + "a" * 600])
def test_what_is_no_token_is_not_active(shop: Shop, token: str) -> None:
    assert shop.introspect(token) == {"active": False}


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("end", ["revoked", "grant revoked", "expired", "scopes changed"])
def test_a_token_that_has_ended_is_not_active(shop: Shop, which: str, end: str) -> None:
    tokens = shop.tokens()
    if end == "revoked":
        shop.revoke(tokens[which])
    elif end == "grant revoked":
        shop.revoke(tokens["refresh_token"])
    elif end == "expired":
        CLOCK.wait(days=1 if which == "access_token" else 14)
    else:
        shop.change_key(SHOP, generation=2)
    assert shop.introspect(tokens[which]) == {"active": False}


@pytest.mark.parametrize("client", [APP, DESK])
def test_who_shows_no_secret_does_not_ask(shop: Shop, client: str) -> None:
    """Section 2.1: it could be anybody, trying tokens out."""
    code = shop.code(client_id=client, code_challenge=CHALLENGE, code_challenge_method="S256")
    tokens = shop.redeem(code, client, code_verifier=VERIFIER).tokens
    form = {"token": tokens["access_token"], "client_id": client}
    assert shop.post("introspect", urlencode(form)).error == "invalid_client"


def test_a_key_that_does_not_work_does_not_ask(shop: Shop) -> None:
    token = shop.tokens()["access_token"]
    shop.change_key(SHOP, state=KeyState.REVOKED)
    form = {"token": token, "client_id": SHOP, "client_secret": SECRETS[SHOP]}
    assert shop.post("introspect", urlencode(form)).error == "invalid_client"


# ------------------------------------------------------------------ metadata (RFC 8414)


def described(shop: Shop) -> dict[str, Any]:
    response = shop.oauth.metadata(shop.request("GET", "/.well-known/oauth-authorization-server"))
    assert ("Access-Control-Allow-Origin", "*") in response.headers
    found: dict[str, Any] = orjson.loads(response.body)
    return found


def test_what_the_server_says_is_what_it_does(shop: Shop) -> None:
    found = described(shop)
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


def test_implicit_is_named_where_it_is_on(lenient: Shop) -> None:
    found = described(lenient)
    assert found["response_types_supported"] == ["code", "token"]
    assert "implicit" in found["grant_types_supported"]
    assert "fragment" in found["response_modes_supported"]


# ------------------------------------------------------------------ methods


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_programs_post(shop: Shop, method: str) -> None:
    """RFC 6749, section 3.2; RFC 7009, section 2.1."""
    router = Router(CLOCK, behind_door=False)
    router.add("POST", "/oauth2/token", shop.oauth.token)
    event = proxy_event("", {"content-type": "application/x-www-form-urlencoded"}, "/oauth2/token")
    answer = router(event | {"httpMethod": method}, SimpleNamespace(aws_request_id="a"))
    assert (answer["statusCode"], answer["multiValueHeaders"]["Allow"]) == (405, ["POST"])
    assert router(event, SimpleNamespace(aws_request_id="a"))["statusCode"] == 400


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_is_read_from_an_address_even_then(shop: Shop, method: str) -> None:
    query = urlencode({"grant_type": "client_credentials", "client_id": ROBOT, "client_secret": SECRETS[ROBOT]})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert shop.oauth.token(shop.request(method, "/oauth2/token", query=query, headers=headers)).status == 400
