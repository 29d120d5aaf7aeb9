"""The developer portal in a real browser: with the keyboard alone, without scripts, 320 pixels wide."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

from souk.domains.webhooks.store import subscriptions_of
from tests.accounts.chromium import find_chromium
from tests.accounts.servers import serve
from tests.console.world import Pages
from tests.domains.identity.people import ACME, OLIVIA
from tests.support.environment import deployed, with_webhooks

_WIDTH = 320
_LONGEST_WAY = 400
"""Tab stops."""


@pytest.fixture
def window(local_pages: Pages, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """Return a narrow window in which Olivia is logged in."""
    program = find_chromium()
    with (
        deployed(monkeypatch, target="aws"),
        with_webhooks(monkeypatch),
        serve(local_pages) as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(
            java_script_enabled=False, base_url=address, viewport={"width": _WIDTH, "height": 640}
        )
        context.add_cookies([{"name": "souk", "value": local_pages.cookie(OLIVIA), "url": address}])
        yield context.new_page()
        browser.close()


def reach(window: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus."""
    focused = wanted.and_(window.locator(":focus"))
    for _ in range(_LONGEST_WAY):
        if focused.count():
            return
        window.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def type_into(window: Page, label: str, text: str) -> None:
    reach(window, window.get_by_label(label, exact=True))
    window.keyboard.type(text)


def press(window: Page, button: str) -> None:
    """Press a button with the keyboard, and wait for the page."""
    reach(window, window.get_by_role("button", name=button))
    with window.expect_navigation():
        window.keyboard.press("Enter")


def check(window: Page, value: str) -> None:
    reach(window, window.locator(f"input[value='{value}']"))
    window.keyboard.press("Space")


def fits(window: Page) -> bool:
    """Return whether the page does not scroll sideways."""
    width: int = window.evaluate("document.documentElement.scrollWidth")  # the test's script, none of the page
    return width <= _WIDTH


def test_key_and_webhook_are_made_with_the_keyboard(window: Page, local_pages: Pages) -> None:
    window.goto("/developer/keys")
    reach(window, window.get_by_role("link", name="Create key").first)
    with window.expect_navigation():
        window.keyboard.press("Enter")
    assert fits(window)
    type_into(window, "Name", "Opening importer")
    type_into(window, "What it does", "Posts our openings.")
    type_into(window, "Redirect addresses", "https://importer.acme.example/callback")
    check(window, "job-postings-read")
    press(window, "Create key")
    assert window.get_by_role("heading", level=1).inner_text() == "Opening importer"
    assert window.locator("#client_secret").inner_text()
    assert window.locator("#client_id").inner_text() in window.url
    assert fits(window)
    window.reload()
    assert not window.locator("#client_secret").count()

    window.goto("/developer/webhooks/new")
    assert fits(window)
    type_into(window, "Address", "https://hooks.acme.example/souk")
    reach(window, window.locator("summary", has_text="Job postings"))
    window.keyboard.press("Enter")  # opens the group
    check(window, "JP")
    press(window, "Create webhook")
    assert window.locator("#webhook_secret").inner_text().startswith("whsec_")
    assert fits(window)
    (made,) = subscriptions_of(local_pages.table, ACME)
    assert (made.url, [one.entity for one in made.events]) == ("https://hooks.acme.example/souk", ["JP"])
