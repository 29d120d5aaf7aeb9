"""Addresses that lead away: a login and an answer go where they must, and nowhere else."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.accounts.redirects import safe_redirect
from souk.authentication.records import API_KEYS
from souk.authentication.scopes import Scope
from souk.storage import Table
from souk.web import Router
from tests.accounts.actions import CALLBACK, KEY_ID, authorize
from tests.accounts.browser import BASE, Browser
from tests.accounts.cognito import PASSWORD, Cognito

LEADING_AWAY = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/account/../../evil",
    "/oauth2/authorize/../../evil",
    "/account/login",
    "/account/logout",
    "/graphql",
    "/oauth2/authorize#https://evil.example",
    "/oauth2/authorize@evil.example",
    "/account\r\nLocation: https://evil.example",
    "/account%0d%0aX: y",
    " /account",
    "/account\t",
    "///evil.example/account",
    "/account?" + "a" * 7_000,
)


@pytest.mark.parametrize("address", LEADING_AWAY)
@pytest.mark.usefixtures("society")
def test_a_login_leads_nowhere_else(cognito: Cognito, router: Router, address: str) -> None:
    cognito.admit("olivia@example.test")
    browser = Browser(router)
    page = browser.get(f"/account/login?next={quote(address)}")
    answer = browser.submit(page, email="olivia@example.test", password=PASSWORD, follow=False)
    assert (answer.status, answer.location) == (303, f"{BASE}/account")


@given(st.text(max_size=60) | st.text("/\\:?#@.acountuhrize", max_size=40))
def test_whatever_is_given_an_address_to_go_to_is_ours(text: str) -> None:
    address = safe_redirect(text)
    assert not address or urlsplit(f"https://souk.example{address}").netloc == "souk.example"
    assert "\n" not in address
    assert "\r" not in address


@pytest.mark.parametrize(
    "address",
    [
        authorize(client_id="nobody"),
        authorize(client_id=None),
        authorize(redirect_uri="https://evil.example/"),
        authorize(redirect_uri=f"{CALLBACK}/../evil"),
        authorize(redirect_uri=f"{CALLBACK}?x=y"),
        authorize(redirect_uri="javascript:alert(1)"),
        f"{authorize()}&redirect_uri=https://evil.example/",
        f"{authorize()}&client_id=another",
    ],
)
def test_a_wrong_program_or_address_is_a_page_and_no_redirect(olivia: Browser, address: str) -> None:
    answer = olivia.get(address, follow=False)
    assert (answer.status, answer.location) == (400, "")
    assert "evil" not in answer.body
    proof = olivia.get("/account").form("csrf").fields["csrf"]
    posted = olivia.post(address, {"csrf": proof, "decision": "allow", "organization": "201"}, follow=False)
    assert (posted.status, posted.location) == (400, "")


def test_an_answer_is_asked_for_again_when_the_session_has_ended(olivia: Browser, society: Table) -> None:
    page = olivia.get(authorize())
    olivia.cookies.clear()
    proof = olivia.get("/account/login").form("email").fields["csrf"]
    answer = olivia.submit(page, button="decision=allow", csrf=proof, follow=False)
    assert answer.location.startswith(f"{BASE}/account/login?next=%2Foauth2%2Fauthorize")
    assert "CODE#" not in str(society.client.scan(TableName=society.name)["Items"])


def test_what_was_asked_for_is_examined_again_when_it_is_agreed_to(olivia: Browser, society: Table) -> None:
    page = olivia.get(authorize())
    found = society.get(API_KEYS, KEY_ID)
    assert found
    tx = society.transaction()
    tx.update(API_KEYS, found.model_copy(update={"redirect_uris": ("https://elsewhere.example/",)}))
    tx.commit()
    assert olivia.submit(page, button="decision=allow", follow=False).status == 400


def test_scopes_that_were_added_while_somebody_read_are_not_agreed_to(olivia: Browser, society: Table) -> None:
    page = olivia.get(authorize())
    found = society.get(API_KEYS, KEY_ID)
    assert found
    more = (*found.scopes, Scope.PAYMENTS.value)
    tx = society.transaction()
    tx.update(API_KEYS, found.model_copy(update={"scopes": more, "generation": found.generation + 1}))
    tx.commit()
    again = olivia.submit(page, button="decision=allow", follow=False)
    assert (again.status, again.location) == (422, "")
    assert Scope.PAYMENTS.description in again.text
    assert "asks for something else" in again.text
    assert "CODE#" not in str(society.client.scan(TableName=society.name)["Items"])
    assert "code=" in olivia.submit(again, button="decision=allow", follow=False).location
