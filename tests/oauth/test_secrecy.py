"""The log holds no code, token or secret, whatever its level."""

import logging

import pytest

from souk.oauth import Pending
from souk.oauth.server import OAuth
from tests.oauth.shop import CHALLENGE, COMPANY, PAGE, RIVAL, ROBOT, SECRETS, USER, VERIFIER, Shop, sent


def test_at_debug_the_log_holds_nothing_secret(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("souk").debug("the log is on")

    code = shop.code(code_challenge=CHALLENGE, code_challenge_method="S256", state="a-state-of-the-shop")
    tokens = shop.redeem(code, code_verifier=VERIFIER).tokens
    renewed = shop.refresh(tokens["refresh_token"]).tokens
    own = shop.token(ROBOT, grant_type="client_credentials").tokens
    shop.introspect(renewed["access_token"])
    shop.redeem(code, RIVAL)
    shop.refresh(renewed["refresh_token"], RIVAL)
    shop.revoke(renewed["refresh_token"])
    shop.refresh(renewed["refresh_token"])
    lenient = OAuth(shop.table, shop.refreshing, implicit=True)
    asked = lenient.examine(shop.request("GET", "/", query=f"response_type=token&client_id={PAGE}"))
    assert isinstance(asked, Pending)
    implicit = sent(lenient.grant(asked, USER, COMPANY)).answer["access_token"]

    assert "the log is on" in caplog.text
    hidden = [code, implicit, VERIFIER, "a-state-of-the-shop", *SECRETS.values()]
    hidden += [answer[name] for answer in (tokens, renewed, own) for name in answer if name.endswith("_token")]
    assert len(hidden) == 4 + len(SECRETS) + 5
    assert [secret for secret in hidden if secret in caplog.text] == []
