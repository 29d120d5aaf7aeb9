"""Redirects of logins and consents go only to allowed URLs."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.accounts.redirects import safe_redirect
from souk.authentication.issuance import make_grant
from souk.authentication.records import API_KEYS, GRANTS
from souk.authentication.scopes import Scope
from souk.storage import Table
from souk.web import Router
from tests.accounts.actions import CALLBACK, KEY_ID, authorize
from tests.accounts.browser import BASE, Browser
from tests.accounts.cognito import PASSWORD, Cognito
from tests.domains.identity import people
from tests.support.clock import CLOCK

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
@pytest.mark.usefixtures("seeded_table")
def test_login_ignores_foreign_next(cognito: Cognito, router: Router, address: str) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = browser.get(f"/account/login?next={quote(address)}")
    answer = browser.submit(page, email="olivia@example.test", password=PASSWORD, follow=False)
    assert (answer.status, answer.location) == (303, f"{BASE}/account")


@given(st.text(max_size=60) | st.text("/\\:?#@.acountuhrize", max_size=40))
def test_safe_redirect_returns_own_path_or_empty(text: str) -> None:
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
def test_invalid_client_shows_page_without_redirect(olivia: Browser, address: str) -> None:
    answer = olivia.get(address, follow=False)
    assert (answer.status, answer.location) == (400, "")
    assert "evil" not in answer.body
    proof = olivia.get("/account").form("csrf").fields["csrf"]
    posted = olivia.post(address, {"csrf": proof, "decision": "allow", "organization": "201"}, follow=False)
    assert (posted.status, posted.location) == (400, "")


def test_consent_after_session_end_requires_login(olivia: Browser, seeded_table: Table) -> None:
    page = olivia.get(authorize())
    olivia.cookies.clear()
    proof = olivia.get("/account/login").form("email").fields["csrf"]
    answer = olivia.submit(page, button="decision=allow", csrf=proof, follow=False)
    assert answer.location.startswith(f"{BASE}/account/login?next=%2Foauth2%2Fauthorize")
    assert "CODE#" not in str(seeded_table.client.scan(TableName=seeded_table.name)["Items"])


def test_consent_validates_request_again(olivia: Browser, seeded_table: Table) -> None:
    page = olivia.get(authorize())
    found = seeded_table.get(API_KEYS, KEY_ID)
    assert found
    tx = seeded_table.transaction()
    tx.update(API_KEYS, found.model_copy(update={"redirect_uris": ("https://elsewhere.example/",)}))
    tx.commit()
    assert olivia.submit(page, button="decision=allow", follow=False).status == 400


def test_consent_tells_what_changes_things_from_what_only_looks(olivia: Browser, seeded_table: Table) -> None:
    found = seeded_table.get(API_KEYS, KEY_ID)
    assert found
    page = olivia.get(authorize()).text
    assert "Sensitive" not in page
    assert "It can change things" not in page
    assert "New:" not in page
    assert "It asks for everything" not in page
    assert f"“{found.description}”" in page
    assert "payment method is not verified" in page
    tx = seeded_table.transaction()
    tx.create(GRANTS, make_grant(found, people.OLIVIA, people.ACME, CLOCK.real()))
    scopes = tuple(scope.value for scope in Scope if scope is not Scope.OPERATOR)
    tx.update(API_KEYS, found.model_copy(update={"scopes": scopes, "generation": found.generation + 1}))
    tx.commit()
    grown = olivia.get(authorize())
    changing, looking = grown.text.split("It can only look")
    assert "It asks for everything that its key has." in changing
    assert f"New: {Scope.PAYMENTS.description} Sensitive" in changing
    assert f"New: {Scope.MESSAGES_READ.description}" in looking
    assert f"New: {Scope.COMMON_ENTITIES_READ.description}" not in looking
    account = changing.index(Scope.ACCOUNT.description)
    assert account < changing.index(Scope.ORGANIZATIONS.description), "sensitive ones first in their group"
    assert f"<b>{Scope.PAYMENTS.description}</b>" in grown.body.replace("&#39;", "'")
    opened = [given for tag, given in grown.tags if tag == "details" and given.get("class") == "group"]
    assert sum("open" in given for given in opened) == 7
    named = olivia.get(authorize(scope="common-entities-read"))
    assert "It asks for everything" not in named.text


def test_consent_after_scope_change_asks_again(olivia: Browser, seeded_table: Table) -> None:
    page = olivia.get(authorize())
    found = seeded_table.get(API_KEYS, KEY_ID)
    assert found
    more = (*found.scopes, Scope.PAYMENTS.value)
    tx = seeded_table.transaction()
    tx.update(API_KEYS, found.model_copy(update={"scopes": more, "generation": found.generation + 1}))
    tx.commit()
    again = olivia.submit(page, button="decision=allow", follow=False)
    assert (again.status, again.location) == (422, "")
    assert Scope.PAYMENTS.description in again.text
    assert "has changed what it asks for" in again.text
    assert "CODE#" not in str(seeded_table.client.scan(TableName=seeded_table.name)["Items"])
    assert "code=" in olivia.submit(again, button="decision=allow", follow=False).location
