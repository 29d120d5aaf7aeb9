"""Suspended people on the account pages, and the authenticator that an operator resets."""

from types import SimpleNamespace

import pytest

from souk.authentication.records import count_sessions
from souk.authentication.standing import PERSON, save_standing, standing_of
from souk.domains.identity.commands import authenticators
from souk.domains.identity.store import USERS
from souk.runtime import aws
from souk.storage import Table
from souk.web import Router
from tests.accounts.actions import authorize, log_in
from tests.accounts.browser import Browser
from tests.accounts.cognito import APP_CODE, Cognito
from tests.domains.identity import people
from tests.support.clock import CLOCK
from tests.support.standing import reactivate, suspend


def test_suspended_person_cannot_log_in(seeded_table: Table, olivia: Browser, router: Router) -> None:
    suspend(seeded_table, user_id=people.OLIVIA)
    assert "/account/login" in olivia.get("/account").url  # this session has no authority
    other = Browser(router)
    assert "suspended" not in log_in(other, "olivia@example.test", "a wrong password").text
    told = log_in(other, "olivia@example.test")
    assert told.status == 422
    assert "This account is suspended: Spam. Write to the people who run this marketplace." in told.text
    assert "/account/login" in other.get("/account").url
    reactivate(seeded_table, user_id=people.OLIVIA)
    assert olivia.get("/account").url.endswith("/account")
    assert count_sessions(seeded_table, people.OLIVIA, CLOCK.real()) == 1
    tx = seeded_table.transaction()
    standing = standing_of(seeded_table, PERSON, people.OLIVIA)
    save_standing(tx, standing.model_copy(update={"sessions_ended": CLOCK.real().timestamp() + 1}))
    tx.commit()
    assert "/account/login" in olivia.get("/account").url
    assert count_sessions(seeded_table, people.OLIVIA, CLOCK.real()) == 0


def test_programs_cannot_act_for_suspended_organization(seeded_table: Table, olivia: Browser) -> None:
    assert "Acme" in olivia.get(authorize()).text
    suspend(seeded_table, people.ACME)
    refused = olivia.get(authorize())
    assert (refused.status, "Acme" in refused.text) == (403, False)


def test_reset_authenticator_is_turned_off(
    seeded_table: Table, cognito: Cognito, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    log_in(browser, "olivia@example.test")
    tokens = cognito.initiate_auth(
        ClientId=cognito.app,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "olivia@example.test", "PASSWORD": "correct horse battery"},
    )["AuthenticationResult"]
    cognito.directory.create_authenticator(tokens["AccessToken"])
    cognito.directory.enable_authenticator(tokens["AccessToken"], APP_CODE)
    assert cognito.directory.authenticated(tokens["AccessToken"]).authenticator
    monkeypatch.setattr(aws, "cognito", lambda: cognito)
    monkeypatch.setattr(authenticators, "auth_settings", lambda: SimpleNamespace(user_pool=cognito.pool))
    user = seeded_table.get(USERS, people.OLIVIA)
    assert user is not None
    assert user.subject == subject
    for _ in range(2):  # a deadline may run twice
        authenticators.reset(seeded_table, people.OLIVIA, CLOCK.market())
    assert not cognito.directory.authenticated(tokens["AccessToken"]).authenticator
    authenticators.reset(seeded_table, people.OMAR, CLOCK.market())  # never logged in
