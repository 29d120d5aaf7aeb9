"""Imported people set their password, also while only invited people may sign up."""

import pytest

from souk.domains.dataimports.commands.importing import Options
from souk.domains.dataimports.model import ImportKind
from souk.domains.identity.store import USERS, user_by_email
from souk.storage import Table
from souk.web import Router
from tests.accounts.actions import log_in
from tests.accounts.browser import BASE, Browser, Page
from tests.accounts.cognito import PASSWORD, Cognito
from tests.accounts.test_brand import settle
from tests.domains.dataimports.test_rows import run

FREYA = "freya@example.test"
STRANGER = "nobody@example.test"
ROWS = f"external_id,email,first_name,last_name\nu-1,{FREYA},Freya,Falk\n"


@pytest.fixture
def imported(seeded_table: Table) -> Table:
    """A marketplace with closed sign-up, terms and an imported person."""
    run(seeded_table, ImportKind.USERS, ROWS, Options(base_url=BASE))
    settle(seeded_table, sign_up_open=False, terms_version="7", require_terms=True)
    return seeded_table


def set_password(browser: Browser, email: str, **changes: str) -> Page:
    page = browser.get(f"/account/activate?email={email}")
    assert page.form("email").fields["email"] == email
    return browser.submit(page, {"password": PASSWORD, "terms": "7"} | changes)


def test_imported_person_sets_password_and_logs_in(imported: Table, browser: Browser, cognito: Cognito) -> None:
    before = user_by_email(imported, FREYA)
    assert before
    refused = set_password(browser, FREYA, terms="", password="short")
    invalid = {given["name"] for _, given in refused.tags if given.get("aria-invalid") == "true"}
    assert (refused.status, invalid) == (422, {"password", "terms"})
    assert "Accept the terms" in refused.text
    confirmed = browser.submit(set_password(browser, FREYA), code=cognito.mails[-1][1])
    assert confirmed.url.startswith(f"{BASE}/account/login")
    assert log_in(browser, FREYA).url == f"{BASE}/account"
    after = imported.get(USERS, before.id)
    assert after
    assert after.subject
    assert (after.first_name, after.organization_id) == ("Freya", before.organization_id)


def test_pages_do_not_say_who_was_imported(imported: Table, router: Router, cognito: Cognito) -> None:
    told = []
    for email in (FREYA, STRANGER):
        browser = Browser(router)
        page = set_password(browser, email)
        told.append((page.status, page.text, browser.submit(page, code=cognito.mails[-1][1]).text))
    assert told[0] == told[1]
    refused = log_in(Browser(router), STRANGER)
    assert refused.status == 403
    assert "There is no account with this address. New members need an invitation." in refused.text
    assert user_by_email(imported, STRANGER) is None


def test_anybody_becomes_a_member_where_sign_up_is_open(
    seeded_table: Table, browser: Browser, cognito: Cognito
) -> None:
    page = browser.submit(browser.get("/account/activate"), email=STRANGER, password=PASSWORD)
    browser.submit(page, code=cognito.mails[-1][1])
    assert log_in(browser, STRANGER).url == f"{BASE}/account"
    assert user_by_email(seeded_table, STRANGER)
