"""Responses do not reveal which addresses have an account, except by mail."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from souk.authentication.rate_limits import MAILS_PER_HOUR
from souk.web import Router
from tests.accounts.actions import REGISTRATION, log_in, sign_up
from tests.accounts.browser import BASE, Browser
from tests.accounts.cognito import Cognito


@pytest.mark.usefixtures("seeded_table")
def test_login_failure_message_is_uniform(cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    cognito.create_confirmed_user("waits@example.test", verified=False)
    said = set()
    for email in ("olivia@example.test", "waits@example.test", "nobody@example.test"):
        page = log_in(Browser(router), email, "not the password")
        said.add((page.status, page.text.replace(email, "")))
    assert len(said) == 1
    assert "E-mail address or password is wrong." in said.pop()[1]


@pytest.mark.usefixtures("seeded_table")
def test_password_reset_response_is_uniform(cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    said = set()
    for email in ("olivia@example.test", "nobody@example.test"):
        browser = Browser(router)
        page = browser.submit(browser.get("/account/forgot"), email=email)
        said.add((page.status, page.text))
        page = browser.submit(page, code="000000", password="a quite new password")
        said.add((page.status, page.text))
    assert len(said) == 2
    for code in ("LimitExceededException", "InvalidParameterException", "NotAuthorizedException"):
        cognito.failing["forgot_password"] = code
        browser = Browser(router)
        page = browser.submit(browser.get("/account/forgot"), email="olivia@example.test")
        assert (page.status, page.text) in said


def test_signup_response_is_same_for_taken_email(
    cognito: Cognito,
    router: Router,
) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    said = set()
    for email in ("olivia@example.test", "nobody@example.test"):
        browser = Browser(router)
        page = browser.submit(browser.get("/account/signup"), REGISTRATION | {"email": email})
        said.add((page.status, urlsplit(page.url).path, page.text))
    assert len(said) == 1


def test_taken_email_is_reported_only_after_code(
    cognito: Cognito,
    router: Router,
) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = browser.submit(browser.get("/account/signup"), REGISTRATION)
    assert "wrong or has expired" in browser.submit(page, code="000000").text
    assert (
        "There is already an account with this e-mail address" in browser.submit(page, code=cognito.mails[-1][1]).text
    )


def test_unconfirmed_signup_does_not_claim_email(browser: Browser, cognito: Cognito, router: Router) -> None:
    thief = Browser(router)
    thief.submit(thief.get("/account/signup"), REGISTRATION | {"password": "the thief knows this"})
    page = sign_up(browser, cognito)
    assert "is confirmed" in page.text
    assert "wrong" in log_in(thief, "olivia@example.test", "the thief knows this").text
    assert log_in(browser, "olivia@example.test").url == f"{BASE}/account"


def test_signup_mails_are_limited_per_address(browser: Browser, cognito: Cognito) -> None:
    pages = [browser.submit(browser.get("/account/signup"), REGISTRATION) for _ in range(3)]
    answers = [browser.submit(page, button="again=yes").status for page in pages]
    assert answers == [200, 200, 429]
    assert len(cognito.mails) == MAILS_PER_HOUR


def test_resend_code_requires_own_state(browser: Browser, cognito: Cognito) -> None:
    page = browser.submit(browser.get("/account/signup"), REGISTRATION)
    mailed = urlencode({"mailed": parse_qs(urlsplit(page.url).query)["mailed"][0]})
    for forged in ("account=00000000-0000-0000-0000-000000000000&" + mailed, urlsplit(page.url).query.split("&")[0]):
        answer = browser.submit(browser.get(f"/account/confirm?{forged}"), button="again=yes")
        assert answer.status == 403
    assert len(cognito.mails) == 1
