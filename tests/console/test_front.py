"""The front page is for everybody, and says what this marketplace is."""

import json

import pytest
from graphql import parse, validate

from souk.app import schema
from souk.console.front import front
from souk.domains.gigs.search import index as gigs
from souk.domains.jobs.search import index as jobs
from souk.domains.marketplace import deployment
from souk.search.memory import MemoryIndex
from tests.accounts.browser import BASE
from tests.console.world import Pages
from tests.domains.identity.people import OLIVIA


@pytest.fixture(autouse=True)
def _no_figures_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "_figures", front._Figures())  # noqa: SLF001 - what a new process has
    monkeypatch.setattr(jobs, "reader", lambda: MemoryIndex(jobs.INDEX))
    monkeypatch.setattr(gigs, "reader", lambda: MemoryIndex(gigs.INDEX))


def test_visitor_sees_what_it_is_and_the_ways_in(pages: Pages) -> None:
    page = pages.browser().get("/")
    assert page.status == 200
    assert "Hire, work and get paid" in page.text
    assert page.headers["Cache-Control"] == ["public, max-age=60"]
    assert "noindex" not in page.body
    for kept in (page, pages.browser().get("/robots.txt")):
        assert "Set-Cookie" not in kept.headers, "a cache would give one browser's cookie to all"
    for address in ("/account/signup", "/account/login", "/developer/explorer"):
        assert f'href="{BASE}{address}"' in page.body
    assert f"curl {BASE}/graphql" in page.text


def test_local_run_tells_how_to_log_in(local_pages: Pages) -> None:
    page = local_pages.browser().get("/")
    assert "This is a local run. How to log in" in page.text
    assert "Demo" not in page.text, "there may be none"
    assert '/docs/running/#logging-in"' in page.body


def test_logo_is_shown_large(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'height="96"' not in pages.browser().get("/").body, "the stall is for the header"
    monkeypatch.setattr(deployment, "_logo_version", lambda: "1")
    sizes = [given.get("height") for tag, given in pages.browser().get("/").tags if tag == "img"]
    assert sizes == ["28", "96"]


def test_person_who_is_logged_in_goes_to_their_account(pages: Pages) -> None:
    page = pages.browser(OLIVIA).get("/")
    assert "Go to your account" in page.text
    assert page.headers["Cache-Control"] == ["no-store"]


def test_figures_are_asked_for_once_a_minute(pages: Pages) -> None:
    browser = pages.browser()
    assert "categories" in browser.get("/").text
    before = pages.reader.trips
    browser.get("/")
    assert pages.reader.trips == before
    assert "0 open jobs" not in browser.get("/").text


def test_example_is_valid(pages: Pages) -> None:
    text = pages.browser().get("/").text
    body = text[text.index('{"query"') :].partition("'")[0]
    document = json.loads(body)["query"]
    assert validate(schema(), parse(document)) == []


def test_search_engines_and_monitors_are_answered(pages: Pages) -> None:
    browser = pages.browser()
    assert "Disallow: /" in browser.get("/robots.txt").body
    health = browser.get("/healthz")
    assert (health.status, json.loads(health.body)) == (200, {"status": "ok"})
