"""The account pages on the deployed stack: sign-up, login, invitation and password reset."""

import re
import secrets
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.test_clients import ACME, EMAIL, PASSWORD
from tests.support.account_pages import SECRETS_SEEN, AccountBrowser
from tests.support.running import Run

INVITE = """mutation ($invitations: [InvitationToTeamInput!]!) { inviteToTeam(invitations: $invitations) {
  succeeded { id token } failed { code message } } }"""
SECRET = "a barn full of copper kettles"


@pytest.fixture
def browser() -> Iterator[AccountBrowser]:
    with closing(AccountBrowser()) as browser:
        yield browser


def mail_to(souk: Run, address: str) -> str:
    """Return the mails to an address, the newest last, as `souk mail` shows them."""
    done = souk.souk("mail", address)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sign_up(souk: Run, browser: AccountBrowser, address: str) -> None:
    """Sign up and confirm the account with the mailed code."""
    page = browser.open(f"{souk.url}/account/signup")
    page = browser.send(
        page.form("email", "password"),
        side="freelancer",
        first_name="Ada",
        last_name="Quill",
        country="PT",
        timezone="Europe/Lisbon",
        email=address,
        password=SECRET,
    )
    page = browser.follow(page)
    codes = re.findall(r"\b[0-9]{6}\b", mail_to(souk, address))
    page = browser.follow(browser.send(page.form("code"), code=codes[-1]))
    page = browser.follow(browser.send(page.form("email", "password"), email=address, password=SECRET))
    assert "Ada" in page.text, page.html


def test_sign_up_invitation_and_join(souk: Run, browser: AccountBrowser) -> None:
    address = f"ada.{secrets.token_hex(4)}@quill.test"
    sign_up(souk, browser, address)
    invitation = {
        "flow": "CLIENT_INVITE_TO_TEAM",
        "inviteeEmail": address,
        "invitedToOrganizationsIds": [ACME],
        "landingUrl": "https://acme.test/welcome",
        "frankoRolesToBeAssigned": ["300"],
    }
    answer = souk.post(INVITE, souk.token(EMAIL), invitations=[invitation])["data"]["inviteToTeam"]
    assert answer["failed"] == [], answer
    SECRETS_SEEN.add(answer["succeeded"][0]["token"])
    [link] = re.findall(rf"{re.escape(souk.url)}/account/invitation\?token=\S+", mail_to(souk, address))
    page = browser.open(link)
    browser.follow(browser.send(page.form("Join"), "Join"))
    items = souk.post("{ companySelector { items { organizationId } } }", souk.token(address))
    assert ACME in {one["organizationId"] for one in items["data"]["companySelector"]["items"]}
    again = browser.open(link)
    assert again.status in {404, 409}, "an invitation can be accepted only once"


def test_password_reset_by_mail(souk: Run, browser: AccountBrowser) -> None:
    address = f"ada.{secrets.token_hex(4)}@quill.test"
    sign_up(souk, browser, address)
    page = browser.open(f"{souk.url}/account/forgot")
    page = browser.follow(browser.send(page.form("email"), email=address))
    codes = re.findall(r"\b[0-9]{6}\b", mail_to(souk, address))
    page = browser.follow(browser.send(page.form("code", "password"), code=codes[-1], password=SECRET * 2))
    with closing(AccountBrowser()) as other:
        login = other.open(f"{souk.url}/account/login").form("email", "password")
        assert other.send(login, email=address, password=SECRET).status == 422
        assert other.send(login, email=address, password=SECRET * 2).location


def test_change_of_email_by_mail(souk: Run, browser: AccountBrowser) -> None:
    address, other = (f"ada.{secrets.token_hex(4)}@quill.test" for _ in range(2))
    sign_up(souk, browser, address)
    page = browser.open(f"{souk.url}/account/security")
    page = browser.follow(browser.send(page.form("password"), password=SECRET))
    taken = browser.send(page.form("Change e-mail"), "Change e-mail", email=EMAIL)
    assert "already belongs to an account" in mail_to(souk, EMAIL)
    page = browser.send(page.form("Change e-mail"), "Change e-mail", email=other)
    assert page.text == taken.text.replace(EMAIL, other)
    codes = re.findall(r"\b[0-9]{6}\b", mail_to(souk, other))
    assert browser.send(page.form("Confirm the new address"), "Confirm the new address", code="000000").status == 422
    page = browser.follow(browser.send(page.form("Confirm the new address"), "Confirm the new address", code=codes[-1]))
    assert other in page.text
    assert "has another e-mail address now" in mail_to(souk, address)
    with closing(AccountBrowser()) as elsewhere:
        login = elsewhere.open(f"{souk.url}/account/login").form("email", "password")
        assert elsewhere.send(login, email=address, password=SECRET).status == 422
        assert elsewhere.send(login, email=other, password=SECRET).location


def test_wrong_password_and_unknown_person_look_the_same(souk: Run, browser: AccountBrowser) -> None:
    form = browser.open(f"{souk.url}/account/login").form("email", "password")
    pages = [browser.send(form, email=address, password="wrong " * 4) for address in (EMAIL, "nobody@acme.test")]
    assert {page.status for page in pages} == {422}
    assert len({page.html.replace("nobody@", "olivia@") for page in pages}) == 1


def test_login_form_of_other_site_is_refused(souk: Run) -> None:
    with closing(AccountBrowser()) as victim, closing(AccountBrowser()) as attacker:
        victim.open(f"{souk.url}/account/login")
        form = attacker.open(f"{souk.url}/account/login").form("email", "password")
        page = victim.send(form, email=EMAIL, password=PASSWORD)
        assert page.status == 403
        assert "Log in" in victim.follow(victim.open(f"{souk.url}/account")).text
