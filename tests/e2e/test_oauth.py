"""The authorization server on the deployed stack: concurrent requests and revocation."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.e2e.test_clients import ACME, CALLBACK, EMAIL, KEY, PASSWORD, SECRET
from tests.support.account_pages import allow_program
from tests.support.running import Run

AT_ONCE = 20


def token(souk: Run, **fields: str) -> httpx.Response:
    """Request tokens as the demo data's program."""
    return httpx.post(
        f"{souk.url}/api/v3/oauth2/token", data={"client_id": KEY, "client_secret": SECRET, **fields}, timeout=40
    )


def at_once(souk: Run, **fields: str) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda _: token(souk, **fields), range(AT_ONCE)))


def authorized(souk: Run) -> str:
    """Return an authorization code from Olivia."""
    query = urlencode({"response_type": "code", "client_id": KEY, "redirect_uri": CALLBACK, "state": "s"})
    back = allow_program(f"{souk.url}/ab/account-security/oauth2/authorize?{query}", EMAIL, PASSWORD)
    return parse_qs(urlsplit(back).query)["code"][0]


def redeem(souk: Run) -> dict[str, Any]:
    answer = token(souk, grant_type="authorization_code", code=authorized(souk), redirect_uri=CALLBACK)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def works(souk: Run, access_token: str) -> bool:
    return "data" in souk.post("{ organization { id } }", access_token)


def test_concurrent_code_redemptions_have_one_winner(souk: Run) -> None:
    answers = at_once(souk, grant_type="authorization_code", code=authorized(souk), redirect_uri=CALLBACK)
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1, [answer.text for answer in answers]
    assert {answer.json()["error"] for answer in answers if answer not in won} == {"invalid_grant"}
    assert works(souk, won[0].json()["access_token"])


def test_concurrent_refreshes_get_the_same_answer(souk: Run) -> None:
    first = redeem(souk)
    answers = at_once(souk, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    successors = {(answer.json()["access_token"], answer.json()["refresh_token"]) for answer in answers}
    assert len(successors) == 1
    [(access, refresh)] = successors
    assert works(souk, access)
    assert token(souk, grant_type="refresh_token", refresh_token=refresh).status_code == 200


def test_late_refresh_token_reuse_revokes_everything(souk: Run) -> None:
    first = redeem(souk)
    second = token(souk, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    third = token(souk, grant_type="refresh_token", refresh_token=second["refresh_token"]).json()
    assert works(souk, third["access_token"])
    stolen = token(souk, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert not works(souk, third["access_token"])
    assert token(souk, grant_type="refresh_token", refresh_token=third["refresh_token"]).status_code == 400


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoked_token_is_refused_at_once(souk: Run, which: str) -> None:
    tokens = redeem(souk)
    answer = httpx.post(f"{souk.url}/oauth2/revoke", data={"token": tokens[which]}, auth=(KEY, SECRET), timeout=40)
    assert answer.status_code == 200
    assert not works(souk, tokens["access_token"])


def test_scope_change_of_key_revokes_its_tokens(souk: Run) -> None:
    olivia = souk.token(EMAIL)
    create = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { clientSecret apiKey { id } } }"""
    created = souk.post(
        create,
        olivia,
        input={
            "name": f"Shop {secrets.token_hex(3)}",
            "description": "Posts jobs from our shop's back office.",
            "scopeIds": ["common-entities-read", "job-postings-read"],
            "grants": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
            "redirectUris": [CALLBACK],
        },
    )["data"]["createApiKey"]
    key, secret = created["apiKey"]["id"], created["clientSecret"]
    query = urlencode({"response_type": "code", "client_id": key, "redirect_url": CALLBACK})
    back = allow_program(f"{souk.url}/oauth2/authorize?{query}", EMAIL, PASSWORD)
    code = parse_qs(urlsplit(back).query)["code"][0]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    tokens = httpx.post(f"{souk.url}/oauth2/token", data=fields, auth=(key, secret), timeout=40).json()
    assert souk.post("{ organization { id } }", tokens["access_token"])["data"]["organization"]["id"] == ACME

    narrow = """mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { scopes { id } } }"""
    answer = souk.post(narrow, olivia, input={"id": key, "scopeIds": ["common-entities-read"]})
    assert answer["data"]["updateApiKey"]["scopes"] == [{"id": "common-entities-read"}]
    assert not works(souk, tokens["access_token"])
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert httpx.post(f"{souk.url}/oauth2/token", data=renewal, auth=(key, secret), timeout=40).status_code == 400
