"""Complete flows of a person and a program, from sign-up to an access token."""

from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from souk.authentication.principal import Role
from souk.authentication.records import GRANTS_OF_PERSON, MEMBERSHIPS, Grant, Membership
from souk.domains.identity.commands.programs import disconnect
from souk.domains.identity.model import OrganizationLegacyType, OrganizationType, User
from souk.domains.identity.store import ORGANIZATIONS, memberships_of, user_by_email
from souk.domains.identity.views import UserLocation
from souk.storage import Table, View
from souk.web import Router
from tests.accounts.actions import CALLBACK, KEY_ID, KEY_SECRET, authorize, log_in, sign_up
from tests.accounts.browser import BASE, Browser
from tests.accounts.cognito import APP_CODE, PASSWORD, Cognito
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OPS, WEB
from tests.support.clock import CLOCK, new_id


def who(table: Table, email: str) -> User:
    user = user_by_email(table, email)
    assert user is not None
    return user


def test_signup_confirm_and_login(browser: Browser, cognito: Cognito, table: Table) -> None:
    page = sign_up(browser, cognito)
    assert page.url.startswith(f"{BASE}/account/login")
    assert "is confirmed" in page.text
    assert user_by_email(table, "olivia@example.test") is None  # not before the first login

    page = browser.submit(page, email="OLIVIA@example.TEST", password=PASSWORD)

    assert page.url == f"{BASE}/account"
    user = who(table, "olivia@example.test")
    assert (user.first_name, user.last_name) == ("Olivia", "Ortega")
    assert (user.location.country, user.location.timezone) == ("US", "America/Denver")
    shown = UserLocation.of(user.location, CLOCK.market(), whole=True)
    assert shown is not None, "userDetails shows where they are"
    assert (shown.country_name, shown.timezone) == ("United States", "America/Denver")
    assert user.subject == cognito.attributes("olivia@example.test")["sub"]


@pytest.mark.parametrize(
    ("side", "company", "name", "legal", "market"),
    [
        ("client", "Acme", "Acme", OrganizationType.BUSINESS, OrganizationLegacyType.CLIENT),
        ("client", "", "Olivia O.", OrganizationType.BUSINESS, OrganizationLegacyType.CLIENT),
        ("freelancer", "ignored", "Olivia O.", OrganizationType.SOLE_PROPRIETOR, OrganizationLegacyType.VENDOR),
        ("agency", "Pixel", "Pixel", OrganizationType.BUSINESS, OrganizationLegacyType.VENDOR),
    ],
)
def test_signup_creates_organization_of_chosen_kind(  # noqa: PLR0917 - a row of the parameters
    browser: Browser,
    cognito: Cognito,
    table: Table,
    side: str,
    company: str,
    name: str,
    legal: OrganizationType,
    market: OrganizationLegacyType,
) -> None:
    page = sign_up(browser, cognito, side=side, company=company)
    browser.submit(page, email="olivia@example.test", password=PASSWORD)

    user = who(table, "olivia@example.test")
    (membership,) = memberships_of(table, user.id)
    organization = table.get(ORGANIZATIONS, membership.organization_id)
    assert organization is not None
    assert (organization.name, organization.type, organization.legacy_type) == (name, legal, market)
    assert (organization.company_id, organization.contact_user_id) == (organization.id, user.id)
    assert (membership.role, user.organization_id) == (Role.OWNER, organization.id)
    assert user.company_ids == (organization.id,)


def test_person_allows_program(seeded_table: Table, cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test", address=authorize())
    assert page.url == f"{BASE}{authorize()}"
    assert "Invoice Robot" in page.text
    assert "a program by Rival" in page.text
    assert "See your name and profile" in page.text

    answer = browser.submit(page, button="decision=allow", follow=False)

    sent = urlsplit(answer.location)
    given = {name: values[0] for name, values in parse_qs(sent.query).items()}
    assert f"{sent.scheme}://{sent.netloc}{sent.path}" == CALLBACK
    assert given["state"] == "xyz"
    redeemed = browser.post(
        "/api/v3/oauth2/token",
        {
            "grant_type": "authorization_code",
            "code": given["code"],
            "client_id": KEY_ID,
            "client_secret": KEY_SECRET,
            "redirect_uri": CALLBACK,
        },
    )
    assert redeemed.status == 200, redeemed.body
    assert orjson.loads(redeemed.body)["token_type"] == "Bearer"
    assert user_by_email(seeded_table, "olivia@example.test").subject  # type: ignore[union-attr]


@pytest.mark.usefixtures("seeded_table")
def test_person_denies_program(cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test", address=authorize())
    answer = browser.submit(page, button="decision=deny", follow=False)
    assert answer.location.startswith(f"{CALLBACK}?")
    assert parse_qs(urlsplit(answer.location).query)["error"] == ["access_denied"]


def test_consent_preselects_default_organization(seeded_table: Table, cognito: Cognito, router: Router) -> None:
    _join(seeded_table, LIAM, OPS)
    cognito.create_confirmed_user("liam@example.test", "Liam", "Larsen")
    browser = Browser(router)
    page = log_in(browser, "liam@example.test", address=authorize())
    form = page.form("decision")
    assert form.fields["organization"] == WEB
    assert "A team of Acme · Your role: " in page.text

    answer = browser.submit(page, button="decision=allow", organization=OPS, follow=False)

    tokens = browser.post(
        "/oauth2/token",
        {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(answer.location).query)["code"][0],
            "client_id": KEY_ID,
            "client_secret": KEY_SECRET,
            "redirect_uri": CALLBACK,
        },
    )
    assert orjson.loads(tokens.body)["access_token"]
    every: View[Grant, Grant] = View()
    (grant,) = GRANTS_OF_PERSON.of(seeded_table, LIAM).page(every, 10).rows
    assert grant.organization_id == OPS


def _join(table: Table, user_id: str, organization_id: str) -> None:
    tx = table.transaction()
    tx.create(
        MEMBERSHIPS,
        Membership(id=new_id(), user_id=user_id, organization_id=organization_id, company_id=ACME, role=Role.MEMBER),
    )
    tx.commit()


@pytest.mark.usefixtures("seeded_table")
def test_consent_for_foreign_organization_is_rejected(cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test", address=authorize())
    answer = browser.submit(page, button="decision=allow", organization="301", follow=False)
    assert (answer.status, answer.location) == (422, "")
    assert "one of your organizations" in answer.text


def test_login_with_authenticator_requires_code(seeded_table: Table, cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test", address="/account/security")
    page = browser.submit(page, password=PASSWORD)
    page = browser.submit(page, button="do=new-authenticator")
    assert "otpauth://totp/Souk%3AOlivia%40Example.test?secret=" in page.body
    assert [given for tag, given in page.tags if tag == "svg" and given.get("id") == "qr"]
    wrong = browser.submit(page, button="do=use-authenticator", code="111111")
    assert wrong.status == 422
    assert "This code is wrong" in wrong.text
    page = browser.submit(wrong, button="do=use-authenticator", code=APP_CODE)
    assert "Your authenticator app is set up" in page.text
    settings = browser.submit(browser.get("/account/security"), password=PASSWORD)
    assert "If you lose your phone" in browser.submit(settings, response=APP_CODE).text, (
        "what to do is told afterwards, too"
    )
    assert who(seeded_table, "olivia@example.test").authenticator is True

    other = Browser(router)
    asked = log_in(other, "olivia@example.test", address=authorize())
    assert "Enter your code" in asked.text
    assert not other.get("/account", follow=False).body  # not logged in yet
    asked = other.submit(asked, response="111 111")
    assert (asked.status, "wrong or has expired" in asked.text) == (422, True)
    page = other.submit(asked, response=f" {APP_CODE[:3]} {APP_CODE[3:]}")
    assert page.url == f"{BASE}{authorize()}"

    page = other.submit(other.get("/account/security"), password=PASSWORD)
    page = other.submit(page, response=APP_CODE)
    page = other.submit(page, button="do=drop-authenticator")
    assert "no longer need a code" in page.text
    assert who(seeded_table, "olivia@example.test").authenticator is False
    assert "Your account" in log_in(Browser(router), "olivia@example.test").text


@pytest.mark.usefixtures("seeded_table")
def test_first_login_replaces_temporary_password(cognito: Cognito, router: Router) -> None:
    cognito.create_user("olivia@example.test")
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test")
    assert "Choose a password" in page.text
    weak = browser.submit(page, response="short")
    assert weak.status == 422
    page = browser.submit(weak, response="another good password")
    assert page.url == f"{BASE}/account"
    assert "Olivia Ortega" in page.text


@pytest.mark.usefixtures("seeded_table")
def test_password_reset_sets_new_password(cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    old = Browser(router)
    log_in(old, "olivia@example.test")
    browser = Browser(router)
    page = browser.submit(browser.get("/account/forgot"), email="olivia@example.test")
    page = browser.submit(page, code=cognito.mails[-1][1], password="a quite new password")
    assert "logged out everywhere" in page.text
    assert "Log in" in old.get("/account").text
    assert "wrong" in log_in(browser, "olivia@example.test").text
    assert log_in(browser, "olivia@example.test", "a quite new password").url == f"{BASE}/account"


@pytest.mark.usefixtures("seeded_table")
def test_password_change_ends_other_sessions(cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    other, browser = Browser(router), Browser(router)
    log_in(other, "olivia@example.test")
    page = log_in(browser, "olivia@example.test", address="/account/security")
    page = browser.submit(page, password=PASSWORD)
    page = browser.submit(page, button="do=password", current="not it at all", password="a quite new password")
    assert "This password is wrong" in page.text
    page = browser.submit(page, button="do=password", current=PASSWORD, password="a quite new password")
    assert page.url == f"{BASE}/account?said=password"
    assert browser.get("/account").url == f"{BASE}/account"
    assert "Log in" in other.get("/account").text


def test_disconnect_revokes_program_access(seeded_table: Table, cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test", address=authorize())
    answer = browser.submit(page, button="decision=allow", follow=False)
    client = {"client_id": KEY_ID, "client_secret": KEY_SECRET}
    tokens = orjson.loads(
        browser.post(
            "/oauth2/token",
            {
                "grant_type": "authorization_code",
                "code": parse_qs(urlsplit(answer.location).query)["code"][0],
                "redirect_uri": CALLBACK,
                **client,
            },
        ).body
    )
    disconnect(seeded_table, OLIVIA, KEY_ID)
    refused = browser.post(
        "/oauth2/token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **client}
    )
    assert (refused.status, orjson.loads(refused.body)["error"]) == (400, "invalid_grant")


@pytest.mark.usefixtures("seeded_table")
def test_logout_ends_session(cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    browser = Browser(router)
    page = log_in(browser, "olivia@example.test")
    cookie = dict(browser.cookies)
    page = browser.post("/account/logout", {"csrf": page.form("csrf").fields["csrf"]})
    assert "You are logged out" in page.text
    browser.cookies = cookie  # a stolen cookie
    assert "Log in" in browser.get("/account").text
