"""The log contains no code, token or secret at any level."""

import logging

import pytest

from souk.oauth.authorization import AuthorizationRequest
from souk.oauth.server import OAuth
from tests.oauth.harness import (
    CHALLENGE,
    COMPANY,
    PAGE,
    RIVAL,
    ROBOT,
    SECRETS,
    USER,
    VERIFIER,
    OAuthHarness,
    parse_redirect,
)


def test_debug_log_contains_no_secrets(oauth: OAuthHarness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("souk").debug("the log is on")

    code = oauth.code(code_challenge=CHALLENGE, code_challenge_method="S256", state="a-state-of-the-shop")
    tokens = oauth.redeem(code, code_verifier=VERIFIER).tokens
    renewed = oauth.refresh(tokens["refresh_token"]).tokens
    own = oauth.token(ROBOT, grant_type="client_credentials").tokens
    oauth.introspect(renewed["access_token"])
    oauth.redeem(code, RIVAL)
    oauth.refresh(renewed["refresh_token"], RIVAL)
    oauth.revoke(renewed["refresh_token"])
    oauth.refresh(renewed["refresh_token"])
    implicit_oauth = OAuth(oauth.table, oauth.refresh_tokens, implicit=True)
    asked = implicit_oauth.read_authorization_request(
        oauth.request("GET", "/", query=f"response_type=token&client_id={PAGE}")
    )
    assert isinstance(asked, AuthorizationRequest)
    implicit = parse_redirect(implicit_oauth.grant(asked, USER, COMPANY)).answer["access_token"]

    assert "the log is on" in caplog.text
    hidden = [code, implicit, VERIFIER, "a-state-of-the-shop", *SECRETS.values()]
    hidden += [answer[name] for answer in (tokens, renewed, own) for name in answer if name.endswith("_token")]
    assert len(hidden) == 4 + len(SECRETS) + 5
    assert [secret for secret in hidden if secret in caplog.text] == []
