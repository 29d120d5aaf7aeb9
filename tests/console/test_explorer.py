"""The API explorer: who may run what, and what the page's script keeps to itself."""

from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from souk.authentication.records import API_KEYS, ApiKey
from souk.authentication.scopes import Scope
from souk.console.developer.examples import examples
from souk.console.developer.explorer import EXPLORER
from tests.accounts.browser import BASE
from tests.accounts.chromium import find_chromium
from tests.accounts.conftest import key
from tests.accounts.servers import serve
from tests.console.world import Pages
from tests.domains.identity.people import ACME, LIAM, OLIVIA


def test_stranger_reads_and_logs_in_to_run(pages: Pages) -> None:
    page = pages.browser().get(EXPLORER)
    assert page.status == 200
    assert "Log in to run queries" in page.text
    assert not page.forms
    assert "The explorer needs JavaScript" in page.text
    answer = pages.browser().post(EXPLORER, {"key": "any"}, follow=False)
    assert answer.status in (303, 403)


def test_person_without_a_key_is_led_to_one(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    way = f"{BASE}/developer/keys/new?set=set-read"
    assert f'href="{way}"' in browser.get(EXPLORER).body
    assert "messages-read" in browser.get(way).form("name").checked["scope"]


def test_manager_chooses_an_active_key(pages: Pages) -> None:
    create_key(pages, "importer")
    create_key(pages, "retired", state="REVOKED")
    browser = pages.browser(OLIVIA)
    page = browser.get(f"{EXPLORER}?example=jobs.search")
    page = pages.get_cheaply(browser, f"{EXPLORER}?example=jobs.search")
    assert len(page.body) <= 60_000
    assert [given["value"] for tag, given in page.tags if tag == "option"] == ["importer"]
    assert page.form("key").fields["example"] == "jobs.search"
    assert all(f'data-example="{example.id}"' in page.body for example in examples())
    assert "<script>" not in page.body
    assert " style=" not in page.body


def test_member_who_manages_no_keys_reads(pages: Pages) -> None:
    create_key(pages, "importer")
    page = pages.browser(LIAM).get(EXPLORER)
    assert page.status == 200
    assert "importer" not in page.text


def test_files_of_other_versions_and_folders_are_missing(pages: Pages) -> None:
    browser = pages.browser()
    assert browser.get("/assets/0000000000000000/explorer.js").status == 404
    assert browser.get("/assets/0000000000000000/..%2f..%2fsite.py").status == 404


@pytest.fixture
def address(local_pages: Pages) -> Iterator[str]:
    """Serve the pages and the API."""
    with serve(local_pages) as url:
        yield url


def test_visitor_gets_the_explorer_without_a_token(address: str) -> None:
    page = urllib3.request("GET", f"{address}{EXPLORER}")
    assert page.status == 200
    assert b'data-token=""' in page.data
    assert b"/schema.json" in page.data


@pytest.fixture
def tab(local_pages: Pages, address: str) -> Iterator[Tab]:
    """Return a tab in which Olivia is logged in. Afterwards the browser has found no fault in a page."""
    (session,) = local_pages.browser(OLIVIA).cookies.values()
    faults: list[str] = []
    with sync_playwright() as driver, driver.chromium.launch(executable_path=find_chromium()) as chromium:
        browser = chromium.new_context(base_url=address, permissions=["clipboard-read", "clipboard-write"])
        browser.add_cookies([{"name": "souk", "value": session, "url": address}])
        made = browser.new_page()
        made.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        made.on("pageerror", lambda error: faults.append(str(error)))
        yield made
    assert faults == []


def test_explorer_starts_runs_operations_and_ends(local_pages: Pages, tab: Tab) -> None:
    create_key(local_pages, "importer", scopes=tuple(Scope))
    tokens: list[str] = []
    tab.on("request", lambda sent: tokens.append(sent.headers.get("authorization", "")))
    tab.goto(f"{EXPLORER}?example=identity.me")
    tab.get_by_role("button", name="Start").click()
    assert "You act as Olivia Ortega for Acme through importer until" in tab.inner_text("main")
    run(tab, shows="Olivia")
    write(tab, 'mutation Me { updateAccount(input: { phone: "+351 210 000 000" }) { phone } }')
    run(tab, shows="+351210000000")
    token = next(filter(None, tokens)).removeprefix("Bearer ")
    assert token not in tab.content()
    assert token not in tab.evaluate("JSON.stringify([localStorage, sessionStorage, location.href])")
    assert status_of(local_pages, token) == 200
    tab.get_by_role("button", name="End").click()
    assert "The explorer's token has ended." in tab.inner_text("[role=status]")
    assert status_of(local_pages, token) == 401


def test_button_copies_the_id_of_a_key(local_pages: Pages, tab: Tab) -> None:
    create_key(local_pages, "importer")
    tab.goto("/developer/keys/importer")
    tab.get_by_role("button", name="Copy: Client id").click()
    tab.get_by_role("status").get_by_text("Copied").wait_for(state="attached")
    assert tab.evaluate("navigator.clipboard.readText()") == "importer"


def run(tab: Tab, shows: str) -> None:
    """Execute what is in the editor, and wait for a text in the answer."""
    tab.get_by_role("button", name="Execute query").click()
    tab.locator(".result-window", has_text=shows).wait_for()


def write(tab: Tab, operation: str) -> None:
    """Replace what is in the editor. GraphiQL notices another name of the operation later: keep the name."""
    tab.locator(".graphiql-query-editor .CodeMirror").evaluate("(e, text) => e.CodeMirror.setValue(text)", operation)


def status_of(pages: Pages, token: str) -> int:
    """Return the status of a request with a token."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return pages.souk.post('{"query": "{ user { id } }"}', headers).status


def create_key(pages: Pages, name: str, **changes: Any) -> ApiKey:
    """Add an API key of Acme, and return it."""
    made = key(id=name, name=name, organization_id=ACME, **changes)
    tx = pages.table.transaction()
    tx.create(API_KEYS, made)
    tx.commit()
    return made
