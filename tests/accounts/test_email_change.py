"""Changing the e-mail address: a code to the new one, a notice to the old one, and one owner at any time."""

from collections.abc import Callable
from typing import Any

import pytest

from souk.accounts.users import Users
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS, create_user, email_guard, user_by_email
from souk.domains.mails.model import MailTemplate, QueuedMail
from souk.domains.mails.store import MAILS
from souk.storage import Table
from souk.values.errors import Conflict
from souk.web import Router
from tests.accounts.actions import log_in
from tests.accounts.browser import Browser, Page
from tests.accounts.cognito import PASSWORD, Cognito
from tests.domains.identity.people import ACME, OLIVIA, user

OLD, NEW, OTHER = "olivia@example.test", "olivia@new.test", "omar@example.test"


def mails(table: Table) -> list[tuple[MailTemplate, str | None]]:
    """Return the queued mails, as (template, address)."""
    found = table.client.scan(TableName=table.name)["Items"]
    queued: list[QueuedMail] = [MAILS.decode(one) for one in found if one.get("type", {}).get("S") == "QueuedMail"]
    return sorted((one.template, one.address) for one in queued)


def olivia_of(table: Table) -> User:
    found = table.get(USERS, OLIVIA, consistent=True)
    assert found
    return found


def ask(browser: Browser, email: str) -> Page:
    """Ask for a new address, after the password."""
    page = browser.submit(browser.get("/account/security"), password=PASSWORD)
    return browser.submit(page, button="do=email", email=email)


def confirm(browser: Browser, page: Page, code: str) -> Page:
    return browser.submit(page, button="do=confirm-email", code=code)


def test_code_changes_address_and_tells_the_old_one(olivia: Browser, cognito: Cognito, seeded_table: Table) -> None:
    page = ask(olivia, f" {NEW.upper()} ")
    assert f"If {NEW} can be used, we have sent it a code" in page.text
    assert cognito.mails[-1][0] == NEW
    assert olivia_of(seeded_table).email.lower() == OLD, "nothing has changed yet"
    wrong = confirm(olivia, page, "000000")
    assert (wrong.status, "wrong or has expired" in wrong.text) == (422, True)
    before = olivia_of(seeded_table).email

    changed = confirm(olivia, wrong, cognito.mails[-1][1])

    assert "Your e-mail address has been changed" in changed.text
    after = olivia_of(seeded_table)
    assert (after.email, after.former_email and after.former_email.address) == (NEW, before)
    assert user_by_email(seeded_table, NEW) == after
    assert user_by_email(seeded_table, OLD) is None, "the address is free"
    assert mails(seeded_table) == [(MailTemplate.EMAIL_CHANGED, before)]
    assert olivia.get("/account").status == 200, "the session stays"
    assert "wrong" in log_in(Browser(olivia.router), OLD).text
    assert "Your account" in log_in(Browser(olivia.router), NEW).text


def test_address_that_is_taken_gets_the_same_answer(olivia: Browser, cognito: Cognito, seeded_table: Table) -> None:
    free = ask(olivia, NEW)
    cognito.create_confirmed_user("unknown@example.test")  # confirmed an address, and has never logged in
    for taken in (OTHER, "unknown@example.test"):
        page = ask(olivia, taken)
        assert (page.status, page.text) == (free.status, free.text.replace(NEW, taken))
        assert confirm(olivia, page, "000000").text == confirm(olivia, free, "000000").text.replace(NEW, taken)
    assert [address for address, _ in cognito.mails] == [NEW], "no code is sent to somebody else's address"
    assert mails(seeded_table) == [(MailTemplate.EMAIL_TAKEN, one) for one in (OTHER, "unknown@example.test")]
    assert "is your e-mail address already" in ask(olivia, OLD.upper()).text
    assert "Enter your e-mail address" in ask(olivia, "olivia").text


def test_codes_are_limited_by_address_and_person(olivia: Browser, cognito: Cognito) -> None:
    pages = [ask(olivia, f"olivia{at}@new.test") for at in range(12)]
    assert pages[-1].status == 429
    sent = len(cognito.mails)
    assert 0 < sent < 12
    assert sent == [page.status for page in pages].count(200)


def test_second_person_with_the_same_address_is_refused(
    olivia: Browser, cognito: Cognito, seeded_table: Table, router: Router
) -> None:
    cognito.create_confirmed_user(OTHER, "Omar", "Omar")
    omar = Browser(router)
    log_in(omar, OTHER)
    of_omar, of_olivia = ask(omar, NEW), ask(olivia, NEW)
    (_, code_of_omar), (_, code_of_olivia) = cognito.mails
    assert "has been changed" in confirm(olivia, of_olivia, code_of_olivia).text
    assert confirm(omar, of_omar, code_of_omar).status == 422
    assert user_by_email(seeded_table, NEW) == olivia_of(seeded_table)
    assert user_by_email(seeded_table, OTHER), "the other one keeps theirs"


def interrupted(*_: object, **__: object) -> None:
    raise RuntimeError("The function ended.")


def test_interrupted_change_is_finished_by_the_next_login(
    olivia: Browser, cognito: Cognito, seeded_table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, before = ask(olivia, NEW), olivia_of(seeded_table).email
    with monkeypatch.context() as patch:
        patch.setattr(Users, "follow_email", interrupted)
        with pytest.raises(RuntimeError):
            confirm(olivia, page, cognito.mails[-1][1])
    assert olivia_of(seeded_table).email == before
    log_in(Browser(olivia.router), NEW)
    assert olivia_of(seeded_table).email == NEW
    assert user_by_email(seeded_table, OLD) is None
    assert mails(seeded_table) == [(MailTemplate.EMAIL_CHANGED, before)]


def claim(table: Table, email: str) -> Callable[..., Any]:
    """Return an action that adds another user with an address, as an import does."""

    def add(*_: object, **__: object) -> None:
        tx = table.transaction()
        create_user(tx, user("7", "Nora", "Nilsen", ACME).model_copy(update={"email": email}))
        tx.commit()

    return add


def test_address_that_an_import_claims_meanwhile_stays_with_it(
    olivia: Browser, cognito: Cognito, seeded_table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, before = ask(olivia, NEW), olivia_of(seeded_table).email
    real = cognito.verify_user_attribute
    monkeypatch.setattr(cognito, "verify_user_attribute", lambda **given: (real(**given), claim(seeded_table, NEW)()))
    assert "Another user has it here" in confirm(olivia, page, cognito.mails[-1][1]).text
    assert olivia_of(seeded_table).email == before
    assert seeded_table.holder(email_guard(NEW)) == "7"
    assert "Your account" in log_in(Browser(olivia.router), NEW).text, "the person can still log in"
    with pytest.raises(Conflict):
        claim(seeded_table, before)()
