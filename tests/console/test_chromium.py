"""The account's pages in a real browser: by keyboard alone, without scripts, 320 pixels wide."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.accounts.chromium import find_chromium
from tests.accounts.servers import serve
from tests.console.pages import MEMBER
from tests.console.world import Pages
from tests.domains.identity.people import OLIVIA

_MOST_TABS = 80


@pytest.fixture
def page(local_pages: Pages) -> Iterator[tuple[Page, str]]:
    """Return a window of Olivia's, with JavaScript disabled, and the URL of the pages."""
    program = find_chromium()
    with serve(local_pages) as site, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
        context.add_cookies([{"name": "souk", "value": local_pages.cookie(OLIVIA), "url": site}])
        yield context.new_page(), site
        browser.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(selector).first.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {selector} on {page.url}.")


def test_account_by_keyboard_without_scripts(page: tuple[Page, str]) -> None:
    window, site = page
    for path in (path for path in MEMBER if path.startswith("/account")):
        window.goto(site + path)
        width = window.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, f"{path} is {width} pixels wide"
    window.goto(f"{site}/account/profile")
    tab_to(window, "#city")
    window.keyboard.type("Lisbon")
    tab_to(window, "main button")
    with window.expect_navigation():
        window.keyboard.press("Enter")
    assert "Your profile was saved" in window.inner_text("[role=status]")
    assert window.input_value("#city") == "Lisbon"
    window.goto(f"{site}/account/teams")
    tab_to(window, "#name")
    window.keyboard.type("Data")
    with window.expect_navigation():
        window.keyboard.press("Enter")
    assert "The team was created" in window.inner_text("[role=status]")
