"""Who has an account is told to nobody but who reads its mail."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from souk.authentication.rate_limits import MAILS_PER_HOUR
from souk.web import Router
from tests.accounts.actions import REGISTRATION, log_in, sign_up
from tests.accounts.browser import BASE, Browser
from tests.accounts.cognito import Cognito


@pytest.mark.usefixtures("society")
def test_a_login_says_the_same_to_all_who_fail(cognito: Cognito, router: Router) -> None:
    cognito.admit("olivia@example.test")
    cognito.admit("waits@example.test", verified=False)
    said = set()
    for email in ("olivia@example.test", "waits@example.test", "nobody@example.test"):
        page = log_in(Browser(router), email, "not the password")
        said.add((page.status, page.text.replace(email, "")))
    assert len(said) == 1
    assert "E-mail address or password is wrong." in said.pop()[1]


@pytest.mark.usefixtures("society")
def test_a_forgotten_password_says_the_same_to_all(cognito: Cognito, router: Router) -> None:
    cognito.admit("olivia@example.test")
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


def test_a_sign_up_says_the_same_for_an_address_that_is_taken(
    cognito: Cognito,
    router: Router,
) -> None:
    cognito.admit("olivia@example.test")
    said = set()
    for email in ("olivia@example.test", "nobody@example.test"):
        browser = Browser(router)
        page = browser.submit(browser.get("/account/signup"), REGISTRATION | {"email": email})
        said.add((page.status, urlsplit(page.url).path, page.text))
    assert len(said) == 1


def test_only_who_reads_the_mail_is_told_that_an_address_is_taken(
    cognito: Cognito,
    router: Router,
) -> None:
    cognito.admit("olivia@example.test")
    browser = Browser(router)
    page = browser.submit(browser.get("/account/signup"), REGISTRATION)
    assert "wrong or has expired" in browser.submit(page, code="000000").text
    assert (
        "There is an account with this e-mail address already" in browser.submit(page, code=cognito.mails[-1][1]).text
    )


def test_nobody_can_wait_with_a_password_for_the_owner_of_an_address(
    browser: Browser, cognito: Cognito, router: Router
) -> None:
    thief = Browser(router)
    thief.submit(thief.get("/account/signup"), REGISTRATION | {"password": "the thief knows this"})
    page = sign_up(browser, cognito)
    assert "is confirmed" in page.text
    assert "wrong" in log_in(thief, "olivia@example.test", "the thief knows this").text
    assert log_in(browser, "olivia@example.test").url == f"{BASE}/account"


def test_many_sign_ups_with_one_address_have_no_more_mails_sent_to_it(browser: Browser, cognito: Cognito) -> None:
    pages = [browser.submit(browser.get("/account/signup"), REGISTRATION) for _ in range(3)]
    answers = [browser.submit(page, button="again=yes").status for page in pages]
    assert answers == [200, 200, 429]
    assert len(cognito.mails) == MAILS_PER_HOUR


def test_a_new_code_is_sent_for_the_account_that_the_address_was_given_for(browser: Browser, cognito: Cognito) -> None:
    page = browser.submit(browser.get("/account/signup"), REGISTRATION)
    mailed = urlencode({"mailed": parse_qs(urlsplit(page.url).query)["mailed"][0]})
    for forged in ("account=00000000-0000-0000-0000-000000000000&" + mailed, urlsplit(page.url).query.split("&")[0]):
        answer = browser.submit(browser.get(f"/account/confirm?{forged}"), button="again=yes")
        assert answer.status == 403
    assert len(cognito.mails) == 1
