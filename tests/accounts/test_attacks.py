"""Attacks on the pages: forged forms and cookies, script injection, and misuse of form state."""

import json
import logging
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from souk.authentication.records import API_KEYS
from souk.domains.identity.store import ORGANIZATIONS, USERS, user_by_email
from souk.storage import Table
from souk.values.errors import TooManyRequests
from souk.web import Request, Router
from tests.accounts.actions import CALLBACK, KEY_ID, REGISTRATION, authorize, log_in, sign_up
from tests.accounts.browser import BASE, Browser, Page
from tests.accounts.cognito import PASSWORD, Cognito
from tests.accounts.conftest import key, web
from tests.domains.identity.people import OLIVIA, RIVAL
from tests.support.clock import CLOCK

BITE = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}${7*7}"""
PAGES = ("/account/login", "/account/signup", "/account/activate", "/account/forgot", "/account/reset")


def harmless(page: Page) -> bool:
    """Return whether a page has no injected element or attribute."""
    names = {tag for tag, _ in page.tags}
    handlers = [name for _, given in page.tags for name in given if name.startswith("on")]
    return "script" not in names and "img" not in names and not handlers and "{{" not in page.text.replace(BITE, "")


# Forged forms


@pytest.mark.parametrize("path", [*PAGES, "/account/logout", "/account/security", authorize()])
def test_form_without_csrf_token_is_rejected(olivia: Browser, cognito: Cognito, path: str) -> None:
    before = list(cognito.calls)
    fields = REGISTRATION | {"code": "1", "decision": "allow", "organization": "201", "key": KEY_ID}
    for proof in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}):
        answer = olivia.post(path, fields | proof, follow=False)
        assert answer.status == 403
        assert "Nothing was changed" in answer.text
    assert cognito.calls == before
    assert olivia.get("/account").url == f"{BASE}/account"  # she is still logged in


def test_csrf_token_of_another_browser_is_rejected(olivia: Browser, router: Router) -> None:
    theirs = Browser(router).get("/account/login").form("csrf").fields["csrf"]
    assert olivia.post("/account/logout", {"csrf": theirs}, follow=False).status == 403


@pytest.mark.usefixtures("seeded_table")
def test_login_csrf_is_prevented(cognito: Cognito, router: Router) -> None:
    """An attacker's page posts the attacker's password from a browser that sends no cookie."""
    cognito.create_confirmed_user("omar@example.test")
    theirs, victim = Browser(router), Browser(router)
    proof = theirs.get("/account/login").form("email").fields["csrf"]
    victim.post("/account/login", {"csrf": proof, "email": "omar@example.test", "password": PASSWORD}, follow=False)
    assert "Log in" in victim.get("/account").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://souk.example.evil.example"}, 403),
        ({"Origin": "http://souk.example"}, 403),
        ({"Origin": "https://souk.example"}, 303),
        ({"Origin": "null"}, 303),
        ({}, 303),
    ],
)
def test_cross_site_form_is_rejected(olivia: Browser, headers: dict[str, str], status: int) -> None:
    page = olivia.get("/account")
    olivia.headers = headers
    assert olivia.submit(page, button="=", follow=False).status == status, "the button that logs out"


# Cookies


def test_login_replaces_cookie(
    cognito: Cognito,
    router: Router,
) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser, thief = Browser(router), Browser(router)
    page = browser.get("/account/login")
    thief.cookies = dict(browser.cookies)  # an attacker planted it
    browser.submit(page, email="olivia@example.test", password=PASSWORD)
    assert browser.cookies != thief.cookies
    assert "Log in" in thief.get("/account").text


def test_login_ends_previous_session(olivia: Browser, router: Router) -> None:
    thief = Browser(router)
    thief.cookies = dict(olivia.cookies)
    assert thief.get("/account").url == f"{BASE}/account"
    proof = olivia.get("/account/security").form("password").fields["csrf"]
    olivia.post("/account/login", {"csrf": proof, "email": "olivia@example.test", "password": PASSWORD})
    assert "Log in" in thief.get("/account").text


def test_session_expires_after_twelve_hours(olivia: Browser) -> None:
    CLOCK.wait(hours=11, minutes=59)
    assert olivia.get("/account").url == f"{BASE}/account"
    CLOCK.wait(minutes=2)
    assert "Log in" in olivia.get("/account").text


def test_cookie_attributes_are_secure(olivia: Browser) -> None:
    for cookie in olivia.set_cookies:
        assert cookie.startswith("__Host-souk=")
        assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie


def test_only_cookie_hashes_are_stored(olivia: Browser, seeded_table: Table) -> None:
    items = str(seeded_table.client.scan(TableName=seeded_table.name)["Items"])
    assert "SESSION#" in items
    assert olivia.cookies["__Host-souk"] not in items


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43 + "b", "SESSION#x", "é" * 43, "a" * 5_000])
def test_malformed_cookie_is_replaced(browser: Browser, cookie: str) -> None:
    browser.cookies = {"__Host-souk": cookie}
    assert browser.get("/account/login").status == 200
    assert browser.cookies["__Host-souk"] != cookie


# Script injection


def test_user_name_is_escaped(browser: Browser, cognito: Cognito, table: Table) -> None:
    name = BITE[:50]
    page = sign_up(browser, cognito, first_name=name, last_name=name, company=BITE)
    page = browser.submit(page, email="olivia@example.test", password=PASSWORD)
    user = user_by_email(table, "olivia@example.test")
    assert user
    assert user.first_name == name
    assert harmless(page)
    assert "<script" not in page.body
    assert "alert(1)" in page.text


def test_program_name_is_escaped(olivia: Browser, seeded_table: Table) -> None:
    rival = seeded_table.get(ORGANIZATIONS, RIVAL)
    assert rival
    tx = seeded_table.transaction()
    tx.create(API_KEYS, key(id="biter", name=BITE, redirect_uris=("https://a.example/'\"><script>",)))
    tx.update(ORGANIZATIONS, rival.model_copy(update={"name": BITE}))
    tx.commit()
    page = olivia.get(authorize(client_id="biter", redirect_uri=None, state=BITE))
    assert page.status == 200
    assert harmless(page)
    assert page.text.count("<script>alert(1)</script>") >= 3


@pytest.mark.parametrize("name", [*REGISTRATION, "response", "state"])
def test_form_input_is_escaped(browser: Browser, name: str) -> None:
    for path in PAGES:
        page = browser.get(path)
        proof = page.form("csrf").fields["csrf"]
        answer = browser.post(path, {"csrf": proof, name: BITE}, follow=False)
        assert answer.status in (403, 422)
        assert harmless(answer)


def test_passwords_and_codes_are_not_echoed(browser: Browser) -> None:
    page = browser.get("/account/signup")
    answer = browser.submit(page, REGISTRATION | {"country": "", "password": "I have said this"})
    assert answer.status == 422
    assert "I have said this" not in answer.body
    answer = browser.submit(browser.get("/account/reset"), email="x", code="987654", password="I have said this")
    assert "I have said this" not in answer.body
    assert "987654" not in answer.body


@pytest.mark.parametrize("query", ["said", "next", "account", "login_hint", "token"])
def test_query_parameters_are_escaped(browser: Browser, query: str) -> None:
    for path in (*PAGES, "/account/confirm", "/account/invitation"):
        answer = browser.get(f"{path}?{urlencode({query: BITE})}")
        assert harmless(answer)
        assert "<script" not in answer.body
    hinted = browser.get(f"/account/login?{urlencode({'next': authorize(login_hint=BITE)})}")
    assert hinted.form("email").fields["email"] == BITE
    assert harmless(hinted)


@pytest.mark.parametrize("state", ["a\r\nSet-Cookie: x=y", "a\nb", "é", "a" * 500])
def test_state_cannot_inject_headers(olivia: Browser, state: str) -> None:
    page = olivia.get(authorize(state=state))
    answer = olivia.submit(page, button="decision=deny", follow=False) if page.status == 200 else page
    for values in answer.headers.values():
        assert all("\n" not in value and "\r" not in value for value in values)
    assert all("x=y" not in cookie for cookie in answer.headers.get("Set-Cookie", []))
    if answer.location:
        assert parse_qs(urlsplit(answer.location).query).get("state", [state]) == [state]


# Security headers


@pytest.mark.parametrize(
    "path", [*PAGES, "/account", "/account/style.css", authorize(client_id="nobody"), "/account/confirm"]
)
def test_all_pages_have_security_headers(browser: Browser, path: str) -> None:
    answer = browser.get(path, follow=False)
    headers = {name.lower(): values for name, values in answer.headers.items()}
    assert headers["x-content-type-options"] == ["nosniff"]
    assert headers["referrer-policy"] == ["no-referrer"]
    assert headers["strict-transport-security"][0].startswith("max-age=")
    if "html" in headers.get("content-type", [""])[0]:
        (policy,) = headers["content-security-policy"]
        assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy.split("; "))
        assert "unsafe" not in policy
        assert headers["x-frame-options"] == ["DENY"]
        assert headers["cache-control"] == ["no-store"]
        assert not [given for _, given in answer.tags if "style" in given]


def test_consent_policy_allows_only_redirect_uri(olivia: Browser) -> None:
    (policy,) = olivia.get(authorize()).headers["Content-Security-Policy"]
    assert "form-action 'self' https://program.example;" in policy
    (policy,) = olivia.get("/account").headers["Content-Security-Policy"]
    assert "form-action 'self';" in policy


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(browser: Browser, method: str) -> None:
    for path in (*PAGES, "/account", "/oauth2/authorize"):
        answer = browser.send(method, path)
        assert answer.status == 405
        assert "GET" in answer.headers["Allow"][0]
    assert browser.send("GET", "/account/logout").status == 405


# Form state


def test_form_state_is_bound_and_expires(
    cognito: Cognito,
    router: Router,
) -> None:
    cognito.create_user("olivia@example.test")
    browser, other = Browser(router), Browser(router)
    page = log_in(browser, "olivia@example.test")
    state = page.form("state").fields["state"]
    sent = {"state": state, "response": "another good password"}
    proof = other.get("/account/login").form("csrf").fields["csrf"]
    assert other.post("/account/login", {**sent, "csrf": proof}, follow=False).status == 403
    assert browser.submit(page, state=state[:-2] + "AA", follow=False).status == 403
    CLOCK.wait(minutes=11)
    assert browser.submit(page, response="another good password", follow=False).status == 403
    CLOCK.wait(minutes=-11)
    assert browser.submit(page, response="another good password", follow=False).status == 303


def test_security_change_requires_recent_password(olivia: Browser, cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("omar@example.test")
    omar = Browser(router)
    log_in(omar, "omar@example.test")
    page = omar.submit(omar.get("/account/security"), password=PASSWORD)
    gate = page.form("gate").fields["gate"]
    proof = olivia.get("/account/security").form("password").fields["csrf"]
    stolen = {"gate": gate, "csrf": proof, "do": "new-authenticator"}
    assert olivia.post("/account/security", stolen, follow=False).status == 403
    wrong = olivia.post("/account/security", {"csrf": proof, "password": "not hers"}, follow=False)
    assert (wrong.status, "wrong" in wrong.text) == (422, True)
    CLOCK.wait(minutes=11)
    assert omar.submit(page, button="do=new-authenticator", follow=False).status == 403


def test_password_of_another_account_is_rejected(olivia: Browser, seeded_table: Table) -> None:
    change(seeded_table, subject="another")
    answer = olivia.submit(olivia.get("/account/security"), password=PASSWORD)
    assert (answer.status, "not your account" in answer.text) == (422, True)


def test_session_of_missing_user_redirects_to_login(olivia: Browser, seeded_table: Table) -> None:
    seeded_table.client.delete_item(
        TableName=seeded_table.name, Key={"PK": {"S": f"USER#{OLIVIA}"}, "SK": {"S": "USER"}}
    )
    assert olivia.get("/account").url.startswith(f"{BASE}/account/login")


def change(table: Table, **facts: str) -> None:
    user = user_by_email(table, "olivia@example.test")
    assert user
    tx = table.transaction()
    tx.update(USERS, user.model_copy(update=facts))
    tx.commit()


def test_expired_proof_asks_for_password_again(olivia: Browser, cognito: Cognito) -> None:
    page = olivia.submit(olivia.get("/account/security"), password=PASSWORD)
    cognito.failing["associate_software_token"] = "NotAuthorizedException"
    page = olivia.submit(page, button="do=new-authenticator")
    assert "confirm that it is you again" in page.text
    del cognito.failing["associate_software_token"]
    page = olivia.submit(page, password=PASSWORD)
    assert "otpauth:" in olivia.submit(page, button="do=new-authenticator").body


# Failures of the directory


@pytest.mark.parametrize(
    "code", ["TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"]
)
def test_too_many_attempts_returns_429(browser: Browser, cognito: Cognito, code: str) -> None:
    cognito.failing["initiate_auth"] = code
    page = log_in(browser, "olivia@example.test")
    assert (page.status, page.headers["Retry-After"]) == (429, ["300"])
    assert "Wait a few minutes" in page.text


def test_rate_limit_of_address_is_a_page_for_browsers(table: Table, cognito: Cognito) -> None:
    def refuse(_request: Request) -> None:
        raise TooManyRequests("Slowly.", limit=300, reset=12)

    browser = Browser(web(table, cognito, admit=refuse))
    assert json.loads(browser.get("/account/login").body)["error"] == "too_many_requests"
    browser.headers["Accept"] = "text/html"
    page = browser.get("/account/login")
    assert (page.status, page.headers["Retry-After"], "in 12 seconds" in page.text) == (429, ["12"], True)


@pytest.mark.parametrize("code", ["InternalErrorException", "ResourceNotFoundException", "SomethingNew"])
def test_directory_failure_hides_details(
    browser: Browser, cognito: Cognito, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for operation in ("initiate_auth", "sign_up", "confirm_forgot_password"):
        cognito.failing[operation] = code
    for page in (
        log_in(browser, "olivia@example.test"),
        browser.submit(browser.get("/account/signup"), REGISTRATION),
        browser.submit(browser.get("/account/reset"), email="a@b.test", code="1", password=PASSWORD),
    ):
        assert page.status == 500
        assert "Logins are not available" in page.text
        assert "olivia@" not in page.text.lower().replace("olivia@example", "")
    out, err = capfd.readouterr()
    assert "nobody shall read" not in out + err
    assert PASSWORD not in out + err


# Auto-consent in a local run


def test_auto_consent_only_in_local_run(seeded_table: Table, cognito: Cognito) -> None:
    local = web(seeded_table, cognito, auto_consent="olivia@example.test", behind_proxy=True)
    browser = Browser(local, base="http://127.0.0.1:8000", local=True)
    answer = browser.get(authorize(), follow=False)
    assert answer.location.startswith(f"{CALLBACK}?code=")
    assert parse_qs(urlsplit(answer.location).query)["state"] == ["xyz"]
    assert browser.get(authorize(redirect_uri="https://evil.example/"), follow=False).status == 400
    with pytest.raises(RuntimeError):
        web(seeded_table, cognito, auto_consent="olivia@example.test")


def test_auto_consent_of_unknown_user_is_forbidden(seeded_table: Table, cognito: Cognito) -> None:
    local = web(seeded_table, cognito, auto_consent="nobody@example.test", behind_proxy=True)
    answer = Browser(local, base="http://127.0.0.1:8000", local=True).get(authorize(), follow=False)
    assert (answer.status, answer.location) == (403, "")


# Logging


@pytest.mark.usefixtures("seeded_table")
def test_log_contains_no_secrets(
    cognito: Cognito, router: Router, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    caplog.set_level(logging.DEBUG)
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test", address=authorize())
    code = parse_qs(urlsplit(browser.submit(page, button="decision=allow", follow=False).location).query)["code"][0]
    page = browser.submit(browser.get("/account/security"), password=PASSWORD)
    gate = page.form("gate").fields["gate"]
    browser.submit(browser.get("/account/forgot"), email="olivia@example.test")
    said = caplog.text + "".join(capfd.readouterr())
    assert "request" in said
    for secret in (PASSWORD, browser.cookies["__Host-souk"], gate, code, page.form("csrf").fields["csrf"]):
        assert secret not in said
