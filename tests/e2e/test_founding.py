"""A founder's first hour, by pages alone and without scripts: from an empty marketplace to fees in the books.

Each person has a browser of their own. Programs call the API with the keys that their owners made on the pages.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.accounts.chromium import find_chromium
from tests.e2e.test_jobs import wait_until
from tests.support.actor import Actor, fixed
from tests.support.receiver import Receiver, receiving
from tests.support.running import Run

NAME = "Bazaar"
PASSWORD = "a barn full of copper kettles"
CALLBACK = "http://127.0.0.1:9/callback"
"""Nothing listens there: the browser only has to be sent to it."""
FUND = "mutation ($input: ActivateMilestoneInput!) { activateMilestone(input: $input) { checkout { url } } }"
SECONDS = 60_000
"""Milliseconds for a page; the first one of a function waits for its start."""
KNOWN = 90
"""Seconds until all functions know a changed name."""


@dataclass(frozen=True)
class Person:
    """Somebody with a browser."""

    souk: Run
    email: str
    page: Page

    def go(self, path: str) -> Page:
        """Open a page. Whoever is asked to accept the terms accepts them."""
        self.page.goto(self.souk.url + path)
        if "/account/terms" in self.page.url:
            self.page.check("[name=terms]")
            self.press("Accept")
            self.page.goto(self.souk.url + path)
        return self.page

    def fill(self, **fields: str) -> None:
        """Fill in fields of the page's form, by their names."""
        for name, value in fields.items():
            self.page.fill(f"main [name={name}] >> nth=0", value)

    def press(self, button: str) -> str:
        """Press a button, by its text or as `name=value`, and return the words of the next page."""
        name, equals, value = button.partition("=")
        found = f"button[name={name}][value={value}]" if equals else f"button:text-is('{button}')"
        with self.page.expect_navigation():
            self.page.click(f"main {found} >> nth=0")
        return self.page.inner_text("body")

    def mails(self) -> str:
        """Return the mails to this person."""
        return self.souk.souk("mail", self.email).stdout

    def sign_up(self, side: str, first: str, last: str, company: str = "") -> None:
        """Create an account from the page that offers it, and log in."""
        self.page.check(f"[name=side][value={side}]")
        self.fill(first_name=first, last_name=last, company=company, email=self.email, password=PASSWORD)
        self.page.select_option("[name=country]", "PT")
        self.page.select_option("[name=timezone]", "Europe/Lisbon")
        if self.page.locator("[name=terms]").count():
            self.page.check("[name=terms]")
        self.press("Create account")
        self.fill(code=re.findall(r"\b[0-9]{6}\b", self.mails())[-1])
        self.press("Confirm")
        self.log_in(PASSWORD)

    def log_in(self, password: str) -> str:
        """Log in on the page that asks for it."""
        self.fill(email=self.email, password=password)
        return self.press("Log in")

    def program(self, permissions: str) -> Actor:
        """Make an API key with a set of permissions, agree to it, and return what calls the API with it."""
        self.go("/account/profile")
        self.fill(street="1 Rua Nova", city="Lisbon", zip="1000-001")
        self.press("Save profile")
        self.go("/developer/keys/new")
        self.press(f"do={permissions}")
        self.page.check("[name=kind][value=web]")
        self.fill(name="Tool", description="For our own use.", redirects=CALLBACK)
        self.press("do=create")
        key, secret = self.page.inner_text("#client_id"), self.page.inner_text("#client_secret")
        query = urlencode({"response_type": "code", "client_id": key, "redirect_uri": CALLBACK})
        self.go(f"/ab/account-security/oauth2/authorize?{query}")
        with self.page.expect_request(f"{CALLBACK}*") as sent:
            self.page.click("main button[value=allow]", no_wait_after=True)
        fields = {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(sent.value.url).query)["code"][0],
            "redirect_uri": CALLBACK,
            "client_id": key,
            "client_secret": secret,
        }
        answer = httpx.post(f"{self.souk.url}/api/v3/oauth2/token", data=fields, timeout=60)
        token = answer.json()["access_token"]
        actor = Actor("", "", lambda query, variables: self.souk.post(query, token, **variables))
        me = actor.ask("{ user { id } organization { id } }", {})["data"]
        return replace(actor, user_id=me["user"]["id"], organization_id=me["organization"]["id"])


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run without the demo data."""
    run = Run(tmp_path_factory.mktemp("founding"), SOUK_DEMO="off")
    run.start()
    yield run
    run.stop()


@pytest.fixture
def person(empty: Run) -> Iterator[Callable[[str], Person]]:
    """Return new people with browsers, by their e-mail addresses."""
    with sync_playwright() as driver:
        browser: Browser = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])

        def make(email: str) -> Person:
            page = browser.new_context(java_script_enabled=False).new_page()
            page.set_default_timeout(SECONDS)
            return Person(empty, email, page)

        yield make
        browser.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def found(souk: Run, ada: Person) -> None:
    """Make a person the first operator, who names the marketplace and sets its rules."""
    assert "Nobody runs this marketplace yet" in "\n".join(souk.lines)
    done = souk.souk(
        "admin", "bootstrap", "--email", ada.email, "--name", "Ada Lovelace", "--organization", NAME, "--json"
    )
    made: dict[str, Any] = json.loads(done.stdout)
    ada.page.goto(made["url"])
    ada.log_in(made["temporaryPassword"])
    ada.fill(response=PASSWORD)
    assert "Nothing needs you" in ada.press("Set password")
    ada.go("/operator/settings/brand")
    ada.fill(name=NAME, tagline="Makers for hire.", accent="#1f5fa8", reason="Our own brand")
    ada.page.uncheck("[name=powered_by]")
    assert "The settings were saved" in ada.press("do=save")
    ada.go("/operator/settings/rules")
    ada.fill(
        terms_url="https://bazaar.test/terms",
        privacy_url="https://bazaar.test/privacy",
        terms_version="1",
        client_fee="3.5",
        reason="Our own rules",
    )
    assert "5 becomes 3.5" in ada.press("do=save")
    assert "The settings were saved" in ada.press("do=save")


def invite(ada: Person, bob: Person) -> None:
    """Invite a colleague, who has no account yet."""
    ada.go("/account/members/invite")
    ada.fill(emails=bob.email)
    assert "The invitations were sent" in ada.press("Invite")
    (link,) = re.findall(r"http://\S+/account/invitation\?token=\S+", bob.mails())
    bob.page.goto(link)
    bob.page.click("text=Create an account")
    bob.sign_up("client", "Bob", "Builder")
    assert f"You are now a member of {NAME}" in bob.press("Join")


def hire(clara: Actor, felix: Actor, payer: Person) -> None:
    """Post a job, apply, agree, pay and approve, as two programs. A person pays on the checkout page."""
    job = clara.post_job("Build our shop", hourly=False)
    proposal = felix.propose(job, "600")
    offer = clara.offer(job, proposal, felix, **fixed(60_000))
    felix.accept(offer["id"])
    milestone = offer["milestoneTerms"]["milestones"][0]["id"]
    payer.page.goto(clara.answer(FUND, input={"id": milestone})["checkout"]["url"])
    assert "Paid. Thank you." in payer.press("decision=pay")
    felix.submit(milestone, "Here it is.")
    assert clara.approve(milestone, paidAmount="60000")["state"] == "Paid"


def test_founder_runs_a_marketplace(empty: Run, person: Callable[[str], Person], receiver: Receiver) -> None:
    ada, bob, clara, felix = map(person, ("ada@bazaar.test", "bob@bazaar.test", "clara@shop.test", "felix@free.test"))
    found(empty, ada)
    invite(ada, bob)
    clara.go("/account/signup")
    clara.sign_up("client", "Clara", "Client", "Clara's Shop")
    felix.go("/account/signup")
    felix.sign_up("freelancer", "Felix", "Free")
    shop, freelancer = clara.program("set-client"), felix.program("set-freelancer")

    clara.go("/developer/webhooks/new")
    clara.fill(url=f"{receiver.url}/events")
    clara.page.click("details:has([value=MILESTONE]) > summary")
    clara.page.check("[name=event][value=MILESTONE]")
    assert "It is in review" in clara.press("Create webhook")
    ada.go("/operator/reviews")
    ada.page.click("main table a >> nth=0")
    assert "The decision was saved" in ada.press("decision=approve")

    hire(shop, freelancer, clara)
    wait_until(lambda: receiver.at("/events") != [], KNOWN)
    assert "81.00 USD" in ada.go("/operator/money").inner_text("main"), "3.5 % of the client, 10 % of the freelancer"

    ada.go("/operator/people?q=felix")
    ada.page.click("main table a >> nth=0")
    ada.fill(reason="Spam")
    assert "The person is suspended" in ada.press("do=suspend")
    assert freelancer.refusal("{ user { id } }") == "UNAUTHORIZED"
    felix.go("/account")
    assert "This account is suspended: Spam." in felix.log_in(PASSWORD)

    for somebody, path in ((bob, "/"), (bob, "/account/forgot"), (clara, "/account"), (clara, "/developer/keys")):
        wait_until(partial(has_no_souk, somebody, path), KNOWN)


def has_no_souk(person: Person, path: str) -> bool:
    """Return whether neither the title nor the words of a page have the name Souk."""
    page = person.go(path)
    return not re.search(r"\bSouk\b", f"{page.title()} {page.inner_text('body')}")
