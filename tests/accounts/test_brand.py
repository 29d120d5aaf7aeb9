"""A marketplace with a brand of its own: nothing that its people see says "Souk", "Powered by Souk" aside."""

import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from souk.accounts import code_mails
from souk.accounts.redirects import TERMS
from souk.accounts.routes import ROUTES
from souk.authentication.terms import ACCEPTANCES
from souk.domains.identity.store import user_by_email
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS, settings_key
from souk.storage import Table
from souk.web import Router
from tests.accounts.actions import REGISTRATION, authorize, log_in, sign_up
from tests.accounts.browser import BASE, Browser, Page
from tests.accounts.cognito import PASSWORD, Cognito
from tests.domains.identity import people
from tests.support.clock import CLOCK

BRAND = Settings(
    name="Bazaar & Söhne",
    accent_color="#0044cc",
    support_email="help@bazaar.test",
    terms_url="https://bazaar.test/terms",
    privacy_url="https://bazaar.test/privacy",
)
TERMS_SET = {"terms_version": "7", "require_terms": True, "terms_since": "2026-01-01T00:00:00.000Z"}


def settle(table: Table, **changes: object) -> None:
    """Store the brand, and have the function read it at once."""
    before = table.get(SETTINGS, consistent=True)
    settings = (before or BRAND).model_copy(update=changes)
    tx = table.transaction()
    stored = tx.update(SETTINGS, settings) if before else tx.create(SETTINGS, settings)
    tx.commit()
    table.keep(settings_key(), SETTINGS.encode(stored))


def assert_branded(page: Page) -> None:
    shown = page.body.replace("Powered by Souk", "")
    assert not re.search("Souk", shown), shown
    if "</html>" in shown:
        assert "· Bazaar &amp; Söhne</title>" in shown
        assert "/brand.css?v=" in shown


def test_no_page_says_souk(seeded_table: Table, cognito: Cognito, router: Router) -> None:
    settle(seeded_table)
    cognito.create_confirmed_user("olivia@example.test")
    visitor, olivia = Browser(router), Browser(router)
    paths = sorted({route.path for route in ROUTES if route.method == "GET"})
    for path in paths:
        assert_branded(visitor.get(path))
    for name in ("signup", "login", "forgot", "reset"):
        page = visitor.get(f"/account/{name}")
        assert_branded(visitor.submit(page, {name: "" for name in page.form().fields if name != "csrf"}))
    assert_branded(visitor.post("/account/login", {"csrf": "wrong"}))
    log_in(olivia, "olivia@example.test")
    for path in (*paths, authorize()):
        assert_branded(olivia.get(path))
    page = olivia.submit(olivia.get("/account/security"), password=PASSWORD)
    page = olivia.submit(page, button="do=new-authenticator")
    assert_branded(page)
    name = quote("Bazaar & Söhne")
    assert f"otpauth://totp/{quote('Bazaar & Söhne:Olivia@Example.test')}?secret=" in page.body
    assert f"issuer={name}" in page.body
    assert_branded(visitor.get("/account/nowhere"))
    footer = visitor.get("/account/login").body.partition("<footer>")[2]
    assert re.findall(r'href="([^"]+)"', footer) == [
        f"{BASE}/docs/",
        "https://bazaar.test/terms",
        "https://bazaar.test/privacy",
        "mailto:help@bazaar.test",
    ]
    settle(seeded_table, powered_by=False)
    assert "Souk" not in visitor.get("/account/login").body


def test_colours_and_icon_are_the_brands(table: Table, browser: Browser) -> None:
    settle(table)
    login = browser.get("/account/login").body
    css, icon = (re.search(rf'href="[^"]*?(/{name}\?v=\w+)"', login) for name in ("brand.css", "favicon.svg"))
    assert css is not None
    assert icon is not None
    sheet = browser.get(css[1])
    assert "--brand: #0044cc" in sheet.body
    assert "immutable" in sheet.headers["Cache-Control"][0]
    assert browser.get("/brand.css?v=before").headers["Cache-Control"] == ["no-store"]
    assert "#0044cc" in browser.get(icon[1]).body
    assert browser.get("/logo.svg").status == 404


def test_signup_stores_the_accepted_terms(table: Table, cognito: Cognito, browser: Browser) -> None:
    settle(table, **TERMS_SET)
    page = browser.get("/account/signup")
    assert "I accept the Terms and the Privacy Policy of Bazaar & Söhne." in page.text
    refused = browser.submit(page, REGISTRATION | {"terms": ""})
    assert refused.status == 422
    assert "Accept the terms to create an account." in refused.text
    log_in_page = sign_up(browser, cognito, terms="7")
    home = browser.submit(log_in_page, email="olivia@example.test", password=PASSWORD)
    assert "Your details" in home.text
    user = user_by_email(table, "olivia@example.test")
    accepted = user and table.get(ACCEPTANCES, user.id)
    assert accepted
    assert accepted.version_accepted == "7"
    assert accepted.accepted[:10] == CLOCK.market().isoformat()[:10]


def test_new_terms_come_before_any_other_page(seeded_table: Table, cognito: Cognito, router: Router) -> None:
    cognito.create_confirmed_user("olivia@example.test")
    olivia = Browser(router)
    log_in(olivia, "olivia@example.test")
    settle(seeded_table, **TERMS_SET)
    for path in ("/account", "/account/security", authorize()):
        assert olivia.get(path, follow=False).location.partition("?")[0].endswith(TERMS)
    page = olivia.get(authorize())
    assert "Please read version 7 of the terms of Bazaar & Söhne" in page.text
    assert olivia.submit(page, terms="").status == 422
    settle(seeded_table, terms_version="8")
    stale = olivia.submit(page, terms="7")
    assert "The terms have changed meanwhile" in stale.text
    consent = olivia.submit(stale, terms="8")
    assert "wants to use Bazaar & Söhne on your behalf" in consent.text
    assert "Your details" in olivia.get("/account").text


def test_closed_signup_admits_invited_people_only(
    seeded_table: Table, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(seeded_table, sign_up_open=False)
    for closed in (browser.get("/account/signup"), browser.post("/account/signup", REGISTRATION)):
        assert closed.status == 403
    assert "Bazaar & Söhne takes new members by invitation only." in browser.get("/account/signup").text
    forged = browser.get(f"/account/signup?next={quote('/account/invitation?token=forged')}")
    assert forged.status == 403
    invited = SimpleNamespace(email="Nina@example.test")
    monkeypatch.setattr("souk.accounts.signup.find", lambda *_: invited)
    page = browser.get(f"/account/signup?next={quote('/account/invitation?token=real')}")
    refused = browser.submit(page, REGISTRATION)
    assert "Use the e-mail address that was invited." in refused.text
    assert browser.submit(refused, REGISTRATION | {"email": "nina@example.test"}).status == 200


@pytest.mark.parametrize(
    "trigger", ["SignUp", "ResendCode", "ForgotPassword", "AdminCreateUser", "VerifyUserAttribute"]
)
def test_codes_of_cognito_have_the_brand(seeded_table: Table, trigger: str) -> None:
    settle(seeded_table)
    event = {
        "triggerSource": f"CustomMessage_{trigger}",
        "request": {
            "userAttributes": {"email": people.OLIVIA},
            "codeParameter": "{####}",
            "usernameParameter": "{username}",
        },
        "response": {"smsMessage": None, "emailMessage": None, "emailSubject": None},
    }
    assert code_mails.is_code_mail(event)
    answer = code_mails.answer(seeded_table, event)["response"]
    assert "{####}" in answer["emailMessage"]
    assert "Bazaar &amp; Söhne" in answer["emailMessage"]
    assert "Bazaar & Söhne" in answer["emailSubject"]
    assert ("{username}" in answer["emailMessage"]) is (trigger == "AdminCreateUser")
    assert "Souk" not in f"{answer}"


def test_code_is_sent_with_cognitos_text_if_ours_fails(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no text")

    monkeypatch.setattr(code_mails, "written", broken)
    event = {
        "triggerSource": "CustomMessage_SignUp",
        "request": {"userAttributes": {"email": "a@b.test"}, "codeParameter": "{####}"},
        "response": {"emailMessage": None},
    }
    assert code_mails.answer(table, event) == event
    other = {**event, "triggerSource": "CustomMessage_Authentication"}
    assert code_mails.answer(table, other) == other
    assert not code_mails.is_code_mail({"path": "/account"})


def test_pages_are_in_the_language_of_the_account_or_the_browser(
    seeded_table: Table, cognito: Cognito, router: Router
) -> None:
    settle(seeded_table, languages=("en", "de"))
    visitor = Browser(router)
    visitor.headers["Accept-Language"] = "de-DE,de;q=0.9"
    login = visitor.get("/account/login")
    assert '<html lang="de">' in login.body
    assert "Neu bei Bazaar & Söhne?" in login.text
    refused = visitor.submit(visitor.get("/account/signup"), REGISTRATION | {"first_name": ""})
    assert "Bitte ausfüllen: Vorname." in refused.text
    cognito.create_confirmed_user("olivia@example.test")
    log_in(visitor, "olivia@example.test")
    assert '<html lang="en">' in visitor.get("/account").body, "Olivia's account is in English"
