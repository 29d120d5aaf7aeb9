"""The API explorer: who may run what, and what the page's script keeps to itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import urllib3
from playwright.sync_api import sync_playwright

from souk.accounts.form_state import FormState
from souk.authentication.issuance import issue_token
from souk.authentication.records import API_KEYS, ApiKey
from souk.console import once
from souk.console.application import application
from souk.console.developer.examples import examples
from souk.console.developer.explorer import EXPLORER
from souk.local import graphiql
from souk.web import Request
from tests.accounts.browser import BASE
from tests.accounts.chromium import find_chromium
from tests.accounts.conftest import key
from tests.accounts.servers import serve
from tests.console.world import SECRET, Pages
from tests.domains.identity.people import ACME, LIAM, OLIVIA
from tests.support.api import proxy_event
from tests.support.clock import CLOCK


def test_stranger_reads_and_logs_in_to_run(pages: Pages) -> None:
    page = pages.browser().get(EXPLORER)
    assert page.status == 200
    assert "Log in to run queries" in page.text
    assert not page.forms
    assert "The explorer needs JavaScript" in page.text
    answer = pages.browser().post(EXPLORER, {"key": "any"}, follow=False)
    assert answer.status in (303, 403)


def test_person_without_a_key_is_led_to_one(pages: Pages) -> None:
    assert f'href="{BASE}/developer/keys/new?set=read"' in pages.browser(OLIVIA).get(EXPLORER).body


def test_manager_chooses_an_active_key(pages: Pages) -> None:
    create_key(pages, "importer")
    create_key(pages, "retired", state="REVOKED")
    browser = pages.browser(OLIVIA)
    page = browser.get(f"{EXPLORER}?example=jobs.search")
    before = pages.reader.trips
    page = browser.get(f"{EXPLORER}?example=jobs.search")
    assert pages.reader.trips - before <= 6
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
def address(pages: Pages, tmp_path: Path) -> Iterator[str]:
    """Serve the pages and the API, with GraphiQL."""
    (tmp_path / "explorer").symlink_to(graphiql.folder(lambda _line: None))
    console = application(pages.reader, pages.graph, SECRET, behind_proxy=True, files=tmp_path)

    def everything(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        if event["path"] != "/graphql":
            served = (event["httpMethod"], event["path"]) in pages.accounts.routes
            return (pages.accounts if served else console)(event, context)
        headers = {name.lower(): value for name, value in event["headers"].items()}
        answer = pages.souk.invoke("graphql", proxy_event(event["body"], headers))
        return {"multiValueHeaders": {}, **answer}

    with serve(everything) as url:
        yield url


def test_visitor_gets_the_explorer_without_a_token(address: str) -> None:
    page = urllib3.request("GET", f"{address}{EXPLORER}")
    assert page.status == 200
    assert b'data-token=""' in page.data
    assert b"/schema.json" in page.data


def test_explorer_runs_a_query_with_the_token(pages: Pages, address: str) -> None:
    importer = create_key(pages, "importer")
    tx = pages.table.transaction()
    token = issue_token(tx, importer, OLIVIA, ACME, CLOCK.real())
    tx.commit()
    person = pages.browser(OLIVIA)
    (session,) = person.cookies.values()
    shown = {"token": token, "expires": CLOCK.real().isoformat(), "key": "Importer", "keyId": "importer"}
    request = Request("GET", EXPLORER, (), {}, b"", "", CLOCK.real(), address)
    _, cookie = once.cookie(FormState(SECRET), session, request, EXPLORER, shown | {"organization": "Acme"})
    name, _, value = cookie.partition(";")[0].partition("=")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        browser = chromium.new_context()
        browser.add_cookies(
            [{"name": each, "value": text, "url": address} for each, text in (("souk", session), (name, value))]
        )
        page = browser.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}{EXPLORER}?example=identity.me")
        page.get_by_role("button", name="Execute query").click()
        page.locator(".result-window", has_text="Olivia").wait_for()
        assert faults == []
        assert token not in page.content()
        stored = page.evaluate("JSON.stringify([localStorage, sessionStorage, location.href])")
        assert token not in stored
        chromium.close()


def create_key(pages: Pages, name: str, **changes: Any) -> ApiKey:
    """Add an API key of Acme, and return it."""
    made = key(id=name, name=name, organization_id=ACME, **changes)
    tx = pages.table.transaction()
    tx.create(API_KEYS, made)
    tx.commit()
    return made
